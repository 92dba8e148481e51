"""Whether a factor foretells returns: rank correlations over horizons, quantiles, turnover.

A factor is known at a bar's close, so by default its returns are counted from the next open, at
which one could have acted; nothing after that open is known to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError
from puffin.factors import ranking
from puffin.factors.across import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffin.factors.columns import Prices

    Floats: TypeAlias = NDArray[np.float64]

FEWEST_DATES: Final = 30
FEWEST_SYMBOLS: Final = 3
FEW_SYMBOLS: Final = 20  # below, a rank correlation of one date is mostly chance
HORIZONS: Final = (1, 5, 10, 20)
LONGEST: Final = 500


class Entry(StrEnum):
    """From which price returns are counted."""

    NEXT_OPEN = "next open"
    CLOSE = "close"  # of the bar the factor is known at: nobody can trade at it


@dataclass(frozen=True, slots=True, eq=False)
class Horizon:
    """What a factor told of the returns over so many bars.

    Attributes:
        bars: How far ahead.
        coefficients: Rank correlation after each row [n]; NaN where fewer than three symbols have
            a factor and a return.
        dates: How many rows have one.
        mean: Mean rank correlation; 0.03 is useful, 0.1 is rare, 0.3 is a mistake.
        deviation: Their standard deviation (n - 1).
        ratio: Mean over deviation, not annualised.
        t: The ratio times the root of the number of dates that do not overlap: dates / bars.
        positive: Share of dates above zero.
        quantiles: What followed in each quantile.
        spread: Mean of the highest quantile less that of the lowest.
        turnover: Mean share of names that change in the lowest and in the highest quantile over
            so many bars.
        autocorrelation: Mean correlation of ranks over so many bars.
    """

    bars: int
    coefficients: Floats
    dates: int
    mean: float
    deviation: float | None
    ratio: float | None
    t: float | None
    positive: float
    quantiles: ranking.QuantileReturns
    spread: float | None
    turnover: tuple[float | None, float | None]
    autocorrelation: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How a factor did on a universe.

    Attributes:
        symbols: Who was sorted.
        quantiles: Into how many parts.
        entry: From which price returns are counted.
        horizons: One for each horizon, the shortest first: the decay.
        coverage: Share of the symbols' bars at which the factor is known.
        alpha: Return for each period of the first horizon that the market does not explain, of
            the portfolio that follows the factor, long and short; None if it cannot be known.
        beta: That portfolio's beta to the mean of the symbols; None likewise.
        notes: What a reader should know, in sentences.
    """

    symbols: tuple[str, ...]
    quantiles: int
    entry: Entry
    horizons: tuple[Horizon, ...]
    coverage: float
    alpha: float | None
    beta: float | None
    notes: tuple[str, ...]


def forward_returns(prices: Prices, bars: int, *, entry: Entry = Entry.NEXT_OPEN) -> Floats:
    """Return what came after each row: over `bars` bars from the next open, or from its close.

    NaN where the end lies beyond the data, or a symbol has no bar at one of the two ends.

    Raises:
        ParameterError: A horizon outside 1 to 500.
    """
    if not 1 <= bars <= LONGEST:
        raise ParameterError(f"A horizon is 1 to {LONGEST} bars, not {bars}.")
    column, wait = (prices.open, 1) if entry is Entry.NEXT_OPEN else (prices.close, 0)
    values = np.where(prices.mask, column, np.nan)
    found = np.full(values.shape, np.nan)
    rows = len(values) - bars - wait
    if rows > 0:
        found[:rows] = values[wait + bars :] / values[wait : wait + rows] - 1
    return found


