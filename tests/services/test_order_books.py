"""What the books begin with, what they hand to a broker, and that no field is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from typing_extensions import override

from puffin.broker.base import Connected
from puffin.errors import BrokerError
from puffin.execution.costs import Costs
from puffin.types import Order, OrderStatus, OrderUpdate, Position, Side, Ticket
from puffling.core.errors import UnknownOrderError
from puffling.services.book import Book
from puffling.services.order_following import OrderFollower
from puffling.services.order_opening import take_in
from puffling.services.order_sending import OrderSender
from puffling.store.accounts import AccountStore
from puffling.store.audit import AuditStore
from puffling.store.order_events import Kind, event_of
from puffling.store.orders import OrderStore
from tests.fakes import OPEN, START, FakeBroker, filled
from tests.orders import tickets

if TYPE_CHECKING:
    from puffling.core.bus import EventBus
    from tests.fakes import FakeClock

CALL = "AAPL260116C00250000"
TICKET = Ticket("AAPL", Side.BUY, Decimal(10))


@pytest.fixture
def context(puffling):
    return puffling.context


def order(context, id_: str, ticket: Ticket = TICKET, **changes) -> Order:
    account = context.portfolio.account.id
    return replace(Order(id_, account, ticket, OrderStatus.WORKING, START, OPEN, START), **changes)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tickets())
async def test_every_field_of_every_ticket_is_stored_and_reaches_the_broker_unchanged(
    puffling, clock, bus: EventBus, drawn: Ticket
):
    context, broker = puffling.context, FakeBroker()
    store = OrderStore(context.storage.user)
    book = Book(store)
    book.load(context.portfolio.account)
    sender = OrderSender(
        OrderFollower(book, bus, clock),
        AuditStore(context.storage.user),
        context.market,
        bus=bus,
        clock=clock,
    )
    sender.in_use = broker
    sent = order(context, f"o{len(store.all())}", drawn, status=OrderStatus.SENT)
    store.add_intent(sent)
    book.sent(sent)
    await sender.send(sent)
    assert broker.sent[0].ticket == drawn
    kept = store.get(sent.id)
    assert kept is not None
    assert (kept.ticket, kept.status) == (drawn, OrderStatus.WORKING)
    assert store.log.of(sent.id)[0].order == sent


async def test_an_account_at_a_broker_begins_with_what_it_holds(context, clock):
    broker = FakeBroker()
    broker.held = [
        Position("AAPL", Decimal(10), Decimal(500)),
        Position(CALL, Decimal(-2), Decimal(3)),
    ]
    account, held = await take_in(broker, "paper", "paper-1", clock)
    assert account.starting_cash == 100_000 + 5000 - 600
    assert (account.number, account.market_start) == ("…1234", OPEN)
    AccountStore(context.storage.user).open(account, held)
    book = context.orders._book
    book.load(account)
    context.portfolio.load(account, (), Costs())
    assert context.portfolio.cash == 100_000
    assert context.portfolio.positions() == broker.held
    assert [each.symbol for each in context.portfolio.lots()] == ["AAPL", CALL]


async def test_an_account_that_does_not_stand_still_is_not_taken_in(clock: FakeClock):
    class Busy(FakeBroker):
        @override
        async def cash(self):
            self.money += 1
            return self.money

    with pytest.raises(BrokerError, match="traded elsewhere"):
        await take_in(Busy(), "paper", "paper-1", clock)


async def test_a_broker_of_our_own_is_told_what_open_orders_hang_on(context):
    orders = context.orders
    orders._follower.adopt(order(context, "entry", status=OrderStatus.FILLED))
    orders._follower.adopt(order(context, "old", status=OrderStatus.REPLACED, parent="entry"))
    orders._follower.adopt(order(context, "other", status=OrderStatus.CANCELLED))
    orders._follower.adopt(order(context, "exit", parent="entry", replaces="old"))
    assert {each.id for each in orders._book.family()} == {"entry", "old", "exit"}


def test_a_message_about_no_order_is_refused(context):
    update = OrderUpdate("none", OrderStatus.WORKING, OPEN)
    event = event_of(update, context.portfolio.account.id, Kind.UPDATE, START)
    with pytest.raises(UnknownOrderError, match="Nothing is known"):
        context.orders._book.take(event)


def test_before_an_account_is_open_nothing_is_taken_in(context, bus, clock):
    book = Book(OrderStore(context.storage.user))
    with pytest.raises(RuntimeError):
        OrderFollower(book, bus, clock).adopt(order(context, "o"))
    book.rebuild()
    assert book.open() == []


async def test_a_split_that_the_broker_reports_restates_the_position(context):
    from puffin.broker.base import Activity

    broker = FakeBroker()
    context.settings.change("trading", largest_position="1")
    context.orders.use(broker, Costs())
    await context.orders.connected(Connected(OPEN))
    context.orders._follower.adopt(order(context, "o"))
    context.orders.apply(filled(order(context, "o"), "10", "100"))
    broker.happened = [
        Activity("s", "split", OPEN.replace(hour=20), symbol="AAPL", quantity=Decimal(30))
    ]
    broker.known["o"] = OrderUpdate("o", OrderStatus.FILLED, OPEN)
    await context.orders.reconcile()
    position = context.portfolio.position("AAPL")
    assert (position.quantity, position.average_cost) == (40, 25)
    assert context.portfolio.lots()[0].quantity == 40
    assert context.orders.venue is broker.venue


def test_without_a_broker_there_is_no_venue(paths, clock):
    from puffling.app import build

    app = build(paths, clock=clock)
    assert app.context.orders.venue is None
    app.context.storage.close()
    app.lock.release()
