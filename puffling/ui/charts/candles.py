"""Candles and volume, painted as rectangles on whole device pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from typing_extensions import override

from puffling.ui.charts.ladder import BASE
from puffling.ui.charts.pane import Layer, device_pixels
from puffling.ui.charts.primitives import draw_rects, first_of_each
from puffling.ui.charts.pyramid import Columns
from puffling.ui.charts.surface import over

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.surface import Part


class CandleStyle(Enum):
    """What stands between open and close."""

    FILLED = "filled"
    HOLLOW = "hollow"  # when it closed over its open; the colour compares with the close before
    BARS = "bars"  # a tick to the left at the open and one to the right at the close


BODY = 0.8  # of the room a candle has
NARROW = 2.5  # pixels of room below which a candle is one line
SLIM, SLIM_BODY = 4.0, 3.0  # up to this room the body is that wide, or it would be all gaps
VOLUME = 0.2  # of the pane's height
SPILL = 2.0  # pixels beyond a part that are placed too, so that no column is cut in two


@dataclass(frozen=True, slots=True)
class Stripes:
    """The columns to paint, and where each stands in device pixels."""

    columns: Columns
    left: NDArray[np.float64]  # of the body
    width: NDArray[np.float64]  # of the body
    wick: NDArray[np.float64]  # left edge of the wick
    wick_width: float  # 0: the columns are too narrow for bodies

    @property
    def rising(self) -> NDArray[np.bool_]:
        """Which columns close at or over their open."""
        return self.columns.close >= self.columns.open


class Placing:
    """Remembers where columns were placed: several layers paint the same ones in a frame."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._stripes: Stripes | None = None

    def stripes(self, pyramid: BarPyramid, frame: Frame, left: float, right: float) -> Stripes:
        """Place the columns between two pixels of a frame."""
        key = (pyramid, pyramid.version, frame, left, right)
        if self._stripes is None or key != self._key:
            self._key, self._stripes = key, stripes(pyramid, frame, left, right)
        return self._stripes


def stripes(pyramid: BarPyramid, frame: Frame, left: float, right: float) -> Stripes:
    """Place the columns between two pixels of a frame: one for a bar, or one for a pixel."""
    bars = frame.bars(len(pyramid), left - SPILL, right + SPILL)
    if frame.bar_width * frame.ratio < 1:
        return _by_pixel(pyramid, frame, bars)
    columns = pyramid.columns(0, bars.start, bars.stop)
    edges = frame.x(np.arange(bars.start, bars.stop + 1, dtype=np.float64) - 0.5) * frame.ratio
    wick_width = max(1.0, float(round(frame.ratio)))
    room = frame.bar_width
    if room < NARROW:
        whole = np.floor(edges)
        return Stripes(columns, whole[:-1], np.maximum(np.diff(whole), 1.0), whole[:-1], 0.0)
    body = float(floor((SLIM_BODY if room < SLIM else room * BODY) * frame.ratio))
    body -= (body - wick_width) % 2  # body and wick share a middle
    wick = np.floor((edges[:-1] + edges[1:] - wick_width) / 2)
    lefts = wick - (body - wick_width) / 2
    return Stripes(columns, lefts, np.full(len(lefts), body), wick, wick_width)


def _by_pixel(pyramid: BarPyramid, frame: Frame, bars: range) -> Stripes:
    """Fold the finest level that has more columns than pixels into one column a pixel."""
    level = pyramid.level_within(1 / (frame.bar_width * frame.ratio))
    size = BASE**level
    first, stop = bars.start // size, -(-bars.stop // size)
    columns = pyramid.columns(level, first, stop)
    places = frame.x(np.arange(first, first + len(columns.open)) * float(size) - 0.5)
    pixels = np.floor(places * frame.ratio)
    starts = first_of_each(pixels)
    if not len(starts):
        return Stripes(columns, pixels, pixels, pixels, 0.0)
    ends = np.append(starts[1:], len(pixels)) - 1
    folded = Columns(
        columns.open[starts],
        np.maximum.reduceat(columns.high, starts),
        np.minimum.reduceat(columns.low, starts),
        columns.close[ends],
        # Pixels hold one column more or less than their neighbours: the mean is what compares.
        np.add.reduceat(columns.volume, starts) / (ends + 1 - starts),
    )
    left = pixels[starts]
    return Stripes(folded, left, np.ones(len(left)), left, 0.0)


