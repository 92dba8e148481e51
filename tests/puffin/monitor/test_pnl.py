from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.broker.base import Activity
from puffin.execution.ledger import Ledger
from puffin.execution.lots import Matching
from puffin.monitor.pnl import state
from puffin.types import Side, Split
from tests.puffin.monitor.histories import START, SYMBOLS, fill, histories
from tests.puffin.monitor.oracle import tell

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.monitor.pnl import Statement
    from puffin.types import Fill
    from tests.puffin.monitor.histories import History

CENT = Decimal("0.01")
NEAR = Fraction(1, 1_000_000)
BOTH = pytest.mark.parametrize("matching", list(Matching))


def told(history: History, matching: Matching = Matching.FIFO) -> Statement:
    return state(history.fills, history.splits, history.activities, matching=matching)


def near(found: Decimal, wanted: Fraction) -> bool:
    return abs(Fraction(found) - wanted) < NEAR


# -- against the oracle ----------------------------------------------------------------------


@BOTH
@given(history=histories())
@settings(max_examples=60)
def test_every_figure_agrees_with_the_oracle_to_the_cent(history: History, matching: Matching):
    found = told(history, matching)
    truth = tell(history.fills, history.splits, history.activities)
    assert near(found.realised, truth.realised(fifo=matching is Matching.FIFO))
    assert near(found.cash_change, truth.cash)
    assert near(found.commissions, truth.commissions)
    assert near(found.dividends, truth.dividends)
    assert near(found.fees, truth.fees)
    assert near(found.transfers, truth.transfers)
    for symbol in SYMBOLS:
        held = sum((each.quantity for each in found.lots if each.symbol == symbol), Decimal(0))
        assert near(held, truth.held(symbol))


@BOTH
@given(history=histories())
@settings(max_examples=40)
def test_every_round_trip_agrees_with_the_oracle_to_the_cent(history: History, matching: Matching):
    found = {each.key: each for each in told(history, matching).trips}
    truth = {each.key: each for each in tell(history.fills, history.splits).all()}
    assert found.keys() == truth.keys()
    for key, trip in found.items():
        episode = truth[key]
        assert near(trip.profit, episode.realised(fifo=matching is Matching.FIFO))
        assert near(trip.fees, episode.fees)
        assert trip.is_open == (episode.held > 0)
        assert near(trip.entered * trip.entry_price, trip_money(trip, episode.entries))


def trip_money(trip, entries) -> Fraction:
    times = 100 if len(trip.symbol) > 10 else 1
    return sum((size * price for size, price in entries), Fraction(0)) / times


@BOTH
@given(history=histories())
@settings(max_examples=40)
def test_cash_and_what_is_held_is_all_that_was_made(history: History, matching: Matching):
    found = told(history, matching)
    prices = history.last_prices()
    unrealised = found.unrealised(prices)
    assert unrealised is not None
    value = sum(
        (each.quantity * prices[each.symbol] * (100 if len(each.symbol) > 10 else 1))
        for each in found.lots
    )
    assert abs(found.transfers + found.net + unrealised - (found.cash_change + value)) < CENT / 100


@given(history=histories())
@settings(max_examples=40)
def test_the_portfolios_own_ledger_says_the_same_at_average_cost(history: History):
    shares = [each for each in history.fills if len(each.symbol) < 10]
    found = state(shares, history.splits, matching=Matching.AVERAGE)
    ledger = Ledger(Decimal(0))
    steps: list[tuple[datetime, int, Split | Fill]] = sorted(
        [
            *((each.date, 0, each) for each in history.splits),
            *((each.at, 1, each) for each in shares),
        ],
        key=lambda each: each[:2],
    )
    for _, _, step in steps:
        if isinstance(step, Split):
            ledger.split(step)
        else:
            ledger.book(step)
    assert abs(ledger.realised - (found.realised - found.commissions)) < CENT / 100
    assert abs(ledger.cash - found.cash_change) < CENT / 100


# -- what must not matter --------------------------------------------------------------------


