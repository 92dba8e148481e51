"""A basket in full, and the button that sends all of its orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from puffin.risk.facts import value_of
from puffin.types import ZERO, Side
from puffling.core import formats
from puffling.core.settings import Mode
from puffling.services import order_words
from puffling.ui.dialogs.base import Dialog
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge

if TYPE_CHECKING:
    from puffling.core.clock import Clock
    from puffling.services.baskets import BasketProposal
    from puffling.ui.theme.theme import Theme

_TICK_MS = 500
_TALLEST = 320


class ConfirmBasket(Dialog):
    """Shows every order of a basket, rendered from what would be sent, and what limits say."""

    topic = "inbox"

    def __init__(
        self,
        theme: Theme,
        proposal: BasketProposal,
        mode: Mode,
        *,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        count = len(proposal.tickets)
        super().__init__(theme, f"Send these {count} orders?", parent, width=560)
        self._proposal, self._clock = proposal, clock
        title = QLabel(proposal.title)
        title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(title, "headline")
        self.body.addWidget(title)
        self.body.addWidget(Badge(theme, mode.upper(), mode.value))
        self.add_line()
        self.body.addWidget(self._orders(), 1)
        self.add_line()
        self.add_text(_totals(proposal), "strong")
        self.notice = self.add_text("", "", Tone.WARNING)
        self.notice.hide()
        live = mode is Mode.LIVE
        what = "LIVE orders" if live else "orders"
        self.cancel = self.add_button("Cancel", default=live)
        self.send = self.add_button(
            f"Send {count} {what}", "mode", tone=mode.value, default=not live
        )
        self.cancel.clicked.connect(self.reject)
        self.send.clicked.connect(self._agree)
        (self.cancel if live else self.send).setFocus()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look at the clock again: what has expired cannot be sent."""
        if self._clock.now() < self._proposal.expires_at:
            return
        self._timer.stop()
        self.send.setEnabled(False)
        self.notice.setText("This basket has expired. Close it and review it again.")
        self.notice.show()
        self.cancel.setText("Close")

    def _agree(self) -> None:
        self.look()
        if self.send.isEnabled():
            self.accept()

    def _orders(self) -> QScrollArea:
        """Return each order with its value, and under it what limits say as things stand."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        shown = self._proposal
        for ticket, price, verdicts in zip(
            shown.tickets, shown.prices, shown.verdicts, strict=True
        ):
            row = grid.rowCount()
            grid.addWidget(self._words(f"{order_words.ticket(ticket)}."), row, 0)
            worth = self._words(formats.money(value_of(ticket, price)))
            grid.addWidget(worth, row, 1, Qt.AlignmentFlag.AlignRight)
            for each in verdicts:
                if each.warning or not each.allowed:
                    words = self._words(each.text)
                    self.theme.set_role(words, "", Tone.WARNING)
                    grid.addWidget(words, grid.rowCount(), 0, 1, 2)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(table)
        area.setMaximumHeight(self.theme.px(_TALLEST))
        return area

    def _words(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label


def _totals(proposal: BasketProposal) -> str:
    worth = {Side.BUY: ZERO, Side.SELL: ZERO}
    for ticket, price in zip(proposal.tickets, proposal.prices, strict=True):
        worth[ticket.side] += value_of(ticket, price)
    sells, buys = formats.money(worth[Side.SELL]), formats.money(worth[Side.BUY])
    return f"Sells about {sells} first, then buys about {buys}."
