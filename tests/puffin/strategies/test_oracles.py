"""Each strategy against a plain loop that looks at one bar after the other."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, pstdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.strategies.breakout import Breakout, BreakoutParameters
from puffin.strategies.macd_trend import MacdTrend, MacdTrendParameters
from puffin.strategies.rsi_reversal import RsiReversal, RsiReversalParameters
from puffin.strategies.squeeze import Squeeze, SqueezeParameters
from puffin.strategies.volume_breakout import VolumeBreakout, VolumeBreakoutParameters
from tests.puffin.factors.market import google, needs_reference, walk

SEEDS = st.integers(0, 10_000)
few = settings(deadline=None, max_examples=40)


def latch(rows, enters, leaves, first) -> list[float]:
    """1 from an entry until an exit, told one bar after the other; an exit counts first."""
    held, found = 0.0, []
    for row in range(rows):
        if row >= 1:
            if leaves(row):
                held = 0.0
            elif enters(row):
                held = 1.0
        found.append(held if row >= first else math.nan)
    return found


def same(found, expected) -> None:
    np.testing.assert_array_equal(found, expected)


@few
@given(SEEDS, st.integers(5, 30), st.integers(2, 30), st.booleans())
def test_breakout(seed, entry, leave, long_only):
    leave = min(entry, leave)
    bars = walk(300, seed)
    high, low, close = bars.high.tolist(), bars.low.tolist(), bars.close.tolist()

    def highest(row, bars_before):
        return max(high[row - bars_before : row]) if row >= bars_before else math.inf

    def lowest(row, bars_before):
        return min(low[row - bars_before : row]) if row >= bars_before else -math.inf

    expected = np.array(
        latch(
            300,
            lambda row: close[row] > highest(row, entry),
            lambda row: close[row] < lowest(row, leave),
            entry,
        )
    )
    if not long_only:
        expected -= np.array(
            latch(
                300,
                lambda row: close[row] < lowest(row, entry),
                lambda row: close[row] > highest(row, leave),
                entry,
            )
        )
    chosen = Breakout(BreakoutParameters(entry=entry, exit=leave, long_only=long_only))
    same(chosen.signals(bars).target, expected)


def wilder(changes, window) -> list[float]:
    """Wilder's average: the mean of the first ones, then a share of each."""
    average = mean(changes[:window])
    found = [math.nan] * (window - 1) + [average]
    for each in changes[window:]:
        average = (average * (window - 1) + each) / window
        found.append(average)
    return found


def rsi(close, window) -> list[float]:
    """Wilder's index as his book computes it, by hand."""
    steps = [b - a for a, b in pairwise(close)]
    gains = wilder([max(each, 0) for each in steps], window)
    losses = wilder([max(-each, 0) for each in steps], window)
    return [math.nan] + [
        100 * up / (up + down) if up + down else 0.0 for up, down in zip(gains, losses, strict=True)
    ]


@few
@given(SEEDS, st.integers(2, 20), st.sampled_from([20.0, 30.0, 40.0]), st.booleans())
def test_rsi_reversal(seed, window, oversold, long_only):
    bars = walk(400, seed)
    index = rsi(bars.close.tolist(), window)
    overbought, leave = 100 - oversold, 55.0
    chosen = RsiReversal(
        RsiReversalParameters(
            window=window, oversold=oversold, overbought=overbought, long_only=long_only
        )
    )
    first = chosen.warm_up - 1

    def counts(row):
        return row >= first

    expected = np.array(
        latch(
            400,
            lambda row: counts(row) and index[row - 1] <= oversold < index[row],
            lambda row: index[row] >= leave,
            first,
        )
    )
    if not long_only:
        expected -= np.array(
            latch(
                400,
                lambda row: counts(row) and index[row - 1] >= overbought > index[row],
                lambda row: index[row] <= 100 - leave,
                first,
            )
        )
    same(chosen.signals(bars).target, expected)


def ema(values, window, start) -> list[float]:
    """An exponential average from `start` on, begun with the mean of its first window."""
    found = [math.nan] * len(values)
    average = mean(values[start : start + window])
    found[start + window - 1] = average
    for row in range(start + window, len(values)):
        average += 2 / (window + 1) * (values[row] - average)
        found[row] = average
    return found


@few
@given(SEEDS, st.integers(2, 10), st.integers(2, 10), st.integers(2, 9), st.booleans())
def test_macd_trend(seed, fast, more, signal, zero):
    bars = walk(400, seed)
    close, slow = bars.close.tolist(), fast + more
    chosen = MacdTrend(
        MacdTrendParameters(fast=fast, slow=slow, signal=signal, zero=zero, long_only=False)
    )
    # The fast average is begun so that both have their first value on the same bar.
    quick, late = ema(close, fast, slow - fast), ema(close, slow, 0)
    line = [a - b for a, b in zip(quick, late, strict=True)]
    follows = ema(line, signal, slow - 1)
    expected = []
    for row, (macd, other) in enumerate(zip(line, follows, strict=True)):
        if row < chosen.warm_up - 1:
            expected.append(math.nan)
        elif macd > other and (macd > 0 or not zero):
            expected.append(1.0)
        elif macd < other and (macd < 0 or not zero):
            expected.append(-1.0)
        else:
            expected.append(0.0)
    same(chosen.signals(bars).target, expected)