@BOTH
@given(history=histories(), seed=st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_fills_of_the_same_moment_changes_no_total(history, seed, matching):
    mixed = []
    for _, each in groupby(history.fills, key=lambda one: one.at):
        same = list(each)
        seed.shuffle(same)
        mixed += same
    one, other = told(history, matching), told(replace(history, fills=tuple(mixed)), matching)
    prices = history.last_prices()
    assert abs(total(one, prices) - total(other, prices)) < CENT / 100
    assert abs(one.cash_change - other.cash_change) < CENT / 100
    assert one.commissions == other.commissions


def total(found: Statement, prices) -> Decimal:
    unrealised = found.unrealised(prices)
    assert unrealised is not None
    return found.net + unrealised


@BOTH
@given(history=histories())
@settings(max_examples=30)
def test_a_fill_in_two_parts_is_the_same_fill(history: History, matching: Matching):
    parts = [
        part
        for each in history.fills
        for part in (
            replace(each, quantity=each.quantity / 4, commission=each.commission / 4),
            replace(
                each,
                id=f"{each.id} rest",
                quantity=each.quantity * 3 / 4,
                commission=each.commission * 3 / 4,
            ),
        )
    ]
    one, other = told(history, matching), told(replace(history, fills=tuple(parts)), matching)
    assert abs(one.net - other.net) < CENT / 100
    ends = [(each.symbol, each.side, each.opened_at, each.closed_at) for each in one.trips]
    assert ends == [
        (each.symbol, each.side, each.opened_at, each.closed_at) for each in other.trips
    ]
    for mine, theirs in zip(one.trips, other.trips, strict=True):
        assert abs(mine.net - theirs.net) < CENT / 100


@BOTH
@given(history=histories(), by=st.sampled_from([Decimal(2), Decimal("0.25"), Decimal(1000)]))
@settings(max_examples=25)
def test_another_currency_scales_money_and_leaves_ratios(history, by, matching):
    one, other = told(history, matching), told(history.scaled(by), matching)
    assert abs(one.net * by - other.net) < CENT / 100 * max(by, Decimal(1))
    for mine, theirs in zip(one.trips, other.trips, strict=True):
        assert mine.ratio is not None
        assert theirs.ratio is not None
        assert abs(mine.ratio - theirs.ratio) < CENT / 10_000


@BOTH
@given(history=histories())
@settings(max_examples=25)
def test_a_split_is_the_same_as_having_traded_in_new_units_all_along(history, matching):
    restated = []
    for each in history.fills:
        ratio = Decimal(1)
        for split in history.splits:
            if split.symbol == each.symbol and split.date > each.at:
                ratio *= split.ratio
        restated.append(replace(each, quantity=each.quantity * ratio, price=each.price / ratio))
    one = told(history, matching)
    other = told(replace(history, fills=tuple(restated), splits=()), matching)
    assert abs(one.net - other.net) < CENT / 100
    for mine, theirs in zip(one.trips, other.trips, strict=True):
        assert abs(mine.net - theirs.net) < CENT / 100
        assert abs(mine.paid - theirs.paid) < CENT / 100


# -- by example ------------------------------------------------------------------------------


def test_first_in_first_out_and_average_cost_differ_only_while_something_is_held():
    fills = [
        fill(price="100"),
        fill(price="110", minute=1),
        fill(side=Side.SELL, price="120", minute=2),
    ]
    assert state(fills).realised == 200
    assert state(fills, matching=Matching.AVERAGE).realised == 150
    fills.append(fill(side=Side.SELL, price="90", minute=3))
    assert state(fills).realised == state(fills, matching=Matching.AVERAGE).realised == 0


def test_a_fill_that_turns_a_position_round_ends_one_trip_and_begins_another():
    found = state(
        [
            fill(price="100", commission="1"),
            fill(side=Side.SELL, quantity="15", price="104", minute=1, commission="3"),
        ]
    )
    first, second = found.trips
    assert first.profit == 40
    assert first.fees == 3
    assert not first.is_open
    assert second.side is Side.SELL
    assert second.held == -5
    assert second.fees == 1
    assert second.key == first.fills[-1]


def test_an_option_stands_for_a_hundred():
    name = SYMBOLS[2]
    found = state(
        [
            fill(name, quantity="2", price="1.50"),
            fill(name, Side.SELL, quantity="2", price="2.25", minute=1),
        ]
    )
    assert found.realised == 150
    assert (found.trips[0].entry_price, found.trips[0].exit_price) == (
        Decimal("1.5"),
        Decimal("2.25"),
    )


def test_a_dividend_belongs_to_the_trip_that_had_begun_even_when_it_is_over():
    fills = [fill(), fill(side=Side.SELL, price="101", minute=5), fill(minute=60)]
    late = Activity("d", "dividend", START + timedelta(minutes=30), Decimal(4), "AAPL")
    found = state(fills, activities=[late])
    assert [each.dividends for each in found.trips] == [4, 0]
    assert found.trips[0].net == 14


def test_a_dividend_of_the_moment_of_the_entry_belongs_to_it():
    paid = Activity("d", "dividend", START, Decimal(4), "AAPL")
    assert state([fill()], activities=[paid]).trips[0].dividends == 4


def test_a_split_restates_quantities_and_prices_of_the_trip_it_falls_into():
    found = state(
        [fill(price="100"), fill(side=Side.SELL, quantity="5", price="110", minute=1)],
        [Split("AAPL", START + timedelta(days=1), Decimal(4))],
    ).trips[0]
    assert [float(each) for each in (found.entered, found.left, found.most, found.held)] == [
        40,
        20,
        40,
        20,
    ]
    assert found.entry_price == 25
    assert found.exit_price == Decimal("27.5")
    assert found.profit == 50


def test_a_dividend_of_something_never_held_is_income_of_the_account():
    found = state([], activities=[Activity("d", "dividend", START, Decimal(4), "XYZ")])
    assert found.dividends == found.net == 4
    assert not found.trips


def test_transfers_are_no_profit():
    found = state([], activities=[Activity("t", "transfer", START, Decimal(5_000))])
    assert found.transfers == found.cash_change == 5_000
    assert found.net == 0


def test_a_brokers_own_word_is_money_all_the_same():
    found = state([], activities=[Activity("x", "ACATC", START, Decimal("-2.5"))])
    assert (found.other, found.net) == (Decimal("-2.5"), Decimal("-2.5"))


def test_a_split_told_by_the_broker_changes_what_is_held():
    at = START + timedelta(days=1)
    told_of = Activity("s", "split", at, Decimal(0), "AAPL", Decimal(30))
    found = state([fill()], activities=[told_of])
    assert [float(each.quantity) for each in found.lots] == [40]
    assert found.lots[0].price == 25
    known = state([fill()], [Split("AAPL", at, Decimal(4))], [told_of])
    assert known.lots == found.lots


def test_a_split_of_what_is_not_held_is_said():
    told_of = Activity("s", "split", START, Decimal(0), "AAPL", Decimal(30))
    assert "could not be followed" in state([], activities=[told_of]).notes[0]


def test_what_a_reverse_split_leaves_too_small_to_keep_is_a_loss():
    found = state(
        [fill(quantity="0.000001", price="1000000")],
        [Split("AAPL", START + timedelta(days=1), Decimal("0.1"))],
    )
    assert found.lots == ()
    assert found.realised == -1
    assert not found.trips[0].is_open


def test_pieces_tell_how_each_lot_ended():
    found = state(
        [
            fill(price="100", commission="2"),
            fill(price="110", minute=1),
            fill(side=Side.SELL, quantity="15", price="120", minute=2, commission="3"),
        ]
    )
    assert [float(each.quantity) for each in found.pieces] == [10, 5]
    assert [float(each.profit) for each in found.pieces] == [196, 49]
    assert [float(each.commission) for each in found.pieces] == [4, 1]


def test_trips_come_in_the_order_of_their_beginnings():
    found = state(
        [
            fill("AAPL"),
            fill("IBM", minute=1),
            fill("IBM", Side.SELL, minute=2),
            fill("AAPL", Side.SELL, minute=3),
        ]
    )
    assert [each.symbol for each in found.trips] == ["AAPL", "IBM"]
    assert found.unrealised({}) == 0


def test_what_is_held_without_a_price_has_no_profit_yet():
    assert state([fill()]).unrealised({}) is None
