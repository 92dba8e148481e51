"""Lines over prices, horizontal price lines, and the marks of trades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF
from typing_extensions import override

from puffling.ui.charts.ladder import BASE
from puffling.ui.charts.marks import MarkKind
from puffling.ui.charts.pane import Layer, device_pixels
from puffling.ui.charts.primitives import draw_lines, draw_rects, first_of_each
from puffling.ui.charts.surface import RADIUS, over
from puffling.ui.theme.icons import draw as draw_icon

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import LinePyramid
    from puffling.ui.charts.surface import Part

TRIANGLE = 5.0  # half the width of a mark, in pixels
APART = 6.0  # marks of one side nearer than this are drawn as one
TALL = 2.0  # pixels a line moves within one before it is filled and not drawn
COARSE = 2  # a line through more bars than pixels turns at every second pixel
NEAR = 9.0  # how far from a mark the pointer may be to mean it


class LineLayer(Layer):
    """One value for each bar, joined by a line; nothing is left out when zoomed out."""

    def __init__(self, pane: Pane, color: QColor, *, width: float = 1.5, height: float = 5) -> None:
        super().__init__(pane, height)
        self.color = color
        self.width = width
        self.fill: QColor | None = None  # between the line and `base`
        self.base: float | None = 0.0  # None: the foot of the pane
        self.line: LinePyramid | None = None
        self._extent: tuple[Frame | None, LinePyramid | None, float, float] = (None, None, 0.0, 0.0)

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the line from a column before the part to one after it."""
        if self.line is None or self._misses(frame, part):
            return
        reach = max(1.0, frame.bar_width) + COARSE + 1
        bars = frame.bars(len(self.line), part.left - reach, part.right + reach)
        level = self.line.level_within(1 / frame.bar_width)
        size = BASE**level
        first, stop = bars.start // size, -(-bars.stop // size)
        low, high = self.line.bounds(level, first, stop)
        x = frame.x(np.arange(first, first + len(low)) * float(size) + (size - 1) / 2)
        lowest, highest = frame.y(low), frame.y(high)
        if frame.inverted:
            lowest, highest = highest, lowest
        if frame.bar_width < 1 and len(x):
            starts = first_of_each(np.floor(x))
            x = np.floor(x[starts]) + 0.5
            lowest = np.fmax.reduceat(lowest, starts)
            highest = np.fmin.reduceat(highest, starts)
        known = np.isfinite(lowest)
        x, lowest, highest = x[known], lowest[known], highest[known]
        if part.left <= frame.left and part.right >= frame.right and len(x):
            self._extent = (frame, self.line, float(highest.min()), float(lowest.max()))
        beside = not len(x) or lowest.max() < part.top - 2 or highest.min() > part.bottom + 2
        if beside and self.fill is None:
            return
        points = np.empty((len(x), 2))
        points[:, 0], points[:, 1] = x, (lowest + highest) / 2
        if self.fill is not None:
            self._fill(painter, frame, points, part)
        if frame.bar_width < 1:
            self._draw_dense(painter, points, lowest, highest)
        else:
            self._draw_smooth(painter, points[:-1], points[1:])

    def _misses(self, frame: Frame, part: Part) -> bool:
        """Whether a part lies above or below all of the line, as it was when all was painted.

        The last bar's column is as tall as the pane, so that it never does.
        """
        known, line, top, bottom = self._extent
        if known is not frame or line is not self.line or self.fill is not None:
            return False
        if part.left <= frame.left and part.right >= frame.right:
            return False
        return part.bottom < top - self.width - 1 or part.top > bottom + self.width + 1

    def _draw_smooth(
        self, painter: QPainter, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> None:
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        # Such a pen counts in device pixels.
        width = self.width * self.pane.frame.ratio
        painter.setPen(self.surface.colors.pen(self.color, width))
        lines = np.empty((len(start), 4))
        lines[:, :2], lines[:, 2:] = start, end
        draw_lines(painter, lines)
        painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)

    def _draw_dense(
        self,
        painter: QPainter,
        points: NDArray[np.float64],
        lowest: NDArray[np.float64],
        highest: NDArray[np.float64],
    ) -> None:
        """Where the line goes up and down within a pixel, fill all of its reach."""
        top, bottom = highest.copy(), lowest.copy()
        top[1:] = np.minimum(highest[1:], lowest[:-1])  # as far as the column before
        bottom[1:] = np.maximum(lowest[1:], highest[:-1])
        tall = bottom - top > TALL
        corners = np.flatnonzero(np.floor(points[:, 0]) % COARSE == 0)  # in any part the same
        start, end = corners[:-1], corners[1:]
        flat = ~(tall[start] & tall[end])
        self._draw_smooth(painter, points[start[flat]], points[end[flat]])
        boxes = np.empty((int(tall.sum()), 4))
        boxes[:, 0], boxes[:, 2] = points[tall, 0] - 0.5, 1.0
        boxes[:, 1], boxes[:, 3] = top[tall], (bottom - top)[tall]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.color)
        draw_rects(painter, np.round(boxes))

    def _fill(
        self,
        painter: QPainter,
        frame: Frame,
        points: NDArray[np.float64],
        part: Part,
    ) -> None:
        if len(points) < 2 or self.fill is None:  # noqa: PLR2004 - a line has two ends
            return
        start = np.floor(max(part.left, points[0, 0]) * frame.ratio)
        stop = np.ceil(min(part.right, points[-1, 0]) * frame.ratio)
        pixels = np.arange(start, stop)
        line = np.interp(pixels + 0.5, points[:, 0] * frame.ratio, points[:, 1] * frame.ratio)
        foot = frame.bottom if self.base is None else frame.y(self.base)
        base = min(max(foot, frame.top), frame.bottom) * frame.ratio
        boxes = np.empty((len(pixels), 4))
        boxes[:, 0], boxes[:, 2] = pixels, 1.0
        boxes[:, 1] = np.round(np.minimum(line, base))
        boxes[:, 3] = np.round(np.maximum(line, base)) - boxes[:, 1]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(over(self.fill, self.surface.colors.background))
        painter.save()
        device_pixels(painter, frame)
        draw_rects(painter, boxes)
        painter.restore()


