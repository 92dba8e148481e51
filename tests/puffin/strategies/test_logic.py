"""Rules worked out for all bars at once, against a plain evaluator of one bar at a time."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.factors.catalogue import indicator
from puffin.strategies.logic import Logic, time_part
from puffin.strategies.terms import (
    All,
    Any,
    Combined,
    Compare,
    Indicator,
    Not,
    Number,
    Price,
    TimeOf,
    Volume,
)
from tests.puffin.factors.market import walk
from tests.puffin.strategies.documents import terms

DAILY = walk(60, seed=3)
HOURLY = walk(60, seed=4, interval=Interval.H1)
MARKETS = st.sampled_from([DAILY, HOURLY, DAILY.head(3), DAILY.head(1)])
NEW_YORK = ZoneInfo("America/New_York")
RSI = Indicator(id="rsi", parameters={"window": 14})
NEVER = Compare(left=RSI, op=">", right=Number(value=1_000))
ALWAYS = Compare(left=Price(), op=">", right=Number(value=-1))


class Plain:
    """Evaluates rules bar by bar, with None for what is not known."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars

    def value(self, operand, row) -> float | None:
        if isinstance(operand, Number):
            return operand.value
        if isinstance(operand, Combined):
            left, right = self.value(operand.left, row), self.value(operand.right, row)
            if left is None or right is None:
                return None
            if operand.sum == "/" and right == 0:
                return None
            made = {
                "+": left + right,
                "-": left - right,
                "*": left * right,
                "/": left / right if right else 0.0,
            }[operand.sum]
            return made if math.isfinite(made) else None
        row -= operand.ago
        return self.now(operand, row) if row >= 0 else None

    def now(self, operand, row) -> float | None:
        bars = self.bars
        if isinstance(operand, Price):
            return float(getattr(bars, operand.field)[row])
        if isinstance(operand, Volume):
            return float(bars.volume[row])
        if isinstance(operand, TimeOf):
            return self.clock(operand.part, row)
        found = indicator(operand.id)
        # Computed from the bars up to here only: what comes later cannot matter.
        outputs = found.study(bars.head(row + 1), found.parameters(operand.parameters))
        value = float(outputs[operand.output or found.outputs[0].id][-1])
        return None if math.isnan(value) else value

    def clock(self, part, row) -> float | None:
        when = self.bars.when(row)
        if self.bars.interval.is_intraday:
            when = when.astimezone(NEW_YORK)
        elif part == "hour":
            return None
        return float(
            {
                "weekday": when.isoweekday(),
                "day": when.day,
                "month": when.month,
                "hour": when.hour,
            }[part]
        )

    def larger(self, one, other) -> bool:
        return bool(one - other > 1e-9 * max(abs(one), abs(other)))

    def compare(self, term, row) -> bool | None:
        left, right = self.value(term.left, row), self.value(term.right, row)
        if left is None or right is None:
            return None
        over, under = self.larger(left, right), self.larger(right, left)
        plain = {">": over, "<": under, ">=": not under, "<=": not over, "is": not (over or under)}
        if term.op in plain:
            return plain[term.op]
        if row == 0:
            return None
        left, right = self.value(term.left, row - 1), self.value(term.right, row - 1)
        if left is None or right is None:
            return None
        if term.op == "crosses above":
            return over and not self.larger(left, right)
        return under and not self.larger(right, left)

    def holds(self, term, row) -> bool | None:
        if isinstance(term, Compare):
            return self.compare(term, row)
        if isinstance(term, Not):
            inner = self.holds(term.term, row)
            return None if inner is None else not inner
        found = [self.holds(each, row) for each in term.terms]
        if isinstance(term, All):
            return False if False in found else None if None in found else True
        return True if True in found else None if None in found else False


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(terms(), MARKETS)
def test_any_rule_says_what_a_plain_look_at_each_bar_says(term, bars):
    truth, plain = Logic(bars).truth(term), Plain(bars)
    for row in range(len(bars)):
        expected = plain.holds(term, row)
        found = True if truth.yes[row] else False if truth.no[row] else None
        assert found is expected, row
        assert not (truth.yes[row] and truth.no[row])