@few
@given(SEEDS, st.integers(5, 15), st.integers(20, 40), st.integers(1, 10), st.booleans())
def test_squeeze(seed, window, lookback, patience, long_only):
    bars = walk(300, seed)
    close = bars.close.tolist()
    middle, upper, lower, width = ([math.nan] * 300 for _ in range(4))
    for row in range(window - 1, 300):
        part = close[row - window + 1 : row + 1]
        middle[row], deviation = mean(part), pstdev(part)
        upper[row], lower[row] = middle[row] + deviation, middle[row] - deviation
        width[row] = (upper[row] - lower[row]) / middle[row]
    squeezed = [
        row >= window + lookback - 2 and width[row] == min(width[row - lookback + 1 : row + 1])
        for row in range(300)
    ]
    chosen = Squeeze(
        SqueezeParameters(
            window=window, deviations=1.0, lookback=lookback, patience=patience, long_only=long_only
        )
    )

    def calm(row):
        return any(squeezed[max(row - patience, 0) : row])

    first = chosen.warm_up - 1
    expected = np.array(
        latch(
            300,
            lambda row: calm(row) and close[row] > upper[row],
            lambda row: close[row] < middle[row],
            first,
        )
    )
    if not long_only:
        expected -= np.array(
            latch(
                300,
                lambda row: calm(row) and close[row] < lower[row],
                lambda row: close[row] > middle[row],
                first,
            )
        )
    same(chosen.signals(bars).target, expected)


@few
@given(SEEDS, st.integers(5, 30), st.sampled_from([1.0, 1.3, 1.6]), st.booleans())
def test_volume_breakout(seed, window, times, long_only):
    bars = walk(400, seed)
    chosen = VolumeBreakout(
        VolumeBreakoutParameters(window=window, times=times, stop=3.0, long_only=long_only)
    )
    orders = chosen.orders(bars)
    high, low, close = bars.high.tolist(), bars.low.tolist(), bars.close.tolist()
    volume = bars.volume.tolist()
    reach = [
        max(high[row], close[row - 1]) - min(low[row], close[row - 1]) for row in range(1, 400)
    ]
    ranges = [math.nan, *wilder(reach, 14)]
    side = 0
    for row in range(400):
        placed = [
            None if entries is None or math.isnan(entries.weight[row]) else entries
            for entries in (orders.buy, orders.sell)
        ]
        if row < chosen.warm_up - 1:
            assert placed == [None, None]
            continue
        highs, lows = high[row - window : row], low[row - window : row]
        middle = (max(highs) + min(lows)) / 2
        busy = volume[row] >= times * mean(volume[row - window : row])
        closes = (side > 0 and close[row] < middle) or (side < 0 and close[row] > middle)
        assert orders.exits is not None
        assert bool(orders.exits[row]) == closes
        assert (placed[0] is not None) == (busy and close[row] > max(highs))
        assert (placed[1] is not None) == (not long_only and busy and close[row] < min(lows))
        for entries, sign in zip(placed, (1, -1), strict=True):
            if entries is not None:
                side = sign
                stop = entries.column("stop_loss")[row]
                assert stop == pytest.approx(close[row] - sign * 3 * ranges[row], rel=1e-9)


def test_a_bar_without_volume_before_it_confirms_nothing():
    bars = walk(300)
    silent = Bars(
        *("TEST", Interval.D1, bars.time, bars.open, bars.high, bars.low, bars.close),
        np.zeros(300),
    )
    orders = VolumeBreakout().orders(silent)
    assert orders.buy is not None
    assert np.isnan(orders.buy.weight).all()


@needs_reference
def test_the_reversal_of_rsi_reads_what_ta_lib_gives():
    bars = google()
    found = RsiReversal().readings(bars)[0].values
    by_hand = np.array(rsi(bars.close.tolist(), 14))
    known = ~np.isnan(found)
    assert known.sum() > 2_000
    np.testing.assert_allclose(found[known], by_hand[known], rtol=1e-9)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: BreakoutParameters(entry=10, exit=20), "exit window .20. must not be longer"),
        (lambda: MacdTrendParameters(fast=26, slow=26), "fast window .26. must be smaller"),
        (lambda: RsiReversalParameters(oversold=40, exit=35), "exit .35. must be above"),
        (lambda: RsiReversalParameters(overbought=60, exit=65), "no higher than the overbought"),
        (lambda: RsiReversalParameters(oversold=45, exit=60), "Short positions end at 40"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
