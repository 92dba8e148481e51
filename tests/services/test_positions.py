from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.types import Fill, Order, OrderStatus, OrderType, Side, Split, Ticket
from puffling.core.events import PortfolioChanged
from tests.fakes import OPEN, START, quote, until

DAY = timedelta(days=1)


@pytest.fixture
def portfolio(puffling):
    return puffling.context.portfolio


@pytest.fixture
def book_fill(puffling):
    """Book a fill of an order that is stored for it, as the broker's word would."""
    numbers = iter(range(1_000))

    def booked(side, quantity, price, *, symbol="AAPL", at=OPEN):
        context, number = puffling.context, next(numbers)
        order = Order(
            id=f"o{number}",
            account=context.portfolio.account.id,
            ticket=Ticket(symbol, side, Decimal(quantity)),
            status=OrderStatus.WORKING,
            created_at=START,
            market_time=at,
            updated_at=START,
        )
        context.orders._follower.adopt(order)
        from puffin.types import OrderUpdate

        fill = Fill(
            f"f{number}",
            order.id,
            order.account,
            symbol,
            side,
            Decimal(quantity),
            Decimal(price),
            Decimal(0),
            at,
        )
        context.orders.apply(OrderUpdate(order.id, OrderStatus.FILLED, at, fill=fill))

    return booked


@pytest.fixture
def price(puffling):
    def set_price(last, *, symbol="AAPL", minutes=1, previous_close=None):
        at = OPEN + timedelta(minutes=minutes)
        puffling.context.quotes.accept(quote(symbol, last, at=at, previous_close=previous_close))

    return set_price


def test_a_new_account_is_all_cash(portfolio):
    now = portfolio.snapshot()
    assert (now.cash, now.equity, now.day_profit, now.exposure) == (100_000, 100_000, 0, 0)
    assert now.rows == ()
    assert now.equity_text == ""


def test_cash_and_positions_make_equity(portfolio, book_fill, price):
    book_fill(Side.BUY, "10", "500")
    price("510", previous_close="480")
    now = portfolio.snapshot()
    row = now.rows[0]
    assert now.equity == now.cash + row.value == 100_100
    assert (row.unrealised, row.unrealised_ratio) == (100, Decimal("0.02"))
    assert row.weight == Decimal(5100) / Decimal(100_100)
    assert now.day_profit == row.day_profit == 100
    assert now.day_ratio == Decimal("0.001")


def test_without_a_quote_a_value_is_unknown_and_never_invented(puffling, portfolio, book_fill):
    book_fill(Side.BUY, "10", "500")
    puffling.context.quotes.clear()
    now = portfolio.snapshot()
    row = now.rows[0]
    assert (row.last, row.value, row.unrealised, row.day_profit, row.weight) == (None,) * 5
    assert (now.equity, now.exposure, now.day_profit) == (None, None, None)
    assert now.equity_text == "Partly unknown: no quote for AAPL"
    assert now.cash == 95_000


def test_what_was_held_over_counts_from_the_previous_close(portfolio, book_fill, price):
    book_fill(Side.BUY, "10", "500", at=OPEN - DAY)
    book_fill(Side.BUY, "5", "520")
    price("510", previous_close="505")
    # 10 held over gained 5 each; 5 bought today lost 10 each.
    assert portfolio.snapshot().rows[0].day_profit == 50 - 50


def test_without_a_previous_close_the_days_profit_is_unknown(portfolio, book_fill, price):
    book_fill(Side.BUY, "10", "500", at=OPEN - DAY)
    price("510")
    assert portfolio.snapshot().rows[0].day_profit is None


async def test_the_days_profit_counts_from_the_sessions_opening(puffling, portfolio, stepper):
    await stepper.step(391)
    before = portfolio.snapshot().equity
    await stepper.step(3)
    await until(puffling.context.market.is_open)
    now = portfolio.snapshot()
    assert now.opening_equity == before
    assert now.day_profit == now.equity - before


async def test_yesterdays_fills_do_not_count_today(puffling, portfolio, book_fill, stepper):
    book_fill(Side.BUY, "10", "500")
    await stepper.step(392 + 3)
    row = portfolio.snapshot().rows[0]
    quote = puffling.context.quotes.last("AAPL")
    assert quote.at.date().isoformat() == "2012-06-04"
    assert row.day_profit == 10 * (quote.last - quote.previous_close)


def test_after_a_crash_the_opening_equity_is_worked_out(portfolio, book_fill, price):
    book_fill(Side.BUY, "10", "500", at=OPEN - DAY)
    book_fill(Side.SELL, "4", "520")
    price("510", previous_close="505")
    portfolio._openings.clear()
    now = portfolio.snapshot()
    assert now.opening_equity == 95_000 + 10 * 505
    assert now.day_profit == (95_000 + 4 * 520 + 6 * 510) - (95_000 + 10 * 505)


