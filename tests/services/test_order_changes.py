"""Changing, closing and reversing: the same door, judged by the difference."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.broker.base import Connected, Lost
from puffin.errors import BrokerError, OrderRejectedError
from puffin.execution.costs import Costs
from puffin.types import (
    Order,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Side,
    Ticket,
    TimeInForce,
)
from puffling.core.errors import (
    BadValueError,
    NotConfirmedError,
    NotReadyError,
    RiskRefusedError,
    UnknownOrderError,
)
from puffling.core.events import ActivityBooked, BrokerReady, FillBooked, FillVoided, NoticePosted
from puffling.services.order_closing import closing_ticket
from puffling.services.orders import GRACE
from tests.fakes import OPEN, START, filled, until, working

TICKET = Ticket("AAPL", Side.BUY, Decimal(10))
LIMIT = Ticket(
    "AAPL", Side.BUY, Decimal(10), OrderType.LIMIT, Decimal(560), time_in_force=TimeInForce.GTC
)


@pytest.fixture
async def orders(puffling, broker):
    puffling.context.settings.change("trading", largest_position="1", duplicate_seconds=0)
    puffling.context.orders.use(broker, Costs())
    await puffling.context.orders.connected(Connected(OPEN))
    return puffling.context.orders


@pytest.fixture
def send(orders, gate):
    async def submit(ticket=TICKET, **how):
        proposal = orders.propose(ticket, "test", **how)
        return await orders.submit(proposal, gate.yes(proposal))

    return submit


def elsewhere(context, id_="theirs", **changes) -> Order:
    """Return an order that was placed somewhere else, as the broker tells it."""
    told = Order(
        id_,
        context.portfolio.account.id,
        LIMIT,
        OrderStatus.WORKING,
        START,
        OPEN,
        START,
        external=True,
    )
    return replace(told, **changes)


async def test_a_change_goes_through_the_same_door_and_takes_the_orders_place(orders, send, broker):
    order = await send(LIMIT)
    changed = replace(LIMIT, limit_price=Decimal(565), quantity=Decimal(12))
    new = await send(changed, replaces=order.id)
    assert broker.replaced == [order.id]
    assert (new.ticket, new.replaces, new.status) == (changed, order.id, OrderStatus.WORKING)
    orders.apply(OrderUpdate(order.id, OrderStatus.REPLACED, OPEN))
    assert [each.id for each in orders.open()] == [new.id]


async def test_a_change_is_judged_by_the_difference(puffling, orders, send):
    puffling.context.settings.change("trading", largest_position="0.06")
    order = await send(LIMIT)
    with pytest.raises(RiskRefusedError):  # another ten beside it would be too many
        orders.propose(replace(LIMIT, limit_price=Decimal(561)), "test")
    proposal = orders.propose(replace(LIMIT, limit_price=Decimal(561)), "test", replaces=order.id)
    assert proposal.notes == (
        "Instead of: Buy 10 AAPL limit 560.00, good until cancelled.",
        "Limit 560.00 → 561.00.",
    )

    assert proposal.notes[0] in proposal.text


async def test_a_change_of_a_partly_filled_order_is_for_what_is_left(orders, send, broker, gate):
    order = await send(LIMIT)
    orders.apply(filled(order, "3", "560"))
    dearer = replace(LIMIT, limit_price=Decimal(565))
    proposal = orders.propose(dearer, "test", replaces=order.id)
    assert proposal.notes[-1] == "3 of it are filled already and are not traded again."
    new = await orders.submit(proposal, gate.yes(proposal))
    assert broker.sent[-1].ticket == replace(dearer, quantity=Decimal(7))
    late = replace(new, ticket=replace(new.ticket, quantity=Decimal(6)))
    orders.apply(OrderUpdate(new.id, OrderStatus.WORKING, OPEN, order=late))
    assert orders.get(new.id).remaining == 6  # the broker's word: one more filled on the way


async def test_what_filled_since_the_question_is_asked_about_again(orders, send, gate):
    order = await send(LIMIT)
    dearer = replace(LIMIT, limit_price=Decimal(565))
    proposal = orders.propose(dearer, "test", replaces=order.id)
    orders.apply(filled(order, "3", "560"))
    with pytest.raises(NotConfirmedError, match="More of the order has filled"):
        await orders.submit(proposal, gate.yes(proposal))


async def test_what_filled_unheard_at_the_broker_is_asked_about_before_a_change(
    orders, send, broker
):
    order = await send(LIMIT)
    ahead = replace(order, filled_quantity=Decimal(3), status=OrderStatus.PARTIAL)
    broker.known[order.id] = OrderUpdate(order.id, OrderStatus.PARTIAL, OPEN, order=ahead)
    with pytest.raises(NotConfirmedError, match="More of the order has filled"):
        await send(replace(LIMIT, limit_price=Decimal(565)), replaces=order.id)
    assert broker.replaced == []


async def test_an_amount_that_has_filled_in_part_is_not_changed(orders, send):
    order = await send(replace(LIMIT, notional=Decimal(5600), time_in_force=TimeInForce.DAY))
    orders.apply(filled(order, "3", "560"))
    with pytest.raises(BadValueError, match="for an amount that has filled in part"):
        orders.propose(replace(order.ticket, limit_price=Decimal(565)), "test", replaces=order.id)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "changes nothing"),
        ({"side": Side.SELL}, "Only quantity, prices and time"),
        ({"symbol": "IBM"}, "Only quantity, prices and time"),
        ({"quantity": Decimal(3)}, "are filled already"),
    ],
)
async def test_what_an_order_is_cannot_be_changed(puffling, orders, send, changes, words):
    order = await send(LIMIT)
    orders.apply(filled(order, "3", "560"))
    with pytest.raises(BadValueError, match=words):
        orders.propose(replace(LIMIT, **changes), "test", replaces=order.id)


async def test_a_change_of_what_has_ended_is_refused_before_it_leaves(orders, send, gate, broker):
    order = await send(LIMIT)
    changed = replace(LIMIT, limit_price=Decimal(565))
    proposal = orders.propose(changed, "test", replaces=order.id)
    orders.apply(filled(order, "10", "560"))
    with pytest.raises(UnknownOrderError, match="has ended: it is filled"):
        await orders.submit(proposal, gate.yes(proposal))
    assert broker.replaced == []


async def test_a_change_that_the_broker_refuses_leaves_the_order(orders, send, broker):
    order = await send(LIMIT)

    def refuse(_):
        raise OrderRejectedError("Too late.")

    broker.answer = refuse
    new = await send(replace(LIMIT, limit_price=Decimal(565)), replaces=order.id)
    assert (new.status, new.reason) == (
        OrderStatus.REJECTED,
        "The broker keeps the order as it was: Too late.",
    )
    assert orders.get(order.id).status is OrderStatus.WORKING


async def test_what_is_in_the_way_is_cancelled_before_the_order_leaves(orders, send, broker):
    bought = await send()
    orders.apply(filled(bought, "10", "569"))
    stop = await send(
        Ticket("AAPL", Side.SELL, Decimal(10), OrderType.STOP, stop_price=Decimal(500))
    )
    closed = await send(Ticket("AAPL", Side.SELL, Decimal(10)), cancels=(stop.id,))
    assert broker.cancelled == [stop.id]
    assert closed.status is OrderStatus.WORKING


async def test_what_cannot_be_cancelled_in_time_stops_the_order(
    orders, send, gate, broker, monkeypatch
):
    monkeypatch.setattr("puffling.services.order_cancelling.CANCELLED_WITHIN", 0.01)
    bought = await send()
    orders.apply(filled(bought, "10", "569"))
    stop = await send(
        Ticket("AAPL", Side.SELL, Decimal(10), OrderType.STOP, stop_price=Decimal(500))
    )

    async def pending(order_id):
        return OrderUpdate(order_id, OrderStatus.PENDING_CANCEL, OPEN)

    broker.cancel = pending
    proposal = orders.propose(Ticket("AAPL", Side.SELL, Decimal(10)), "test", cancels=(stop.id,))
    with pytest.raises(NotConfirmedError, match="not cancelled yet"):
        await orders.submit(proposal, gate.yes(proposal))
    assert orders.get(stop.id).status is OrderStatus.PENDING_CANCEL
    assert len(broker.sent) == 2


async def test_nothing_is_sent_before_the_broker_is_heard_and_cancelling_stays_possible(
    puffling, orders, send, gate, broker
):
    heard: list[BrokerReady] = []
    puffling.bus.subscribe(BrokerReady, heard.append)
    order = await send(LIMIT)
    orders.lost(Lost(OPEN, "the line dropped."))
    assert (orders.ready, orders.why_not) == (
        False,
        "The broker cannot be heard: the line dropped.",
    )
    proposal = orders.propose(TICKET, "test")
    with pytest.raises(NotReadyError, match="cannot be heard"):
        await orders.submit(proposal, gate.yes(proposal))
    assert (await orders.cancel(order.id, "test")).status is OrderStatus.CANCELLED
    await orders.connected(Connected(OPEN))
    assert orders.ready
    assert [each.ready for each in heard] == [False, True]
    assert (await orders.submit(proposal, gate.yes(proposal))).status is OrderStatus.WORKING


async def test_a_broker_that_cannot_be_asked_stays_locked_until_it_can(orders, broker):
    orders.use(broker, Costs())
    broker.fault = BrokerError("503")
    await orders.connected(Connected(OPEN))
    assert orders.why_not == "The books cannot be compared with the broker's: 503"
    broker.fault = None
    await orders.reconcile()
    assert orders.ready


async def test_a_broker_far_away_is_heard_before_the_first_order(orders, broker):
    orders.use(broker, Costs())
    await orders.reconcile(at_start=True)
    assert orders.why_not == "The connection to the broker is being set up."
    await orders.connected(Connected(OPEN))
    assert orders.ready


async def test_a_sweep_that_fails_later_locks_nothing(orders, broker):
    broker.fault = ConnectionResetError("reset")
    await orders.reconcile()
    assert orders.ready


async def test_what_is_suspended_stays_so_until_a_broker_is_used_again(orders, broker, gate):
    proposal = orders.propose(TICKET, "test")
    orders.suspend("The mode is being changed.")
    await orders.reconcile()
    with pytest.raises(NotReadyError, match="mode is being changed"):
        await orders.submit(proposal, gate.yes(proposal))
    orders.use(broker, Costs())
    await orders.connected(Connected(OPEN))
    with pytest.raises(NotConfirmedError):  # what was shown before is void
        await orders.submit(proposal, gate.yes(proposal))


async def test_orders_from_elsewhere_are_shown_and_left_alone(puffling, orders, broker):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    broker.waiting = [elsewhere(puffling.context)]
    await orders.reconcile()
    (found,) = orders.open()
    assert (found.id, found.external, found.ticket) == ("theirs", True, LIMIT)
    assert [each.title for each in notices] == ["An order was placed elsewhere"]
    assert await orders.cancel_all("test") == []
    assert broker.cancelled == []


async def test_what_an_order_of_ours_brings_is_ours(puffling, orders, send, broker):
    entry = await send(replace(LIMIT, take_profit=Decimal(700)))
    exit_ = elsewhere(
        puffling.context, "exit", parent=entry.id, status=OrderStatus.HELD, ticket=LIMIT
    )
    orders.apply(OrderUpdate("exit", OrderStatus.HELD, OPEN, order=exit_))
    found = orders.get("exit")
    assert (found.external, found.parent, found.status) == (False, entry.id, OrderStatus.HELD)


async def test_a_frame_that_was_missed_is_found_by_the_sweep(orders, send, broker):
    order = await send(LIMIT)
    fill = filled(order, "10", "560").fill
    broker.known[order.id] = OrderUpdate(order.id, OrderStatus.FILLED, OPEN)
    broker.traded = [fill]
    await orders.reconcile()
    found = orders.get(order.id)
    assert (found.status, found.filled_quantity) == (OrderStatus.FILLED, 10)
    await orders.reconcile()
    assert orders.fills() == [fill]


async def test_an_order_we_took_for_ended_is_looked_up(orders, send, broker):
    order = await send(LIMIT)
    orders.apply(OrderUpdate(order.id, OrderStatus.CANCELLED, OPEN))
    broker.waiting = [replace(order, status=OrderStatus.WORKING)]
    broker.known[order.id] = working(order)
    await orders.reconcile()
    assert orders.get(order.id).status is OrderStatus.CANCELLED  # what has ended stays so


async def test_one_that_is_as_we_know_it_is_not_asked_about(orders, send, broker, monkeypatch):
    order = await send(LIMIT)
    broker.waiting = [orders.get(order.id)]
    asked = []

    async def lookup(order_id):
        asked.append(order_id)

    broker.lookup = lookup
    await orders.reconcile()
    assert asked == []


async def test_a_fill_of_an_order_from_elsewhere_brings_the_order(puffling, orders, broker):
    context = puffling.context
    theirs = elsewhere(context, status=OrderStatus.FILLED)
    fill = filled(theirs, "10", "560").fill
    broker.traded = [fill]
    broker.known["theirs"] = OrderUpdate("theirs", OrderStatus.FILLED, OPEN, order=theirs)
    await orders.reconcile()
    assert context.portfolio.position("AAPL").quantity == 10
    assert orders.get("theirs").external


async def test_a_fill_that_nobody_can_explain_is_said(puffling, orders, broker):
    broker.traded = [filled(elsewhere(puffling.context), "10", "560").fill]
    await orders.reconcile()
    await orders.reconcile()
    assert orders.mismatch() == [
        "AAPL: the broker booked buy 10 at 560 for an order that it does not show."
    ]


async def test_what_lies_before_the_account_began_is_not_booked_again(puffling, orders, broker):
    old = filled(elsewhere(puffling.context), "10", "560", number=0).fill
    assert old is not None
    broker.traded = [old]
    await orders.reconcile()
    assert orders.fills() == []
    assert orders.mismatch() == []


async def test_dividends_and_deposits_reach_the_cash_once(puffling, orders, broker):
    from puffin.broker.base import Activity

    booked: list[ActivityBooked] = []
    puffling.bus.subscribe(ActivityBooked, booked.append)
    later = OPEN.replace(hour=20)
    broker.happened = [
        Activity("d1", "dividend", later, Decimal(25), "AAPL"),
        Activity("t1", "transfer", later, Decimal(1000)),
    ]
    await orders.reconcile()
    await orders.reconcile()
    assert len(booked) == 2
    snapshot = puffling.context.portfolio.snapshot()
    assert (snapshot.cash, snapshot.realised) == (101_025, 25)


async def test_an_execution_taken_back_leaves_cash_and_position_as_before(puffling, orders, send):
    voided: list[FillVoided] = []
    puffling.bus.subscribe(FillVoided, voided.append)
    order = await send()
    orders.apply(filled(order, "10", "569"))
    later = OPEN.replace(hour=19)
    orders.apply(OrderUpdate(order.id, OrderStatus.FILLED, later, voids=f"{order.id}-1"))
    assert puffling.context.portfolio.cash == 100_000
    assert puffling.context.portfolio.position("AAPL") is None
    assert [each.fill.id for each in voided] == [f"{order.id}-1"]


async def test_a_fill_that_comes_late_is_booked_in_its_place(puffling, orders, send):
    booked: list[FillBooked] = []
    puffling.bus.subscribe(FillBooked, booked.append)
    first, second = await send(), await send(Ticket("AAPL", Side.BUY, Decimal(5)))
    orders.apply(filled(second, "5", "580", number=9))
    orders.apply(filled(first, "10", "560", number=1))
    assert [each.price for each in orders.fills()] == [560, 580]
    position = puffling.context.portfolio.position("AAPL")
    assert (position.quantity, puffling.context.portfolio.cash) == (15, 100_000 - 8500)
    assert len(booked) == 2


async def test_orders_and_fills_can_be_made_again_from_the_log(puffling, orders, send, broker):
    book = orders._book
    for ticket in (TICKET, LIMIT, Ticket("IBM", Side.BUY, Decimal(4))):
        order = await send(ticket)
        orders.apply(filled(order, "1", "100", number=1))
        orders.apply(filled(order, "1", "101", number=2, status=OrderStatus.PARTIAL))
    await orders.cancel(orders.open()[-1].id, "test")
    broker.waiting = [elsewhere(puffling.context)]
    await orders.reconcile()
    before = (orders.all(), orders.fills(), book.store.fills(puffling.context.portfolio.account.id))
    book.rebuild()
    after = (orders.all(), orders.fills(), book.store.fills(puffling.context.portfolio.account.id))
    assert after == before
    assert len(before[0]) == 4


async def test_a_restart_makes_the_same_orders_from_the_log(opening, gate):
    async with opening() as first:
        orders = first.context.orders
        for ticket in (
            replace(LIMIT, limit_price=Decimal(520)),
            Ticket("IBM", Side.BUY, Decimal(2)),
        ):
            proposal = orders.propose(ticket, "test")
            await orders.submit(proposal, gate.yes(proposal))
        before = orders.all()
    async with opening() as second:
        second.context.orders._book.rebuild()
        assert second.context.orders.all() == before


async def test_the_log_tells_who_asked_to_cancel(orders, send):
    order = await send(LIMIT)
    await orders.cancel(order.id, "desk")
    told = [(each.kind, each.status, each.reason) for each in orders.events(order.id)]
    assert told == [
        ("intent", OrderStatus.SENT, ""),
        ("answer", OrderStatus.WORKING, ""),
        ("asked", None, "Cancel asked by desk."),
        ("answer", OrderStatus.CANCELLED, ""),
    ]
    with pytest.raises(UnknownOrderError):
        orders.events("none")


async def test_an_order_is_not_given_up_before_the_grace_is_over(orders, send, broker, clock):
    def lose(_):
        raise OSError("no route")

    broker.answer = lose
    order = await send(LIMIT)
    clock.pass_(GRACE.total_seconds() - 1)
    await orders.reconcile(at_start=True)
    assert orders.get(order.id).status is OrderStatus.UNKNOWN
    clock.pass_(1)
    await orders.reconcile()
    assert orders.get(order.id).status is OrderStatus.REJECTED


async def test_a_cancel_whose_line_breaks_is_said(orders, send, broker):
    order = await send(LIMIT)

    async def reset(_):
        raise ConnectionResetError("reset")

    broker.cancel = reset
    with pytest.raises(BrokerError, match="could not be reached: reset"):
        await orders.cancel(order.id, "test")


async def test_a_stream_that_breaks_locks_the_ticket_and_compares_anew(puffling, broker, gate):
    from puffling.work.fills import FillFeed

    orders = puffling.context.orders
    orders.use(broker, Costs())
    feed = asyncio.create_task(FillFeed(orders, puffling.bus).run())
    assert not orders.ready
    broker.news.put_nowait(Connected(OPEN))
    await until(lambda: orders.ready)
    broker.news.put_nowait(Lost(OPEN, "reset."))
    await until(lambda: not orders.ready)
    broker.waiting = [elsewhere(puffling.context)]
    broker.news.put_nowait(Connected(OPEN))
    await until(lambda: orders.ready)
    assert [each.id for each in orders.open()] == ["theirs"]
    broker.waiting = []
    broker.news.put_nowait(OrderUpdate("stranger", OrderStatus.WORKING, OPEN))
    broker.waiting = [elsewhere(puffling.context, "stranger"), orders.open()[0]]
    await until(lambda: len(orders.open()) == 2)
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)


async def test_all_of_a_position_is_closed_however_fine_it_is(puffling, orders, send):
    order = await send(replace(TICKET, quantity=Decimal("1.12"), notional=Decimal(600)))
    orders.apply(filled(order, "1.115982241", "560", status=OrderStatus.FILLED))
    held = puffling.context.portfolio.position("AAPL")
    ticket = closing_ticket(held)
    assert ticket.quantity == Decimal("1.115982241")
    assert orders.propose(ticket, "test").closing
    assert closing_ticket(held, Decimal("0.5")).quantity == Decimal("0.557991")
    with pytest.raises(RiskRefusedError, match="six decimal places"):
        orders.propose(replace(ticket, quantity=Decimal("1.115982239")), "test")
