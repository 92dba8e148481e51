"""What became of an idea is told to the letter, the worse where a day does not tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.ideas.base import HORIZONS, LIFE, End, Grade, Idea, Method
from puffin.ideas.outcomes import outcomes
from puffin.ideas.records import records, wilson
from puffin.types import Side
from tests.puffin.ideas.markets import bars_of, walk

SLIP = 0.0005
BUY = Idea(
    "TST",
    Side.BUY,
    Method.MOMENTUM,
    date(1999, 12, 25),
    close=Decimal(100),
    entry=Decimal(99),
    stop=Decimal(95),
    target=Decimal(110),
    confidence=70,
    score=5,
    formula="",
    risk=Grade.LOW,
    volatility=Grade.LOW,
    reason="",
    inputs=(),
)
SELL = replace(BUY, side=Side.SELL, entry=Decimal(101), stop=Decimal(105), target=Decimal(90))
QUIET = (100, 100.5, 99.5, 100)


def days(*told, first=(100, 100, 100, 100)):
    """Return bars of a day of the idea and the days after it, each (open, high, low, close)."""
    columns = np.array([first, *told], np.float64).T
    return bars_of(*columns)


def after(idea, *told):
    found = outcomes(replace(idea, day=days().last.date()), days(*told))
    return {each.days: each for each in found}


def test_the_entry_waits_for_its_price_and_fills_there():
    found = after(BUY, QUIET, (100, 101, 98.5, 100))
    assert found[1].end is End.UNFILLED
    assert found[5].end is End.WAITING
    assert not found[5].passed


def test_an_open_better_than_the_limit_fills_at_the_open():
    found = after(BUY, (97, 98, 96, 98))[1]
    assert found.end is End.OPEN
    assert found.gross == pytest.approx(98 / 97 - 1)
    assert found.ratio == pytest.approx(98 * (1 - SLIP) / 97 - 1)
    assert found.multiple == pytest.approx((98 * (1 - SLIP) - 97) / 4)


def test_an_entry_that_is_not_reached_in_five_days_is_never_filled_later():
    told = [QUIET] * LIFE + [(99, 99, 90, 90)] * 20
    found = after(BUY, *told)
    assert {each.end for each in found.values()} == {End.UNFILLED}
    assert found[20].passed


def test_a_gap_through_the_stop_costs_the_gap():
    found = after(BUY, (99, 99.5, 98, 98), (92, 93, 91, 93))[5]
    assert found.end is End.STOPPED
    assert found.price == 92
    assert found.gross == pytest.approx(92 / 99 - 1)
    assert found.multiple == pytest.approx((92 * (1 - SLIP) - 99) / 4)
    assert "open" in found.text


def test_where_a_day_reaches_both_the_stop_came_first():
    found = after(BUY, (99, 99, 98, 98), (100, 112, 94, 111))[5]
    assert found.end is End.STOPPED
    assert found.price == 95
    assert "target too" in found.text


def test_a_high_of_the_day_on_which_the_entry_filled_may_have_come_before_it():
    found = after(BUY, (104, 111, 98, 100))[1]
    assert found.end is End.OPEN
    stopped = after(BUY, (104, 111, 94, 100))[1]
    assert stopped.end is End.STOPPED


def test_an_entry_at_the_open_has_the_whole_day_before_it():
    found = after(BUY, (98, 111, 97, 100))[1]
    assert found.end is End.TARGET
    assert found.ratio == pytest.approx(110 / 98 - 1)


def test_a_target_that_the_open_has_gone_through_fills_at_the_open():
    found = after(BUY, (99, 99, 98, 98), (113, 114, 112, 113))[5]
    assert found.end is End.TARGET
    assert found.price == 113


def test_a_sale_is_the_mirror_of_a_purchase():
    found = after(SELL, (101, 102, 100, 102), (107, 108, 106, 107))[5]
    assert found.end is End.STOPPED
    assert found.gross == pytest.approx((101 - 107) / 101)
    won = after(SELL, (101, 102, 100, 102), (100, 101, 89, 92))[5]
    assert won.end is End.TARGET
    assert won.ratio == pytest.approx((101 - 90) / 101)
    assert won.multiple == pytest.approx(11 / 4)


def test_what_ended_early_is_known_early_and_counted_when_its_days_have_passed():
    found = after(BUY, (99, 99, 94, 94))
    assert found[20].end is End.STOPPED
    assert not found[20].passed
    assert found[1].passed


def test_a_split_after_the_idea_changes_the_scale_and_nothing_else():
    whole = days((99, 99.5, 98, 98), (96, 97, 94, 95), QUIET, QUIET, QUIET)
    day = replace(BUY, day=whole.last.date())
    idea = replace(BUY, day=whole.first.date())
    halves = bars_of(*(each / 2 for each in (whole.open, whole.high, whole.low, whole.close)))
    for one, other in zip(outcomes(idea, whole), outcomes(idea, halves), strict=True):
        assert (one.end, one.text) == (other.end, other.text)
        assert one.ratio == pytest.approx(other.ratio)
        assert one.price == pytest.approx(other.price)
        assert one.multiple == pytest.approx(other.multiple)
    assert outcomes(day, whole)[0].end is End.WAITING


def gone(idea, *told, since):
    found = outcomes(replace(idea, day=days().last.date()), days(*told), since=since)
    return {each.days: each for each in found}


def test_a_symbol_whose_prices_end_is_not_waited_for():
    """Three days after the idea it is no longer traded; the exchange has had 25 since."""
    found = gone(BUY, (99, 99.5, 98, 98), QUIET, QUIET, since=25)
    assert found[1].end is End.OPEN
    for later in (found[5], found[20]):
        assert later.end is End.UNKNOWN
        assert later.ratio is None
        assert later.text.startswith(f"The prices end on {days(QUIET, QUIET, QUIET).last.date()}")
    assert gone(BUY, (99, 99.5, 98, 98), QUIET, QUIET, since=10)[20].end is End.WAITING


def test_what_was_stopped_before_the_prices_ended_counts():
    """Otherwise the companies that went under would be missing from the record."""
    found = gone(BUY, (99, 99.5, 98, 98), (92, 93, 91, 93), since=25)
    assert [found[each].end for each in (5, 20)] == [End.STOPPED] * 2
    assert all(each.passed for each in found.values())
    assert not gone(BUY, (99, 99.5, 98, 98), (92, 93, 91, 93), since=4)[5].passed


def test_an_entry_that_was_not_reached_before_the_prices_ended_was_never_filled():
    found = gone(BUY, *[QUIET] * LIFE, since=25)
    assert [found[each].end for each in (5, 20)] == [End.UNFILLED] * 2
    assert found[20].passed
    assert gone(BUY, *[QUIET] * (LIFE - 1), since=25)[20].end is End.UNKNOWN


def test_a_day_without_trading_fills_nothing():
    told = [(99, 99, 90, 90), QUIET, QUIET, QUIET, QUIET, QUIET]
    raw = days(*told)
    volume = np.array([1e6, 0, *[1e6] * 5])
    idea = replace(BUY, day=days().last.date())
    found = outcomes(idea, replace(raw, volume=volume))
    assert {each.end for each in found[:2]} == {End.UNFILLED}


def test_prices_that_are_gone_are_unknown():
    found = outcomes(replace(BUY, day=date(1990, 1, 1)), days(QUIET))
    assert {each.end for each in found} == {End.UNKNOWN}
    assert all(each.ratio is None for each in found)


def by_hand(idea, told, horizon):
    """Follow an idea once more, written in another way: a list of prices that the day went by."""
    sign = idea.side.sign
    entry, stop, target = (float(each) * sign for each in (idea.entry, idea.stop, idea.target))
    bought, at_open = None, False
    for number, (o, h, l_, c) in enumerate(told[:horizon], start=1):
        first, best, worst = o * sign, max(h * sign, l_ * sign), min(h * sign, l_ * sign)
        if bought is None:
            if number > LIFE:
                return None
            if first <= entry:
                bought, at_open = first, True
            elif worst <= entry:
                bought, at_open = entry, False
            else:
                continue
            fresh = not at_open
        else:
            fresh = False
        if not fresh and first <= stop:
            return (first - bought - SLIP * abs(first)) / abs(bought)
        if worst <= stop:
            return (stop - bought - SLIP * abs(stop)) / abs(bought)
        if not fresh and best >= target:
            return (max(first, target) - bought) / abs(bought)
        if number == horizon:
            close = c * sign
            return (close - bought - SLIP * abs(close)) / abs(bought)
    return None


@given(st.integers(0, 100_000), st.booleans(), st.floats(0.005, 0.06))
@settings(max_examples=150, deadline=None)
def test_a_second_hand_follows_ideas_to_the_same_end(seed, buys, spread):
    bars = walk(seed, 40, spread=spread)
    bars = replace(bars, adjusted_close=None)
    close = Decimal(repr(round(float(bars.close[5]), 2)))
    sign = 1 if buys else -1
    idea = replace(
        BUY,
        side=Side.BUY if buys else Side.SELL,
        day=bars.when(5).date(),
        close=Decimal(repr(float(bars.close[5]))),
        entry=round(close * (1 - sign * Decimal("0.005")), 2),
        stop=round(close * (1 - sign * Decimal("0.05")), 2),
        target=round(close * (1 + sign * Decimal("0.1")), 2),
    )
    told = [
        (float(bars.open[at]), float(bars.high[at]), float(bars.low[at]), float(bars.close[at]))
        for at in range(6, len(bars))
    ]
    for each in outcomes(idea, bars):
        expected = by_hand(idea, told, each.days)
        assert each.ratio == (None if expected is None else pytest.approx(expected, abs=1e-9))


def told_of(ratios, horizon=1):
    found = outcomes(replace(BUY, day=days().last.date()), days(QUIET))[0]
    line = replace(found, days=horizon, end=End.OPEN, passed=True)
    return [(BUY, [replace(line, ratio=each, multiple=each * 20)]) for each in ratios]


def test_a_rate_is_said_from_thirty_ideas_on_and_with_how_sure_it_is():
    few = records(told_of([0.01] * 29))[0]
    assert few.hit_rate is None
    assert "too few to say" in few.text
    many = records(told_of([0.01] * 20 + [-0.01] * 20))[0]
    assert many.hit_rate == 0.5
    assert many.low == pytest.approx(0.352, abs=1e-3)
    assert many.high == pytest.approx(0.648, abs=1e-3)
    assert many.mean == pytest.approx(0)


def test_a_line_says_how_many_were_stopped():
    told = told_of([-0.05] * 2 + [0.01])
    for _, outcomes_ in told[:2]:
        outcomes_[0] = replace(outcomes_[0], end=End.STOPPED)
    assert records(told)[0].text == (
        "3 ideas, 3 filled, 1 gained, 2 stopped out, 0 at the target after 1 day: too few to say."
    )


def test_ideas_that_overlap_count_for_less():
    line = next(each for each in records(told_of([0.01] * 60, 20)) if each.days == 20)
    assert line.filled == 60
    assert line.hit_rate is None  # sixty every five days are fifteen apart


def test_what_has_not_passed_or_is_not_known_is_not_counted():
    told = told_of([0.01] * 3)
    early = [(BUY, [replace(told[0][1][0], passed=False)])]
    lost = [(BUY, [replace(told[0][1][0], end=End.UNKNOWN, ratio=None)])]
    assert records([*told, *early, *lost])[0].ideas == 3


@pytest.mark.parametrize(("rate", "count"), [(0.0, 30), (1.0, 30), (0.5, 7.5), (0.31, 200)])
def test_an_interval_lies_between_nothing_and_all_around_its_rate(rate, count):
    low, high = wilson(rate, count)
    assert 0 <= low <= rate <= high <= 1
    # Its ends are where the rate would just be surprising: Wilson's own definition.
    for end in (low, high):
        if 0 < end < 1:
            assert abs(rate - end) == pytest.approx(1.959964 * (end * (1 - end) / count) ** 0.5)


def test_horizons_are_those_that_are_promised():
    assert HORIZONS == (1, 5, 20)
