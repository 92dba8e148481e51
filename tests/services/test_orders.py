"""The one door when things go wrong: lost answers, repeats, races, crashes, a full disk."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from puffin.broker.base import Connected
from puffin.errors import BrokerError, OrderRejectedError, OrderStateUnknownError
from puffin.execution.costs import Costs
from puffin.types import OrderStatus, OrderType, OrderUpdate, Position, Side, Ticket
from puffling.core.errors import (
    HaltedError,
    PufflingError,
    RiskRefusedError,
    StoreFullError,
    UnknownOrderError,
)
from puffling.core.events import FillBooked, NoticePosted, OrderChanged
from puffling.services.orders import ANSWER_LOST, GRACE, NEVER_ARRIVED, NEVER_LEFT
from tests.fakes import OPEN, FakeBroker, filled, until, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.types import Order

TICKET = Ticket("AAPL", Side.BUY, Decimal(10))


@pytest.fixture
async def orders(puffling, broker):
    """The order service of a whole app, with a broker that answers as told."""
    puffling.context.orders.use(broker, Costs())
    await puffling.context.orders.connected(Connected(OPEN))
    return puffling.context.orders


@pytest.fixture
def send(orders, gate):
    async def submit(ticket=TICKET):
        proposal = orders.propose(ticket, "test")
        return await orders.submit(proposal, gate.yes(proposal))

    return submit


def refusing(error: Exception) -> Callable[[Order], OrderUpdate]:
    def answer(_: Order) -> OrderUpdate:
        raise error

    return answer


async def test_every_field_of_the_ticket_reaches_the_broker(puffling, orders, send, broker):
    order = await send()
    assert broker.sent[0].ticket == TICKET
    assert (broker.sent[0].id, broker.sent[0].account) == (
        order.id,
        puffling.context.portfolio.account.id,
    )


async def test_the_intent_is_stored_before_anything_leaves(puffling, send, broker):
    stored = []

    def answer(order):
        stored.append(puffling.context.orders.get(order.id))
        return working(order)

    broker.answer = answer
    await send()
    assert stored[0].status is OrderStatus.SENT


async def test_a_refusal_is_told_with_its_reason(send, broker, bus, puffling):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    broker.answer = refusing(OrderRejectedError("AAPL is not shortable."))
    order = await send()
    assert (order.status, order.reason) == (OrderStatus.REJECTED, "AAPL is not shortable.")
    assert "AAPL is not shortable." in notices[0].text


@pytest.mark.parametrize(
    "error",
    [
        OrderStateUnknownError("timed out"),
        BrokerError("503"),
        TimeoutError(),
        ConnectionResetError(),
        RuntimeError("cannot read the answer"),
    ],
)
async def test_a_lost_answer_is_unknown_and_never_sent_again(orders, send, broker, error):
    broker.answer = refusing(error)
    order = await send()
    assert (order.status, order.reason) == (OrderStatus.UNKNOWN, ANSWER_LOST)
    await orders.reconcile()
    await orders.reconcile()
    assert len(broker.sent) == 1
    assert orders.open()[0].status is OrderStatus.UNKNOWN


async def test_a_lost_answer_is_found_by_looking_the_order_up(orders, send, broker):
    broker.answer = refusing(TimeoutError())
    order = await send()
    broker.known[order.id] = filled(order, "10", "569")
    await orders.reconcile()
    found = orders.get(order.id)
    assert (found.status, found.average_price) == (OrderStatus.FILLED, 569)
    assert len(broker.sent) == 1


async def test_an_order_that_provably_never_arrived_was_not_sent(orders, send, broker, clock):
    broker.answer = refusing(TimeoutError())
    order = await send()
    clock.pass_(GRACE.total_seconds())
    await orders.reconcile()
    assert orders.get(order.id).status is OrderStatus.REJECTED
    assert orders.get(order.id).reason == NEVER_ARRIVED
    assert len(broker.sent) == 1


async def test_after_a_crash_between_intent_and_answer_it_was_not_sent(opening, gate, monkeypatch):
    async with opening() as first:
        context = first.context

        class Dying(FakeBroker):
            @override
            async def submit(self, order):
                await asyncio.Event().wait()

        paper = context.orders.broker
        context.orders.use(Dying(), Costs())
        await context.orders.connected(Connected(OPEN))
        proposal = context.orders.propose(TICKET, "test")
        task = asyncio.create_task(context.orders.submit(proposal, gate.yes(proposal)))
        await until(context.orders.open)
        for each in list(context.orders._sender._on_its_way.values()):
            each.cancel()
        await asyncio.gather(task, return_exceptions=True)
        order = context.orders.open()[0]
        assert order.status is OrderStatus.SENT
        context.orders.use(paper, Costs())
        # What a killed process cannot do on its way out:
        monkeypatch.setattr(context.orders, "reconcile", lambda: asyncio.sleep(0))
    async with opening() as second:
        found = second.context.orders.get(order.id)
        assert (found.status, found.reason) == (OrderStatus.REJECTED, NEVER_LEFT)
        assert second.context.orders.open() == []
        assert second.context.portfolio.cash == 100_000


@pytest.mark.parametrize("places", list(permutations(range(4))))
async def test_any_order_of_the_same_messages_ends_the_same(puffling, orders, send, places):
    order = await send()
    messages = [
        working(order),
        filled(order, "3", "100", number=1),
        filled(order, "2", "101", number=2),
        filled(order, "5", "102", number=3, status=OrderStatus.FILLED),
    ]
    booked: list[FillBooked] = []
    puffling.bus.subscribe(FillBooked, booked.append)
    for place in (*places, *reversed(places)):
        orders.apply(messages[place])
    found = orders.get(order.id)
    assert (found.status, found.filled_quantity, found.average_price) == (
        OrderStatus.FILLED,
        10,
        Decimal("101.2"),
    )
    assert len(booked) == len(orders.fills()) == 3
    assert puffling.context.portfolio.cash == 100_000 - 1012
    assert puffling.context.portfolio.position("AAPL").quantity == 10


async def test_a_fill_is_stored_before_it_is_announced(puffling, orders, send):
    order = await send()
    seen: list[Any] = []
    puffling.bus.subscribe(FillBooked, lambda _: seen.append(len(orders.fills())))
    puffling.bus.subscribe(OrderChanged, lambda each: seen.append(orders.get(each.order.id)))
    orders.apply(filled(order, "10", "569"))
    assert seen[0] == 1
    assert seen[1].status is OrderStatus.FILLED


async def test_words_about_somebody_elses_order_change_nothing(orders, caplog):
    orders.apply(OrderUpdate("theirs", OrderStatus.FILLED, OPEN))
    assert "not sent from here" in caplog.text
    assert orders.all() == []


async def test_a_full_disk_stops_the_order_before_it_leaves(orders, gate, broker, monkeypatch):
    proposal = orders.propose(TICKET, "test")

    def full(*_, **__):
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(orders._book.store, "add_intent", full)
    with pytest.raises(StoreFullError):
        await orders.submit(proposal, gate.yes(proposal))
    assert broker.sent == []
    monkeypatch.undo()
    assert (await orders.submit(proposal, gate.yes(proposal))).status is OrderStatus.WORKING


async def test_cancelling_the_caller_does_not_stop_a_send_half_way(orders, gate, broker):
    proposal = orders.propose(TICKET, "test")
    task = asyncio.create_task(orders.submit(proposal, gate.yes(proposal)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: broker.sent)
    await orders.settled()
    assert orders.open()[0].status is OrderStatus.WORKING


async def test_a_halt_catches_an_order_that_is_on_its_way(puffling, orders, gate):
    arrives = asyncio.Event()

    class Slow(FakeBroker):
        @override
        async def submit(self, order):
            await arrives.wait()
            return await super().submit(order)

    broker = Slow()
    orders.use(broker, Costs())
    await orders.connected(Connected(OPEN))
    proposal = orders.propose(TICKET, "test")
    sending = asyncio.create_task(orders.submit(proposal, gate.yes(proposal)))
    await until(orders.open)
    halting = asyncio.create_task(puffling.context.risk.halt("test"))
    await asyncio.sleep(0)
    arrives.set()
    await halting
    order = await sending
    assert orders.get(order.id).status is OrderStatus.CANCELLED
    assert broker.cancelled == [order.id]


async def test_the_halt_is_read_where_the_intent_is_stored(puffling, orders, gate, broker):
    proposal = orders.propose(TICKET, "test")
    store = puffling.context.risk._halts
    puffling.context.risk.halted = lambda: None  # a look that came a moment too early

    from puffling.store.halts import Halt

    store.set(Halt(OPEN, "another process"))
    with pytest.raises(HaltedError):
        await orders.submit(proposal, gate.yes(proposal))
    assert broker.sent == []


async def test_only_an_open_order_can_be_cancelled(orders, send):
    with pytest.raises(UnknownOrderError, match="There is no order 'x'"):
        await orders.cancel("x", "test")
    order = await send()
    orders.apply(filled(order, "10", "569"))
    with pytest.raises(UnknownOrderError, match="has ended: it is filled"):
        await orders.cancel(order.id, "test")


async def test_one_that_cannot_be_cancelled_does_not_stop_the_rest(orders, send, broker):
    first = await send()
    second = await send(Ticket("IBM", Side.BUY, Decimal(1)))
    broker.sent = [each for each in broker.sent if each.id != first.id]
    with pytest.raises(BrokerError, match="Not cancelled: Buy 10 AAPL"):
        await orders.cancel_all("test")
    assert [each.id for each in orders.open()] == [first.id]
    assert orders.get(second.id).status is OrderStatus.CANCELLED


async def test_a_difference_with_the_brokers_books_is_said_once_it_stays(puffling, orders, broker):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    broker.money = Decimal(5)
    await orders.reconcile()
    assert notices == []
    await orders.reconcile()
    assert "Cash: 100,000 here, 5 there." in notices[0].text
    assert orders.mismatch() == ["Cash: 100,000 here, 5 there."]
    broker.money = Decimal(100_000)
    await orders.reconcile()
    await orders.reconcile()
    assert [each.title for each in notices[1:]] == ["The books agree with the broker's again"]
    assert orders.mismatch() == []


async def test_an_order_the_broker_forgot_is_logged_and_kept(orders, send, caplog):
    order = await send()
    await orders.reconcile()
    assert "does not know order" in caplog.text
    assert orders.get(order.id).status is OrderStatus.WORKING


async def test_one_that_fills_while_all_are_cancelled_is_no_failure(orders, send, broker):
    first = await send()
    second = await send(Ticket("IBM", Side.BUY, Decimal(1)))

    async def cancel(order_id):
        orders.apply(filled(second, "1", "190"))
        return OrderUpdate(order_id, OrderStatus.CANCELLED, OPEN)

    broker.cancel = cancel
    cancelled = await orders.cancel_all("test")
    assert [each.id for each in cancelled] == [first.id]
    assert orders.get(second.id).status is OrderStatus.FILLED


async def test_what_is_on_its_way_is_not_looked_up(orders, gate, broker):
    arrives, looked = asyncio.Event(), []

    async def submit(order):
        await arrives.wait()
        return working(order)

    async def lookup(order_id):
        looked.append(order_id)

    broker.submit, broker.lookup = submit, lookup
    proposal = orders.propose(TICKET, "test")
    sending = asyncio.create_task(orders.submit(proposal, gate.yes(proposal)))
    await until(orders.open)
    await orders.reconcile()
    assert looked == []
    settled = asyncio.create_task(orders.settled())
    await asyncio.sleep(0)
    assert not settled.done()
    arrives.set()
    await settled
    assert (await sending).status is OrderStatus.WORKING


def test_before_a_broker_is_there_it_is_said(paths, clock):
    from puffling.app import build

    app = build(paths, clock=clock)
    with pytest.raises(PufflingError, match="No broker is connected"):
        _ = app.context.orders.broker
    app.context.storage.close()
    app.lock.release()


async def test_positions_that_differ_are_named(puffling, orders, broker):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    broker.held = [Position("IBM", Decimal(3), Decimal(100))]
    await orders.reconcile()
    await orders.reconcile()
    assert notices[0].text == "IBM: 0 here, 3 there."


async def test_a_stop_is_valued_at_its_stop_and_warnings_are_shown(puffling, orders, stepper):
    puffling.context.settings.change("trading", price_collar="0.5", allow_short=True)
    price = orders.propose(TICKET, "test").price
    stop = orders.propose(
        Ticket("AAPL", Side.BUY, Decimal(1), OrderType.STOP, stop_price=price + 10), "test"
    )
    assert stop.price == price + 10
    short = orders.propose(Ticket("IBM", Side.SELL, Decimal(1)), "test")
    assert short.warnings == ["You would be short 1 share."]
    assert "Note: You would be short 1 share." in short.text
    assert short.cost < 0


async def test_closing_is_possible_while_equity_is_partly_unknown(puffling, orders, send):
    bought = await send()
    orders.apply(filled(bought, "10", "569"))
    other = await send(Ticket("IBM", Side.BUY, Decimal(1)))
    orders.apply(filled(other, "1", "190"))
    quote = puffling.context.quotes.last("AAPL")
    puffling.context.quotes.clear()
    puffling.context.quotes.accept(quote)
    closing = orders.propose(Ticket("AAPL", Side.SELL, Decimal(10)), "test")
    assert (closing.closing, closing.share_after) == (True, None)
    assert "AAPL — of equity" in closing.text
    with pytest.raises(RiskRefusedError, match="only closing is allowed"):
        orders.propose(Ticket("AAPL", Side.BUY, Decimal(1)), "test")