def evaluate_factor(
    factor: Floats,
    prices: Prices,
    *,
    horizons: Sequence[int] = HORIZONS,
    quantiles: int | None = None,
    entry: Entry = Entry.NEXT_OPEN,
) -> Evaluation:
    """Judge a factor by what came after it.

    Args:
        factor: One row for each time, one column for each symbol, known at the close.
        prices: The universe it belongs to, adjusted.
        horizons: Bars ahead.
        quantiles: Into how many parts symbols are sorted; 5, or fewer with fewer symbols, if
            left out.
        entry: From which price returns are counted.

    Raises:
        NoDataError: Too few symbols or dates; it says how many there are and are needed.
        ParameterError: The factor does not fit the universe, or a setting makes no sense.
    """
    if factor.shape != prices.close.shape:
        raise ParameterError("The factor needs a value for every row and symbol of the universe.")
    if not horizons:
        raise ParameterError("Name one horizon or more.")
    count = len(prices.symbols)
    if count < FEWEST_SYMBOLS:
        raise NoDataError(
            f"To sort symbols, {FEWEST_SYMBOLS} are needed; there are {count}.",
            hint="Add symbols to the universe.",
        )
    cut = min(5, count) if quantiles is None else quantiles
    if cut > count:
        raise ParameterError(f"{count} symbols cannot be cut into {cut} quantiles.")
    known_factor = np.where(prices.mask & np.isfinite(factor), factor, np.nan)
    _sorts_something(known_factor)
    labels = ranking.quantiles(known_factor, cut)
    lengths = sorted(set(horizons))
    found = []
    for bars in lengths:
        later = forward_returns(prices, bars, entry=entry)
        found.append(_horizon(known_factor, labels, later, bars, cut))
    later = forward_returns(prices, lengths[0], entry=entry)
    rest = ranking.alpha_beta(ranking.followed(ranking.weights(known_factor), later), later)
    return Evaluation(
        symbols=tuple(prices.symbols),
        quantiles=cut,
        entry=entry,
        horizons=tuple(found),
        coverage=float((~np.isnan(known_factor)).sum() / max(int(prices.mask.sum()), 1)),
        alpha=None if rest is None else rest[0],
        beta=None if rest is None else rest[1],
        notes=_notes(count, cut, lengths, entry),
    )


def _sorts_something(factor: Floats) -> None:
    """Refuse a factor that never tells two symbols apart."""
    there = ~np.isnan(factor)
    highest = np.where(there, factor, -np.inf).max(axis=1)
    lowest = np.where(there, factor, np.inf).min(axis=1)
    if there.any() and not (highest > lowest).any():
        raise NoDataError(
            "The factor is the same for every symbol on every date, so it sorts nothing.",
            hint="Let it read prices or volume that differ between symbols.",
        )


def _horizon(factor: Floats, labels: Floats, later: Floats, bars: int, cut: int) -> Horizon:
    coefficients = ranking.information_coefficients(factor, later)
    pairs = known(np.where(np.isnan(later), np.nan, factor))[:, 0]
    coefficients = np.where(pairs >= FEWEST_SYMBOLS, coefficients, np.nan)
    there = coefficients[~np.isnan(coefficients)]
    if len(there) < FEWEST_DATES:
        raise NoDataError(
            f"Over {bars} bars, {len(there)} dates have a factor and returns of "
            f"{FEWEST_SYMBOLS} symbols or more; {FEWEST_DATES} are needed.",
            hint="Choose a longer period, a shorter horizon, or more symbols.",
        )
    mean, deviation = float(there.mean()), float(there.std(ddof=1))
    ratio = mean / deviation if deviation > 0 else None
    parts = ranking.quantile_returns(labels, later, cut)
    return Horizon(
        bars=bars,
        coefficients=coefficients,
        dates=len(there),
        mean=mean,
        deviation=deviation,
        ratio=ratio,
        t=None if ratio is None else ratio * math.sqrt(len(there) / bars),
        positive=float((there > 0).mean()),
        quantiles=parts,
        spread=_number(float(parts.mean[-1] - parts.mean[0])),
        turnover=(
            _mean(ranking.quantile_turnover(labels, 1, bars)),
            _mean(ranking.quantile_turnover(labels, cut, bars)),
        ),
        autocorrelation=_mean(ranking.rank_autocorrelations(factor, bars)),
    )


def _notes(count: int, cut: int, lengths: Sequence[int], entry: Entry) -> tuple[str, ...]:
    notes = []
    if count < FEW_SYMBOLS:
        notes.append(
            f"With {count} symbols the rank correlation of a single date is mostly chance; "
            f"{FEW_SYMBOLS} or more tell something."
        )
    if count < 2 * cut:
        notes.append(f"{count} symbols in {cut} quantiles: some hold a single name.")
    if lengths[-1] > 1:
        notes.append("Returns over several bars overlap; t counts only those that do not.")
    if entry is Entry.CLOSE:
        notes.append("Returns are counted from the close at which the factor is known.")
    return tuple(notes)


def _mean(values: Floats) -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else None


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
