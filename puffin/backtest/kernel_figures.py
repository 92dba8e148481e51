"""The figures of a run, compiled: each curve is gone through as few times as can be.

The formulas are those of `puffin.measures`, compiled as they stand there; what is written here a
second time are the sums they start from, and a test compares each figure.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from puffin import measures
from puffin.backtest import layout as at
from puffin.backtest.kernel_fills import compiled, compiled_freely

if TYPE_CHECKING:
    from puffin.measures import Floats, Times

# What is known of a curve.
MEAN, DEVIATION, SHORTFALL, DEEPEST, HELD, DAYS, LEVEL = range(7)
SHAPE = 7
# The figures of a run, in the order of `quick.Figures`.
TOTAL, ANNUAL, VOLATILITY, SHARPE, SORTINO, DRAWDOWN, CALMAR, EXPOSURE = range(8)
TRADES, WIN_RATE, PROFIT_FACTOR = range(8, 11)
FIGURES = 11

sharpe_of = compiled(measures.sharpe_of)
sortino_of = compiled(measures.sortino_of)
growth_of = compiled(measures.growth_of)
calmar_of = compiled(measures.calmar_of)


@compiled_freely
def changes(before: Floats, after: Floats, out: Floats) -> tuple[float, int]:
    """Write each change on the value before; return their sum, and how many are of nothing."""
    total, bad = 0.0, 0
    for i in range(len(out)):
        change = after[i] / before[i] - 1.0
        out[i] = change
        total += change
        bad += (after[i] <= 0.0) | (before[i] <= 0.0)
    return total, bad


@compiled_freely
def spreads(moves: Floats, mean: float, required: float) -> tuple[float, float]:
    """Return the sums of squares: around the mean, and of what fell short of `required`."""
    around, short = 0.0, 0.0
    for i in range(len(moves)):
        around += (moves[i] - mean) * (moves[i] - mean)
        missing = min(moves[i] - required, 0.0)
        short += missing * missing
    return around, short


@compiled_freely
def share_held(position: Floats) -> float:
    """Return the share of rows on which something is held."""
    count = 0
    for i in range(len(position)):
        count += position[i] != 0.0
    return count / len(position)


@compiled
def deepest(values: Floats) -> float:
    """Return the deepest drawdown: the least value after each peak is divided, not every one."""
    peak, least, found = values[0], values[0], 1.0
    for value in values:
        if value > peak:
            found = min(found, least / peak)
            peak = least = value
        else:
            least = min(least, value)
    return float(min(found, least / peak) - 1.0)


@compiled
def below_peak(values: Floats, out: Floats) -> None:
    """Write the drawdown at each row."""
    peak = values[0]
    for i in range(len(values)):
        peak = max(peak, values[i])
        out[i] = peak
    for i in range(len(values)):
        out[i] = values[i] / out[i] - 1.0


@compiled_freely
def level(values: Floats) -> float:
    """Return the mean."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


@compiled
def days_below(time: Times, below: Floats) -> float:
    """Return the longest stay below a peak, in days, as `measures.days_under_water` does."""
    longest, peak, last = 0, 0, len(below) - 1
    for i in range(len(below)):
        if below[i] >= 0.0:
            if i - peak > 1:
                longest = max(longest, time[i] - time[peak])
            peak = i
    if peak < last:
        longest = max(longest, time[last] - time[peak])
    return longest / measures.NANOSECONDS_IN_DAY


@compiled
def shape(equity: Floats, position: Floats, required: float, spare: Floats, out: Floats) -> None:
    """Write what is known of a curve; `required` is the return of one bar that is no gain yet.

    `spare` has as many rows as the curve, and is written over.
    """
    count = len(equity) - 1
    moves = spare[:count]
    total, bad = changes(equity[:-1], equity[1:], moves)
    out[MEAN] = out[DEVIATION] = out[SHORTFALL] = math.nan
    if bad == 0 and count >= measures.FEWEST:
        mean = total / count
        around, short = spreads(moves, mean, required)
        out[MEAN], out[DEVIATION] = mean, math.sqrt(around / (count - 1))
        out[SHORTFALL] = math.sqrt(short / count)
    out[DEEPEST], out[HELD] = deepest(equity), share_held(position)


@compiled
def of_trades(t: Floats, count: int, out: Floats) -> None:
    """Write the figures of the closed trades."""
    wins, won, lost = 0, 0.0, 0.0
    for i in range(count):
        profit = t[i, at.TRADE_PROFIT]
        if profit > 0.0:
            wins += 1
            won += profit
        elif profit < 0.0:
            lost -= profit
    out[TRADES] = count
    out[WIN_RATE] = wins / count if count else math.nan
    out[PROFIT_FACTOR] = won / lost if lost > 0.0 else math.nan


@compiled
def of_curve(s: Floats, equity: Floats, rates: tuple[float, float, float], out: Floats) -> None:
    """Write the figures of a curve from its shape; `rates` are years, periods and risk-free."""
    years, periods, risk_free = rates
    out[TOTAL] = equity[-1] / equity[0] - 1.0 if equity[0] > 0.0 else math.nan
    out[ANNUAL] = growth_of(1.0 + out[TOTAL], years)
    out[VOLATILITY] = s[DEVIATION] * math.sqrt(periods)
    out[SHARPE] = sharpe_of(s[MEAN], s[DEVIATION], periods, risk_free)
    out[SORTINO] = sortino_of(s[MEAN], s[SHORTFALL], periods, risk_free)
    out[DRAWDOWN] = s[DEEPEST]
    out[CALMAR] = calmar_of(out[ANNUAL], s[DEEPEST])
    out[EXPOSURE] = s[HELD]
