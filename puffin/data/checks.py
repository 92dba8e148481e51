"""Which row of a table of prices cannot be trusted, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

# Vendors round each column on its own, so a close may stand a hair above its high.
ROUNDING = 1e-4


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of a table; `row` counts from 0."""

    row: int
    text: str


def first_fault(time: Times, columns: Mapping[str, Floats]) -> Fault | None:
    """Find the first row that cannot be trusted; `columns` are of one length, in file order.

    Prices are finite and positive, the volume is finite and not negative, no high is below its
    low, open and close lie between them, and each row is later than the one before.
    """
    found = [_times(time)]
    found += [_numbers(name, values) for name, values in columns.items()]
    found += [_shape(columns)]
    return min(
        (fault for fault in found if fault is not None), key=lambda fault: fault.row, default=None
    )


def _first(flags: Flags) -> int | None:
    row = int(flags.argmax()) if len(flags) else 0
    return row if len(flags) and flags[row] else None


def _times(time: Times) -> Fault | None:
    row = _first(np.diff(time) <= 0)
    if row is None:
        return None
    told = f"{moment(int(time[row + 1])):%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if time[row + 1] == time[row]:
        return Fault(row + 1, f"{told} is there twice.")
    return Fault(row + 1, f"{told} comes after a later time; the oldest row must be first.")


def _numbers(name: str, values: Floats) -> Fault | None:
    if name == "volume":
        row = _first(~(np.isfinite(values) & (values >= 0)))
    else:
        row = _first(~(np.isfinite(values) & (values > 0)))
    if row is None:
        return None
    told = name.replace("_", " ")
    value = float(values[row])
    if not np.isfinite(value):
        return Fault(row, f"the {told} is not a number ({value}).")
    if name == "volume":
        return Fault(row, f"the volume is negative ({value:g}).")
    return Fault(row, f"the {told} must be more than zero, not {value:g}.")


def _shape(columns: Mapping[str, Floats]) -> Fault | None:
    high, low = columns["high"], columns["low"]
    row = _first(high < low)
    found = None
    if row is not None:
        found = Fault(row, f"the high {high[row]:g} is below the low {low[row]:g}.")
    for name in ("open", "close"):
        values = columns[name]
        row = _first((values > high * (1 + ROUNDING)) | (values < low * (1 - ROUNDING)))
        if row is not None and (found is None or row < found.row):
            told = f"the {name} {values[row]:g} is outside low {low[row]:g} to high {high[row]:g}."
            found = Fault(row, told)
    return found
