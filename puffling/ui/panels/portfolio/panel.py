"""The portfolio: the account in a strip, and below it positions, orders, fills and facts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.types import ZERO, OrderType, Side, Ticket, TimeInForce
from puffling.core import formats
from puffling.services.book_greeks import greeks_of
from puffling.services.closes import last_closes
from puffling.ui.charts.treemap import Tile, TreeMap
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.portfolio.account import AccountTab
from puffling.ui.panels.portfolio.columns import FILLS
from puffling.ui.panels.portfolio.greeks import GreeksTab
from puffling.ui.panels.portfolio.held import held
from puffling.ui.panels.portfolio.lots import LotRow, LotsTab
from puffling.ui.panels.portfolio.orders import OrdersTab
from puffling.ui.panels.portfolio.positions import PositionsTab
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge
from puffling.ui.widgets.empty_state import State, StateStack
from puffling.ui.widgets.headline import KeyValueStrip
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from puffin.execution.lots import Lot
    from puffin.types import Fill
    from puffling.core.events import FillBooked, OrderChanged, QuotesChanged
    from puffling.services.book_greeks import BookGreeks
    from puffling.services.positions import Portfolio, PositionRow
    from puffling.ui.panel import Parts
    from puffling.ui.panels.portfolio.held import Held

_FRAME_MS = 100
# Where a target and a stop begin, as shares of the price; the person corrects them on the ticket.
_TARGET, _STOP = Decimal("0.05"), Decimal("0.02")
_CENT = Decimal("0.01")
_STRIP = (
    ("equity", "Equity"),
    ("day", "Day"),
    ("ratio", "Day %"),
    ("cash", "Cash"),
    ("power", "Buying power"),
    ("exposure", "Exposure"),
)
_TABS = ("positions", "orders", "fills", "lots", "greeks", "map", "account")
_GREEKS_MS = 2_000  # they take a thread for some time: not for each quote


class PortfolioPanel(PanelWidget):
    """What you own, what you asked for and what came of it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self.strip = KeyValueStrip(theme, _STRIP)
        self.mode = Badge(theme)
        self.positions, self.orders = PositionsTab(theme), OrdersTab(theme)
        self.fills: RecordModel[Fill] = RecordModel(FILLS, lambda fill: fill.id, self)
        self.fills_view = RecordView(
            theme, self.fills, name="Fills", empty="Nothing has been bought or sold yet."
        )
        self.lots, self.greeks, self.map = LotsTab(theme), GreeksTab(theme), TreeMap(theme)
        self.account = AccountTab(theme)
        self.tabs = QTabWidget()
        self.states = StateStack(theme, self.tabs)
        self._lay_out()
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self.refresh)
        self._orders_read = Reading(
            self.spawn, parts.context.orders.all, self.orders.show_orders, self._fail
        )
        self._closes: dict[str, tuple[float, ...]] = {}
        self._open_lots: list[Lot] | None = None  # None until they are asked for anew
        self._closes_read = Reading(self.spawn, self._read_closes, self._show_closes, self._fail)
        self._greeks_read = Reading(self.spawn, self._read_greeks, self._show_greeks, self._fail)
        self._greeks_rest = QTimer(self, singleShot=True, interval=_GREEKS_MS)
        self._tab_keys = turn_with_keys(self, self.tabs, self.primary_focus)
        self._connect()
        self._begin()

    def refresh(self) -> None:
        """Bring positions and strip up to date."""
        portfolio = self._snapshot()
        if portfolio is None:
            self.states.show_loading("Opening the account…", cancellable=False)
            return
        if self.states.state is State.LOADING:
            self._read()
        self._show_strip(portfolio)
        self.positions.show_rows(
            held(portfolio.rows, self.parts.context.orders.open(), self._closes)
        )
        if {each.symbol for each in portfolio.rows} - self._closes.keys():
            self._closes_read.ask()
        self._show_tab_in_sight(portfolio)
        context = self.parts.context
        self.account.show_facts(context.portfolio.account, portfolio, context.portfolio.costs)

    def show_tab(self, name: str) -> None:
        """Bring one tab to the front: positions, orders, fills, lots, greeks, map or account."""
        if name in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(name))

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def primary_focus(self) -> QWidget:
        views = (
            self.positions.view,
            self.orders.view,
            self.fills_view,
            self.lots.view,
            self.greeks.view,
            self.map,
            self.account,
        )
        return views[self.tabs.currentIndex()]

    @override
    def run_focused(self) -> None:
        self._begin()

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": _TABS[self.tabs.currentIndex()],
            "only_working": self.orders.only_working,
            "positions": self.positions.view.layout_state(),
            "orders": self.orders.view.layout_state(),
            "fills": self.fills_view.layout_state(),
            "lots": self.lots.view.layout_state(),
            "greeks": self.greeks.view.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self.show_tab(str(state.get("tab", "")))
        self.orders.show_only_working(only=state.get("only_working") is True)
        views = (
            ("positions", self.positions.view),
            ("orders", self.orders.view),
            ("fills", self.fills_view),
            ("lots", self.lots.view),
            ("greeks", self.greeks.view),
        )
        for key, view in views:
            if isinstance(state.get(key), dict):
                view.restore_layout(state[key])

    @override
    def shut(self) -> None:
        self._frame.stop()
        self._greeks_rest.stop()
        super().shut()

    @override
    def showEvent(self, event: object) -> None:
        self.refresh()

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # From the outside in: each widget is then styled once, not again at every level.
        theme = self.parts.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        column.addLayout(head)
        column.addWidget(self.states, 1)
        head.setContentsMargins(*[theme.sizes.padding] * 4)
        head.addWidget(self.strip, 1)
        head.addWidget(self.mode, 0, Qt.AlignmentFlag.AlignTop)
        self.tabs.setDocumentMode(True)
        pages = (
            self.positions,
            self.orders,
            self.fills_view,
            self.lots,
            self.greeks,
            self.map,
            self.account,
        )
        for page, title in zip(pages, _TABS, strict=True):
            self.tabs.addTab(page, title.capitalize())

    def _connect(self) -> None:
        run = self.parts.runner.command
        desk = self.parts.context.desk
        self.states.retried.connect(self._begin)
        self.positions.chosen.connect(self.set_symbol)
        self.orders.chosen.connect(self.set_symbol)
        self.lots.chosen.connect(self.set_symbol)
        self.greeks.chosen.connect(self.set_symbol)
        self.map.chosen.connect(self.set_symbol)
        self.tabs.currentChanged.connect(self._soon)
        self.fills_view.opened.connect(lambda fill: self.set_symbol(fill.symbol))
        self.positions.trade.connect(
            lambda side, symbol: desk.fill_ticket(side, symbol or self.symbol)
        )
        self.positions.close_bar.market.connect(
            lambda symbol, share: run("position.close", symbol=symbol, share=share)
        )
        self.positions.close_bar.limit.connect(self._close_at_limit)
        self.positions.protect.connect(self._protect)
        self.positions.reverse.connect(lambda symbol: run("position.reverse", symbol=symbol))
        self.positions.asked.connect(lambda symbol: run("assistant.about", position=symbol))
        self.orders.asked.connect(
            lambda order: run("assistant.about", symbol=order.ticket.symbol, order=order.id)
        )
        self.orders.change.connect(lambda values: run("order.replace", **values))
        self.orders.cancel.connect(lambda ids: [run("order.cancel", id=each) for each in ids])
        self.orders.cancel_all.connect(lambda: run("order.cancel_all"))
        signals = self.parts.signals
        self.listen(signals.quotes_changed, self._on_quotes)
        self.listen(signals.portfolio_changed, self._on_portfolio)
        self.listen(signals.session_changed, self._on_session)
        self.listen(signals.order_changed, self._on_order)
        self.listen(signals.fill_booked, self._on_fill)
        self.listen(signals.mode_changed, lambda _: self._begin())

    # -- following ---------------------------------------------------------------------------

    def _begin(self) -> None:
        """Read everything anew."""
        self.states.show_loading("Opening the account…", cancellable=False)
        self._open_lots = None
        self.refresh()

    def _read(self) -> None:
        self.states.show_content()
        self.fills.reset(reversed(self.parts.context.orders.fills()))
        self._orders_read.ask()

    def _snapshot(self) -> Portfolio | None:
        """Return the account as it is; None until it has been opened."""
        try:
            return self.parts.context.portfolio.snapshot()
        except RuntimeError:  # the market opens the account a moment after the window
            return None

    def _read_closes(self) -> dict[str, tuple[float, ...]]:
        """Return the last closes of what is held; runs on a thread."""
        context = self.parts.context
        held_now = [each.symbol for each in context.portfolio.positions()]
        return last_closes(context.bars, held_now)

    def _show_closes(self, closes: dict[str, tuple[float, ...]]) -> None:
        self._closes = closes
        self._soon()

    def _show_tab_in_sight(self, portfolio: Portfolio) -> None:
        """Bring lots, greeks or the map up to date, whichever is looked at."""
        shown, context = _TABS[self.tabs.currentIndex()], self.parts.context
        if shown == "map":
            self.map.show_tiles([_tile(each) for each in portfolio.rows if each.value])
        elif shown == "lots":
            if self._open_lots is None:  # worked out from every fill: not again for each quote
                self._open_lots = context.portfolio.lots()
            last = {each.symbol: each.last for each in portfolio.rows}
            now = context.market.now()
            self.lots.show_lots(
                LotRow(each, last.get(each.symbol), now) for each in self._open_lots
            )
        elif shown == "greeks" and not self._greeks_rest.isActive():
            self._greeks_rest.start()
            self._greeks_read.ask()

    def _read_greeks(self) -> BookGreeks:
        """Work the greeks of what is held out; runs on a thread."""
        context = self.parts.context
        market = context.market
        return greeks_of(
            context.portfolio.positions(), context.quotes.last, market.now(), market.calendar
        )

    def _show_greeks(self, book: BookGreeks) -> None:
        """Show them, and have a price of every underlying from now on."""
        for each in book.rows:
            self.parts.context.quotes.want(each.underlying)
        self.greeks.show_book(book)

    def _protect(self, row: Held) -> None:
        """Write a target and a stop for a position, at distances that the person corrects."""
        position, last = row.position, row.row.last
        if last is None:
            return
        side = Side.SELL if position.quantity > 0 else Side.BUY
        ticket = Ticket(
            row.symbol,
            side,
            abs(position.quantity),
            OrderType.LIMIT,
            limit_price=(last * (1 - side.sign * _TARGET)).quantize(_CENT),
            stop_loss=(last * (1 + side.sign * _STOP)).quantize(_CENT),
            time_in_force=TimeInForce.GTC,
            one_cancels_other=True,
        )
        self.parts.context.desk.write_ticket(ticket)

    def _on_session(self, _event: object) -> None:
        self._closes_read.ask()
        self._soon()

    def _soon(self, _event: object = None) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _on_portfolio(self, _event: object) -> None:
        self._open_lots = None
        self._greeks_rest.stop()
        self._soon()

    def _on_quotes(self, event: QuotesChanged) -> None:
        if self.isVisible() and not event.symbols.isdisjoint(self.positions.model.keys):
            self._soon()

    def _on_order(self, event: OrderChanged) -> None:
        self.orders.show_order(event.order)
        self._soon()

    def _on_fill(self, event: FillBooked) -> None:
        if event.fill.id not in self.fills.keys:
            self.fills.reset([event.fill, *self.fills.records])
        self._soon()

    def _fail(self, error: Exception) -> None:
        self.states.show_error(str(error), getattr(error, "hint", ""))

    def _close_at_limit(self, symbol: str, side: Side, quantity: Decimal, price: Decimal) -> None:
        self.parts.runner.command(
            "order.place",
            symbol=symbol,
            side=side,
            quantity=quantity,
            type=OrderType.LIMIT,
            limit_price=price,
        )

    def _show_strip(self, portfolio: Portfolio) -> None:
        tone = self.parts.theme.sign_tone
        show = self.strip.show_value
        unknown = portfolio.equity_text
        show("equity", formats.money(portfolio.equity), tip=unknown)
        day, ratio = portfolio.day_profit, portfolio.day_ratio
        about = "Against the equity at the session's open"
        show("day", formats.money(day, sign=True), tone(day), about)
        show("ratio", formats.percent(ratio, sign=True), tone(ratio), about)
        show(
            "cash", formats.money(portfolio.cash), Tone.DANGER if portfolio.cash < 0 else Tone.TEXT
        )
        show(
            "power", formats.money(portfolio.buying_power), tip="Cash less what buy orders may take"
        )
        show("exposure", formats.money(portfolio.exposure), tip="All positions, long and short")
        self.mode.show_text(portfolio.mode.upper(), portfolio.mode)


def _tile(row: PositionRow) -> Tile:
    ratio = row.unrealised_ratio
    made = formats.money(row.unrealised, sign=True)
    weight = formats.percent(row.weight, places=1)
    return Tile(
        row.symbol,
        float(abs(row.value or ZERO)),
        None if ratio is None else float(ratio),
        f"{formats.percent(ratio, sign=True)} · {weight}",
        f"{row.symbol}: {formats.money(row.value)}, {weight} of equity, unrealised {made}",
    )
