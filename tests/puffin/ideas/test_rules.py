"""Ideas make sense, whatever the market does, and know nothing of the days to come."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Interval
from puffin.data.sample import SampleProvider
from puffin.ideas.base import LIFE, Grade, Idea, Method, NoIdea
from puffin.ideas.levels import Wanted, idea_or_not
from puffin.ideas.readings import FEWEST, price_text, readings_of
from puffin.ideas.rules import RULES, base_rate, ideas_of, past_ideas
from puffin.ideas.signals import signs
from puffin.types import Side
from tests.puffin.ideas.markets import bars_of, walk

DEMO = Path(__file__).parents[3] / "resources" / "demo"

markets = st.builds(
    walk,
    seed=st.integers(0, 10_000),
    days=st.integers(FEWEST, 320),
    drift=st.floats(-0.01, 0.01),
    spread=st.floats(0.002, 0.08),
    split_at=st.none() | st.integers(10, 300),
)


def every_idea(raw):
    readings = readings_of(raw)
    for row in range(FEWEST - 1, len(raw)):
        for rule in RULES.values():
            yield readings.at(row), rule(readings.at(row))


def must(found: Idea | NoIdea, now) -> None:
    assert found.reason
    if isinstance(found, NoIdea):
        return
    sign = found.side.sign
    assert (found.entry - found.stop) * sign > 0
    assert (found.target - found.entry) * sign > 0
    assert found.reward_to_risk >= 1
    assert float(abs(found.entry - found.stop)) >= now["atr"]
    assert 0 <= found.confidence <= 100
    assert 1 <= found.score <= 10
    assert all(each.value is not None for each in found.inputs)


@given(markets)
@settings(max_examples=25, deadline=None)
def test_no_idea_has_its_stop_on_the_wrong_side_or_less_to_win_than_to_lose(raw):
    for now, found in every_idea(raw):
        must(found, now)


@given(markets, st.integers(0, 60))
@settings(max_examples=15, deadline=None)
def test_what_comes_later_changes_no_idea(raw, back):
    row = max(FEWEST - 1, len(raw) - 1 - back)
    whole = [rule(readings_of(raw).at(row)) for rule in RULES.values()]
    known = ideas_of(raw.head(row + 1))
    for one, other in zip(whole, known, strict=True):
        assert type(one) is type(other)
        if isinstance(one, Idea) and isinstance(other, Idea):
            assert (one.side, one.entry, one.stop, one.target) == (
                (other.side, other.entry, other.stop, other.target)
            )
            assert one.score == pytest.approx(other.score, abs=0.011)


def test_ideas_are_the_same_before_and_after_the_past_is_restated_for_a_split():
    plain, split = walk(7, 330, drift=0.002), walk(7, 330, drift=0.002, split_at=280)
    for one, other in zip(every_idea(plain), every_idea(split), strict=True):
        assert type(one[1]) is type(other[1]) or one[1].reason[:8] == other[1].reason[:8]
        if isinstance(one[1], Idea) and isinstance(other[1], Idea):
            assert one[1].side is other[1].side
            ratio = float(one[1].close / other[1].close)
            assert ratio == pytest.approx(1 if one[0].bars <= 280 else 2, rel=1e-2)


def test_real_days_give_ideas_that_make_sense_and_two_of_a_kind_never_overlap():
    raw = SampleProvider(DEMO).history("IBM", Interval.D1).tail(700)
    readings, last = readings_of(raw), dict[object, int]()
    days = {readings.at(row).day: row for row in range(FEWEST - 1, len(raw))}
    count = 0
    for idea, outcomes in past_ideas(raw):
        count += 1
        row, key = days[idea.day], (idea.method, idea.side)
        must(idea, readings.at(row))
        assert row > last.get(key, -1)
        last[key] = row + LIFE
        assert [each.days for each in outcomes] == [1, 5, 20]
    assert count > 20


def test_too_few_days_and_unknown_numbers_are_said_instead_of_guessed():
    short = ideas_of(walk(1, FEWEST - 1))
    assert [each.reason for each in short] == ["TST has 249 days of prices; 250 are needed."] * 2
    quiet = walk(1, 300)
    silent = bars_of(
        quiet.open, quiet.high, quiet.low, quiet.close, np.zeros(300), quiet.adjusted_close
    )
    for each in ideas_of(silent):
        assert isinstance(each, NoIdea)
        assert each.reason == "Not known: Volume over the mean of 20 days before."
        assert next(one for one in each.inputs if one.id == "volume_ratio").value is None


def test_no_prices_at_all_is_no_idea():
    assert [each.method for each in ideas_of(walk(1, 260).head(0))] == list(Method)


def test_every_number_is_what_a_pencil_makes_of_the_prices():
    """Recomputed in plain Python, with none of the library that the rules use."""
    raw = SampleProvider(DEMO).history("MSFT", Interval.D1).head(900)
    now = readings_of(raw).at(-1)
    assert raw.adjusted_close is not None
    factors = [a / c for a, c in zip(raw.adjusted_close, raw.close, strict=True)]
    scale = [each / factors[-1] for each in factors]
    close = [c * s for c, s in zip(raw.close.tolist(), scale, strict=True)]
    high = [c * s for c, s in zip(raw.high.tolist(), scale, strict=True)]
    low = [c * s for c, s in zip(raw.low.tolist(), scale, strict=True)]
    volume = [v / s for v, s in zip(raw.volume.tolist(), scale, strict=True)]

    def mean(values):
        return math.fsum(values) / len(values)

    def wilder(values, window):
        found = mean(values[:window])
        for each in values[window:]:
            found = (found * (window - 1) + each) / window
        return found

    def exponential(values, window, first):
        found = [mean(values[first - window : first])]
        for each in values[first:]:
            found.append(found[-1] + 2 / (window + 1) * (each - found[-1]))
        return found

    moves = [b - a for a, b in pairwise(close)]
    gains, losses = [max(each, 0) for each in moves], [max(-each, 0) for each in moves]
    strength = wilder(gains, 14) / wilder(losses, 14)
    ranges = [
        max(h, before) - min(l_, before)
        for h, l_, before in zip(high[1:], low[1:], close, strict=False)
    ]
    fast, slow = exponential(close, 12, 26), exponential(close, 26, 26)
    gap = [a - b for a, b in zip(fast, slow, strict=True)]
    month = close[-20:]
    deviation = math.sqrt(mean([(each - mean(month)) ** 2 for each in month]))
    logs = [math.log(each) for each in month]
    away = [at - 9.5 for at in range(20)]
    steep = math.fsum(a * b for a, b in zip(away, logs, strict=True)) / 665
    spread = math.fsum((each - mean(logs)) ** 2 for each in logs)
    expected = {
        "close": raw.close[-1],
        "day": (close[-1] / close[-2] - 1) * 100,
        "sma20": mean(month),
        "sma50": mean(close[-50:]),
        "sma200": mean(close[-200:]),
        "d20": (close[-1] / mean(month) - 1) * 100,
        "volume_ratio": volume[-1] / mean(volume[-21:-1]),
        "rsi": 100 - 100 / (1 + strength),
        "macd": gap[-1] - exponential(gap, 9, 9)[-1],
        "upper": mean(month) + 2 * deviation,
        "lower": mean(month) - 2 * deviation,
        "width": 400 * deviation / mean(month),
        "atr": wilder(ranges, 14),
        "atr_percent": wilder(ranges, 14) / close[-1] * 100,
        "trend": (math.exp(steep * 20) - 1) * 100,
        "fit": steep**2 * 665 / spread,
        "high10": max(high[-10:]),
        "low10": min(low[-10:]),
    }
    assert dict(now.values) == pytest.approx(expected, rel=1e-6)


def wanted(side, entry, stop, target):
    return Wanted(Method.SIGNALS, side, entry, stop, target, 75, Grade.MEDIUM, 0.5, "Why.", ())


@pytest.mark.parametrize(
    ("side", "levels", "why"),
    [
        (Side.BUY, (100, 101, 110), "losing side"),
        (Side.BUY, (100, 100.004, 110), "losing side"),
        (Side.BUY, (100, 90, 99), "winning side"),
        (Side.BUY, (100, 90, 109), "to win for 1 to lose"),
        (Side.BUY, (100, 99.5, 110), "usual range of a day"),
        (Side.BUY, (100, -1, 300), "cannot be traded"),
        (Side.SELL, (100, 99, 90), "losing side"),
        (Side.SELL, (100, 110, 101), "winning side"),
        (Side.SELL, (100, 110, 91), "to win for 1 to lose"),
    ],
)
def test_levels_that_make_no_sense_are_no_idea_and_say_why(side, levels, why):
    calm = readings_of(walk(3, 300, spread=0.01)).at(-1)
    found = idea_or_not(calm, wanted(side, *map(float, levels)))
    assert isinstance(found, NoIdea)
    assert why in found.reason


def test_the_score_is_the_sum_it_shows():
    calm = readings_of(walk(3, 300, spread=0.01)).at(-1)
    found = idea_or_not(calm, wanted(Side.BUY, 100.0, 90.0, 120.0))
    assert isinstance(found, Idea)
    volume = {Grade.HIGH: 1.0, Grade.MEDIUM: 0.5, Grade.LOW: 0.2}[calm.volume]
    assert found.score == pytest.approx(75 / 10 * 0.6 + 0.2 + 0.5 + volume)
    assert f"= {found.score:.2f}" in found.formula
    assert found.reward_to_risk == Decimal(2)


def test_levels_lie_where_the_rules_say():
    raw = SampleProvider(DEMO).history("MSFT", Interval.D1).tail(1_200)
    seen = set()
    for now, found in every_idea(raw):
        if not isinstance(found, Idea):
            continue
        sign, close = found.side.sign, now["close"]
        if found.method is Method.MOMENTUM:
            away = (0.995, 0.95, 1.10) if sign > 0 else (1.005, 1.05, 0.90)
            expected = [close * each for each in away]
        else:
            bad, good = (max, min) if sign > 0 else (min, max)
            low, high = (now["lower"], now["low10"]), (now["upper"], now["high10"])
            stop, target = (bad(low), good(high)) if sign > 0 else (bad(high), good(low))
            expected = [close * (1 - sign * 0.002), stop, target]
        found_levels = [float(each) for each in (found.entry, found.stop, found.target)]
        assert found_levels == pytest.approx(expected, abs=0.0101)
        seen.add((found.method, found.side))
    assert len(seen) == 4


@pytest.mark.parametrize("close", [115.80, 121.40, 78.60, 27.80])
def test_a_level_that_is_a_whole_cent_stays_where_it_is(close):
    """115.80 times 0.95 is 110.01, though a computer makes 110.00999999999999 of it."""
    now = readings_of(walk(3, 300, spread=0.001)).at(-1)
    levels = [close * each for each in (0.995, 0.95, 1.10)]
    found = idea_or_not(now, wanted(Side.BUY, *levels))
    assert isinstance(found, Idea)
    told = Decimal(str(close))
    assert found.stop == told * Decimal("0.95")
    assert found.target == told * Decimal("1.1")


def test_the_close_is_kept_as_it_was_and_not_rounded():
    """What follows the idea later finds the day's scale by it."""
    raw = walk(12, 400, drift=0.002, spread=0.01)
    closes = {raw.when(at).date(): float(raw.close[at]) for at in range(len(raw))}
    found = [idea for idea, _ in past_ideas(raw)]
    assert found
    for each in found:
        assert float(each.close) == pytest.approx(closes[each.day], rel=1e-11)


