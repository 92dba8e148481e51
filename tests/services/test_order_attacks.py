"""Attempts to have an order sent twice, in the wrong account, or past the kill switch."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.errors import BrokerError
from puffin.types import OrderStatus, OrderType, Side, Split, Ticket, TimeInForce
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.core.events import Level, NoticePosted
from puffling.store.baskets import BasketState, LegState
from puffling.store.inbox import ItemState
from tests.fakes import START, until

BUYS = (Ticket("IBM", Side.BUY, Decimal(5)), Ticket("GOOG", Side.BUY, Decimal(2)))
WAITING = Ticket(
    "AAPL",
    Side.BUY,
    Decimal(1),
    OrderType.LIMIT,
    limit_price=Decimal(520),
    time_in_force=TimeInForce.GTC,
)


@pytest.fixture
def context(puffling):
    puffling.context.settings.change(
        "trading", largest_position="1", largest_order="1000000", duplicate_seconds=0
    )
    return puffling.context


@pytest.fixture
def notices(puffling):
    heard: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, heard.append)
    return heard


@pytest.fixture
def elsewhere(context, monkeypatch):
    """Another account comes into use."""

    def go():
        other = replace(context.portfolio.account, id="another")
        monkeypatch.setattr(context.portfolio, "_account", other)

    return go


async def test_a_yes_to_a_basket_is_none_in_another_account(context, gate):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    yes = gate.yes(proposal)
    context.orders.suspend("The mode changes.")
    context.orders.use(context.orders.broker, context.portfolio.costs)
    await context.orders.reconcile()
    with pytest.raises(NotConfirmedError, match="not those that were shown"):
        await context.baskets.run(proposal, yes)
    assert context.orders.all() == []


async def test_a_basket_is_resumed_in_its_own_account_alone(context, elsewhere):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    elsewhere()
    with pytest.raises(BadValueError, match="another account"):
        context.baskets.resume(proposal.basket)


async def test_two_yeses_to_what_is_left_of_a_basket_send_it_once(context, gate):
    first = context.baskets.propose("One", BUYS, "rebalance")
    second = context.baskets.resume(first.basket)
    running = asyncio.create_task(context.baskets.run(first, gate.yes(first)))
    await until(lambda: context.baskets.get(first.basket).state is BasketState.RUNNING)
    with pytest.raises(NotConfirmedError, match="being sent"):
        await context.baskets.run(second, gate.yes(second))
    await running
    assert len(context.orders.all()) == 2


async def test_a_split_takes_its_orders_out_of_a_basket_with_a_yes(context, gate):
    shown = context.baskets.propose("One", BUYS, "rebalance")
    context.orders.split(Split("IBM", START, Decimal(2)))
    with pytest.raises(NotConfirmedError, match="not those that were shown"):
        await context.baskets.run(shown, gate.yes(shown))
    granted = context.baskets.propose("Two", BUYS, "rebalance")
    yes = gate.yes(granted)
    context.orders.grant(granted.grant, yes)
    context.orders.split(Split("IBM", START, Decimal(2)))
    leg = context.orders.propose(BUYS[0], "rebalance", basket=granted.basket)
    with pytest.raises(NotConfirmedError, match="other orders"):
        await context.orders.submit(leg, yes)


async def test_a_basket_of_another_account_that_a_crash_cut_short_is_not_sent_twice(
    context, gate, elsewhere
):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    legs = (replace(basket.legs[0], state=LegState.WAITING, order_id=""), *basket.legs[1:])
    context.baskets._keep(replace(basket, legs=legs, state=BasketState.RUNNING))
    elsewhere()
    context.baskets.start()
    assert context.baskets.get(basket.id).state is BasketState.SENT


async def test_a_proposal_for_another_account_is_taken_back(context, elsewhere):
    inbox = context.inbox
    id_ = inbox.post("assistant", BUYS[:1], "Cheap.")
    elsewhere()
    assert inbox.waiting() == []
    assert inbox.get(id_).state is ItemState.WITHDRAWN
    assert "another account" in inbox.get(id_).note


@pytest.mark.parametrize("tickets", [BUYS[:1], BUYS])
async def test_a_proposal_that_was_sent_just_before_a_crash_does_not_wait_again(
    context, gate, tickets, monkeypatch
):
    inbox = context.inbox
    id_ = inbox.post("rebalance", tickets, "Drift.")

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(inbox, "_decide", crash)
    with pytest.raises(KeyboardInterrupt):
        await inbox.approve(id_, gate, "desk")
    monkeypatch.undo()
    assert len(context.orders.all()) == len(tickets)
    assert inbox.get(id_).state is ItemState.WAITING
    with pytest.raises(BadValueError, match="it is approved"):
        await inbox.approve(id_, gate, "desk")
    assert len(inbox.get(id_).order_ids) == len(tickets)


async def test_the_kill_switch_goes_on_cancelling_when_the_broker_is_slow(
    context, gate, monkeypatch, notices
):
    monkeypatch.setattr("puffling.services.halting.CANCEL_WITHIN", 0.01)
    broker, answer = context.orders.broker, asyncio.Event()
    send = broker.submit

    async def slowly(order):
        await answer.wait()
        return await send(order)

    monkeypatch.setattr(broker, "submit", slowly)
    proposal = context.orders.propose(WAITING, "test")
    task = asyncio.create_task(context.orders.submit(proposal, gate.yes(proposal)))
    await until(lambda: bool(context.orders.open()))
    await context.risk.halt("test")
    assert "goes on" in notices[-1].text
    await context.risk.refresh()  # it is being cancelled, so nothing is tried anew
    answer.set()
    order = await task
    await until(lambda: context.orders.get(order.id).status is OrderStatus.CANCELLED)
    await until(lambda: notices[-1].text == "Open orders are cancelled now.")


async def test_an_order_that_turns_up_after_the_kill_switch_was_thrown_is_cancelled(
    context, gate, monkeypatch, clock, notices
):
    proposal = context.orders.propose(WAITING, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    broker = context.orders.broker
    cancel = broker.cancel

    async def unknown(order_id):
        raise BrokerError(f"Nobody knows {order_id}.")

    monkeypatch.setattr(broker, "cancel", unknown)
    await context.risk.halt("test")
    assert notices[-1].level is Level.ERROR
    await context.risk.refresh()  # too soon to try again
    clock.pass_(6)
    await context.risk.refresh()  # in vain
    await context.orders.settled()
    await until(context.risk._cancelling.done)
    assert context.orders.get(order.id).status is OrderStatus.WORKING
    monkeypatch.setattr(broker, "cancel", cancel)
    clock.pass_(6)
    await context.risk.refresh()
    await until(lambda: context.orders.get(order.id).status is OrderStatus.CANCELLED)
    await until(lambda: notices[-1].text == "Open orders are cancelled now.")
    clock.pass_(6)
    await context.risk.refresh()


async def test_what_is_placed_to_close_after_the_halt_is_not_cancelled_again(context, gate):
    proposal = context.orders.propose(WAITING, "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    assert await context.orders.cancel_all("test", before=START - timedelta(seconds=1)) == []
    assert [each.id for each in await context.orders.cancel_all("test")] == [order.id]


async def test_fills_are_asked_for_from_where_none_is_missing(context, gate, monkeypatch):
    """A new fill that the stream brings must not hide an older one that it missed."""
    asked = []
    broker = context.orders.broker
    fills = broker.fills

    async def noted(since=None):
        asked.append(since)
        return await fills(since)

    monkeypatch.setattr("puffling.services.order_reconciling.OVERLAP", timedelta(0))
    monkeypatch.setattr(broker, "fills", noted)
    account = context.portfolio.account
    began = account.market_start - timedelta(days=1)
    monkeypatch.setattr(context.orders._book, "account", replace(account, market_start=began))
    await context.orders.reconcile()
    proposal = context.orders.propose(BUYS[0], "test")
    order = await context.orders.submit(proposal, gate.yes(proposal))
    await until(lambda: context.orders.get(order.id).status is OrderStatus.FILLED)
    await context.orders.reconcile()
    assert context.orders.fills()[0].at > asked[0]
    assert asked[1] == asked[0]
    await context.orders.reconcile()
    assert asked[2] == context.orders.fills()[0].at