class PriceLineLayer(Layer):
    """Dashed lines at prices, with their words upon them."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 6)
        self.lines: tuple[tuple[PriceLine, QColor], ...] = ()

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the lines in view, then their words: no line goes through those of another."""
        said: list[QRectF] = []
        shown = [(each, color, round(frame.y(each.price)) + 0.5) for each, color in self.lines]
        shown = [each for each in shown if frame.top <= each[2] <= frame.bottom]
        for _line, color, y in shown:
            painter.setPen(self.surface.colors.pen(color, frame.ratio, dashed=True))
            painter.drawLine(part.across(frame.left, y))
        for line, color, y in shown:
            height = self.surface.tag_height
            beside = height - 4 if line.icon else 0.0
            width = self.surface.width(line.text) + 10 + beside
            box = QRectF(frame.left + frame.width / 2, y - height / 2, width, height)
            for other in said:
                if box.intersects(other):
                    box.moveLeft(other.right() + 6)
            if said and box.right() > frame.right:
                box.moveRight(min(other.left() for other in said) - 6)
            said.append(box)
            painter.setBrush(self.surface.colors.background)
            painter.setPen(color)
            painter.drawRoundedRect(box, RADIUS, RADIUS)
            if line.icon:
                side = beside - 2
                draw_icon(
                    painter, line.icon, color, QRectF(box.left() + 4, y - side / 2, side, side)
                )
            self.surface.write(painter, box.adjusted(beside, 0, 0, 0), line.text)


class MarkLayer(Layer):
    """Triangles under bars bought and over bars sold; crowded ones are drawn as one."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 8)
        self._index = np.empty(0, dtype=np.int64)
        self._buys = np.empty(0, dtype=np.bool_)
        self._price = np.empty(0)
        self._texts: list[str] = []

    def show_marks(
        self,
        marks: list[tuple[int, Mark]],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        """Take marks with the bars they belong to; `low` and `high` are all bars' prices."""
        marks = sorted(marks, key=lambda each: each[0])
        self._index = np.array([index for index, _ in marks], dtype=np.int64)
        self._buys = np.array([each.kind is MarkKind.BUY for _, each in marks], dtype=np.bool_)
        self._price = np.where(self._buys, low[self._index], high[self._index])
        self._texts = [each.text for _, each in marks]

    def __len__(self) -> int:
        return len(self._index)

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the triangles of the part."""
        if not len(self._index):
            return
        reach = 2 * TRIANGLE / frame.bar_width
        first, stop = np.searchsorted(
            self._index, [frame.index_at(part.left) - reach, frame.index_at(part.right) + reach]
        )
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        colors = self.surface.colors
        painter.setPen(colors.pen(colors.background))
        for buys, color in ((True, colors.up), (False, colors.down)):
            chosen = np.flatnonzero(self._buys[first:stop] == buys) + first
            painter.setBrush(color)
            for x, y in self._spread(frame, chosen, buys=buys):
                painter.drawPolygon(_triangle(x, y, up=buys))
        painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)

    def _spread(
        self, frame: Frame, chosen: NDArray[np.int64], *, buys: bool
    ) -> list[tuple[float, float]]:
        """One place for all marks that fall on the same few pixels, clear of their bars."""
        if not len(chosen):
            return []
        x = frame.x(self._index[chosen].astype(np.float64))
        y = frame.y(self._price[chosen])
        _, starts = np.unique(np.floor(x / APART), return_index=True)
        outermost = (np.maximum if buys else np.minimum).reduceat(y, starts)
        return list(zip(x[starts].tolist(), outermost.tolist(), strict=True))

    def texts_near(self, frame: Frame, x: float, y: float) -> list[str]:
        """What the marks under the pointer have to say."""
        at = frame.index_at(x)
        reach = NEAR / frame.bar_width
        first, stop = np.searchsorted(self._index, [at - reach, at + reach], side="left")
        found = []
        for each in range(int(first), int(stop)):
            side = 1 if self._buys[each] else -1
            middle = frame.y(float(self._price[each])) + side * (TRIANGLE + 5)
            if abs(middle - y) <= NEAR:
                found.append(self._texts[each])
        return found


def _triangle(x: float, y: float, *, up: bool) -> QPolygonF:
    """A triangle that points at a bar's end from a little outside it."""
    side = 1 if up else -1
    tip, base = y + side * 4, y + side * (4 + 1.8 * TRIANGLE)
    return QPolygonF([QPointF(x, tip), QPointF(x - TRIANGLE, base), QPointF(x + TRIANGLE, base)])