def test_a_day_on_which_nothing_was_traded_gives_no_idea():
    raw = walk(3, 300, spread=0.01)
    volume = raw.volume.copy()
    volume[-1] = 0
    halted = readings_of(bars_of(raw.open, raw.high, raw.low, raw.close, volume)).at(-1)
    found = idea_or_not(halted, wanted(Side.BUY, 100.0, 90.0, 120.0))
    assert isinstance(found, NoIdea)
    assert found.reason == f"Nothing was traded on {halted.day}."


@pytest.mark.parametrize("scale", [0.00012 / 50, 12_000.0])
def test_the_smallest_and_the_largest_prices_are_told_as_they_are(scale):
    raw = walk(7, 300, spread=0.02)
    scaled = (each * scale for each in (raw.open, raw.high, raw.low, raw.close))
    now = readings_of(replace(bars_of(*scaled), volume=raw.volume)).at(-1)
    for each in now.inputs(("close", "sma20", "sma200", "upper", "lower", "atr")):
        assert each.value is not None
        assert float(each.text.replace(",", "")) == pytest.approx(each.value, rel=6e-4)
    for rule in RULES.values():
        must(rule(now), now)


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (600_000, "600,000.00"),
        (12.345, "12.35"),
        (0.5, "0.50"),
        (0.00012, "0.00012"),
        (-0.0042, "-0.0042"),
        (0.0, "0.00"),
    ],
)
def test_a_price_has_as_many_places_as_it_takes(price, text):
    assert price_text(price) == text


def test_each_sign_speaks_for_the_side_it_names():
    falling = readings_of(walk(5, 300, drift=-0.01, spread=0.004)).at(-1)
    points = {each.title: each.points for each in signs(falling)}
    assert points["RSI 14"] == 2  # oversold speaks for buying
    assert points["SMA 20"] == -1
    assert points["SMA 50 and 200"] == -1
    assert points["Trend of 20 days"] < -1


def test_what_any_buyer_had_is_counted_from_the_first_day_an_idea_could_come():
    rising = walk(5, 300, drift=0.02, spread=0.0001)
    assert base_rate(rising, 5) == pytest.approx((1.0, math.exp(0.1) - 1), rel=1e-2)
    assert base_rate(rising.head(FEWEST), 5) is None
