"""The grid behind, and what is under the pointer: crosshair lines and the legend."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap
from typing_extensions import override

from puffling.ui.charts.pane import Layer
from puffling.ui.charts.primitives import draw_lines
from puffling.ui.charts.surface import over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Part
    from puffling.ui.charts.ticks import TimeTick

LEGEND = QPointF(10, 8)
_GROUND = 0.8  # how much of what is below the words is covered
GAP = 10.0


class GridLayer(Layer):
    """Lines at the marks of both axes, and the chart's name as a watermark."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, -10)
        self.ticks: list[TimeTick] = []
        self.watermark = ""
        self.below = ""  # in smaller letters under the watermark
        self._name_key: tuple[object, ...] = ()
        self._name = QPixmap()
        self._marked: tuple[object, object, object] = (None, None, None)
        self._lines = np.empty((0, 4))  # at what is marked

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint grid and watermark."""
        painter.setPen(over(self.surface.colors.grid, self.surface.colors.background))
        marked = (frame, self.pane.axis.ticks, self.ticks)
        if not all(one is other for one, other in zip(marked, self._marked, strict=True)):
            self._marked, self._lines = marked, self._placed(frame)
        draw_lines(painter, self._lines)
        if self.watermark:
            self._write_name(painter, frame, part)

    def _placed(self, frame: Frame) -> NDArray[np.float64]:
        heights = [round(frame.y(value)) + 0.5 for value in self.pane.axis.ticks.values]
        places = [round(frame.x(float(tick.index))) + 0.5 for tick in self.ticks]
        lines = [(frame.left, y, frame.right, y) for y in heights]
        lines += [(x, frame.top, x, frame.bottom) for x in places]
        return np.array(lines).reshape(-1, 4)

    def _write_name(self, painter: QPainter, frame: Frame, part: Part) -> None:
        size = max(24, int(min(frame.height / 4, frame.width / 6)))
        key = (self.watermark, self.below, size, self.surface.colors.watermark.rgba(), frame.ratio)
        if key != self._name_key:
            self._name_key, self._name = key, self._picture(size, frame.ratio)
        width, height = self._name.deviceIndependentSize().toTuple()
        corner = QPointF(
            round(frame.left + (frame.width - width) / 2),
            round(frame.top + (frame.height - height) / 2),
        )
        if part.left < corner.x() + width and part.right > corner.x():
            painter.drawPixmap(corner, self._name)

    def _picture(self, size: int, ratio: float) -> QPixmap:
        """The name as a picture: letters this large would be drawn as curves each time."""
        lines: list[tuple[str, QFont, QFontMetricsF]] = []
        for text, height in ((self.watermark, size), (self.below, size // 3)):
            font = QFont(self.surface.large)
            font.setPixelSize(height)
            lines.append((text, font, QFontMetricsF(font)))
        width = max(metrics.horizontalAdvance(text) for text, _, metrics in lines)
        tall = sum(metrics.height() for text, _, metrics in lines if text)
        picture = QPixmap((QSizeF(width, tall) * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setPen(self.surface.colors.watermark)
        top = 0.0
        for text, font, metrics in lines:
            painter.setFont(font)
            area = QRectF(0, top, width, metrics.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
            top += metrics.height()
        painter.end()
        return picture


class CrosshairLayer(Layer):
    """A line through the bar under the pointer and one through the price."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 20)
        self.index: int | None = None
        self.value: float | None = None

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint both lines."""
        colors = self.surface.colors
        painter.setPen(colors.pen(colors.crosshair, frame.ratio, dashed=True))
        if self.index is not None:
            x = round(frame.x(float(self.index))) + 0.5
            painter.drawLine(QLineF(x, frame.top, x, frame.bottom))
        if self.value is not None:
            y = round(frame.y(self.value)) + 0.5
            painter.drawLine(part.across(frame.left, y))


@dataclass(frozen=True, slots=True)
class Said:
    """Some words of the legend, in a colour of their own."""

    text: str
    color: QColor
    strong: bool = False


class LegendLayer(Layer):
    """Lines of words at the top left of a pane.

    Over a pane that is lower than they are, only the first are painted, and how many are not:
    they take no more than `share` of its height.
    """

    def __init__(self, pane: Pane, *, share: float = 1.0) -> None:
        super().__init__(pane, 21)
        self.share = share
        self._placed: list[tuple[float, float, Said]] = []  # from the legend's corner
        self._size = QSizeF(0, 0)
        self._lines: list[tuple[float, list[Said]]] = []  # with their widths
        self._news = QRectF()  # what changed, from the legend's corner

    def say(self, lines: Sequence[Sequence[Said]]) -> None:
        """Say this from now on."""
        before, self._lines = self._lines, []
        self._placed = []
        widest, height = 0.0, self.surface.tag_height
        for row, line in enumerate(lines):
            x = 0.0
            for said in line:
                self._placed.append((x, row * height, said))
                x += self.surface.width(said.text, strong=said.strong) + GAP
            self._lines.append((x, list(line)))
            widest = max(widest, x)
        self._size = QSizeF(widest, height * len(lines))
        for row, (one, other) in enumerate(zip_longest(before, self._lines)):
            if one != other:
                wide = max(one[0] if one else 0.0, other[0] if other else 0.0)
                self._news = self._news.united(QRectF(0, row * height, wide, height))

    def take_news(self) -> QRectF:
        """The part of the widget where it says something else since this was asked last."""
        news, self._news = self._news, QRectF()
        corner = QPointF(self.pane.frame.left, self.pane.frame.top) + LEGEND
        return news.translated(corner).adjusted(-2, 0, 2, 0) if not news.isEmpty() else news

    @property
    def text(self) -> str:
        """What it says, for those who cannot see it."""
        return " ".join(said.text for _, _, said in self._placed)

    @property
    def painted(self) -> int:
        """How many lines there is room for; the first is always there."""
        room = int(self.pane.frame.height * self.share / self.surface.tag_height)
        return min(len(self._lines), max(1, room))

    @property
    def area(self) -> QRectF:
        """What the words cover, in the widget's pixels."""
        frame = self.pane.frame
        size = QSizeF(self._size.width(), self.painted * self.surface.tag_height)
        whole = QRectF(QPointF(frame.left, frame.top) + LEGEND, size)
        return whole.intersected(QRectF(frame.left, frame.top, frame.width, frame.height))

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the lines; what does not fit ends in an ellipsis."""
        area = self.area
        if part.right <= area.left() or part.left >= area.right():
            return
        ground = QColor(self.surface.colors.background)
        ground.setAlphaF(_GROUND)  # words stay readable above bars and lines
        for x, y, said in self._in_room():
            start = area.left() + x
            if start < part.right:
                rect = QRectF(start, area.top() + y, 0, self.surface.tag_height)
                text = self.surface.fitted(said.text, frame.right - start, strong=said.strong)
                wide = self.surface.width(text, strong=said.strong)
                painter.fillRect(rect.adjusted(-2, 0, wide + 2, 0), ground)
                painter.setPen(said.color)
                self.surface.write(painter, rect, text, align=0, strong=said.strong)

    def _in_room(self) -> list[tuple[float, float, Said]]:
        """What is painted, and a word on what is not."""
        painted, height = self.painted, self.surface.tag_height
        if painted == len(self._lines):
            return self._placed
        rest = Said(f"+{len(self._lines) - painted}", self.surface.colors.axis_text)
        kept = [each for each in self._placed if each[1] < painted * height - 1]
        end = self.pane.frame.width - LEGEND.x() - self.surface.width(rest.text)
        return [
            *kept,
            (max(0.0, min(self._lines[painted - 1][0], end)), (painted - 1) * height, rest),
        ]
