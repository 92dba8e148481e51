"""Measures of performance: the one home of each formula, where undefined is None, never 0 or NaN.

Annualised measures take `periods`, the number of returns in a year. Checked against the published
test values of empyrical (Quantopian's measures); where two conventions exist, the docstring names
the one used here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]

DAYS_IN_YEAR: Final = 365.25
NANOSECONDS_IN_DAY: Final = 86_400_000_000_000
FEWEST: Final = 2  # a spread needs two numbers
ROWS_AT_ONCE: Final = 20_000  # keeps the windows of a long history within a few megabytes
NOTHING: Final = 1e-12  # a spread smaller than this is rounding
LARGEST_EXPONENT: Final = math.log(1e12)  # a yearly growth beyond this says nothing


def returns(values: Floats) -> Floats:
    """Return each value's change on the one before: `v[i] / v[i-1] - 1`, one fewer than values.

    Meaningless, and so all NaN, when the account was at or below zero on the way.
    """
    if len(values) < FEWEST:
        return np.empty(0)
    if float(values.min()) <= 0:
        return np.full(len(values) - 1, np.nan)
    return values[1:] / values[:-1] - 1


def total_return(values: Floats) -> float | None:
    """Return the gain over the whole period: `last / first - 1`."""
    if not len(values) or values[0] <= 0:
        return None
    return _known(float(values[-1] / values[0] - 1))


def years(time: Times) -> float:
    """Return the calendar years between the first and the last time, in nanoseconds."""
    if not len(time):
        return 0.0
    return (int(time[-1]) - int(time[0])) / NANOSECONDS_IN_DAY / DAYS_IN_YEAR


def cagr(growth: float, over_years: float) -> float | None:
    """Return the compound annual growth rate: `growth ** (1 / years) - 1`.

    Args:
        growth: Last value divided by the first.
        over_years: Calendar years between them, not trading days over 252.
    """
    return _known(growth_of(growth, over_years))


def growth_of(growth: float, over_years: float) -> float:
    """Return the same, NaN where it is not defined; the compiled figures use it too."""
    if over_years <= 0 or not 0 < growth < math.inf:
        return math.nan
    exponent = math.log(growth) / over_years
    return math.expm1(exponent) if exponent < LARGEST_EXPONENT else math.nan


def volatility(changes: Floats, periods: float) -> float | None:
    """Return the annual standard deviation of returns (sample, n - 1)."""
    if len(changes) < FEWEST:
        return None
    return _known(float(changes.std(ddof=1)) * math.sqrt(periods))


def sharpe(changes: Floats, periods: float, risk_free: float = 0.0) -> float | None:
    """Return the reward for each unit of risk: mean excess return over its deviation, annualised.

    Arithmetic convention (Sharpe 1994): `mean(r - f) / std(r - f) * sqrt(periods)`, with the
    annual `risk_free` spread evenly. Above 1 is good; above 3 check for a mistake.
    """
    if len(changes) < FEWEST:
        return None
    mean, deviation = float(changes.mean()), float(changes.std(ddof=1))
    return _known(sharpe_of(mean, deviation, periods, risk_free))


def sharpe_of(mean: float, deviation: float, periods: float, risk_free: float) -> float:
    """Return the same from mean and deviation of the returns, NaN where it is not defined."""
    if not deviation > NOTHING:
        return math.nan
    return (mean - risk_free / periods) / deviation * math.sqrt(periods)


def downside_risk(changes: Floats, periods: float, required: float = 0.0) -> float | None:
    """Return the annual deviation of what fell short: `sqrt(mean(min(r - required, 0) ** 2))`.

    `required` is a return of one period.
    """
    if not len(changes):
        return None
    return _known(shortfall(changes, required) * math.sqrt(periods))


def shortfall(changes: Floats, required: float = 0.0) -> float:
    """Return the same of one period: `sqrt(mean(min(r - required, 0) ** 2))` of known returns."""
    short = np.minimum(changes - required, 0.0)
    return math.sqrt(float(np.mean(short * short)))


def sortino(changes: Floats, periods: float, risk_free: float = 0.0) -> float | None:
    """Return mean excess return over downside risk, annualised; None if nothing fell short.

    Like Sharpe's, but swings upward are no risk (Sortino and Price 1994).
    """
    if len(changes) < FEWEST:
        return None
    missing = shortfall(changes, risk_free / periods)
    return _known(sortino_of(float(changes.mean()), missing, periods, risk_free))


def sortino_of(mean: float, missing: float, periods: float, risk_free: float) -> float:
    """Return the same from mean and `shortfall` of the returns, NaN where it is not defined."""
    risk = missing * math.sqrt(periods)
    if not risk > NOTHING:
        return math.nan
    return (mean - risk_free / periods) * periods / risk


def drawdown(values: Floats) -> Floats:
    """Return how far each value is below the highest so far: 0 at a peak, -0.25 a quarter down."""
    if not len(values):
        return np.empty(0)
    below = np.maximum.accumulate(values)
    np.divide(values, below, out=below)
    below -= 1
    return below


def max_drawdown(values: Floats) -> float | None:
    """Return the deepest drawdown, as a negative share of the peak: -0.34 is 34 % down."""
    return deepest(drawdown(values))


def deepest(below: Floats) -> float | None:
    """Return the same from a curve of drawdowns, where that is known already."""
    return _known(float(below.min())) if len(below) else None


def max_drawdown_days(time: Times, values: Floats) -> float | None:
    """Return the longest stay below a peak, in calendar days from that peak.

    It ends when the peak is reached again, or with the data.
    """
    if not len(values):
        return None
    return days_under_water(time, values - np.maximum.accumulate(values))


def days_under_water(time: Times, below: Floats) -> float | None:
    """Return the same from a curve that is 0 at a peak and negative below one."""
    if not len(below):
        return None
    peaks = np.append(time[below >= 0], time[-1])
    spans = np.diff(peaks)
    # From one peak to the next nothing was lost, unless something lies between them.
    rows = np.flatnonzero(below >= 0)
    between = np.append(np.diff(rows) > 1, rows[-1] < len(below) - 1)
    return float(spans[between].max()) / NANOSECONDS_IN_DAY if between.any() else 0.0


def calmar(annual: float | None, deepest: float | None) -> float | None:
    """Return annual growth over the deepest drawdown (Young 1991); None without either."""
    if annual is None or deepest is None:
        return None
    return _known(calmar_of(annual, deepest))


def calmar_of(annual: float, deepest: float) -> float:
    """Return the same, NaN where it is not defined."""
    return annual / -deepest if deepest < 0 else math.nan


def ulcer_index(below: Floats) -> float | None:
    """Return how deep and how long a curve lay under water: `sqrt(mean(drawdown ** 2))`.

    Takes a curve of drawdowns (Martin and McCann 1989). Unlike the deepest one it knows how long
    each of them lasted.
    """
    return _known(math.sqrt(float(np.mean(below * below)))) if len(below) else None


def omega(changes: Floats, required: float = 0.0) -> float | None:
    """Return what was gained above a return of one period over what fell short of it.

    `sum(max(r - required, 0)) / sum(max(required - r, 0))` (Keating and Shadwick 2002); None while
    nothing fell short. 1 is a fair bet.
    """
    short = -float(np.minimum(changes - required, 0.0).sum())
    return _known(float(np.maximum(changes - required, 0.0).sum()) / short) if short > 0 else None


def tail_ratio(changes: Floats) -> float | None:
    """Return the 95th percentile over the size of the 5th: above 1, good days outdo bad ones."""
    if not len(changes):
        return None
    low, high = np.percentile(changes, (5, 95)).tolist()
    return _known(high / -low) if low < 0 else None


def win_rate(profits: Floats) -> float | None:
    """Return the share of closed trades that made money; a trade that broke even did not."""
    return float(np.mean(profits > 0)) if len(profits) else None


def profit_factor(profits: Floats) -> float | None:
    """Return money won over money lost on closed trades; None while nothing was lost."""
    lost = -float(profits[profits < 0].sum())
    return _known(float(profits[profits > 0].sum()) / lost) if lost > 0 else None


def expectancy(profits: Floats) -> float | None:
    """Return the mean profit of a closed trade, in money."""
    return _known(float(profits.mean())) if len(profits) else None


def exposure(position: Floats) -> float | None:
    """Return the share of bars at whose close something was held."""
    return float(np.mean(position != 0)) if len(position) else None


def turnover(traded: float, values: Floats, over_years: float) -> float | None:
    """Return how often a year the account was turned over: half of what was traded over its mean.

    Half, because money that buys and sells again was turned over once. 2 a year is a slow
    strategy, 100 a fast one, which costs decide about.
    """
    return _known(turnover_of(traded, float(values.mean()), over_years)) if len(values) else None


def turnover_of(traded: float, mean: float, over_years: float) -> float:
    """Return the same from the mean of the account, NaN where it is not defined."""
    return traded / 2 / mean / over_years if over_years > 0 and mean > 0 else math.nan


def monthly_returns(time: Times, values: Floats) -> tuple[NDArray[np.datetime64], Floats]:
    """Return each calendar month (UTC) with its return, from the end of the month before.

    The first counts from the first value. Months without any value are left out.
    """
    months = time.astype("datetime64[ns]").astype("datetime64[M]")
    last = np.flatnonzero(np.append(months[1:] != months[:-1], np.ones(min(len(months), 1), bool)))
    ends = np.concatenate((values[:1], values[last]))
    return months[last], returns(ends)


def rolling_return(values: Floats, window: int) -> Floats:
    """Return the return over each `window` of changes, for each change; NaN until full."""
    found = np.full(max(len(values) - 1, 0), np.nan)
    if window <= len(found):
        found[window - 1 :] = values[window:] / values[:-window] - 1
    return found


def rolling_volatility(changes: Floats, window: int, periods: float) -> Floats:
    """Return the annual standard deviation of each `window` of returns; NaN until full."""
    return _rolling_moments(changes, window)[1] * math.sqrt(periods)


def rolling_sharpe(changes: Floats, window: int, periods: float, risk_free: float = 0.0) -> Floats:
    """Return the ratio that `sharpe` defines of each `window` of returns; NaN until full."""
    mean, spread = _rolling_moments(changes, window)
    known = np.where(spread > NOTHING, spread, np.nan)
    return (mean - risk_free / periods) / known * math.sqrt(periods)


def _rolling_moments(changes: Floats, window: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation (n - 1) of each window."""
    mean, spread = np.full(len(changes), np.nan), np.full(len(changes), np.nan)
    for start in range(window - 1, len(changes), ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, len(changes))
        rows = sliding_window_view(changes[start - window + 1 : stop], window)
        mean[start:stop], spread[start:stop] = rows.mean(axis=1), rows.std(axis=1, ddof=1)
    return mean, spread


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
