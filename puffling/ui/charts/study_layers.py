"""How the outputs of studies are painted besides lines: bars from zero, dots, bands and levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from puffling.ui.charts.ladder import BASE
from puffling.ui.charts.pane import Layer, device_pixels
from puffling.ui.charts.primitives import draw_rects
from puffling.ui.charts.surface import over

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import LinePyramid
    from puffling.ui.charts.surface import Part

    Floats = NDArray[np.float64]

BODY = 0.7  # of the room a bar has
SPILL = 2.0  # pixels beyond a part that are placed too
DOT = 3.0
HUE = 0.1  # how strongly a band is filled
BAR_HUE = 0.75
LEVEL_HUE = 0.55


@dataclass(frozen=True, slots=True)
class Columns:
    """A line in columns: the lowest and highest value of each, and where it is in device pixels."""

    left: Floats
    width: Floats
    low: Floats
    high: Floats


def columns_of(line: LinePyramid, frame: Frame, part: Part) -> Columns:
    """Place a line between two pixels: a column for each bar, or for each pixel."""
    bars = frame.bars(len(line), part.left - SPILL, part.right + SPILL)
    if frame.bar_width * frame.ratio >= 1:
        edges = frame.x(np.arange(bars.start, bars.stop + 1, dtype=np.float64) - 0.5)
        whole = np.floor(edges * frame.ratio)
        low, high = line.bounds(0, bars.start, bars.stop)
        room = np.diff(whole)
        width = np.maximum(np.floor(room * BODY), 1.0)
        return Columns(whole[:-1] + np.floor((room - width) / 2), width, low, high)
    level = line.level_within(1 / (frame.bar_width * frame.ratio))
    size = BASE**level
    first, stop = bars.start // size, -(-bars.stop // size)
    low, high = line.bounds(level, first, stop)
    places = frame.x(np.arange(first, first + len(low)) * float(size) - 0.5)
    pixels = np.floor(places * frame.ratio)
    starts = np.flatnonzero(np.diff(pixels, prepend=-np.inf))
    if len(starts):
        low, high = np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
    return Columns(pixels[starts], np.ones(len(starts)), low, high)


class HistogramLayer(Layer):
    """Bars from zero, in the colours of rise and fall."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 2)
        self.line: LinePyramid | None = None
        self.color: QColor | None = None  # None: as rise and fall

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint what is above zero, then what is below."""
        if self.line is None:
            return
        columns = columns_of(self.line, frame, part)
        zero = round(frame.y(0.0) * frame.ratio)
        colors, painted = self.surface.colors, painter
        device_pixels(painted, frame)
        painted.setPen(Qt.PenStyle.NoPen)
        for color, ends in ((colors.up, columns.high), (colors.down, columns.low)):
            rises = color is colors.up
            chosen = ends > 0 if rises else ends < 0
            far = np.round(frame.y(ends[chosen]) * frame.ratio)
            boxes = np.empty((len(far), 4))
            boxes[:, 0], boxes[:, 2] = columns.left[chosen], columns.width[chosen]
            boxes[:, 1] = np.minimum(far, zero)
            boxes[:, 3] = np.maximum(np.abs(far - zero), 1.0)
            painted.setBrush(self._flat(self.color or color))
            draw_rects(painted, part.touched(boxes, frame.ratio))

    def _flat(self, color: QColor) -> QColor:
        paler = QColor(color)
        paler.setAlphaF(BAR_HUE)
        return over(paler, self.surface.colors.background)


class DotLayer(Layer):
    """A dot for each bar, such as a stop's."""

    def __init__(self, pane: Pane, color: QColor) -> None:
        super().__init__(pane, 5)
        self.line: LinePyramid | None = None
        self.color = color

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the dots; where bars share a pixel, the lowest and the highest of them."""
        if self.line is None:
            return
        columns = columns_of(self.line, frame, part)
        size = max(1.0, min(DOT, frame.bar_width)) * frame.ratio
        middle = columns.left + columns.width / 2
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.color)
        for values in (columns.low, columns.high):
            known = np.isfinite(values)
            boxes = np.empty((int(known.sum()), 4))
            boxes[:, 0] = np.round(middle[known] - size / 2)
            boxes[:, 1] = np.round(frame.y(values[known]) * frame.ratio - size / 2)
            boxes[:, 2:] = max(1.0, round(size))
            draw_rects(painter, part.touched(boxes, frame.ratio))


class BandLayer(Layer):
    """The room between two lines, behind everything else."""

    def __init__(self, pane: Pane, color: QColor) -> None:
        super().__init__(pane, -12)  # below the grid, so that it can be painted opaque
        self.upper: LinePyramid | None = None
        self.lower: LinePyramid | None = None
        self.color = color  # where the first line is above
        self.other = color  # where it is below

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Fill each column of pixels."""
        if self.upper is None or self.lower is None:
            return
        start, stop = np.floor(part.left * frame.ratio), np.ceil(part.right * frame.ratio)
        pixels = np.arange(start, stop, dtype=np.float64)
        one = self._edge(self.upper, frame, part, pixels)
        two = self._edge(self.lower, frame, part, pixels)
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        for color, chosen in ((self.color, one <= two), (self.other, one > two)):
            top, bottom = np.minimum(one, two)[chosen], np.maximum(one, two)[chosen]
            boxes = np.empty((len(top), 4))
            boxes[:, 0], boxes[:, 2] = pixels[chosen], 1.0
            boxes[:, 1] = np.round(top)
            boxes[:, 3] = np.round(bottom) - boxes[:, 1]
            painter.setBrush(self._pale(color))
            draw_rects(painter, part.touched(boxes, frame.ratio))

    @staticmethod
    def _edge(line: LinePyramid, frame: Frame, part: Part, pixels: Floats) -> Floats:
        """The height of a line at each pixel, NaN where it is not known."""
        reach = frame.bar_width + SPILL
        bars = frame.bars(len(line), part.left - reach, part.right + reach)
        level = line.level_within(1 / (frame.bar_width * frame.ratio))
        size = BASE**level
        first, stop = bars.start // size, -(-bars.stop // size)
        low, high = line.bounds(level, first, stop)
        middle = (low + high) / 2
        if not len(middle):
            return np.full(len(pixels), np.nan)
        x = frame.x(np.arange(first, first + len(middle)) * float(size) + (size - 1) / 2)
        y = frame.y(middle) * frame.ratio
        return np.interp(pixels + 0.5, x * frame.ratio, y, left=np.nan, right=np.nan)

    def _pale(self, color: QColor) -> QColor:
        paler = QColor(color)
        paler.setAlphaF(HUE)
        return over(paler, self.surface.colors.background)


class LevelLayer(Layer):
    """Dashed lines at levels worth one."""

    def __init__(self, pane: Pane, levels: tuple[float, ...]) -> None:
        super().__init__(pane, -6)
        self.levels = levels

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the levels in view."""
        colors = self.surface.colors
        paler = QColor(colors.axis_text)
        paler.setAlphaF(LEVEL_HUE)
        painter.setPen(colors.pen(paler, frame.ratio, dashed=True))
        for value in self.levels:
            y = round(frame.y(value)) + 0.5
            if frame.top <= y <= frame.bottom:
                painter.drawLine(part.across(frame.left, y))
