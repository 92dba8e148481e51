"""Looks after the alerts that no tick decides: the account, silence, orders, jobs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from puffin.monitor.conditions import JobEnd, OrderEvent
from puffin.types import ZERO, OrderStatus
from puffling.core.errors import StoreError
from puffling.core.events import (
    JobChanged,
    JobState,
    Level,
    ModeChanged,
    NoticePosted,
    OrderChanged,
    PortfolioChanged,
    QuotesChanged,
    SnapshotTaken,
)
from puffling.core.formats import price, quantity
from puffling.services.alert_outages import Outages
from puffling.services.snapshots import TRANSFER

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from puffin.types import Order
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.events import Event
    from puffling.services.alerts import AlertService
    from puffling.services.market import MarketService
    from puffling.services.positions import Portfolio, PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.store.performance import PerformanceStore

log = logging.getLogger(__name__)

ACCOUNT = ("position", "day loss", "drawdown", "drift")
WHAT = {
    OrderStatus.FILLED: "filled",
    OrderStatus.PARTIAL: "partly filled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.EXPIRED: "expired",
}
ENDS = {JobState.DONE: "done", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}


class AlertWatch:
    """Compares alerts with the account four times a second at most, and hears of events.

    Nothing is told of what happened before `start`: an order filled or a level passed while
    Puffling was closed is no news of an alert.
    """

    def __init__(  # noqa: PLR0913 - it listens to that many
        self,
        alerts: AlertService,
        portfolio: PortfolioService,
        quotes: QuoteService,
        market: MarketService,
        store: PerformanceStore,
        *,
        expected: Callable[[], bool],
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._alerts = alerts
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._bus = bus
        self._clock = clock
        self._peak = Peak(store)
        self._outages = Outages(bus, clock)
        self._expected = expected
        self._since: float | None = None  # when quotes began to be due
        self._moved = False
        self._told = False  # that alerts are not being stored
        self._ended: set[str] = set()
        alerts.views.drawdown = self._peak.below
        alerts.views.silence = self._silence

    def start(self) -> None:
        """Hear of what happens from now on."""
        hear = self._bus.subscribe
        hear(QuotesChanged, self._on_move)
        hear(PortfolioChanged, self._on_move)
        hear(SnapshotTaken, lambda _: self._peak.forget())
        hear(ModeChanged, lambda _: self._peak.forget())
        hear(OrderChanged, lambda event: self._safely(lambda: self._on_order(event.order)))
        hear(JobChanged, lambda event: self._safely(lambda: self._on_job(event)))

    def look(self) -> None:
        """Compare what time and the account decide; called four times a second."""
        self._safely(self._look)

    def _look(self) -> None:
        self._outages.look()
        self._alerts.expire()
        if not self._expected():
            self._since = None
        elif self._since is None:
            self._since = self._clock.monotonic()
        now = self._market.now()
        for each in self._alerts.watching("silence"):
            self._alerts.compare(each, now)
        moved, self._moved = self._moved, False
        watched = self._alerts.watching(*ACCOUNT) if moved else []
        if watched:
            portfolio = self._portfolio.snapshot()
            for each in watched:
                self._alerts.compare(each, now, portfolio=portfolio)

    def _silence(self, symbol: str) -> float | None:
        """Return for how long no price came although it should have; of any symbol if empty."""
        if self._since is None:
            return None
        due = self._clock.monotonic() - self._since
        symbols = [symbol] if symbol else [each.symbol for each in self._quotes.all()]
        ages = [age for each in symbols if (age := self._quotes.age(each)) is not None]
        return min([due, *ages])

    def _on_move(self, _: Event) -> None:
        self._moved = True

    def _on_order(self, order: Order) -> None:
        what = WHAT.get(order.status)
        if what is None or order.account != self._portfolio.account.id:
            return
        for each in self._alerts.watching("order"):
            condition = each.condition
            asked = isinstance(condition, OrderEvent) and condition.what in {what, "any"}
            if asked and each.symbol in {"", order.ticket.symbol}:
                self._alerts.happened(each, order_words(order, what), self._market.now())

    def _on_job(self, event: JobChanged) -> None:
        how = ENDS.get(event.state)
        if how is None or event.id in self._ended:
            return
        self._ended.add(event.id)
        for each in self._alerts.watching("job"):
            condition = each.condition
            if not isinstance(condition, JobEnd) or condition.how not in {how, "any"}:
                continue
            if condition.words.casefold() in event.title.casefold():
                words = f"“{event.title}” is done" if how == "done" else f"“{event.title}” {how}"
                self._alerts.happened(each, words, self._market.now())

    def _safely(self, work: Callable[[], None]) -> None:
        """Say once that nothing can be stored; what is not stored is tried again."""
        try:
            work()
        except StoreError as error:
            log.warning("Alerts are not being stored: %s", error)
            if not self._told:
                self._told = True
                text = str(error)
                title = "Alerts are not being stored"
                self._bus.publish(NoticePosted(Level.ERROR, title, text, panel="activity"))
        else:
            self._told = False


class Peak:
    """How far an account is below its highest worth, without what was put in or taken out.

    The worth at each session's end counts, and the highest one seen since Puffling began.
    """

    def __init__(self, store: PerformanceStore) -> None:
        self._store = store
        self._account = ""
        self._growth = self._highest = ZERO
        self._base = ZERO  # the worth that `_growth` belongs to, with what came in since

    def forget(self) -> None:
        """Read the account's snapshots anew the next time."""
        self._account = ""

    def below(self, portfolio: Portfolio) -> Decimal | None:
        """Return the drawdown as a positive share; None while the worth is not known."""
        if portfolio.equity is None:
            return None
        if portfolio.account != self._account:
            self._read(portfolio)
        if self._base <= ZERO or self._growth <= ZERO:
            return None
        growth = self._growth * portfolio.equity / self._base
        self._highest = max(self._highest, growth)
        return 1 - growth / self._highest

    def _read(self, portfolio: Portfolio) -> None:
        self._account = portfolio.account
        worth, growth = portfolio.starting_cash, ZERO + 1
        highest, last = growth, None
        for each in self._store.snapshots(portfolio.account):
            if worth + each.flow > ZERO:
                growth *= each.equity / (worth + each.flow)
            highest, worth, last = max(highest, growth), each.equity, each
        came = sum(
            (
                each.amount
                for each in self._store.activities(portfolio.account)
                if each.kind == TRANSFER and (last is None or each.at > last.at)
            ),
            start=ZERO,
        )
        self._growth, self._highest, self._base = growth, highest, worth + came


def order_words(order: Order, what: str) -> str:
    """Return what happened to an order: "Your order to buy 10 AAPL is filled at 182.50"."""
    ticket = order.ticket
    at = "" if order.average_price is None else f" at {price(order.average_price)}"
    size = f"{quantity(ticket.quantity)} " if ticket.notional is None else ""
    done = f": {quantity(order.filled_quantity)} so far" if what == "partly filled" else ""
    said = f"Your order to {ticket.side.value} {size}{ticket.symbol} is {what}"
    return said + done + (at if order.filled_quantity else "") + _because(order)


def _because(order: Order) -> str:
    return f": {order.reason}" if order.reason and order.status is OrderStatus.REJECTED else ""
