"""Measures of performance: the one home of each formula, where undefined is None, never 0 or NaN.

Annualised measures take `periods`, the number of returns in a year. Checked against the published
test values of empyrical (Quantopian's measures); where two conventions exist, the docstring names
the one used here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]

DAYS_IN_YEAR: Final = 365.25
NANOSECONDS_IN_DAY: Final = 86_400_000_000_000
FEWEST: Final = 2  # a spread needs two numbers
NOTHING: Final = 1e-12  # a spread smaller than this is rounding


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
    if over_years <= 0 or growth <= 0 or not math.isfinite(growth):
        return None
    exponent = math.log(growth) / over_years
    return _known(math.expm1(exponent)) if exponent < math.log(1e12) else None


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
    excess = changes - risk_free / periods
    deviation = float(excess.std(ddof=1))
    if not deviation > NOTHING:
        return None
    return _known(float(excess.mean()) / deviation * math.sqrt(periods))


def downside_risk(changes: Floats, periods: float, required: float = 0.0) -> float | None:
    """Return the annual deviation of what fell short: `sqrt(mean(min(r - required, 0) ** 2))`.

    `required` is a return of one period.
    """
    if not len(changes):
        return None
    short = np.minimum(changes - required, 0.0)
    return _known(math.sqrt(float(np.mean(short * short))) * math.sqrt(periods))


def sortino(changes: Floats, periods: float, risk_free: float = 0.0) -> float | None:
    """Return mean excess return over downside risk, annualised; None if nothing fell short.

    Like Sharpe's, but swings upward are no risk (Sortino and Price 1994).
    """
    if len(changes) < FEWEST:
        return None
    required = risk_free / periods
    risk = downside_risk(changes, periods, required)
    if risk is None or risk <= NOTHING:
        return None
    return _known(float(changes.mean() - required) * periods / risk)


def drawdown(values: Floats) -> Floats:
    """Return how far each value is below the highest so far: 0 at a peak, -0.25 a quarter down."""
    if not len(values):
        return np.empty(0)
    return values / np.maximum.accumulate(values) - 1


def max_drawdown(values: Floats) -> float | None:
    """Return the deepest drawdown, as a negative share of the peak: -0.34 is 34 % down."""
    return _known(float(drawdown(values).min())) if len(values) else None


def max_drawdown_days(time: Times, values: Floats) -> float | None:
    """Return the longest stay below a peak, in calendar days from that peak.

    It ends when the peak is reached again, or with the data.
    """
    if not len(values):
        return None
    at_peak = values >= np.maximum.accumulate(values)
    peaks = np.append(time[at_peak], time[-1])
    under_water = np.flatnonzero(~at_peak)
    if not len(under_water):
        return 0.0
    first_after = np.searchsorted(peaks[:-1], time[under_water])
    spans = peaks[first_after] - peaks[first_after - 1]
    return float(spans.max()) / NANOSECONDS_IN_DAY


def calmar(annual: float | None, deepest: float | None) -> float | None:
    """Return annual growth over the deepest drawdown (Young 1991); None without either."""
    if annual is None or deepest is None or deepest >= 0:
        return None
    return _known(annual / -deepest)


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


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
