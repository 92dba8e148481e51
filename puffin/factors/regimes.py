"""Market regimes by thresholds: how wild it is of late, and which way it leans.

A regime is entered at one threshold and left at another, so that it does not flicker, and each
change is one event. Everything is known at its bar's close.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

import numpy as np
from pydantic import Field, model_validator

from puffin.data.times import moment
from puffin.errors import NoDataError
from puffin.factors.base import Parameters
from puffin.factors.windows import delayed, deviation, mean, weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]


class RegimeParameters(Parameters):
    """Windows and thresholds of both views."""

    window: int = Field(
        default=20, ge=5, le=250, title="Recent bars", json_schema_extra={"step": 1}
    )
    baseline: int = Field(
        default=60, ge=10, le=1_000, title="Usual bars", json_schema_extra={"step": 1}
    )
    high_on: float = Field(
        default=1.5, gt=1, le=10, title="High from", json_schema_extra={"step": 0.05}
    )
    high_off: float = Field(
        default=1.3, ge=1, le=10, title="High until", json_schema_extra={"step": 0.05}
    )
    low_on: float = Field(
        default=0.5, gt=0, lt=1, title="Low from", json_schema_extra={"step": 0.05}
    )
    low_off: float = Field(
        default=0.6, gt=0, le=1, title="Low until", json_schema_extra={"step": 0.05}
    )
    lean: float = Field(
        default=0.0005,
        ge=0,
        le=0.1,
        title="Least slope",
        description="Share of the mean price that a bar must lean by to turn the trend",
        json_schema_extra={"step": 0.0001},
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.baseline <= self.window:
            raise ValueError("the usual bars must be more than the recent ones")
        if self.high_off > self.high_on or self.low_off < self.low_on:
            raise ValueError("a regime must be left where it is entered, or nearer to usual")
        return self


class Volatility(StrEnum):
    """How wild it is, against what was usual."""

    HIGH = "high volatility"
    NORMAL = "normal volatility"
    LOW = "low volatility"


class Trend(StrEnum):
    """Which way closes lean."""

    UP = "up"
    DOWN = "down"


Named = TypeVar("Named", Volatility, Trend)
VOLATILITY_OF = {1.0: Volatility.HIGH, 0.0: Volatility.NORMAL, -1.0: Volatility.LOW}
TREND_OF = {1.0: Trend.UP, -1.0: Trend.DOWN}


@dataclass(frozen=True, slots=True)
class Change:
    """A regime that ended and the one that began, at the close of the bar at `row`."""

    row: int
    time: datetime
    before: Volatility | Trend
    after: Volatility | Trend
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Regimes:
    """The regime at each bar.

    Attributes:
        ratio: Deviation of the recent returns over that of the usual ones [n]; NaN until known.
        slope: Slope of the recent closes for a bar, as a share of their mean [n]; NaN until known.
        volatility: 1 high, 0 normal, -1 low [n]; NaN until known.
        trend: 1 up, -1 down [n]; NaN until known.
        changes: The oldest first; a reversal of the trend, and each change of volatility, once.
    """

    ratio: Floats
    slope: Floats
    volatility: Floats
    trend: Floats
    changes: tuple[Change, ...]

    @property
    def volatility_now(self) -> Volatility | None:
        """How wild it is at the last bar; None if that is not known."""
        return VOLATILITY_OF.get(float(self.volatility[-1])) if len(self.volatility) else None

    @property
    def trend_now(self) -> Trend | None:
        """Which way the last bars lean; None if that is not known."""
        return TREND_OF.get(float(self.trend[-1])) if len(self.trend) else None


def regimes(bars: Bars, parameters: RegimeParameters | None = None) -> Regimes:
    """Return the regime at each bar and each change of it.

    * Volatility: deviation of the last 20 returns over that of the last 60. High from 1.5 until it
      falls to 1.3, low from 0.5 until it rises to 0.6.
    * Trend: slope of the regression of the last 20 closes over their mean. It turns when the slope
      leans the other way than before, by the least slope or more; it is known once two windows
      that do not overlap are.

    Raises:
        NoDataError: Too few bars for either; it says how many there are and are needed.
    """
    chosen = parameters or RegimeParameters()
    needed = max(chosen.baseline + 1, 2 * chosen.window)
    if len(bars) < needed:
        raise NoDataError(
            f"Regimes need {needed:,} bars; {bars.symbol} has {len(bars):,}.",
            hint="Choose a longer period or shorter windows.",
        )
    close = bars.close[:, None]
    with np.errstate(all="ignore"):
        moves = close / delayed(close, 1) - 1
        usual = deviation(moves, chosen.baseline)
        ratio = deviation(moves, chosen.window) / np.where(usual > 0, usual, np.nan)
        slope = slopes(bars.close, chosen.window)
    wild = _latched(ratio[:, 0], chosen)
    lean = _leaning(slope, chosen)
    changes = [
        *_changes(bars, wild, VOLATILITY_OF, ratio[:, 0], _wild_text),
        *_changes(bars, lean, TREND_OF, slope, _trend_text),
    ]
    ordered = tuple(sorted(changes, key=lambda each: each.row))
    return Regimes(ratio[:, 0], slope, wild, lean, ordered)


def slopes(values: Floats, window: int) -> Floats:
    """Return the slope of the last `window` values for a row, as a share of their mean.

    Least squares in closed form: 6 (W - M) / (w - 1), of the plain mean M and the mean W with
    weights w (newest) down to 1.
    """
    column = values[:, None]
    plain = mean(column, window)
    return np.asarray((6 * (weighted(column, window) - plain) / (window - 1) / plain)[:, 0])


def _latched(ratio: Floats, chosen: RegimeParameters) -> Floats:
    """Return 1, 0 or -1 for each ratio, entered at one threshold and left at another."""
    state = 0.0
    found = []
    for value in ratio.tolist():
        if value >= chosen.high_on:
            state = 1.0
        elif value <= chosen.low_on:
            state = -1.0
        elif (state > 0 and value <= chosen.high_off) or (state < 0 and value >= chosen.low_off):
            state = 0.0
        found.append(state)
    return np.where(np.isnan(ratio), np.nan, np.array(found))


def _leaning(slope: Floats, chosen: RegimeParameters) -> Floats:
    """Return 1 or -1 for each slope; a slope flatter than the least leaves it as it was."""
    side = np.where(np.abs(slope) >= chosen.lean, np.sign(slope), 0.0)
    rows = np.maximum.accumulate(np.where(np.nan_to_num(side) != 0, np.arange(len(side)), -1))
    found = np.where(rows >= 0, side[np.maximum(rows, 0)], np.nan)
    found[: 2 * chosen.window - 1] = np.nan
    return np.where(np.isnan(slope), np.nan, found)


def _changes(
    bars: Bars,
    states: Floats,
    names: Mapping[float, Named],
    values: Floats,
    text: Callable[[Named, float], str],
) -> list[Change]:
    """Return where a state differs from the last one known."""
    rows = np.flatnonzero(~np.isnan(states))
    known = states[rows]
    found = []
    for at in (np.flatnonzero(np.diff(known) != 0) + 1).tolist():
        row = int(rows[at])
        before, after = names[float(known[at - 1])], names[float(known[at])]
        when = moment(int(bars.time[row]))
        found.append(Change(row, when, before, after, text(after, float(values[row]))))
    return found


def _wild_text(after: Volatility, ratio: float) -> str:
    return f"{after.capitalize()}: the last returns spread {ratio:.2f} times as far as usual."


def _trend_text(after: Trend, slope: float) -> str:
    return f"The trend turns {after}: the last closes lean by {slope:+.2%} a bar."
