"""Orders, accounts and a clock, as the tests of the store need them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.monitor.conditions import PriceLevel
from puffin.monitor.watch import Manner, Memory, Quiet
from puffin.types import Fill, Order, OrderStatus, OrderType, Side, Ticket
from puffling.core.events import JobState, Level, NoticePosted
from puffling.store.accounts import Account, AccountStore
from puffling.store.alerts import Alert, AlertFiring, AlertStore
from puffling.store.audit import AuditStore
from puffling.store.halts import Halt, HaltStore
from puffling.store.jobs import JobRecord, JobStore
from puffling.store.notifications import NotificationStore
from puffling.store.order_events import fill_of, snapshot_of
from puffling.store.orders import OrderStore
from puffling.store.requests import Request, RequestStore
from puffling.store.state import StateStore
from puffling.store.watchlists import Watchlist, WatchlistStore

if TYPE_CHECKING:
    from puffling.store.database import Database

NOW = datetime(2026, 3, 2, 14, 30, 0, 123456, tzinfo=UTC)
MARKET = datetime(2012, 6, 1, 13, 30, tzinfo=UTC)
ACCOUNT = Account("demo-1", "demo", Decimal(100_000), NOW, MARKET)


@dataclass
class HandClock:
    """A clock that a test turns."""

    at: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def turn(self, **span: float) -> None:
        self.at += timedelta(**span)


def order(
    id_: str = "order-1",
    *,
    quantity: str = "100",
    status: OrderStatus = OrderStatus.SENT,
    account: str = "demo-1",
) -> Order:
    ticket = Ticket(
        "AAPL", Side.BUY, Decimal(quantity), OrderType.LIMIT, limit_price=Decimal("579.50")
    )
    return Order(id_, account, ticket, status, NOW, MARKET, NOW, asked_by="desk")


def fill(id_: str = "order-1-1", *, of: str = "order-1", account: str = "demo-1") -> Fill:
    return Fill(
        id=id_,
        order_id=of,
        account=account,
        symbol="AAPL",
        side=Side.BUY,
        quantity=Decimal(100),
        price=Decimal("579.4321"),
        commission=Decimal("1.005"),
        at=MARKET,
    )


def book(store: OrderStore, each: Order, booked: Fill) -> bool:
    """Store a fill and what it made of its order."""
    return store.record(fill_of(booked, NOW), each, [booked])


def save(store: OrderStore, each: Order) -> bool:
    """Store an order as the broker has it."""
    return store.record(snapshot_of(each, NOW), each)


def alert(id_: str = "alert-1") -> Alert:
    condition = PriceLevel(when="above", price=Decimal("600.10"))
    manner = Manner(repeat="every", quiet=Quiet(time(22), time(7)), hysteresis=Decimal("0.01"))
    return Alert(id_, "AAPL", condition, manner, NOW, note="breakout", memory=Memory(armed=True))


def firing(id_: str = "firing-1", *, of: str = "alert-1", at: datetime = NOW) -> AlertFiring:
    return AlertFiring(id_, of, "AAPL", "AAPL is above 600.10", at, MARKET)


def request(id_: str = "request-1") -> Request:
    return Request(
        id_, "order.place", {"symbol": "AAPL"}, "terminal", NOW, NOW + timedelta(minutes=1)
    )


def fill_up(database: Database, *, orders: int = 3) -> None:
    """Put something into every table but the backtests."""
    AccountStore(database).open(ACCOUNT)
    store = OrderStore(database)
    for number in range(orders):
        each = order(f"order-{number}")
        store.add_intent(each)
        book(store, each, fill(f"{each.id}-1", of=each.id))
    HaltStore(database).set(Halt(NOW, "desk", "lunch"))
    HaltStore(database).clear("desk", NOW)
    WatchlistStore(database).save(Watchlist("list-1", "Starter", ("AAPL", "IBM")))
    AlertStore(database).fire(alert(), firing())
    NotificationStore(database).add(NoticePosted(Level.INFO, "Hello"), NOW)
    JobStore(database).save(JobRecord("job-1", "Backtest", JobState.RUNNING, NOW))
    AuditStore(database).add(NOW, "desk", "order.place", "order-1", {"quantity": "100"})
    RequestStore(database).add(request())
    StateStore(database).put("replay", {"session": "2012-06-01", "step": 12})


def read_everything(database: Database) -> int:
    """Read every row there is, and return how many orders there are."""
    store = OrderStore(database)
    found = store.all("demo-1")
    store.open("demo-1")
    for each in found:
        store.get(each.id)
        store.fills_of(each.id)
    store.fills("demo-1")
    AccountStore(database).current("demo")
    AccountStore(database).all()
    HaltStore(database).read()
    WatchlistStore(database).all()
    AlertStore(database).all()
    AlertStore(database).firings()
    NotificationStore(database).all()
    NotificationStore(database).unread()
    JobStore(database).all()
    AuditStore(database).all()
    RequestStore(database).waiting()
    RequestStore(database).get("request-1")
    StateStore(database).get("replay")
    return len(found)
