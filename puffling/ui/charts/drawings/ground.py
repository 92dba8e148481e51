"""The bars of a chart as drawings see them, and points as a person places them."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from puffling.core.drawings import Anchor
from puffling.ui.charts.scales import price_text
from puffling.ui.charts.ticks import price_decimals

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.price_view import PriceView


class ChartGround:
    """Reads a chart: places of moments, closes, prices in words, and what is under a point."""

    def __init__(self, chart: PriceView) -> None:
        self._chart = chart

    @property
    def frame(self) -> Frame:
        """Where prices are shown."""
        return self._chart.pane.frame

    def place(self, time: int) -> float:
        """The bar at a time, with fractions, beyond the last one too."""
        return self._chart.place(time)

    def time_at(self, index: float) -> int:
        """The time of a bar, with fractions."""
        return self._chart.time_at(index)

    def closes(self, first: float, last: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The bars from one to another, and where they closed."""
        count = self._chart.count
        start = min(max(ceil(first - FINEST), 0), count)
        stop = max(min(floor(last + FINEST) + 1, count), start)
        return np.arange(start, stop), np.asarray(self._chart.pyramid.close[start:stop])

    def price(self, value: float, like: float | None = None) -> str:
        """A price as this chart writes it; with the decimals of another one."""
        return price_text(value, price_decimals(abs(value if like is None else like)))

    def anchor(self, at: QPointF, *, snaps: bool, loose: bool = False) -> Anchor:
        """The bar and the price under a point; with `snaps` what a bar near it traded at.

        Args:
            at: The point, in the widget.
            snaps: Whether it is drawn to an open, high, low or close.
            loose: Whether it may lie between two bars, as a stroke of the brush does.
        """
        chart = self._chart
        found = chart.snap(at) if snaps else None
        if found is not None:
            return Anchor(found.time, found.value)
        frame = self.frame
        index, value = frame.index_at(at.x()), frame.value_at(at.y())
        if loose:
            return Anchor(chart.time_at(index), value)
        return Anchor(chart.time_at(round(index)), round(value, price_decimals(abs(value))))

    def pixel(self, anchor: Anchor) -> tuple[float, float]:
        """Where an anchor is on the screen."""
        frame = self.frame
        return frame.x(self.place(anchor.time)), frame.y(anchor.price)


FINEST = 1e-9  # of a bar