def test_the_opposite_of_what_is_not_known_is_not_known():
    truth = Logic(DAILY).truth(Not(term=NEVER))
    assert not truth.yes[:14].any()
    assert truth.yes[14:].all()


def test_one_known_term_can_decide_for_all_of_them():
    logic = Logic(DAILY)
    false = Compare(left=Price(), op="<", right=Number(value=-1))
    assert logic.truth(Any(terms=(NEVER, ALWAYS))).yes.all()
    assert logic.truth(Not(term=All(terms=(NEVER, false)))).yes.all()
    assert not logic.truth(All(terms=(Not(term=NEVER), ALWAYS))).yes[:14].any()


def test_a_crossing_needs_the_bar_before():
    prices = np.array([10.0, 12, 8, 8, 11, 11])
    bars = Bars(
        "T", Interval.D1, np.arange(6) * 86_400 * 10**9, prices, prices, prices, prices, prices
    )
    up = Compare(left=Price(), op="crosses above", right=Number(value=10))
    down = Compare(left=Price(), op="crosses below", right=Number(value=10))
    assert Logic(bars).truth(up).yes.tolist() == [False, True, False, False, True, False]
    assert Logic(bars).truth(down).yes.tolist() == [False, False, True, False, False, False]
    assert not Logic(bars).truth(up).no[0]  # there is nothing it could have crossed from


def test_sums_that_differ_by_rounding_are_equal():
    bars = DAILY
    third = Combined(sum="*", left=Price(), right=Number(value=0.1))
    again = Combined(sum="/", left=Price(), right=Number(value=10.0))
    assert (third, again) != (again, third)
    truth = Logic(bars).truth(Compare(left=third, op=">", right=again))
    assert not truth.yes.any()
    assert Logic(bars).truth(Compare(left=third, op=">=", right=again)).yes.all()


def test_nothing_divided_by_zero_is_known():
    zero = Combined(sum="-", left=Price(), right=Price())
    term = Compare(
        left=Combined(sum="/", left=Price(), right=zero), op=">", right=Number(value=1.0)
    )
    truth = Logic(DAILY).truth(term)
    assert not truth.yes.any()
    assert not truth.no.any()


def moments(*texts) -> Bars:
    time = np.array(texts, "datetime64[ns]").astype(np.int64)
    one = np.ones(len(time))
    return Bars("T", Interval.H1, time, one, one, one, one, one)


def test_hours_are_those_of_new_york_in_winter_and_summer():
    bars = moments("2024-01-10T14:30", "2024-03-11T13:30", "2024-07-10T13:30", "2024-11-04T14:30")
    assert time_part(bars, "hour").tolist() == [9, 9, 9, 9]
    assert time_part(bars, "weekday").tolist() == [3, 1, 3, 1]


def test_a_late_bar_belongs_to_the_day_it_is_in_new_york():
    bars = moments("2024-03-01T01:00")
    assert time_part(bars, "day").tolist() == [29]
    assert time_part(bars, "month").tolist() == [2]


def test_daily_bars_have_a_weekday_and_no_hour():
    days = np.array(["2024-02-29", "2024-03-01"], "datetime64[ns]").astype(np.int64)
    one = np.ones(2)
    bars = Bars("T", Interval.D1, days, one, one, one, one, one)
    assert time_part(bars, "weekday").tolist() == [4, 5]
    assert time_part(bars, "day").tolist() == [29, 1]
    assert np.isnan(time_part(bars, "hour")).all()


def test_a_volume_weighted_price_is_known_from_the_first_whole_month_on():
    term = Compare(left=Indicator(id="vwap"), op=">", right=Number(value=0))
    days = DAILY.time.astype("datetime64[ns]").astype("datetime64[M]")
    whole = days != days[0]
    assert Logic(DAILY).truth(term).yes.tolist() == whole.tolist()


@pytest.mark.parametrize(("anchor", "known"), [("2004-08-20", True), ("2000-01-01", False)])
def test_an_anchored_price_is_known_if_its_anchor_lies_in_the_history(anchor, known):
    anchored = Indicator(id="anchored_vwap", parameters={"anchor": anchor})
    term = Compare(left=anchored, op=">", right=Number(value=0))
    assert Logic(DAILY).truth(term).yes.any() == known