def _boxes(
    left: NDArray[np.float64],
    width: NDArray[np.float64] | float,
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Rectangles on whole device pixels, at least one pixel tall."""
    boxes = np.empty((len(left), 4))
    boxes[:, 0] = left
    boxes[:, 1] = np.floor(top)
    boxes[:, 2] = width
    boxes[:, 3] = np.maximum(np.ceil(bottom) - boxes[:, 1], 1.0)
    return boxes


class CandleLayer(Layer):
    """Open, high, low and close of every bar, or of every group of bars when zoomed out."""

    pyramid: BarPyramid | None = None
    style = CandleStyle.FILLED

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 0)
        self.placing = Placing()

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint rising candles, then falling ones."""
        if self.pyramid is None or not len(self.pyramid) or self.pane.is_clear(part):
            return
        shown = self.placing.stripes(self.pyramid, frame, part.left, part.right)
        parts, inside = self._parts(shown, frame)
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = self.surface.colors
        rising = shown.rising
        if self.style is CandleStyle.HOLLOW and shown.wick_width:
            rising = shown.columns.close >= self._closes_before(shown, frame, part)
        for color, chosen in ((colors.up, rising), (colors.down, ~rising)):
            painter.setBrush(color)
            boxes = np.concatenate([each[chosen] for each in parts])
            draw_rects(painter, part.touched(boxes, frame.ratio))
        if len(inside):
            painter.setBrush(colors.background)
            draw_rects(painter, part.touched(inside, frame.ratio))

    def _parts(
        self, shown: Stripes, frame: Frame
    ) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
        """What is painted of each column, and the insides of hollow ones."""
        columns, ratio, thick = shown.columns, frame.ratio, shown.wick_width
        none = np.empty((0, 4))
        high, low = _sorted(frame.y(columns.high) * ratio, frame.y(columns.low) * ratio)
        if not thick:
            return [_boxes(shown.left, shown.width, high, low)], none
        wick = _boxes(shown.wick, thick, high, low)
        opened = np.round(frame.y(columns.open) * ratio)
        close = np.round(frame.y(columns.close) * ratio)
        if self.style is CandleStyle.BARS:
            half = thick // 2
            left = _boxes(shown.left, shown.wick - shown.left, opened - half, opened - half + thick)
            start = shown.wick + thick
            width = shown.left + shown.width - start
            return [wick, left, _boxes(start, width, close - half, close - half + thick)], none
        top, bottom = _sorted(opened, close)
        body = _boxes(shown.left, shown.width, top, bottom)
        if self.style is CandleStyle.FILLED:
            return [wick, body], none
        hollow = shown.rising & (body[:, 2] > 2 * thick) & (body[:, 3] > 2 * thick)
        return [wick, body], body[hollow] + np.array([thick, thick, -2 * thick, -2 * thick])

    def _closes_before(self, shown: Stripes, frame: Frame, part: Part) -> NDArray[np.float64]:
        """The close before each bar; the first bar of all is compared with its open."""
        if self.pyramid is None:
            return shown.columns.open
        start = frame.bars(len(self.pyramid), part.left - SPILL, part.right + SPILL).start
        before = np.empty(len(shown.columns.close))
        before[1:] = shown.columns.close[:-1]
        if len(before):
            before[0] = self.pyramid.close[start - 1] if start else shown.columns.open[0]
        return before


def _sorted(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The upper and the lower of two places, whichever way up the pane is."""
    return np.minimum(one, other), np.maximum(one, other)


class VolumeLayer(Layer):
    """What was traded, at the foot of the pane, against the most in view."""

    pyramid: BarPyramid | None = None
    peak = 0.0

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, -5)
        self.placing = Placing()

    def most(self, frame: Frame, start: int | None = None) -> float:
        """The largest volume of a column in view, or of those from a bar on."""
        if self.pyramid is None or not len(self.pyramid):
            return 0.0
        if start is not None and frame.bar_width * frame.ratio >= 1:
            return float(self.pyramid.volume[start:].max(initial=0.0))
        left = frame.left if start is None else max(frame.left, frame.x(float(start)))
        columns = self.placing.stripes(self.pyramid, frame, left, frame.right).columns
        return float(columns.volume.max(initial=0.0))

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint each column from the foot of the pane."""
        if self.pyramid is None or self.peak <= 0:
            return
        if part.bottom < frame.bottom - VOLUME * frame.height - 1:
            return
        shown = self.placing.stripes(self.pyramid, frame, part.left, part.right)
        foot = float(floor(frame.bottom * frame.ratio))
        tall = shown.columns.volume * (VOLUME * frame.height * frame.ratio / self.peak)
        boxes = _boxes(shown.left, shown.width, foot - tall, np.full(len(tall), foot))
        boxes = boxes[tall > 0]
        rising = shown.rising[tall > 0]
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = self.surface.colors
        for color, chosen in ((colors.volume_up, rising), (colors.volume_down, ~rising)):
            painter.setBrush(self._flat(color))
            draw_rects(painter, boxes[chosen])

    def _flat(self, color: QColor) -> QColor:
        return over(color, self.surface.colors.background)
