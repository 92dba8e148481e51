"""The bar of a replay: where it stands, play and step, what was made, and virtual orders."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.data.times import moment
from puffin.types import OrderType, Side
from puffling.core import formats
from puffling.ui.forms.day_edit import DayEdit
from puffling.ui.panels.chart.folding import FoldingRows
from puffling.ui.panels.chart.replay_ticket import ReplayTicket
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Order
    from puffling.services.replay import ReplayPlace
    from puffling.services.replay_account import ReplayBook
    from puffling.ui.theme.theme import Theme

SPEEDS = {1: "1 bar/s", 2: "2 bars/s", 5: "5 bars/s", 10: "10 bars/s", 25: "25 bars/s"}
USUAL = 5
PICK = "Click the bar to start at, or move to it with Shift and the arrows and press Return."


class ReplayBar(QFrame):
    """Shown while a chart is in replay, or waits for the bar to begin at.

    Signals:
        played: Play or Hold was pressed.
        stepped: A step was asked for (bars, back when negative).
        jumped: A date was chosen.
        ordered: A virtual order was written (a ticket without its symbol's past).
        cancelled: An order is to be cancelled (its id).
        closed: The ticket was put away.
        ended: Exit was pressed.
    """

    played = Signal()
    stepped = Signal(int)
    jumped = Signal(object)
    ordered = Signal(object)
    cancelled = Signal(str)
    closed = Signal()
    ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.set_role(self, "banner", Tone.WARNING)
        self.chip, self.where = Badge(theme, "REPLAY", Tone.WARNING), QLabel()
        self.back = self._button("step-back", "One bar back (,)")
        self.play = self._button("play", "Play (Space)")
        self.forward = self._button("step-forward", "One bar on (.)")
        self.speed = QComboBox()
        for bars, words in SPEEDS.items():
            self.speed.addItem(words, bars)
        self.speed.setCurrentIndex(list(SPEEDS).index(USUAL))
        self.speed.setAccessibleName("Speed of the replay")
        self.day = DayEdit()
        self.day.setAccessibleName("Date to jump to")
        for field in (self.speed, self.day):
            field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.jump = QPushButton("Jump")
        self.profit = QLabel()
        self.profit.setAccessibleName("Virtual profit")
        self.orders = QToolButton()
        self.orders.setAutoRaise(True)
        self.orders.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.orders.setMenu(QMenu(self.orders))
        self.buy, self.sell = QPushButton("Buy"), QPushButton("Sell")
        self.buy.setToolTip("Write a virtual order to buy (B)")
        self.sell.setToolTip("Write a virtual order to sell (S)")
        self.exit = QPushButton("Exit replay")
        for button in (self.buy, self.sell, self.exit, self.jump):
            theme.set_role(button, "flat")
        self._symbol = ""
        self._timing: tuple[QWidget, ...] = (
            self.back,
            self.play,
            self.forward,
            self.speed,
            self.day,
            self.jump,
        )
        self._trading: tuple[QWidget, ...] = (self.profit, self.orders, self.buy, self.sell)
        place = (self.chip, self.where, self.back, self.play, self.forward)
        speed = (self.speed, self.day, self.jump)
        groups = (place, speed, (*self._trading, self.exit))
        self._lines = FoldingRows(groups, theme.px(4), apart=True)
        self._rows = QVBoxLayout(self)
        self._rows.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._rows.setContentsMargins(theme.px(8), theme.px(2), theme.px(6), theme.px(2))
        self._rows.setSpacing(theme.px(2))
        self._rows.addLayout(self._lines)
        self._connect()
        self.hide()

    def _connect(self) -> None:
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.forward.clicked.connect(lambda: self.stepped.emit(1))
        self.play.clicked.connect(self.played)
        self.jump.clicked.connect(lambda: self.jumped.emit(self.day.date().toPython()))
        self.buy.clicked.connect(lambda: self.ticket.open(Side.BUY))
        self.sell.clicked.connect(lambda: self.ticket.open(Side.SELL))
        self.exit.clicked.connect(self.ended)

    @cached_property
    def ticket(self) -> ReplayTicket:
        """Where a virtual order is written; made when it is first asked for: few charts need it."""
        made = ReplayTicket(self._theme)
        made.symbol = self._symbol
        made.ordered.connect(self.ordered)
        made.closed.connect(self.closed)
        self._rows.addWidget(made)
        for before, after in pairwise((self.exit, *made.fields)):
            QWidget.setTabOrder(before, after)  # not behind what the window has by now
        return made

    def set_symbol(self, symbol: str) -> None:
        """Say what an order would be for."""
        self._symbol = symbol
        if "ticket" in vars(self):
            self.ticket.symbol = symbol

    @property
    def bars_a_second(self) -> int:
        """How fast it is to run."""
        return int(self.speed.currentData())

    def ask_bar(self) -> None:
        """Say that the bar to begin at is waited for."""
        self._show_parts(shown=False)
        self.where.setText(PICK)
        self.where.setWordWrap(True)
        self.exit.setText("Cancel")
        self.show()
        self._fold()

    def show_place(self, place: ReplayPlace, book: ReplayBook, symbol: str) -> None:
        """Say where it stands and what was made."""
        self._show_parts(shown=True)
        self.where.setWordWrap(False)
        self.where.setText(place.words)
        self.where.setToolTip(f"Bar {place.bar:,} of {place.bars:,}")
        self.exit.setText("Exit replay")
        self.forward.setEnabled(not place.ended)
        self.play.setEnabled(not place.ended)
        self.back.setEnabled(place.bar > 1)
        if not self.day.hasFocus():
            at = moment(place.until - 1_000).date()
            self.day.setDate(QDate(at.year, at.month, at.day))
        tone = self._theme.sign_tone(book.profit)
        held = book.position(symbol)
        words = f"P&L {formats.money(book.profit, sign=True)}"
        if held is not None:
            words += f" · {formats.quantity(held.quantity)} {symbol}"
            words += f" at {formats.price(held.average_cost)}"
        self.profit.setText(words)
        self._theme.set_tone(self.profit, tone)
        self.profit.setToolTip(
            "Virtual money. Orders fill on the bars that come, without spread or commission; "
            "inside a bar, prices are taken to go from its open over its nearer turn to its close. "
            "Dividends are paid where the source of prices tells them."
        )
        self._list_orders(book)
        self.show()
        self._fold()

    def show_playing(self, *, playing: bool) -> None:
        """Say whether it runs."""
        self.play.setIcon(self._theme.icon("pause" if playing else "play"))
        words = "Hold (Space)" if playing else "Play (Space)"
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)

    @override
    def resizeEvent(self, event: object) -> None:
        """Use as few lines as there is room for."""
        self._fold()

    def _fold(self) -> None:
        self._lines.fold(self.width() - 2 * self._theme.px(8))

    def _show_parts(self, *, shown: bool) -> None:
        for each in (*self._timing, *self._trading):
            each.setVisible(shown)
        if not shown and "ticket" in vars(self):
            self.ticket.hide()

    def _list_orders(self, book: ReplayBook) -> None:
        orders = book.orders
        self.orders.setVisible(bool(orders))
        self.orders.setText(f"{len(orders)} waiting")
        menu = self.orders.menu()
        menu.clear()
        for each in orders:
            action = menu.addAction(f"Cancel: {order_words(each, book.stops.get(each.id))}")
            action.triggered.connect(lambda _=False, id_=each.id: self.cancelled.emit(id_))

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon, Tone.TEXT))
        button.setAutoRaise(True)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def order_words(order: Order, stop: Decimal | None = None) -> str:
    """Say what a virtual order waits for; `stop` is where its trailing stop stands."""
    ticket, kind = order.ticket, order.ticket.type
    what = f"{ticket.side.title()} {formats.quantity(order.remaining)} {ticket.symbol}"
    if ticket.type is OrderType.TRAILING:
        far = formats.price(ticket.trail_price)
        if ticket.trail_percent is not None:
            far = f"{formats.quantity(ticket.trail_percent)} %"
        now = "" if stop is None else f", now {formats.price(stop)}"
        return f"{what} {kind} {far}{now}"
    prices = [each for each in (ticket.stop_price, ticket.limit_price) if each is not None]
    if not prices:
        return f"{what} at the next open"
    return f"{what} {kind} {' to '.join(map(formats.price, prices))}"
