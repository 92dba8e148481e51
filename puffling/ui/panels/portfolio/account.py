"""The Account tab: the facts, in words that can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from puffin.data.sessions import EXCHANGE
from puffling.core import formats

if TYPE_CHECKING:
    from puffin.execution.costs import Costs
    from puffling.services.positions import Portfolio
    from puffling.store.accounts import Account
    from puffling.ui.theme.theme import Theme

_CAPTIONS = (
    "Mode",
    "Account",
    "Opened",
    "Market began",
    "Starting cash",
    "Cash",
    "Reserved for buy orders",
    "Profit taken",
    "Costs of a trade",
    "Dividends",
    "Splits",
)


class AccountTab(QScrollArea):
    """What kind of account this is and how it is kept."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Account")
        self.setAccessibleDescription("What kind of account this is and how it is kept.")
        self.facts = {caption: QLabel(formats.UNKNOWN) for caption in _CAPTIONS}
        inner = QWidget()
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(16))
        form.setVerticalSpacing(theme.px(6))
        for caption, value in self.facts.items():
            name = QLabel(caption)
            theme.set_role(name, "muted")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(caption)
            value.setWordWrap(True)
            form.addRow(name, value)
        column = QVBoxLayout(inner)
        column.setContentsMargins(*[theme.px(12)] * 4)
        column.addLayout(form)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)  # the panel's own ground shows through
        self.viewport().setAutoFillBackground(False)

    def show_facts(self, account: Account, portfolio: Portfolio, costs: Costs) -> None:
        """Show the account as it is now."""
        demo = account.mode == "demo"
        values = {
            "Mode": account.mode.upper() + (" (simulated money)" if demo else ""),
            "Account": account.id,
            "Opened": formats.moment(account.opened_at),
            "Market began": formats.day(account.market_start, zone=EXCHANGE),
            "Starting cash": formats.money(account.starting_cash),
            "Cash": formats.money(portfolio.cash),
            "Reserved for buy orders": formats.money(portfolio.cash - portfolio.buying_power),
            "Profit taken": formats.money(portfolio.realised, sign=True),
            "Costs of a trade": _costs(costs),
            "Dividends": "Not booked. Charts and backtests use prices adjusted for them.",
            "Splits": "Change positions, waiting orders and alerts on their day.",
        }
        for caption, text in values.items():
            self.facts[caption].setText(text)


def _costs(costs: Costs) -> str:
    parts = (
        (costs.per_order, "an order"),
        (costs.per_share, "a share"),
    )
    words = [f"{formats.money(each)} {unit}" for each, unit in parts if each]
    if costs.percent:
        words.append(f"{costs.percent.normalize():f} % of its value")
    if costs.slippage_bps:
        words.append(f"{formats.number(costs.slippage_bps)} basis points of slippage")
    return ", ".join(words) or "No commission; market orders pay the spread of the quote."
