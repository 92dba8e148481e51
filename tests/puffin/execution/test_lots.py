from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.execution.ledger import Ledger
from puffin.execution.lots import Lots, Matching
from puffin.types import ZERO, Fill, Side, Split, multiplier_of

START = datetime(2012, 6, 1, 15, tzinfo=UTC)
CALL = "AAPL120616C00570000"
FIFO, AVERAGE = Matching.FIFO, Matching.AVERAGE


def fill(number, signed, price, commission="0", symbol="AAPL") -> Fill:
    side = Side.BUY if signed > 0 else Side.SELL
    quantity, at = abs(Decimal(signed)), START + timedelta(minutes=number)
    return Fill(
        f"f{number}",
        f"o{number}",
        "demo",
        symbol,
        side,
        quantity,
        Decimal(price),
        Decimal(commission),
        at,
    )


def figures(*values: Decimal) -> list[float]:
    return [float(each) for each in values]


def test_the_oldest_shares_are_sold_first():
    lots = Lots()
    assert lots.book(fill(1, 10, 100)) == []
    assert lots.book(fill(2, 10, 120)) == []
    first, second = lots.book(fill(3, -15, 130))
    assert figures(first.quantity, first.opened_price, first.profit) == [10, 100, 300]
    assert figures(second.quantity, second.opened_price, second.profit) == [5, 120, 50]
    assert (second.opening_fill, second.closing_order) == ("f2", "o3")
    assert second.closed_at - second.opened_at == timedelta(minutes=1)
    (left,) = lots.open("AAPL")
    assert figures(left.quantity, left.price, left.unrealised(Decimal(125))) == [5, 120, 25]


def test_at_average_cost_there_is_one_lot_since_the_first_purchase():
    lots = Lots(AVERAGE)
    lots.book(fill(1, 10, 100))
    lots.book(fill(2, 10, 120))
    (closed,) = lots.book(fill(3, -15, 130))
    assert figures(closed.quantity, closed.opened_price, closed.profit) == [15, 110, 300]
    assert closed.opened_at == START + timedelta(minutes=1)
    (left,) = lots.open()
    assert figures(left.quantity, left.price) == [5, 110]


def test_commissions_of_both_ends_belong_to_the_part_that_was_closed():
    lots = Lots()
    lots.book(fill(1, 10, 100, "5"))
    (closed,) = lots.book(fill(2, -4, 110, "1"))
    assert closed.commission == 3
    assert closed.profit == 40 - 3
    assert lots.open("AAPL")[0].commission == 3


def test_selling_through_zero_closes_the_long_and_opens_a_short_and_shares_the_commission():
    lots = Lots()
    lots.book(fill(1, 10, 100))
    (closed,) = lots.book(fill(2, -15, 120, "3"))
    assert figures(closed.profit, closed.commission) == [198, 2]
    (short,) = lots.open("AAPL")
    assert figures(short.quantity, short.price, short.commission) == [-5, 120, 1]
    (covered,) = lots.book(fill(3, 5, 100))
    assert figures(covered.quantity, covered.profit) == [-5, 99]
    assert figures(covered.opened_price, covered.closed_price) == [120, 100]
    assert lots.open() == []


def test_an_option_is_worth_a_hundred_times_its_price():
    lots = Lots()
    lots.book(fill(1, 2, 5, symbol=CALL))
    (closed,) = lots.book(fill(2, -1, 8, symbol=CALL))
    assert closed.profit == 300
    assert lots.open(CALL)[0].unrealised(Decimal(6)) == 100


def test_a_split_keeps_the_cost_and_says_what_rounding_left_nothing_of():
    lots = Lots()
    lots.book(fill(1, 10, 100))
    lots.book(fill(2, Decimal("0.000001"), 100))
    assert lots.split(Split("IBM", START, Decimal(2))) == []
    (gone,) = lots.split(Split("AAPL", START, Decimal("0.1")))
    assert gone.fill == "f2"
    (lot,) = lots.open("AAPL")
    assert figures(lot.quantity, lot.price, lot.cost) == [1, 1000, 1000]


EVENTS = st.lists(
    st.tuples(
        st.integers(-300, 300).filter(bool),
        st.decimals("0.01", 900, places=2),
        st.decimals(0, 10, places=2),
        st.sampled_from(["AAPL", CALL]),
    )
    | st.tuples(st.just("split"), st.sampled_from([2, 3, 7])),
    max_size=40,
)


@pytest.mark.parametrize("matching", Matching)
@given(events=EVENTS, price=st.decimals("0.01", 900, places=2))
def test_whatever_the_matching_profits_add_up_to_the_books(matching, events, price):
    lots, book = Lots(matching), Ledger(ZERO)
    closed, gone = [], []
    for number, event in enumerate(events):
        if event[0] == "split":
            split = Split("AAPL", START, Decimal(event[1]))
            gone += lots.split(split)
            book.split(split)
        else:
            each = fill(number, *event)
            closed += lots.book(each)
            book.book(each)
    held = lots.open()
    for symbol in ("AAPL", CALL):
        position = book.position(symbol)
        total = sum((each.quantity for each in held if each.symbol == symbol), ZERO)
        assert total == (ZERO if position is None else position.quantity)
    taken = sum((each.profit for each in closed), ZERO)
    waiting = sum((each.unrealised(price) - each.commission for each in held), ZERO)
    value = sum((each.quantity * price * multiplier_of(each.symbol) for each in held), ZERO)
    assert float(taken + waiting - book.cash - value) == pytest.approx(0, abs=1e-9)
    assert gone == []
    if matching is AVERAGE:
        before_fees = sum((each.profit + each.commission for each in closed), ZERO)
        paid = sum((each[2] for each in events if each[0] != "split"), ZERO)
        assert float(before_fees - paid - book.realised) == pytest.approx(0, abs=1e-9)
