"""Places in a chart: of moments among its bars, and of points of the widget in time and value."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.tools import ChartPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF


class PlacedView(ChartView):
    """A chart that knows when and where."""

    def place(self, time: int) -> float:
        """Where a moment is among the bars; beyond them in steps of the interval."""
        return place_of(time, self.time, self.calendar.bar)

    def time_at(self, index: float) -> int:
        """The moment, in nanoseconds UTC, of a place among the bars."""
        return time_of(index, self.time, self.calendar.bar)

    def point_at(self, at: QPointF) -> ChartPoint:
        """The bar, the time and the value at a point of the widget."""
        pane = self.pane_at(at.y())
        index = pane.frame.index_at(at.x())
        return ChartPoint(pane, index, self.time_at(index), pane.frame.value_at(at.y()))


def place_of(time: int, bars: NDArray[np.int64], step: int) -> float:
    """The place of a moment among the times of bars, beyond which steps go on; 0 without bars."""
    if not len(bars):
        return 0.0
    index = int(np.searchsorted(bars, time, side="right")) - 1
    if index < 0:
        return (time - int(bars[0])) / step
    start = int(bars[index])
    width = step if index == len(bars) - 1 else int(bars[index + 1]) - start
    return index + (time - start) / width


def time_of(index: float, bars: NDArray[np.int64], step: int) -> int:
    """The moment of a place among the times of bars; 0 without bars."""
    if not len(bars):
        return 0
    whole = min(max(floor(index), 0), len(bars) - 1)
    start = int(bars[whole])
    inside = index >= 0 and whole < len(bars) - 1
    width = int(bars[whole + 1]) - start if inside else step
    return start + round((index - whole) * width)
