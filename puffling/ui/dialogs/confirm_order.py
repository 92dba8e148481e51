"""The gate a person answers: an order in full, and the button that sends it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel
from typing_extensions import override

from puffin.types import OrderClass, OrderType, Side
from puffling.core import formats
from puffling.core.settings import Mode
from puffling.services import order_words
from puffling.services.baskets import BasketProposal
from puffling.services.orders import Approval
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.confirm_basket import ConfirmBasket
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge
from puffling.ui.widgets.facts import Facts
from puffling.ui.widgets.verdicts import VerdictList

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffin.types import Quote
    from puffling.core.clock import Clock
    from puffling.services.orders import Proposal
    from puffling.ui.theme.theme import Theme

NOTABLE_DRIFT = Decimal("0.005")
_TICK_MS = 500
_SETTLE_MS = 600
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_APPROVAL_LIFE = timedelta(seconds=30)


class ConfirmOrder(Dialog):
    """Shows one proposal, rendered from the order that would be sent.

    Return and Ctrl+Return send; in LIVE only Ctrl+Return and the button do, and Return cancels.
    When the price has moved since, the new price is shown and must be agreed to as well.
    """

    topic = "ticket"

    def __init__(
        self,
        theme: Theme,
        proposal: Proposal,
        mode: Mode,
        *,
        clock: Clock,
        last: Callable[[str], Quote | None],
        parent: QWidget | None = None,
    ) -> None:
        ticket = proposal.order.ticket
        changes = bool(proposal.order.replaces)  # it takes the place of an order that works
        title = f"{'Change' if changes else 'Send'} this {ticket.side} order?"
        super().__init__(theme, title, parent, width=460)
        self._proposal, self._mode, self._clock, self._last = proposal, mode, clock, last
        self._agreed = proposal.price  # the price the person has seen
        self._sending = f"{'Change' if changes else 'Send'} {ticket.side} order"
        self._head()
        self.facts = Facts(theme)
        self._state_facts()
        self.body.addWidget(self.facts)
        self.add_line()
        self.verdicts = VerdictList(theme)
        self.verdicts.show_verdicts(proposal.verdicts)
        self.body.addWidget(self.verdicts)
        self.notice = self.add_text("", "", Tone.WARNING)
        self.notice.hide()
        self.body.addStretch(1)
        self._countdown = QLabel()
        theme.set_role(self._countdown, "caption")
        self.footer.insertWidget(0, self._countdown)
        live = mode is Mode.LIVE
        self.cancel = self.add_button("Cancel", default=live)
        self.send = self.add_button(self._sending, "mode", tone=mode.value, default=not live)
        self.cancel.clicked.connect(self.reject)
        self.send.clicked.connect(self._agree)
        (self.cancel if live else self.send).setFocus()
        self._settle = QTimer(self)  # a press meant for the old words must not answer the new
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._enable)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    @property
    def is_expired(self) -> bool:
        """Whether the proposal's time is over."""
        return self._clock.now() >= self._proposal.expires_at

    def look(self) -> None:
        """Look at the clock and the price again."""
        if self.is_expired:
            self._timer.stop()
            self._settle.stop()
            self.send.setEnabled(False)
            self._countdown.setText("Expired")
            self._say("This order has expired. Close it and review the order again.")
            self.cancel.setText("Close")
            return
        left = self._proposal.expires_at - self._clock.now()
        self._countdown.setText(f"Expires in {formats.duration(max(left.total_seconds(), 10))}")
        price = self._market_price()
        if price is not None and abs(price / self._agreed - 1) > NOTABLE_DRIFT:
            self._ask_again(price)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and Qt.Key(event.key()) in _ENTER:
            self.send.click()
            return
        super().keyPressEvent(event)

    def _agree(self) -> None:
        self.look()
        if self.send.isEnabled():
            self.accept()

    def _market_price(self) -> Decimal | None:
        """What a market order would pay now; None for orders that name their price."""
        ticket = self._proposal.order.ticket
        quote = self._last(ticket.symbol)
        if ticket.type is not OrderType.MARKET or quote is None:
            return None
        return quote.price_for(ticket.side)

    def _ask_again(self, price: Decimal) -> None:
        ticket = self._proposal.order.ticket
        value = ticket.notional or ticket.quantity * ticket.multiplier * price
        self._say(
            f"The price moved from {formats.price(self._agreed)} to {formats.price(price)} since "
            f"you were asked; the order is now worth about {formats.money(value)}."
        )
        self._agreed = price
        self._sending = f"Send at about {formats.price(price)}"
        self.send.setEnabled(False)
        self._settle.start()

    def _enable(self) -> None:
        self.send.setText(self._sending)
        self.send.setEnabled(not self.is_expired)

    def _say(self, text: str) -> None:
        self.notice.setText(text)
        self.notice.show()

    def _head(self) -> None:
        ticket = self._proposal.order.ticket
        row = QHBoxLayout()
        row.setSpacing(self.theme.px(8))
        tone = Tone.UP if ticket.side is Side.BUY else Tone.DOWN
        row.addWidget(Badge(self.theme, ticket.side.upper(), tone))
        what = QLabel(order_words.size(ticket))
        self.theme.set_role(what, "headline")
        row.addWidget(what)
        row.addStretch(1)
        row.addWidget(Badge(self.theme, self._mode.upper(), self._mode.value))
        self.body.addLayout(row)
        for line in (order_words.how(ticket), order_words.exits(ticket), *order_words.legs(ticket)):
            if line:
                self.add_text(line, "muted")
        changes = bool(self._proposal.order.replaces)
        for note in self._proposal.notes:  # what it changes, or cancels before it is sent
            self.add_text(note, "strong" if changes else "", "" if changes else Tone.WARNING)
        self.add_line()

    def _state_facts(self) -> None:
        shown, ticket = self._proposal, self._proposal.order.ticket
        named = {
            OrderType.LIMIT: "Limit price",
            OrderType.STOP: "Stop price",
            OrderType.STOP_LIMIT: "Limit price",
        }
        if ticket.order_class is OrderClass.MULTI_LEG:
            named = {OrderType.LIMIT: "Net limit price"}
        say = self.facts.show_fact
        say(named.get(ticket.type, "Estimated price"), formats.price(shown.price))
        if ticket.notional is not None:
            say("About", f"{formats.quantity(ticket.quantity)} {ticket.symbol}")
        say("Value", formats.money(shown.notional))
        say("Estimated fees", formats.money(shown.commission))
        words = "Estimated cost" if shown.cost >= 0 else "Estimated proceeds"
        say(words, formats.money(abs(shown.cost)), role="strong")
        say("Cash after", formats.money(shown.cash_after))
        say("Position after", _share(shown.share_after))
        say("Account", f"{self._mode.upper()} · {shown.order.account}")
        if shown.order.asked_by not in {"", "desk"}:
            say("Asked by", shown.order.asked_by.capitalize(), Tone.WARNING)
        if shown.quote.simulated:
            say("Prices", "Simulated inside the day")


class DialogGate:
    """Asks the person at the desk."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        *,
        clock: Clock,
        mode: Callable[[], Mode],
        last: Callable[[str], Quote | None],
    ) -> None:
        self._parent, self._theme = parent, theme
        self._clock, self._mode, self._last = clock, mode, last

    async def confirm(self, proposal: Proposal | BasketProposal) -> Approval | None:
        """Show `proposal`; return an approval of exactly it, or None for no."""
        dialog: Dialog
        if isinstance(proposal, BasketProposal):
            dialog = ConfirmBasket(
                self._theme, proposal, self._mode(), clock=self._clock, parent=self._parent
            )
        else:
            dialog = ConfirmOrder(
                self._theme,
                proposal,
                self._mode(),
                clock=self._clock,
                last=self._last,
                parent=self._parent,
            )
        if not await dialog.answer():
            return None
        now: datetime = self._clock.now()
        until = min(proposal.expires_at, now + _APPROVAL_LIFE)
        return Approval(proposal.id, proposal.digest, "desk", now, until)


def _share(share: Decimal | None) -> str:
    if share is None:
        return formats.UNKNOWN
    return f"{formats.percent(share, places=1)} of equity"
