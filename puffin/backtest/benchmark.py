"""A benchmark beside a run: what simply holding it would have brought, and how the run compares.

Relative measures compare returns of the same bars, r of the run and b of the benchmark:

* beta: cov(r, b) / var(b), and alpha: (1 + mean((r - f) - beta (b - f))) ** periods - 1, a
  compounded annual rate (Jensen 1968; the convention of empyrical, checked against its values);
* tracking error: std(r - b) * sqrt(periods), with n - 1 (Grinold and Kahn 1999);
* information ratio: mean(r - b) * periods / tracking error (ditto).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin import measures
from puffin.backtest.metrics import periods_in_year
from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult
    from puffin.data.bars import Bars, Interval
    from puffin.measures import Floats, Times

FEWEST = 3  # prices in common: two returns, the least that have a spread


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """A benchmark bought at the first close of a run and held, without costs.

    Attributes:
        symbol: What it is.
        equity: One value for each row of the run; NaN before its first price.
        metrics: Its own (total_return, cagr, volatility, sharpe, sortino, max_drawdown, calmar)
            and how the run compares (alpha, beta, correlation, tracking_error,
            information_ratio, excess_return); None where undefined. Over the rows on which it has
            a price.
        notes: What a reader should know, in sentences.
    """

    symbol: str
    equity: Floats
    metrics: dict[str, float | None]
    notes: tuple[str, ...] = ()


def compare(result: BacktestResult, bars: Bars, *, risk_free: float = 0.0) -> Benchmark:
    """Return a benchmark beside a run over one symbol.

    Args:
        result: The run.
        bars: Prices of the benchmark, at the same interval; adjusted ones, or its dividends miss.
        risk_free: Annual rate, as the run was measured with.

    Raises:
        NoDataError: The two have fewer than three rows in common.
        ParameterError: The intervals differ.
    """
    return beside(result.time, result.equity, result.interval, bars, risk_free=risk_free)


def beside(
    time: Times, equity: Floats, interval: Interval, bars: Bars, *, risk_free: float = 0.0
) -> Benchmark:
    """Return the same from a run's columns."""
    if bars.interval is not interval:
        raise ParameterError(
            f"The benchmark {bars.symbol} has bars of {bars.interval.label}, the run bars of "
            f"{interval.label}; they must be equally long."
        )
    bars.validate()
    latest = np.searchsorted(bars.time, time, side="right") - 1
    known = latest >= 0
    # Behind its last bar a benchmark has no price: to carry it on would call it calm.
    known &= time <= bars.time[-1]
    rows = np.flatnonzero(known)
    if len(rows) < FEWEST:
        raise NoDataError(
            f"The benchmark {bars.symbol} has prices on {len(rows)} rows of this run; "
            f"{FEWEST} are needed.",
            hint="Choose a benchmark that covers the period.",
        )
    held = np.full(len(time), np.nan)
    price = bars.close[latest[rows]]
    held[rows] = equity[rows[0]] * price / price[0]
    metrics = _metrics((time[rows], held[rows], equity[rows]), interval, risk_free)
    return Benchmark(bars.symbol, held, metrics, _notes(bars, time, rows))


def beta(changes: Floats, other: Floats) -> float | None:
    """Return how much of the other's moves a run takes: cov(r, b) / var(b); None if b is flat."""
    if len(changes) < measures.FEWEST:
        return None
    swing = other - other.mean()
    variance = float(swing @ swing)
    if not variance > measures.NOTHING**2 * len(other):
        return None
    return _known(float((changes - changes.mean()) @ swing) / variance)


def alpha(changes: Floats, other: Floats, periods: float, risk_free: float = 0.0) -> float | None:
    """Return what beta does not explain, as a compounded annual rate."""
    slope = beta(changes, other)
    if slope is None:
        return None
    free = risk_free / periods
    spare = float(np.mean((changes - free) - slope * (other - free)))
    if spare <= -1:
        return None
    exponent = periods * math.log1p(spare)
    return _known(math.expm1(exponent)) if exponent < math.log(1e12) else None


def tracking_error(changes: Floats, other: Floats, periods: float) -> float | None:
    """Return the annual deviation of the difference between the two returns (n - 1)."""
    return measures.volatility(changes - other, periods)


def information_ratio(changes: Floats, other: Floats, periods: float) -> float | None:
    """Return the annual mean of the difference over its deviation; None if they move as one."""
    return measures.sharpe(changes - other, periods)


def correlation(changes: Floats, other: Floats) -> float | None:
    """Return how much the two move together, -1 to 1; None if one of them does not move."""
    if len(changes) < measures.FEWEST:
        return None
    one, two = changes - changes.mean(), other - other.mean()
    scale = math.sqrt(float(one @ one) * float(two @ two))
    return _known(float(one @ two) / scale) if scale > measures.NOTHING**2 else None


def _metrics(
    columns: tuple[Times, Floats, Floats], interval: Interval, risk_free: float
) -> dict[str, float | None]:
    time, held, equity = columns
    periods, years = periods_in_year(interval), measures.years(time)
    own, run = measures.returns(held), measures.returns(equity)
    total, mine = measures.total_return(held), measures.total_return(equity)
    annual = None if total is None else measures.cagr(1 + total, years)
    deepest = measures.max_drawdown(held)
    return {
        "total_return": total,
        "cagr": annual,
        "volatility": measures.volatility(own, periods),
        "sharpe": measures.sharpe(own, periods, risk_free),
        "sortino": measures.sortino(own, periods, risk_free),
        "max_drawdown": deepest,
        "calmar": measures.calmar(annual, deepest),
        "alpha": alpha(run, own, periods, risk_free),
        "beta": beta(run, own),
        "correlation": correlation(run, own),
        "tracking_error": tracking_error(run, own, periods),
        "information_ratio": information_ratio(run, own, periods),
        "excess_return": None if total is None or mine is None else mine - total,
    }


def _notes(bars: Bars, time: Times, rows: Times) -> tuple[str, ...]:
    found = []
    if len(rows) < len(time):
        found.append(
            f"{bars.symbol} has prices on {len(rows):,} of {len(time):,} rows; it is compared on "
            "those."
        )
    own = int(np.isin(time[rows], bars.time).sum())
    if own < len(rows):
        found.append(
            f"On {len(rows) - own:,} rows {bars.symbol} has no bar of its own and stands at its "
            "last price."
        )
    if not bars.adjusted:
        found.append(f"{bars.symbol} is not adjusted: its dividends are not counted.")
    return tuple(found)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
