"""The impact of an order as a receipt: names on the left, figures on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from puffling.core import formats
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.ui.panels.ticket.impact import Impact
    from puffling.ui.theme.theme import Theme


_FIGURES = ("cost", "commission", "cash", "share", "risk", "reward")


class ImpactBox(QWidget):
    """What an order costs, and what is left after it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: dict[str, QLabel] = {}
        self._figures: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.px(2))
        for row, key in enumerate(("size", *_FIGURES)):
            name, figure = QLabel(), QLabel(formats.UNKNOWN)
            theme.set_role(name, "muted")
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 0)
            grid.addWidget(figure, row, 1)
            self._names[key], self._figures[key] = name, figure
        self._names["size"].setText("Comes to")
        self._names["commission"].setText("Commission")
        self._names["cash"].setText("Cash after")
        self._names["share"].setText("Position after, of equity")
        self._names["risk"].setText("Lost at the stop")
        self._names["reward"].setText("Gained at the target")
        self.show_size(None)
        self.show_impact(None)

    def show_size(self, quantity: Decimal | None) -> None:
        """Show how many units a size in money or percent comes to; nothing without one."""
        self._say("size", "" if quantity is None else f"{formats.quantity(quantity)} units")
        for label in (self._names["size"], self._figures["size"]):
            label.setVisible(quantity is not None)

    def show_impact(self, impact: Impact | None) -> None:
        """Show what an order would do; dashes without one."""
        cost = None if impact is None else impact.cost
        brings = cost is not None and cost < 0
        cash = None if impact is None else impact.cash_after
        self._names["cost"].setText("Estimated proceeds" if brings else "Estimated cost")
        self._say("cost", formats.money(None if cost is None else abs(cost)))
        self._say("commission", formats.money(None if impact is None else impact.commission))
        self._say("cash", formats.money(cash), Tone.DANGER if cash is not None and cash < 0 else "")
        self._say(
            "share", formats.percent(None if impact is None else impact.share_after, places=1)
        )

        self._show_exits(impact)

    def _show_exits(self, impact: Impact | None) -> None:
        """Show what the stop would lose and the target gain, where the order brings them."""
        risk = None if impact is None else impact.at_risk
        reward = None if impact is None else impact.reward
        self._say("risk", formats.money(risk))
        words = formats.money(reward)
        if risk and reward is not None:
            words = f"{words} ({formats.number(reward / risk, places=1)} : 1)"
        self._say("reward", words)
        for key, value in (("risk", risk), ("reward", reward)):
            for label in (self._names[key], self._figures[key]):
                label.setVisible(value is not None)

    def figure(self, key: str) -> str:
        """Return what is shown for size, cost, commission, cash, share, risk or reward."""
        return self._figures[key].text()

    def _say(self, key: str, text: str, tone: str = "") -> None:
        label = self._figures[key]
        label.setText(text)
        label.setAccessibleName(f"{self._names[key].text()}: {text}")
        self._theme.set_tone(label, tone)
