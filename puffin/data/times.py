"""Moments as numbers: nanoseconds since 1970 UTC and back."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

    Times: TypeAlias = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def nanoseconds(when: datetime) -> int:
    """Return an aware time as nanoseconds since 1970 UTC."""
    return (when - EPOCH) // MICROSECOND * 1000


def moment(stamp: int) -> datetime:
    """Return nanoseconds since 1970 UTC as an aware time."""
    return EPOCH + timedelta(microseconds=stamp // 1000)


def midnight(day: date) -> datetime:
    """Return the time that names the daily bar of `day`: 00:00 UTC."""
    return datetime.combine(day, time(), UTC)


def time_column(values: ArrayLike) -> Times:
    """Return times as nanoseconds; `values` hold nanoseconds or numpy's datetime64."""
    stamps = np.asarray(values)
    if stamps.dtype.kind == "M":
        stamps = stamps.astype("datetime64[ns]").view(np.int64)
    return stamps.astype(np.int64, copy=False)
