"""Several orders under one yes, and what is left of them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.errors import BrokerError
from puffin.types import OrderStatus, OrderType, Side, Ticket, TimeInForce
from puffling.core.errors import BadValueError, NoPriceError, NotConfirmedError
from puffling.core.events import BasketChanged, NoticePosted
from puffling.services import order_cancelling
from puffling.services.proposals import digest_of_grant
from puffling.store.baskets import BasketState, LegState

BUYS = (Ticket("IBM", Side.BUY, Decimal(5)), Ticket("GOOG", Side.BUY, Decimal(2)))


@pytest.fixture
def context(puffling):
    puffling.context.settings.change(
        "trading", largest_position="1", largest_order="1000000", duplicate_seconds=0
    )
    return puffling.context


@pytest.fixture
def run(context, gate):
    async def go(tickets=BUYS, title="Rebalance"):
        proposal = context.baskets.propose(title, tickets, "rebalance")
        return await context.baskets.run(proposal, gate.yes(proposal))

    return go


async def test_one_yes_sends_every_order_of_a_basket_and_says_how_far_each_is(
    puffling, context, run
):
    heard: list[BasketChanged] = []
    puffling.bus.subscribe(BasketChanged, heard.append)
    basket = await run()
    assert basket.state is BasketState.SENT
    assert [each.state for each in basket.legs] == [LegState.SENT, LegState.SENT]
    orders = [context.orders.get(each.order_id) for each in basket.legs]
    assert {each.basket for each in orders} == {basket.id}
    assert context.baskets.get(basket.id) == basket == context.baskets.all()[0]
    assert len(heard) >= 4


async def test_sales_go_first_so_that_they_pay_for_purchases(context, run, gate):
    context.settings.change("demo", cash="10000")
    await run((Ticket("AAPL", Side.BUY, Decimal(100)),))
    price = context.quotes.last("AAPL").ask
    left = context.portfolio.cash
    many = (left + 20 * price) // context.quotes.last("IBM").ask
    basket = await run(
        (Ticket("IBM", Side.BUY, Decimal(many)), Ticket("AAPL", Side.SELL, Decimal(90)))
    )
    assert [each.ticket.side for each in basket.legs] == [Side.SELL, Side.BUY]
    assert basket.state is BasketState.SENT


async def test_a_basket_half_done_is_shown_as_such_and_can_be_resumed(context, run, gate):
    context.settings.change("trading", largest_order="1000")
    basket = await run()
    assert basket.state is BasketState.PARTLY
    assert [each.state for each in basket.legs] == [LegState.SENT, LegState.REFUSED]
    assert "1,000" in basket.legs[1].reason
    context.settings.change("trading", largest_order="1000000")
    rest = context.baskets.resume(basket.id)
    assert rest.tickets == BUYS[1:]
    done = await context.baskets.run(rest, gate.yes(rest))
    assert done.state is BasketState.SENT
    assert len(context.orders.all()) == 2
    with pytest.raises(BadValueError, match="Every order"):
        context.baskets.resume(basket.id)


async def test_a_yes_to_one_basket_lets_nothing_else_through(context, gate):
    first = context.baskets.propose("One", BUYS[:1], "rebalance")
    second = context.baskets.propose("Two", BUYS[1:], "rebalance")
    with pytest.raises(NotConfirmedError, match="other orders"):
        await context.baskets.run(second, gate.yes(first))
    forged = replace(second.grant, tickets=(replace(BUYS[1], quantity=Decimal(9)),))
    with pytest.raises(NotConfirmedError, match="not those that were shown"):
        context.orders.grant(forged, gate.yes(second))
    yes = gate.yes(first)
    await context.baskets.run(first, yes)
    for ticket in (BUYS[0], BUYS[1]):
        again = context.orders.propose(ticket, "rebalance", basket=first.basket)
        with pytest.raises(NotConfirmedError, match="other orders"):
            await context.orders.submit(again, yes)
    with pytest.raises(NotConfirmedError, match="used already"):
        context.orders.grant(first.grant, yes)
    assert len(context.orders.all()) == 1


async def test_a_late_yes_to_a_basket_is_none(context, gate, clock):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    yes = gate.yes(proposal, seconds=10)
    clock.pass_(11)
    with pytest.raises(NotConfirmedError, match="too late"):
        await context.baskets.run(proposal, yes)


async def test_a_basket_that_takes_too_long_needs_another_yes(context, gate, clock):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    yes = gate.yes(proposal)
    context.orders.grant(proposal.grant, yes)
    clock.pass_(601)
    leg = context.orders.propose(BUYS[0], "rebalance", basket=proposal.basket)
    with pytest.raises(NotConfirmedError, match="too old by now"):
        await context.orders.submit(leg, yes)


async def test_a_price_that_ran_away_since_the_basket_was_shown_stops_that_order(context, gate):
    proposal = context.baskets.propose("One", BUYS, "rebalance")
    quote = context.quotes.last("IBM")
    context.quotes.accept(replace(quote, ask=quote.ask * Decimal("1.03")))
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    assert [each.state for each in basket.legs] == [LegState.REFUSED, LegState.SENT]
    assert "The price went up" in basket.legs[0].reason


async def test_an_order_of_a_basket_replaces_nothing(context, gate):
    waiting = Ticket("IBM", Side.BUY, Decimal(1), OrderType.LIMIT, Decimal(100))
    first = context.orders.propose(waiting, "test")
    order = await context.orders.submit(first, gate.yes(first))
    changed = replace(waiting, limit_price=Decimal(101))
    proposal = context.baskets.propose("One", [changed], "rebalance")
    yes = gate.yes(proposal)
    context.orders.grant(proposal.grant, yes)
    leg = context.orders.propose(changed, "rebalance", basket=proposal.basket, replaces=order.id)
    with pytest.raises(NotConfirmedError, match="neither replaces nor cancels"):
        await context.orders.submit(leg, yes)


async def test_a_basket_that_was_being_sent_when_puffling_ended_tells_how_far_it_came(
    opening, gate
):
    async with opening() as first:
        context = first.context
        context.settings.change("trading", largest_position="1")
        proposal = context.baskets.propose("One", BUYS, "rebalance")
        yes = gate.yes(proposal)
        context.orders.grant(proposal.grant, yes)
        leg = context.orders.propose(BUYS[0], "rebalance", basket=proposal.basket)
        order = await context.orders.submit(leg, yes)
        basket = context.baskets.get(proposal.basket)
        context.baskets._keep(replace(basket, state=BasketState.RUNNING))  # as a crash leaves it
        with pytest.raises(BadValueError, match="being sent"):
            context.baskets.resume(basket.id)
    async with opening() as second:
        found = second.context.baskets.get(basket.id)
        assert found.state is BasketState.PARTLY
        assert [each.order_id for each in found.legs] == [order.id, ""]
        assert found.left == BUYS[1:]


def test_what_makes_no_basket_is_refused(context):
    with pytest.raises(BadValueError, match="1 to 100 orders"):
        context.baskets.propose("None", [], "rebalance")
    with pytest.raises(NoPriceError, match="no price for NONE"):
        context.baskets.propose("One", [Ticket("NONE", Side.BUY, Decimal(1))], "rebalance")
    with pytest.raises(BadValueError, match="no basket"):
        context.baskets.get("x")
    with pytest.raises(BadValueError, match="Nothing is held"):
        context.baskets.close_all("test")


async def test_closing_everything_is_one_basket(context, run, gate):
    await run()
    proposal = context.baskets.close_all("test")
    assert {(each.symbol, each.side) for each in proposal.tickets} == {
        ("IBM", Side.SELL),
        ("GOOG", Side.SELL),
    }
    assert digest_of_grant(proposal.grant) == proposal.digest
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    assert basket.state is BasketState.SENT
    assert context.portfolio.positions() == []
    assert {context.orders.get(each.order_id).status for each in basket.legs} == {
        OrderStatus.FILLED
    }


STOP = Ticket("IBM", Side.SELL, Decimal(5), OrderType.STOP, stop_price=Decimal(100))


@pytest.fixture
def send(context, gate):
    async def submit(ticket):
        proposal = context.orders.propose(ticket, "test")
        return await context.orders.submit(proposal, gate.yes(proposal))

    return submit


async def test_a_no_to_closing_everything_leaves_every_stop_in_its_place(
    puffling, context, run, send, gate, registry
):
    await run(BUYS[:1])
    stop = await send(STOP)
    gate.says_yes = False
    with pytest.raises(NotConfirmedError, match="nobody confirmed"):
        await registry["position.flatten"].run_with(puffling.context, {"word": "FLATTEN"})
    assert context.orders.get(stop.id).status is OrderStatus.WORKING
    assert "after cancelling 1 waiting order" in gate.asked[-1].title
    assert all(each.allowed for own in gate.asked[-1].verdicts for each in own)
    gate.says_yes = True
    basket = await registry["position.flatten"].run_with(puffling.context, {"word": "FLATTEN"})
    assert basket.state is BasketState.SENT
    assert context.orders.get(stop.id).status is OrderStatus.CANCELLED
    assert context.portfolio.positions() == []


async def test_with_nothing_held_the_word_alone_cancels_what_waits(
    puffling, context, send, registry
):
    low = await send(Ticket("IBM", Side.BUY, Decimal(1), OrderType.LIMIT, Decimal(100)))
    with pytest.raises(BadValueError, match="Nothing is held"):
        await registry["position.flatten"].run_with(puffling.context, {"word": "FLATTEN"})
    assert context.orders.get(low.id).status is OrderStatus.CANCELLED


async def test_closing_everything_is_no_duplicate_of_what_was_sold_a_moment_ago(
    context, run, send, gate
):
    await run((Ticket("IBM", Side.BUY, Decimal(10)),))
    context.settings.change("trading", duplicate_seconds=10)
    await send(Ticket("IBM", Side.SELL, Decimal(5)))
    proposal = context.baskets.close_all("test")
    assert proposal.tickets[0].quantity == 5
    assert any("what is still held is closed" in each for each in proposal.warnings)
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    assert basket.state is BasketState.SENT
    assert context.portfolio.positions() == []


async def test_what_was_sold_since_it_was_shown_is_not_sold_again(context, run, send, gate):
    await run((Ticket("IBM", Side.BUY, Decimal(10)), Ticket("GOOG", Side.BUY, Decimal(2))))
    proposal = context.baskets.close_all("test")
    await send(Ticket("IBM", Side.SELL, Decimal(4)))
    await send(Ticket("GOOG", Side.SELL, Decimal(2)))
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    sent = {each.ticket.symbol: each for each in basket.legs}
    assert (sent["IBM"].ticket.quantity, sent["IBM"].state) == (6, LegState.SENT)
    assert (sent["GOOG"].state, sent["GOOG"].order_id) == (LegState.REFUSED, "")
    assert "Nothing of it is held" in sent["GOOG"].reason
    assert context.portfolio.positions() == []


async def test_a_stop_that_cannot_be_cancelled_is_said_and_its_shares_are_not_sold_twice(
    puffling, context, run, send, gate, monkeypatch
):
    await run((Ticket("IBM", Side.BUY, Decimal(10)),))
    await send(STOP)

    async def fails(order_id):
        raise BrokerError("nobody is there")

    monkeypatch.setattr(context.orders.broker, "cancel", fails)
    monkeypatch.setattr(order_cancelling, "CANCELLED_WITHIN", 0.0)
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    proposal = context.baskets.close_all("test")
    basket = await context.baskets.run(proposal, gate.yes(proposal))
    assert basket.legs[0].ticket.quantity == 5
    assert context.portfolio.position("IBM").quantity == 5
    assert any("nobody is there" in each.text for each in notices)


async def test_only_closing_everything_may_be_for_less_than_was_shown(context, run, gate):
    await run((Ticket("IBM", Side.BUY, Decimal(10)),))
    less = Ticket("IBM", Side.SELL, Decimal(4))
    plain = context.baskets.propose("Sell", [Ticket("IBM", Side.SELL, Decimal(10))], "rebalance")
    yes = gate.yes(plain)
    context.orders.grant(plain.grant, yes)
    leg = context.orders.propose(less, "rebalance", basket=plain.basket)
    with pytest.raises(NotConfirmedError, match="other orders"):
        await context.orders.submit(leg, yes)
    every = context.baskets.close_all("test")
    yes = gate.yes(every)
    context.orders.grant(every.grant, yes)
    for other in (
        context.orders.propose(less, "test", basket=every.basket),
        context.orders.propose(
            replace(less, quantity=Decimal(4), time_in_force=TimeInForce.GTC),
            "test",
            basket=every.basket,
            flattens=True,
        ),
    ):
        with pytest.raises(NotConfirmedError, match="other orders"):
            await context.orders.submit(other, yes)
    for _ in range(2):
        leg = context.orders.propose(less, "test", basket=every.basket, flattens=True)
        with contextlib.suppress(NotConfirmedError):
            await context.orders.submit(leg, yes)
    assert context.portfolio.position("IBM").quantity == 6  # each order of it is sent once


async def test_a_close_that_is_refused_takes_no_stop_away(context, run, send, gate):
    await run(BUYS[:1])
    stop = await send(STOP)
    sell = Ticket("IBM", Side.SELL, Decimal(5))
    proposal = context.orders.propose(sell, "test", cancels=[stop.id])
    quote = context.quotes.last("IBM")
    fallen = replace(quote, bid=quote.bid * Decimal("0.97"), last=quote.bid)
    context.quotes.accept(fallen)
    with pytest.raises(NotConfirmedError, match="The price went down"):
        await context.orders.submit(proposal, gate.yes(proposal))
    assert context.orders.get(stop.id).status is OrderStatus.WORKING
