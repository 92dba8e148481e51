"""The price axis at the right of a pane and the time axis below all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF

from puffling.ui.charts.frame import Frame
from puffling.ui.charts.plotting import GraphicsObject
from puffling.ui.charts.scales import Reading
from puffling.ui.charts.ticks import PriceTicks, Rank, price_decimals

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from puffling.ui.charts.surface import Surface
    from puffling.ui.charts.ticks import TimeTick

PADDING = 6


@dataclass(frozen=True, slots=True)
class Tag:
    """A filled value on the price axis."""

    value: float
    fill: QColor
    ink: QColor


class PriceAxis(GraphicsObject):
    """Round values at the right edge of a pane, and the tags of special ones."""

    def __init__(self, surface: Surface) -> None:
        super().__init__()
        self._surface = surface
        self.frame = Frame()
        self.ticks = PriceTicks((), 2)
        self.tags: list[Tag] = []
        self.cursor: float | None = None
        self.decimals: int | None = None  # of tags; None: as a price of that size is quoted
        self.unit = ""
        self.reading = Reading()
        self.setZValue(10)

    def boundingRect(self) -> QRectF:
        """All of it, in the widget's pixels."""
        frame = self.frame
        return QRectF(frame.right, frame.top, self._surface.axis_width, frame.height)

    def text(self, value: float) -> str:
        """Write a value as exactly as tags do."""
        least = self.reading.decimals if self.decimals is None else self.decimals
        if least is None:
            least = price_decimals(abs(value))
        shared = 0 if self.ticks.own else self.ticks.decimals
        return self.reading.text(value, max(shared, least)) + self.unit

    @property
    def width_needed(self) -> float:
        """The width of the longest thing it has to say."""
        said = [self.text(self.frame.y0), self.text(self.frame.y1)]
        if self.ticks.own:
            said += [self.reading.text(value, places) for value, places in self.ticks.written()]
        return max(map(self._surface.width, said)) + 2 * PADDING + 2

    def tag_rect(self, value: float) -> QRectF:
        """Where a tag of this value belongs."""
        area, height = self.boundingRect(), self._surface.tag_height
        top = min(max(self.frame.y(value) - height / 2, area.top()), area.bottom() - height)
        return QRectF(area.left() + 1, round(top), area.width() - 2, height)

    def tag_rects(self) -> list[QRectF]:
        """Where each tag in view is: at its value, unless a more important one is there.

        The later a tag is in the list, the more it matters.
        """
        placed: list[QRectF] = []
        tags = self._tags_in_view()
        for tag in reversed(tags):
            rect = self.tag_rect(tag.value)
            rises = tag.value >= tags[-1].value
            for other in sorted(placed, key=QRectF.top, reverse=rises):
                if rect.intersects(other) and rises:
                    rect.moveBottom(other.top())
                elif rect.intersects(other):
                    rect.moveTop(other.bottom())
            placed.append(rect)
        return placed[::-1]

    def _tags_in_view(self) -> list[Tag]:
        return [each for each in self.tags if self.frame.y0 <= each.value <= self.frame.y1]

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint labels, then tags over them."""
        surface, frame, area = self._surface, self.frame, self.boundingRect()
        if not surface.is_exposed(area):
            return
        half = surface.tag_height / 2
        rects = self.tag_rects()
        covered = rects if self.cursor is None else [*rects, self.tag_rect(self.cursor)]
        painter.resetTransform()
        painter.setPen(surface.colors.axis_text)
        for value, places in self.ticks.written():
            y = frame.y(value)
            rect = QRectF(area.left(), y - half, area.width() - PADDING, 2 * half)
            fits = area.top() + half / 2 < y < area.bottom() - half / 2
            if (
                fits
                and surface.is_exposed(rect)
                and not any(rect.intersects(each) for each in covered)
            ):
                said = self.reading.text(value, places) + self.unit
                surface.write(painter, rect, said, align=1)
        for tag, rect in zip(self._tags_in_view(), rects, strict=True):
            self._paint_tag(painter, tag, rect)
        if self.cursor is not None:
            tag = Tag(self.cursor, surface.colors.tag, surface.colors.tag_text)
            self._paint_tag(painter, tag, self.tag_rect(tag.value))

    def _paint_tag(self, painter: QPainter, tag: Tag, rect: QRectF) -> None:
        self._surface.tag(painter, rect, tag.fill)
        painter.setPen(tag.ink)
        inside = rect.adjusted(0, 0, 1.0 - PADDING, 0)
        self._surface.write(painter, inside, self.text(tag.value), align=1)


class TimeAxis(GraphicsObject):
    """Dates and times below the panes."""

    def __init__(self, surface: Surface) -> None:
        super().__init__()
        self._surface = surface
        self.frame = Frame()  # of a pane above it
        self.top = 0.0
        self.ticks: list[TimeTick] = []
        self.cursor: tuple[int, str] | None = None
        self.corner = ""  # what the times are in
        self.setZValue(10)

    @property
    def height(self) -> float:
        """How tall it is."""
        return self._surface.tag_height + 6

    def boundingRect(self) -> QRectF:
        """All of it, in the widget's pixels."""
        frame = self.frame
        return QRectF(frame.left, self.top, frame.width + self._surface.axis_width, self.height)

    def tag_rect(self, index: int, text: str) -> QRectF:
        """Where the tag of a bar is."""
        frame = self.frame
        width = self._surface.width(text) + 2 * PADDING + 4
        left = min(max(frame.x(float(index)) - width / 2, frame.left), frame.right - width)
        return QRectF(round(left), self.top + 1, round(width), self._surface.tag_height)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint labels, then the tag over them."""
        surface, frame, area = self._surface, self.frame, self.boundingRect()
        if not surface.is_exposed(area):
            return
        painter.resetTransform()
        painter.setPen(surface.colors.axis_line)
        painter.drawLine(QLineF(area.left(), area.top() + 0.5, area.right(), area.top() + 0.5))
        if not surface.is_exposed(area.adjusted(0, 2, 0, 0)):
            return  # a column above it reaches as far as the line
        for tick in self.ticks:
            year = tick.rank is Rank.YEAR
            painter.setPen(surface.colors.tag_text if year else surface.colors.axis_text)
            x = frame.x(float(tick.index))
            if frame.left + 2 * PADDING <= x <= frame.right - 2 * PADDING:
                rect = QRectF(x - 40, area.top() + 2, 80, surface.tag_height)
                surface.write(painter, rect, tick.text, strong=year)
        if self.corner:
            painter.setPen(surface.colors.axis_text)
            rect = QRectF(frame.right, area.top() + 2, surface.axis_width, surface.tag_height)
            surface.write(painter, rect, self.corner)
        if self.cursor is not None:
            rect = self.tag_rect(*self.cursor)
            surface.tag(painter, rect, surface.colors.tag)
            painter.setPen(surface.colors.tag_text)
            surface.write(painter, rect, self.cursor[1])
