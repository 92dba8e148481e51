"""A tearsheet: everything worth knowing of a series of equity on one page.

It asks nothing about where the series came from: an account's session ends, a backtest, a file.
Every formula is one of `puffin.measures`, `puffin.risk.value_at_risk` or `puffin.backtest.
benchmark`; what is not defined is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin import measures
from puffin.backtest.result import YearOfReturns
from puffin.data.times import moment
from puffin.errors import NoDataError, ParameterError
from puffin.monitor.attribution import against
from puffin.monitor.behaviour import distribution
from puffin.risk.value_at_risk import excess_kurtosis, skewness, tail

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from puffin.measures import Floats, Times
    from puffin.monitor.attribution import Against
    from puffin.monitor.behaviour import Bin

FEWEST: Final = 5  # values: below it a curve says nothing
SHORTEST_YEAR: Final = 30  # calendar days: a yearly rate of less is an extrapolation
TAIL_DAYS: Final = 20  # returns: value at risk needs as many
DEEPEST: Final = 10  # drawdowns listed
SESSIONS: Final = 252.0
_DAY: Final = measures.NANOSECONDS_IN_DAY


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A stay below a peak: `depth` is a negative share of it; `recovered` is None while it lasts.

    `days` are calendar days from the peak to its recovery, or to the end.
    """

    peak: date
    trough: date
    recovered: date | None
    depth: float
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A tearsheet.

    Args:
        title: What it is about.
        time: When each value was, in nanoseconds since 1970.
        values: The growth of what was there at first, without money from outside.
        below: How far each value lies below the highest before.
        figures: Every figure by name; None where it is not defined.
        months: The monthly table.
        drawdowns: The deepest ones, the deepest first.
        daily: The distribution of the returns, in percent.
        benchmark: Its growth beside, from the same first value, NaN where it has no price.
        against: How the two compare; None without one.
        notes: What a reader should know, in sentences.
    """

    title: str
    time: Times
    values: Floats
    below: Floats
    figures: dict[str, float | None]
    months: tuple[YearOfReturns, ...]
    drawdowns: tuple[Drawdown, ...]
    daily: tuple[Bin, ...]
    benchmark: Floats | None
    against: Against | None
    notes: tuple[str, ...] = ()


def sheet(  # noqa: PLR0913 - each is a part of the page, given by name
    title: str,
    time: Times,
    values: Floats,
    *,
    periods: float = SESSIONS,
    risk_free: float = 0.0,
    benchmark: tuple[str, Floats] | None = None,
    notes: tuple[str, ...] = (),
) -> Sheet:
    """Return the tearsheet of a series, the oldest value first.

    Args:
        title: What it is about.
        time: Nanoseconds since 1970, rising.
        values: What it was worth; above zero.
        periods: Returns in a year.
        risk_free: Annual rate that ratios compare with.
        benchmark: A name and its values at the same times.
        notes: What a reader should know.

    Raises:
        NoDataError: Fewer than five values.
        ParameterError: A value is not above zero, or times do not rise.
    """
    if len(values) < FEWEST:
        raise NoDataError(
            f"A tearsheet needs {FEWEST} values; there are {len(values)}.",
            hint="An account gets one at the end of each session.",
        )
    if len(time) != len(values) or not (np.diff(time) > 0).all():
        raise ParameterError("Every value needs a time of its own, each later than the last.")
    if not (np.isfinite(values) & (values > 0)).all():
        raise ParameterError("Equity must be above zero everywhere; returns mean nothing else.")
    below, changes = measures.drawdown(values), measures.returns(values)
    compared, held = None, None
    if benchmark is not None:
        name, held = benchmark
        compared = against(name, changes, held[1:] / held[:-1] - 1, periods, risk_free)
    return Sheet(
        title,
        time,
        values,
        below,
        figures(time, values, periods=periods, risk_free=risk_free),
        months(time, values),
        drawdowns(time, values),
        distribution((changes * 100).tolist()),
        held,
        compared,
        notes,
    )


def figures(
    time: Times, values: Floats, *, periods: float = SESSIONS, risk_free: float = 0.0
) -> dict[str, float | None]:
    """Return every figure of a series of equity by name.

    Yearly rates of less than thirty days, and tails of fewer than twenty returns, are None.
    """
    changes, below = measures.returns(values), measures.drawdown(values)
    span = measures.years(time)
    total = measures.total_return(values)
    long_enough = span * measures.DAYS_IN_YEAR >= SHORTEST_YEAR
    annual = None if total is None or not long_enough else measures.cagr(1 + total, span)
    deepest = measures.deepest(below)
    monthly = _monthly(time, values)[1]
    known = changes[np.isfinite(changes)]
    edge = tail(known) if len(known) >= TAIL_DAYS else None
    return {
        "total_return": total,
        "cagr": annual,
        "volatility": measures.volatility(changes, periods),
        "sharpe": measures.sharpe(changes, periods, risk_free),
        "sortino": measures.sortino(changes, periods, risk_free),
        "calmar": measures.calmar(annual, deepest),
        "omega": measures.omega(changes, risk_free / periods),
        "max_drawdown": deepest,
        "max_drawdown_days": measures.max_drawdown_days(time, values),
        "ulcer_index": measures.ulcer_index(below),
        "value_at_risk": None if edge is None else edge.value_at_risk,
        "expected_shortfall": None if edge is None else edge.shortfall,
        "skewness": skewness(known) if len(known) >= TAIL_DAYS else None,
        "kurtosis": excess_kurtosis(known) if len(known) >= TAIL_DAYS else None,
        "tail_ratio": measures.tail_ratio(known) if len(known) >= TAIL_DAYS else None,
        "best_day": float(known.max()) if len(known) else None,
        "worst_day": float(known.min()) if len(known) else None,
        "days_up": float(np.mean(known > 0)) if len(known) else None,
        "best_month": float(monthly.max()) if len(monthly) else None,
        "worst_month": float(monthly.min()) if len(monthly) else None,
        "months_up": float(np.mean(monthly > 0)) if len(monthly) else None,
    }


def months(time: Times, values: Floats) -> tuple[YearOfReturns, ...]:
    """Return the return of each calendar month, a row for each year."""
    named, found = _monthly(time, values)
    table: dict[int, list[float | None]] = {}
    for month, value in zip(named.astype(np.int64).tolist(), found.tolist(), strict=True):
        row = table.setdefault(1970 + month // 12, [None] * 12)
        row[month % 12] = value if math.isfinite(value) else None
    return tuple(YearOfReturns(year, tuple(row)) for year, row in table.items())


def _monthly(time: Times, values: Floats) -> tuple[NDArray[np.datetime64], Floats]:
    """Return months and their returns, without a first one that has the first value alone."""
    named, found = measures.monthly_returns(time, values)
    whole = time.astype("datetime64[ns]").astype("datetime64[M]")
    alone = len(whole) > 1 and whole[0] != whole[1]
    return (named[1:], found[1:]) if alone else (named, found)


def drawdowns(time: Times, values: Floats, most: int = DEEPEST) -> tuple[Drawdown, ...]:
    """Return the stays below a peak, the deepest first."""
    below = measures.drawdown(values)
    under = below < -measures.NOTHING
    starts = np.flatnonzero(under & ~np.concatenate(([False], under[:-1])))
    found = []
    for start in starts.tolist():
        over = np.flatnonzero(~under[start:])
        end = start + int(over[0]) if len(over) else len(values)
        trough = start + int(np.argmin(below[start:end]))
        back = end < len(values)
        last = min(end, len(values) - 1)
        found.append(
            Drawdown(
                _date(time, start - 1),
                _date(time, trough),
                _date(time, end) if back else None,
                float(below[trough]),
                round((int(time[last]) - int(time[start - 1])) / _DAY),
            )
        )
    return tuple(sorted(found, key=lambda each: each.depth)[:most])


def _date(time: Times, row: int) -> date:
    return moment(int(time[row])).date()
