from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.execution.ledger import Ledger
from puffin.types import Fill, Side, Split, multiplier_of

AT = datetime(2012, 6, 1, 15, tzinfo=UTC)
SYMBOLS = ("AAPL", "IBM", "AAPL120616C00570000")


def fill(signed, price, commission="0", symbol="AAPL") -> Fill:
    side = Side.BUY if signed > 0 else Side.SELL
    return Fill(
        "f",
        "o",
        "demo",
        symbol,
        side,
        abs(Decimal(signed)),
        Decimal(price),
        Decimal(commission),
        AT,
    )


def ledger(*fills, cash=10_000) -> Ledger:
    book = Ledger(Decimal(cash))
    for each in fills:
        book.book(each)
    return book


def test_a_buy_costs_cash_and_its_commission_is_lost_at_once():
    book = ledger(fill(10, 100, "1.50"))
    position = book.position("AAPL")
    assert position is not None
    assert position.quantity == 10
    assert position.average_cost == 100
    assert book.cash == Decimal("8998.50")
    assert book.realised == position.realised == Decimal("-1.50")


def test_buying_more_averages_the_cost():
    position = ledger(fill(10, 100), fill(30, 120)).position("AAPL")
    assert position is not None
    assert position.average_cost == 115


def test_selling_a_part_takes_that_part_of_the_profit_and_keeps_the_cost():
    book = ledger(fill(10, 100), fill(-4, 110))
    position = book.position("AAPL")
    assert position is not None
    assert position.quantity == 6
    assert position.average_cost == 100
    assert position.realised == 40


def test_a_closed_position_is_gone_but_its_profit_is_not():
    book = ledger(fill(10, 100), fill(-10, 90))
    assert book.position("AAPL") is None
    assert book.positions() == []
    assert book.realised == book.realised_on("AAPL") == -100
    assert book.realised_on("IBM") == 0


def test_selling_through_zero_closes_the_long_and_opens_a_short_at_the_new_price():
    book = ledger(fill(10, 100), fill(-15, 120))
    position = book.position("AAPL")
    assert position is not None
    assert position.quantity == -5
    assert position.average_cost == 120
    assert position.realised == 200


def test_a_short_gains_when_bought_back_lower():
    book = ledger(fill(-10, 100), fill(4, 80), fill(6, 110))
    assert book.position("AAPL") is None
    assert book.realised == 4 * 20 - 6 * 10
    assert book.cash == 10_000 + 20


def test_a_split_changes_shares_and_cost_but_no_money():
    book = ledger(fill(10, 100), fill(5, 50, symbol="IBM"))
    book.split(Split("AAPL", AT, Decimal(7)))
    book.split(Split("MSFT", AT, Decimal(2)))
    position = book.position("AAPL")
    assert position is not None
    assert position.quantity == 70
    assert position.average_cost * 70 == pytest.approx(1000)
    assert book.cash == 8750
    assert [each.symbol for each in book.positions()] == ["AAPL", "IBM"]


def test_a_reverse_split_leaves_at_most_a_millionth_of_a_share_of_error():
    book = ledger(fill(10, 100))
    book.split(Split("AAPL", AT, Decimal(1) / 3))
    position = book.position("AAPL")
    assert position is not None
    assert position.quantity == Decimal("3.333333")


def test_what_a_split_rounds_away_entirely_is_a_loss_not_a_ghost():
    book = ledger(fill(Decimal("0.000001"), 100))
    book.split(Split("AAPL", AT, Decimal("0.1")))
    assert book.position("AAPL") is None
    assert book.realised == Decimal("-0.0001")


def test_an_option_is_worth_a_hundred_times_its_price():
    symbol = "AAPL120616C00570000"
    book = ledger(fill(2, 5, "1.30", symbol), fill(-1, 8, "0.65", symbol))
    assert book.cash == 10_000 - 1000 + 800 - Decimal("1.95")
    assert book.realised == 300 - Decimal("1.95")
    (held,) = book.positions()
    assert held.unrealised(Decimal(6)) == 100


def test_dividends_and_fees_are_profit_of_their_symbol_held_or_not():
    book = ledger(fill(10, 100))
    book.pay(Decimal("2.65"), "AAPL")
    book.pay(Decimal("-0.40"))
    assert book.cash == Decimal("9002.25")
    assert book.realised == Decimal("2.25")
    assert book.realised_on("AAPL") == Decimal("2.65")
    assert [each.symbol for each in book.positions()] == ["AAPL"]


FILLS = st.builds(
    fill,
    st.integers(-300, 300).filter(bool),
    st.decimals("0.01", 900, places=2),
    st.decimals(0, 10, places=2),
    st.sampled_from(SYMBOLS),
)
SPLITS = st.builds(Split, st.sampled_from(SYMBOLS), st.just(AT), st.integers(2, 7).map(Decimal))


@given(st.lists(FILLS | SPLITS, max_size=40), st.decimals("0.01", 900, places=2))
def test_cash_and_positions_are_what_was_put_in_plus_every_profit(events, price):
    start = Decimal(1_000_000)
    book = Ledger(start)
    for each in events:
        if isinstance(each, Split):
            book.split(each)
        else:
            book.book(each)
    held = book.positions()
    value = sum(each.quantity * price * multiplier_of(each.symbol) for each in held)
    unrealised = sum(each.unrealised(price) for each in held)
    assert float(book.cash + value - start - book.realised - unrealised) == pytest.approx(
        0, abs=1e-9
    )
    fills = [each for each in events if isinstance(each, Fill)]
    assert book.cash == start + sum(each.cash_change for each in fills)
