"""From ticket to portfolio, through the one door; and everything that is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from puffin.errors import OrderRejectedError, SymbolNotFoundError
from puffin.types import OrderStatus, OrderType, Side, Ticket
from puffling.core.errors import (
    BadValueError,
    HaltedError,
    NoPriceError,
    NotConfirmedError,
    RiskRefusedError,
)
from puffling.core.events import FillBooked, NoticePosted, OrderChanged
from puffling.services.proposals import digest_of
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffling.app import App


@pytest.fixture
def ask(puffling, registry):
    """Run a command with plain values, as a form or a terminal does."""

    async def run(id_, **values):
        return await registry[id_].run_with(puffling.context, values)

    return run


async def bought(
    puffling: App, ask: Callable[..., Awaitable[Any]], quantity: str = "10", symbol: str = "AAPL"
) -> Any:
    order = await ask("order.place", symbol=symbol, side="buy", quantity=quantity)
    await until(lambda: puffling.context.portfolio.position(symbol))
    return order


async def test_it_is_checked_shown_kept_sent_filled_and_told(puffling, ask, gate):
    heard: list[Any] = []
    for kind in (OrderChanged, FillBooked, NoticePosted):
        puffling.bus.subscribe(kind, heard.append)
    ask_price = puffling.context.quotes.last("AAPL").ask

    order = await ask("order.place", symbol="aapl", side="buy", quantity="10")

    assert gate.asked[0].order.ticket == order.ticket
    assert "Buy 10 AAPL at the market, good for the day" in gate.asked[0].text
    assert (order.status, order.average_price) == (OrderStatus.FILLED, ask_price)
    kinds = [type(each).__name__ for each in heard]
    assert kinds == ["OrderChanged", "FillBooked", "OrderChanged", "NoticePosted"]
    assert heard[0].order.status is OrderStatus.SENT
    assert heard[3].title == f"Bought 10 AAPL at {ask_price}"
    portfolio = puffling.context.portfolio.snapshot()
    assert portfolio.cash == 100_000 - 10 * ask_price
    assert portfolio.rows[0].position.quantity == 10
    assert [each.id for each in await ask("order.list")] == [order.id]
    entry = puffling.context.audit.all()[0]
    assert (entry.actor, entry.action, entry.subject) == ("test", "order.submit", order.id)


@pytest.mark.parametrize("quantity", ["0", "-5", "NaN", "Infinity", "1e30"])
async def test_a_senseless_quantity_is_refused(ask, gate, quantity):
    with pytest.raises((OrderRejectedError, BadValueError), match=r"(?i)quantity"):
        await ask("order.place", symbol="AAPL", side="buy", quantity=quantity)
    assert not gate.asked


async def test_a_huge_quantity_is_refused_with_every_reason(ask, gate):
    with pytest.raises(RiskRefusedError, match=r"more than the 10,000 shares allowed") as caught:
        await ask("order.place", symbol="AAPL", side="buy", quantity="999999")
    assert "of equity" in str(caught.value)
    assert "Not enough cash" in str(caught.value)
    assert not gate.asked


async def test_an_unknown_symbol_is_refused(ask, gate):
    with pytest.raises(SymbolNotFoundError, match="ZZZZ is not traded") as caught:
        await ask("order.place", symbol="ZZZZ", side="buy", quantity="1")
    assert "AAPL" in caught.value.hint
    assert not gate.asked


async def test_what_is_no_symbol_at_all_is_refused(ask):
    with pytest.raises(OrderRejectedError, match="is not a symbol"):
        await ask("order.place", symbol="=1+1", side="buy", quantity="1")


async def test_without_a_price_nothing_can_be_checked_so_nothing_is_sent(puffling, ask, gate):
    puffling.context.quotes.clear()
    with pytest.raises(NoPriceError, match="no price for AAPL"):
        await ask("order.place", symbol="AAPL", side="buy", quantity="1")
    assert not gate.asked


async def test_a_limit_far_through_the_market_is_refused(ask, gate):
    with pytest.raises(RiskRefusedError, match="through the market"):
        await ask(
            "order.place",
            symbol="AAPL",
            side="buy",
            quantity="1",
            type="limit",
            limit_price="9999",
        )
    assert not gate.asked


async def test_a_limit_order_needs_its_price(ask):
    with pytest.raises(OrderRejectedError, match="needs a limit price"):
        await ask("order.place", symbol="AAPL", side="buy", quantity="1", type="limit")


async def test_not_enough_cash_is_refused(puffling, ask):
    puffling.context.settings.change(
        "trading", largest_order="1000000", largest_position="1", most_positions=50
    )
    with pytest.raises(RiskRefusedError, match="Not enough cash"):
        await ask("order.place", symbol="AAPL", side="buy", quantity="1000")


async def test_selling_what_is_not_held_is_refused(ask):
    with pytest.raises(RiskRefusedError, match="short sale"):
        await ask("order.place", symbol="AAPL", side="sell", quantity="1")


async def test_a_no_sends_nothing_and_stores_nothing(puffling, ask, gate):
    gate.says_yes = False
    with pytest.raises(NotConfirmedError, match="not sent"):
        await ask("order.place", symbol="AAPL", side="buy", quantity="1")
    assert await ask("order.list") == []


async def test_a_limit_order_waits_and_can_be_cancelled(puffling, ask):
    order = await ask(
        "order.place", symbol="AAPL", side="buy", quantity="1", type="limit", limit_price="500"
    )
    assert order.status is OrderStatus.WORKING
    assert puffling.context.portfolio.reserved() == 500
    cancelled = await ask("order.cancel", id=order.id)
    assert cancelled.status is OrderStatus.CANCELLED
    assert puffling.context.orders.open() == []
    assert puffling.context.portfolio.reserved() == 0


async def test_cancelling_all_cancels_all(puffling, ask):
    for symbol in ("AAPL", "IBM"):
        await ask(
            "order.place", symbol=symbol, side="buy", quantity="1", type="limit", limit_price="100"
        )
    assert len(await ask("order.cancel_all")) == 2
    assert puffling.context.orders.open() == []


async def test_a_position_is_closed_in_part_and_whole(puffling, ask):
    await bought(puffling, ask, "5")
    half = await ask("position.close", symbol="AAPL", share="0.5")
    assert (half.ticket.side, half.ticket.quantity) == (Side.SELL, 2)
    rest = await ask("position.close", symbol="AAPL")
    assert rest.ticket.quantity == 3
    assert puffling.context.portfolio.positions() == []
    with pytest.raises(BadValueError, match="Nothing is held"):
        await ask("position.close", symbol="AAPL")


async def test_the_kill_switch_stops_it_cancels_what_waits_and_lets_close(
    puffling, ask, desk, registry
):
    await bought(puffling, ask)
    waiting = await ask(
        "order.place", symbol="IBM", side="buy", quantity="1", type="limit", limit_price="100"
    )
    await ask("risk.halt", reason="enough")
    assert puffling.context.orders.get(waiting.id).status is OrderStatus.CANCELLED
    with pytest.raises(HaltedError, match="halted"):
        await ask("order.place", symbol="IBM", side="buy", quantity="1")
    closed = await ask("position.close", symbol="AAPL")
    assert closed.status is OrderStatus.FILLED
    with pytest.raises(BadValueError, match="Type RESUME"):
        await ask("risk.resume", word="resume")
    terminal = replace(puffling.context, actor="terminal")
    with pytest.raises(NotConfirmedError, match="Trading stays halted"):
        await registry["risk.resume"].run_with(terminal, {})
    await ask("risk.resume")
    assert ("ask_word", "RESUME") in desk.done
    assert (await bought(puffling, ask, "1", "IBM")).status is OrderStatus.FILLED


async def test_a_proposal_made_before_the_halt_cannot_be_approved_after_it(puffling, gate):
    context = puffling.context
    proposal = context.orders.propose(ticket(), "test")
    await context.risk.halt("test", "enough")
    with pytest.raises(HaltedError):
        await context.orders.submit(proposal, gate.yes(proposal))
    assert context.orders.all() == []


def ticket(quantity: str = "1") -> Ticket:
    return Ticket("AAPL", Side.BUY, Decimal(quantity))


async def test_one_yes_cannot_send_another_order(puffling, gate):
    context = puffling.context
    first = context.orders.propose(ticket("1"), "test")
    second = context.orders.propose(ticket("2"), "test")
    with pytest.raises(NotConfirmedError, match="another order"):
        await context.orders.submit(second, gate.yes(first))
    forged = replace(second, order=replace(second.order, ticket=ticket("9")))
    with pytest.raises(NotConfirmedError, match="not the one that was shown"):
        await context.orders.submit(forged, gate.yes(forged))
    forged = replace(forged, digest=digest_of(forged))
    with pytest.raises(NotConfirmedError, match="not the one that was shown"):
        await context.orders.submit(forged, gate.yes(forged))
    assert context.orders.all() == []


async def test_a_yes_counts_once(puffling, gate):
    context = puffling.context
    proposal = context.orders.propose(ticket(), "test")
    approval = gate.yes(proposal)
    await context.orders.submit(proposal, approval)
    with pytest.raises(NotConfirmedError, match="used already"):
        await context.orders.submit(proposal, approval)
    assert len(context.orders.all()) == 1


async def test_a_late_yes_is_none(puffling, gate, clock):
    context = puffling.context
    proposal = context.orders.propose(ticket(), "test")
    approval = gate.yes(proposal, seconds=10)
    clock.pass_(11)
    with pytest.raises(NotConfirmedError, match="too late"):
        await context.orders.submit(proposal, approval)


async def test_a_price_that_ran_away_is_shown_again(puffling, gate):
    context = puffling.context
    proposal = context.orders.propose(ticket(), "test")
    quote = context.quotes.last("AAPL")
    context.quotes.accept(replace(quote, ask=quote.ask * Decimal("1.03")))
    with pytest.raises(NotConfirmedError, match="The price went up"):
        await context.orders.submit(proposal, gate.yes(proposal))
    context.quotes.accept(replace(quote, bid=quote.bid / 2, ask=quote.ask / 2, last=quote.last / 2))
    assert (await context.orders.submit(proposal, gate.yes(proposal))).status is not None


async def test_the_same_order_again_within_seconds_is_refused(puffling, ask, clock):
    await bought(puffling, ask)
    with pytest.raises(RiskRefusedError, match="same order"):
        await ask("order.place", symbol="AAPL", side="buy", quantity="10")
    clock.pass_(11)
    puffling.context.settings.change("trading", largest_position="0.5")
    await ask("order.place", symbol="AAPL", side="buy", quantity="10")


async def test_a_day_order_expires_at_the_close_and_a_gtc_order_stays(puffling, ask, stepper):
    day = await ask(
        "order.place", symbol="AAPL", side="buy", quantity="1", type="limit", limit_price="300"
    )
    kept = await ask(
        "order.place",
        symbol="IBM",
        side="buy",
        quantity="1",
        type="limit",
        limit_price="100",
        time_in_force="gtc",
    )
    await stepper.step(391)
    await until(lambda: puffling.context.orders.get(day.id).status is OrderStatus.EXPIRED)
    assert puffling.context.orders.get(kept.id).status is OrderStatus.WORKING
    assert puffling.context.orders.open()[0].ticket.type is OrderType.LIMIT


async def test_a_stop_order_fills_once_the_market_gets_there(puffling, ask, stepper):
    await bought(puffling, ask)
    low = puffling.context.quotes.last("AAPL").last - Decimal("1.00")
    stop = await ask(
        "order.place", symbol="AAPL", side="sell", quantity="10", type="stop", stop_price=str(low)
    )
    assert stop.status is OrderStatus.WORKING
    await stepper.step(390)
    await until(lambda: puffling.context.orders.get(stop.id).status is OrderStatus.FILLED)
    assert puffling.context.orders.get(stop.id).average_price <= low


async def test_each_fill_also_keeps_the_markets_place(puffling, ask, stepper):
    await stepper.step(7)
    await bought(puffling, ask)
    account = puffling.context.portfolio.account.id
    assert puffling.context.state.get(f"replay {account}")["step"] == 7


async def test_tomorrows_order_waits_for_the_open(puffling, ask, stepper, clock):
    await stepper.step(391)
    assert not puffling.context.market.is_open()
    order = await ask("order.place", symbol="AAPL", side="buy", quantity="1")
    assert order.status is OrderStatus.WORKING
    await stepper.step(3)
    await until(lambda: puffling.context.orders.get(order.id).status is OrderStatus.FILLED)
    fill = puffling.context.orders.fills()[0]
    assert fill.at - order.market_time > timedelta(hours=12)
