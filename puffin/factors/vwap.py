"""The price at which volume changed hands on average, from a session's start or from an anchor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from pydantic import Field

from puffin.data.bars import Interval
from puffin.data.times import nanoseconds
from puffin.factors.base import Group, Indicator, Output, Pane, Parameters, typical_price

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]
    Rows: TypeAlias = NDArray[np.int64]

INPUTS: Final = ("high", "low", "close", "volume")
# New York's standard time: in summer the hour of difference falls into the night.
NEW_YORK: Final = -5 * 3_600_000_000_000


class Since(StrEnum):
    """When it begins anew."""

    AUTO = "auto"
    SESSION = "session"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class VwapParameters(Parameters):
    """Where the volume-weighted price begins, and how far its bands are."""

    since: Since = Field(
        default=Since.AUTO,
        title="Begins anew each",
        description="Auto: the session inside a day, the month for daily bars, else the year",
    )
    deviations: float = Field(
        default=2.0, ge=0.1, le=10, title="Deviations", json_schema_extra={"step": 0.1}
    )


class AnchoredVwapParameters(Parameters):
    """The day from which volume counts, and how far the bands are."""

    anchor: date | None = Field(
        default=None, title="Anchor", description="The first bar when left empty"
    )
    deviations: float = Field(
        default=2.0, ge=0.1, le=10, title="Deviations", json_schema_extra={"step": 0.1}
    )


def weighted_prices(prices: Floats, volume: Floats, starts: Rows) -> tuple[Floats, Floats]:
    """Return the volume-weighted price since the last start, and the deviation around it.

    VWAP = sum(price x volume) / sum(volume); the deviation is the root of the volume-weighted
    mean of (price - VWAP)^2. NaN before the first start, and while nothing has been traded.

    Args:
        prices: One for each bar, such as the typical price.
        volume: One for each bar.
        starts: Rows at which the sums begin anew, in order.
    """
    mean, deviation = np.full(len(prices), np.nan), np.full(len(prices), np.nan)
    ends = np.append(starts, len(prices))[1:]
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        rows = slice(start, end)
        # Around the first price, so that the squares of large prices keep their digits.
        base = prices[rows][0]
        gap, traded = prices[rows] - base, volume[rows]
        total = np.cumsum(traded)
        known = np.where(total > 0, total, np.nan)
        middle = np.cumsum(gap * traded) / known
        spread = np.cumsum(gap * gap * traded) / known - middle * middle
        mean[rows], deviation[rows] = base + middle, np.sqrt(np.maximum(spread, 0.0))
    return mean, deviation


def period_starts(bars: Bars, since: Since) -> Rows:
    """Return the rows at which a period begins."""
    chosen = since
    if since is Since.AUTO:
        daily = Since.MONTH if bars.interval is Interval.D1 else Since.YEAR
        chosen = Since.SESSION if bars.interval.is_intraday else daily
    shift = NEW_YORK if bars.interval.is_intraday else 0
    days = (bars.time + shift).astype("datetime64[ns]").astype("datetime64[D]")
    if chosen is Since.SESSION:
        period = days.astype(np.int64)
    elif chosen is Since.WEEK:
        period = (days.astype(np.int64) + 3) // 7  # day 0 was a Thursday
    else:
        unit = "datetime64[M]" if chosen is Since.MONTH else "datetime64[Y]"
        period = days.astype(unit).astype(np.int64)
    return np.flatnonzero(np.diff(period, prepend=period[:1] - 1)).astype(np.int64)


def anchored_at(bars: Bars, anchor: date | None) -> Rows:
    """Return the row of the first bar of a day or after it; none if it has not come yet."""
    row = 0
    if anchor is not None:
        midnight = nanoseconds(datetime(anchor.year, anchor.month, anchor.day, tzinfo=UTC))
        shift = -NEW_YORK if bars.interval.is_intraday else 0
        row = int(np.searchsorted(bars.time, midnight + shift))
    return np.array([row] if row < len(bars) else [], np.int64)


def vwap(bars: Bars, parameters: VwapParameters) -> dict[str, Floats]:
    """Return the volume-weighted price of each period, with bands."""
    return _weighted(bars, period_starts(bars, parameters.since), parameters.deviations)


def anchored_vwap(bars: Bars, parameters: AnchoredVwapParameters) -> dict[str, Floats]:
    """Return the volume-weighted price since a day, with bands; NaN before it."""
    return _weighted(bars, anchored_at(bars, parameters.anchor), parameters.deviations)


def _weighted(bars: Bars, starts: Rows, deviations: float) -> dict[str, Floats]:
    return banded(*weighted_prices(typical_price(bars), bars.volume, starts), deviations)


def banded(mean: Floats, deviation: Floats, deviations: float) -> dict[str, Floats]:
    """Return the outputs: the middle, and so many deviations to either side."""
    return {
        "value": mean,
        "upper": mean + deviations * deviation,
        "lower": mean - deviations * deviation,
    }


def _none(parameters: Parameters) -> int:
    """Say that the first bar has a value already."""
    del parameters
    return 0


OUTPUTS: Final = (Output("value", "VWAP"), Output("upper", "Upper"), Output("lower", "Lower"))
VWAPS: Final = (
    Indicator(
        id="vwap",
        title="Volume-weighted price",
        group=Group.VOLUME,
        inputs=INPUTS,
        Parameters=VwapParameters,
        outputs=OUTPUTS,
        pane=Pane.PRICE,
        compute=vwap,
        lasting=_none,
    ),
    Indicator(
        id="anchored_vwap",
        title="Anchored volume-weighted price",
        group=Group.VOLUME,
        inputs=INPUTS,
        Parameters=AnchoredVwapParameters,
        outputs=OUTPUTS,
        pane=Pane.PRICE,
        compute=anchored_vwap,
        lasting=_none,
    ),
)