def test_a_split_changes_shares_and_not_worth_and_counts_once(puffling, portfolio, book_fill):
    book_fill(Side.BUY, "10", "500")
    heard: list[PortfolioChanged] = []
    puffling.bus.subscribe(PortfolioChanged, heard.append)
    split = Split("AAPL", OPEN + DAY, Decimal(2))
    portfolio.split(split)
    portfolio.split(split)
    position = portfolio.position("AAPL")
    assert (position.quantity, position.average_cost) == (20, 250)
    assert len(heard) == 1


def test_waiting_buys_and_short_positions_take_buying_power(puffling, portfolio, book_fill, price):
    book_fill(Side.SELL, "10", "500")
    price("500")
    now = portfolio.snapshot()
    assert now.cash == 105_000
    assert now.buying_power == 105_000 - 2 * 5_000
    assert now.exposure == 5_000
    ticket = Ticket("IBM", Side.BUY, Decimal(10))
    order = Order(
        "waiting",
        portfolio.account.id,
        replace(ticket),
        OrderStatus.WORKING,
        START,
        OPEN,
        START,
    )
    puffling.context.orders._follower.adopt(order)
    ask = puffling.context.quotes.last("IBM").ask
    assert portfolio.reserved() == 10 * ask
    assert portfolio.snapshot().buying_power == 95_000 - 10 * ask


async def test_a_restart_brings_back_the_same_cash_positions_and_day(opening, gate, stepper):
    async with opening() as first:
        context = first.context
        proposal = context.orders.propose(Ticket("AAPL", Side.BUY, Decimal(10)), "test")
        await context.orders.submit(proposal, gate.yes(proposal))
        await stepper.step(20)
        before = context.portfolio.snapshot()
    async with opening() as second:
        assert second.context.portfolio.snapshot() == before


def test_an_option_is_worth_its_price_a_hundred_times(portfolio, book_fill, price):
    call, put = "AAPL120720C00600000", "AAPL120720P00500000"
    book_fill(Side.BUY, 2, "5", symbol=call)
    book_fill(Side.SELL, 1, "3", symbol=put)
    price("6", symbol=call, previous_close="4")
    price("2", symbol=put, previous_close="2")
    now = portfolio.snapshot()
    assert now.cash == 100_000 - 1_000 + 300
    assert now.equity == 99_300 + 1_200 - 200
    assert now.exposure == 1_400
    assert now.day_profit == 200 + 100
    rows = {each.symbol: each for each in now.rows}
    assert (rows[call].value, rows[call].unrealised, rows[call].day_profit) == (1_200, 200, 200)
    assert rows[call].unrealised_ratio == Decimal("0.2")
    assert rows[put].weight == Decimal(-200) / now.equity
    assert now.buying_power == now.cash - 2 * 200  # what was sold short is secured


def test_an_option_held_over_night_makes_its_days_profit_a_hundred_times(
    portfolio, book_fill, price
):
    call = "AAPL120720C00600000"
    book_fill(Side.BUY, 2, "5", symbol=call, at=OPEN - DAY)
    price("6", symbol=call, previous_close="4")
    assert portfolio.snapshot().rows[0].day_profit == 400


def test_an_option_that_is_ordered_keeps_a_hundred_times_its_limit(portfolio, puffling):
    order = Order(
        id="o",
        account=portfolio.account.id,
        ticket=Ticket("AAPL120720C00600000", Side.BUY, Decimal(2), OrderType.LIMIT, Decimal(5)),
        status=OrderStatus.WORKING,
        created_at=START,
        market_time=OPEN,
        updated_at=START,
    )
    puffling.context.orders._follower.adopt(order)
    assert portfolio.reserved() == 1_000


def test_lots_are_kept_up_to_date_without_reading_every_fill_again(
    portfolio, book_fill, monkeypatch
):
    book_fill(Side.BUY, 10, "500")
    book_fill(Side.BUY, 5, "510", at=OPEN + timedelta(minutes=2))
    with monkeypatch.context() as patch:
        patch.setattr(portfolio, "_steps", lambda: pytest.fail("every fill was read again"))
        book_fill(Side.SELL, 12, "520", at=OPEN + timedelta(minutes=3))
        portfolio.split(Split("AAPL", OPEN + timedelta(minutes=4), Decimal(7)))
        (left,) = portfolio.lots()
        assert (left.quantity, left.cost) == (21, 3 * 510)
    book_fill(Side.BUY, 1, "490", at=OPEN + timedelta(minutes=1))  # late: all is booked anew
    assert [(each.quantity, each.cost) for each in portfolio.lots()] == [(28, 4 * 510)]
