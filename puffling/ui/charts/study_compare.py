"""Another symbol beside this one: its closes, begun where both are first in view."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from puffling.ui.charts.pyramid import LinePyramid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Times = NDArray[np.int64]

NONE = float("nan")


class IndexedLine(LinePyramid):
    """A line that is read at a scale of its own, which may change with the view."""

    factor = 1.0

    @override
    def bounds(self, level: int, start: int, stop: int) -> tuple[Floats, Floats]:
        low, high = super().bounds(level, start, stop)
        return low * self.factor, high * self.factor

    @override
    def extremes(self, start: int, stop: int) -> tuple[float, float]:
        low, high = super().extremes(start, stop)
        return low * self.factor, high * self.factor

    def start_with(self, close: Floats, bars: range) -> int | None:
        """Let it begin at the close of the first of these bars that both have; return that bar."""
        seen = self.values[bars.start : bars.stop]
        both = np.isfinite(seen) & (seen > 0) & (close[bars.start : bars.stop][: len(seen)] > 0)
        if not both.any():
            self.factor = NONE
            return None
        at = bars.start + int(both.argmax())
        self.factor = float(close[at]) / float(self.values[at])
        return at


def aligned(times: Times, their_times: Times, their_close: Floats, length: int) -> Floats:
    """Return their last close at each time; NaN before their first bar and after their last.

    Where they did not trade, their close before holds. Bars are `length` nanoseconds long.
    """
    if not len(their_times):
        return np.full(len(times), np.nan)
    place = np.searchsorted(their_times, times, side="right") - 1
    found = their_close[np.maximum(place, 0)].astype(np.float64)
    found[(place < 0) | (times > their_times[-1] + length)] = np.nan
    return found


def change_since(line: IndexedLine, at: int, first: int | None) -> float | None:
    """By which share it stands above its value at the first bar; None where it has none."""
    if first is None or not 0 <= at < len(line):
        return None
    value, before = float(line.values[at]), float(line.values[first])
    return value / before - 1 if isfinite(value) and before > 0 else None
