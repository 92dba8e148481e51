"""Places in a chart: of moments among its bars, and of points of the widget in time and value."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.tools import ChartPoint

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF


class PlacedView(ChartView):
    """A chart that knows when and where."""

    def place(self, time: int) -> float:
        """Where a moment is among the bars; beyond them in steps of the interval."""
        count = self.count
        if not count:
            return 0.0
        step = float(self.calendar.bar)
        index = int(np.searchsorted(self.time, time, side="right")) - 1
        if index < 0:
            return -(int(self.time[0]) - time) / step
        start = int(self.time[index])
        width = step if index == count - 1 else float(self.time[index + 1] - start)
        return index + (time - start) / width

    def time_at(self, index: float) -> int:
        """The moment, in nanoseconds UTC, of a place among the bars."""
        count = self.count
        if not count:
            return 0
        whole = min(max(floor(index), 0), count - 1)
        start = int(self.time[whole])
        inside = index >= 0 and whole < count - 1
        width = int(self.time[whole + 1]) - start if inside else self.calendar.bar
        return start + round((index - whole) * width)

    def point_at(self, at: QPointF) -> ChartPoint:
        """The bar, the time and the value at a point of the widget."""
        pane = self.pane_at(at.y())
        index = pane.frame.index_at(at.x())
        return ChartPoint(pane, index, self.time_at(index), pane.frame.value_at(at.y()))
