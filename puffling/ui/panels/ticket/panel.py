"""The order ticket: composes an order, shows what it would do, and hands it to the one door."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.risk.limits import Verdict
from puffin.types import Order, OrderStatus
from puffling.core import formats
from puffling.services import order_words
from puffling.services.risk import halted_text
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.ticket.draft import Surroundings
from puffling.ui.panels.ticket.fields import TicketFields
from puffling.ui.panels.ticket.impact import impact_of
from puffling.ui.panels.ticket.impact_box import ImpactBox
from puffling.ui.panels.ticket.ladder import QuoteLadder
from puffling.ui.panels.ticket.offers import Offers, offers_of
from puffling.ui.panels.ticket.sheet import Writing
from puffling.ui.panels.ticket.sizing import SizeBy
from puffling.ui.panels.ticket.template_bar import NameBar, TemplateMenu
from puffling.ui.panels.ticket.values import values_of
from puffling.ui.replay_note import ReplayNote
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.verdicts import VerdictList

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from puffin.types import Side, Ticket
    from puffling.core.events import QuotesChanged
    from puffling.store.halts import Halt
    from puffling.ui.panel import Parts
    from puffling.ui.panels.ticket.draft import Draft
    from puffling.ui.panels.ticket.impact import Impact
    from puffling.ui.panels.ticket.sheet import Sheet

_SETTLE_MS = 200  # quotes come 15 times a second; nobody reads an estimate that fast
_AGE_MS = 1_000


class TicketPanel(PanelWidget):
    """Where every order of yours begins."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._halt: Halt | None = None
        self._sending = False
        self.sent = 0  # orders that went out from here
        self._offers = Offers()
        self._reason = "Choose a symbol."
        self._suggest = Suggestions()
        self.fields = TicketFields(parts.theme, self._suggest)
        self.ladder = QuoteLadder(parts.theme)
        self.impact = ImpactBox(parts.theme)
        self.verdicts = VerdictList(parts.theme)
        self.review_button = QPushButton()
        self.templates = TemplateMenu(parts.theme, parts.context.templates.all, self)
        self.templates_button = QToolButton()
        self.name_bar = NameBar(parts.theme)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._judge)
        self._ageing = QTimer(self, interval=_AGE_MS)
        self._ageing.timeout.connect(self._show_age)
        self._flip = QShortcut(QKeySequence(Qt.Key.Key_F10), self, self.flip)
        self._flip.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._connect()
        self.fields.symbol.set_symbol(self.symbol)
        self._offer()
        self.spawn(self._begin())
        self._show()

    # -- what the desk may ask ---------------------------------------------------------------

    def fill(self, side: Side, symbol: str = "", quantity: Decimal | None = None) -> None:
        """Take these values and put the cursor into the quantity."""
        writing = Writing(self)
        if symbol:
            self.set_symbol(symbol)
        self.fields.side.choose(side)
        if quantity is not None:
            self.fields.quantity.set_value(quantity)
        size = "" if quantity is None else f" {formats.quantity(quantity)}"
        self._written(writing, f"{side.capitalize()}{size} {self.symbol}".rstrip())

    def write(self, ticket: Ticket, *, sized: bool = True) -> None:
        """Fill in a whole order, to be corrected and reviewed; its quantity only if `sized`."""
        writing = Writing(self)
        self.set_symbol(ticket.symbol)
        self.fields.take(ticket)
        if not sized:
            self.fields.quantity.set_value(None)
        what = f"{ticket.side.capitalize()} {ticket.symbol}"
        self._written(writing, order_words.ticket(ticket) if sized else what)

    def sheet(self) -> Sheet:
        """Return everything that is filled in, as it was typed."""
        return self.fields.sheet()

    def put_back(self, sheet: Sheet) -> None:
        """Fill in again what a sheet holds, for its symbol."""
        if sheet.symbol:
            self.set_symbol(sheet.symbol)
        self.fields.put_back(sheet)

    @property
    def written(self) -> Ticket | None:
        """The order that is written; None while it is not complete."""
        return self._ticket()[0]

    def ask_template(self) -> None:
        """Ask for the name under which the order is to be kept."""
        self.name_bar.open()

    def flip(self) -> None:
        """Turn a buy into a sell and back."""
        self.fields.side.choose(self.fields.side.value.opposite)

    def review(self) -> None:
        """Ask for confirmation of the order and send it; says why if there is none to send."""
        if self._sending:
            return
        ticket, _ = self._ticket()
        self._judge()
        if ticket is None or self._reason:
            self.fields.focus_missing()
            return
        self._sending = True
        self._show_button()
        self.spawn(self._place(ticket))

    @property
    def draft(self) -> Draft:
        """What is filled in."""
        return self.fields.draft(self.symbol)

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.fields.symbol.set_symbol(symbol)
        self.fields.forget_prices()
        self._offer()
        self._show()

    @override
    def apply_focused(self) -> None:
        self.review()

    @override
    def primary_focus(self) -> QWidget:
        return self.fields.quantity if self.symbol else self.fields.symbol

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | self.fields.state()

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.fields.restore(state)

    @override
    def shut(self) -> None:
        self._settle.stop()
        self._ageing.stop()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self._ageing.start()
        self._show()

    @override
    def hideEvent(self, event: object) -> None:
        self._ageing.stop()

    # -- inside ------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        theme = self.parts.theme
        theme.set_role(self.reason, "caption")
        line = QFrame()
        theme.set_role(line, "line")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setSpacing(theme.px(4))
        head.addWidget(self.fields.symbol, 1)
        head.addWidget(self.templates_button)
        self.templates_button.setIcon(theme.icon("list"))
        self.templates_button.setToolTip("Order templates (Ctrl+Shift+T saves this order)")
        self.templates_button.setAccessibleName("Order templates")
        self.templates_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.templates_button.setMenu(self.templates)
        theme.set_role(self.templates_button, "flat")
        column.addLayout(head)
        column.addWidget(self.name_bar)
        column.addWidget(self.ladder)
        column.addWidget(self.fields)
        column.addWidget(line)
        column.addWidget(self.impact)
        column.addWidget(self.verdicts)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        inner.setAutoFillBackground(False)  # the panel's own ground shows through
        scroll.viewport().setAutoFillBackground(False)
        foot = QVBoxLayout()
        foot.setContentsMargins(*[theme.sizes.padding] * 4)
        foot.setSpacing(theme.px(4))
        foot.addWidget(self.reason)
        foot.addWidget(self.review_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(ReplayNote(self))
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    def _connect(self) -> None:
        self.fields.symbol.chosen.connect(self._chosen)
        self.fields.changed.connect(self._show)
        run = self.parts.runner.command
        self.templates.wanted.connect(lambda name: run("template.load", name=name))
        self.templates.unwanted.connect(lambda name: run("template.remove", name=name))
        self.templates.saving.connect(lambda: run("template.save"))
        self.name_bar.named.connect(lambda name: run("template.save", name=name))
        self.name_bar.closed.connect(self.fields.quantity.setFocus)
        self.ladder.picked.connect(self.fields.take_limit)
        self.review_button.clicked.connect(self.review)
        signals = self.parts.signals
        self.listen(signals.quotes_changed, self._on_quotes)
        self.listen(signals.mode_changed, self._offer)
        self.listen(signals.halt_changed, lambda _: self.spawn(self._read_halt()))
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))
        for signal in (
            signals.portfolio_changed,
            signals.order_changed,
            signals.settings_changed,
            signals.session_changed,
            signals.mode_changed,
        ):
            self.listen(signal, self._soon)

    async def _begin(self) -> None:
        await self._read_halt()
        await self._read_instruments()

    async def _read_halt(self) -> None:
        self._halt = await asyncio.to_thread(self.parts.context.risk.halted)
        self._judge()

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    async def _place(self, ticket: Ticket) -> None:
        try:
            placed = await self.parts.registry["order.place"].run_with(
                self.parts.context, values_of(ticket)
            )
            if isinstance(placed, Order) and placed.status is not OrderStatus.REJECTED:
                self.sent += 1
                self._begin_next()
        finally:
            self._sending = False
            self._show()

    def _written(self, writing: Writing, words: str) -> None:
        """Go on where the quantity is, and let what was written be taken back."""
        self.fields.quantity.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.fields.quantity.selectAll()
        writing.done(words)

    def _begin_next(self) -> None:
        """Make ready for the next order: its quantity is typed first, if the person still is here.

        The field that was typed into last may be hidden now, and the cursor elsewhere with it.
        """
        here: QWidget | None = self.window().focusWidget()
        is_here = here is not None and self.isAncestorOf(here)
        self.fields.clear()
        if is_here:
            self.fields.quantity.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self, symbol: str) -> None:
        self.set_symbol(symbol)
        self.fields.quantity.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_quotes(self, event: QuotesChanged) -> None:
        if self.symbol in event.symbols and self.isVisible():
            self.ladder.show_quote(self.parts.context.quotes.last(self.symbol))
            self._soon()

    def _soon(self, _event: object = None) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def _show(self) -> None:
        """Bring everything up to date at once: the person did something."""
        self.ladder.show_quote(self.parts.context.quotes.last(self.symbol))
        self._show_age()
        self._judge()

    def _show_age(self) -> None:
        quotes = self.parts.context.quotes
        self.ladder.show_age(quotes.age(self.symbol), stale=self._is_stale())

    def _is_stale(self) -> bool:
        context = self.parts.context
        return context.market.is_open() and context.quotes.stale(self.symbol)

    def _judge(self) -> None:
        """Work out what the order would do, and whether and why not it may be reviewed."""
        ticket, missing = self._ticket()
        impact = None if ticket is None else impact_of(self.parts.context.risk.facts(ticket))
        self._show_impact(impact)
        typed = self.fields.by.value is SizeBy.QUANTITY
        self.impact.show_size(None if ticket is None or typed else ticket.quantity)
        self._reason = self._stranger() or self.fields.problem or missing or self._objection(impact)
        self._show_button()

    def _ticket(self) -> tuple[Ticket | None, str]:
        """Return the order that is written, or None and why there is none yet."""
        context = self.parts.context
        quote = context.quotes.last(self.symbol)
        draft = self.draft
        needs_equity = draft.by in {SizeBy.EQUITY, SizeBy.RISK}
        around = Surroundings(
            None if quote is None else quote.price_for(draft.side),
            context.portfolio.snapshot().equity if needs_equity else None,
            self._offers.amounts,
        )
        return draft.ticket(around)

    def _offer(self, _event: object = None) -> None:
        """Offer what the broker in use takes of the symbol."""
        venue = self.parts.context.orders.venue
        self._offers = Offers() if venue is None else offers_of(venue, self.symbol)
        self.fields.offer(self._offers)

    def _stranger(self) -> str:
        """Why this symbol cannot be traded at all; empty if it can."""
        traded = self.parts.context.market.symbols
        if not self.symbol or not traded or self.symbol in traded:
            return ""
        return f"{self.symbol} is not traded on this market. It can be charted and backtested."

    def _objection(self, impact: Impact | None) -> str:
        """Why the limits or the kill switch stand against the order; empty if they do not."""
        if impact is None:
            return ""
        if self._halt is not None and not impact.reduces:
            return f"{halted_text(self._halt)} Only closing is allowed."
        return impact.refusal

    def _show_impact(self, impact: Impact | None) -> None:
        self.impact.show_impact(impact)
        verdicts = () if impact is None else impact.verdicts
        if impact is not None and self._halt is not None and not impact.reduces:
            halted = Verdict("halt", allowed=False, text="Trading is halted: only closing.")
            verdicts = (halted, *verdicts)
        self.verdicts.show_verdicts(verdicts)
        self.verdicts.setVisible(bool(verdicts))

    def _show_button(self) -> None:
        side = self.fields.side.value
        words = "Waiting for your answer…" if self._sending else f"Review {side} order"
        self.review_button.setText(words)
        mode = self.parts.context.market.mode.value
        self.review_button.setToolTip(f"{mode.upper()}: asks before anything is sent")
        self.parts.theme.set_role(self.review_button, "mode", mode)
        self.review_button.setEnabled(not self._sending and not self._reason)
        self.reason.setText("" if self._sending else self._reason)
        self.reason.setVisible(bool(self.reason.text()))
