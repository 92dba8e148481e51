"""A small picture of numbers over numbers: two axes, a grid, and a read-out that follows you."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from puffling.core.formats import number
from puffling.ui.charts.crosshair import GAP, LEGEND
from puffling.ui.charts.frame import Frame
from puffling.ui.charts.surface import Surface, over
from puffling.ui.charts.ticks import price_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from puffling.ui.charts.crosshair import Said
    from puffling.ui.charts.ticks import PriceTicks
    from puffling.ui.theme.theme import Theme

Bounds = tuple[float, float, float, float]  # left, right, low, high, in values

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_ACROSS = 90.0  # pixels from one mark of the lower axis to the next
_ROOM = 0.06  # free space around what is shown, as a share of it


class Plot(QWidget):
    """What the charts without a time axis share.

    A subclass says how many things there are to look at (`count`), where they lie (`bounds`),
    which one is nearest to a point, what is said of one, and draws them.

    Signals:
        chosen: A thing was clicked, or Return was pressed on it (its index).
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.surface = Surface(theme)
        self.frame = Frame()
        self.looked_at: int | None = None  # what the read-out is about
        self.x_title = self.y_title = ""
        self.x_unit = self.y_unit = ""
        self._name = name
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._follow_theme)

    # -- what a subclass says ----------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many things there are to look at."""
        return 0

    def bounds(self) -> Bounds | None:
        """Return the values in view; None if there is nothing to show."""
        return None

    def nearest(self, at: QPointF) -> int | None:
        """Return the thing nearest to a point of the widget."""
        del at
        return None

    def words(self, index: int | None) -> Sequence[Said]:
        """Return what is said of a thing; None is the whole."""
        del index
        return ()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the things."""

    # -- what they share ---------------------------------------------------------------------

    def look_at(self, index: int | None) -> None:
        """Put the read-out on a thing; None is the whole."""
        if index is not None:
            index = min(max(index, 0), self.count - 1) if self.count else None
        if index != self.looked_at:
            self.looked_at = index
            self.setAccessibleDescription(" ".join(each.text for each in self.words(index)))
            self.update()

    def refresh(self) -> None:
        """Show other things from now on."""
        self.looked_at = None
        self.setAccessibleDescription(" ".join(each.text for each in self.words(None)))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(420), self.theme.px(260))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.px(200), self.theme.px(140))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self.surface.colors
        painter.fillRect(self.rect(), colors.background)
        bounds = self.bounds()
        if bounds is not None:
            lines = self._legend()
            across, up = self._place(bounds, len(lines))
            self._paint_axes(painter, across, up)
            painter.save()
            frame = self.frame
            painter.setClipRect(QRectF(frame.left, frame.top, frame.width, frame.height))
            self.draw(painter, frame)
            painter.restore()
            self._paint_legend(painter, lines)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self.theme.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() not in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }:
            event.ignore()
        elif key in _STEPS and self.count:
            self.look_at(self.step(_STEPS[key]))
        elif key is Qt.Key.Key_Home:
            self.look_at(0)
        elif key is Qt.Key.Key_End:
            self.look_at(self.count - 1)
        elif key in _ENTER and self.looked_at is not None:
            self.chosen.emit(self.looked_at)
        elif key is Qt.Key.Key_Escape and self.looked_at is not None:
            self.look_at(None)
        else:
            event.ignore()

    def step(self, by: int) -> int:
        """Return the thing so many places from the one looked at."""
        return (0 if by > 0 else self.count - 1) if self.looked_at is None else self.looked_at + by

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.look_at(self.nearest(event.position()))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.looked_at is not None:
            self.chosen.emit(self.looked_at)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.look_at(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    # -- inside ------------------------------------------------------------------------------

    def _place(self, bounds: Bounds, lines: int) -> tuple[PriceTicks, PriceTicks]:
        """Lay the frame out for these values and return the marks of both axes."""
        left, right, low, high = bounds
        surface = self.surface
        below = surface.tag_height + (surface.tag_height if self.x_title else 0) + 4
        top = LEGEND.y() + lines * surface.tag_height + 4
        height = max(10.0, self.height() - top - below)
        margin = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
        low, high = low - margin, high + margin
        up = price_ticks(low, high, height)
        width = max((surface.width(self._y_text(each, up)) for each in up.values), default=20.0)
        side = (right - left) * _ROOM / 2 or 0.5
        across_room = max(10.0, self.width() - width - 14)
        self.frame = Frame(0.0, top, across_room, height, left - side, right + side, low, high)
        return price_ticks(left - side, right + side, across_room, _ACROSS), up

    def _x_text(self, value: float, ticks: PriceTicks) -> str:
        return number(value, places=ticks.decimals) + self.x_unit

    def _y_text(self, value: float, ticks: PriceTicks) -> str:
        return number(value, places=ticks.decimals) + self.y_unit

    def _paint_axes(self, painter: QPainter, across: PriceTicks, up: PriceTicks) -> None:
        surface, frame = self.surface, self.frame
        grid = over(surface.colors.grid, surface.colors.background)
        half = surface.tag_height / 2
        for value in up.values:
            y = round(frame.y(value)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QLineF(frame.left, y, frame.right, y))
            painter.setPen(surface.colors.axis_text)
            area = QRectF(frame.right, y - half, self.width() - frame.right - 6, 2 * half)
            surface.write(painter, area, self._y_text(value, up), align=1)
        for value in across.values:
            x = round(frame.x(value)) + 0.5
            if not frame.left + 12 <= x <= frame.right - 12:
                continue
            painter.setPen(grid)
            painter.drawLine(QLineF(x, frame.top, x, frame.bottom))
            painter.setPen(surface.colors.axis_text)
            text = self._x_text(value, across)
            wide = surface.width(text) + 2  # a name at the edge is moved in, not cut
            left = min(max(x - wide / 2, 0.0), self.width() - wide)
            area = QRectF(left, frame.bottom + 2, wide, surface.tag_height)
            surface.write(painter, area, text)
        if self.x_title:
            area = QRectF(
                frame.left, frame.bottom + surface.tag_height, frame.width, surface.tag_height
            )
            surface.write(painter, area, self.x_title)

    def _legend(self) -> list[list[tuple[float, Said]]]:
        """Return what is said, in as many lines as the width needs, each with its place."""
        lines: list[list[tuple[float, Said]]] = [[]]
        used, room = 0.0, self.width() - 2 * LEGEND.x()
        for each in self.words(self.looked_at):
            long = self.surface.width(each.text, strong=each.strong) + GAP
            if lines[-1] and used + long > room:
                lines.append([])
                used = 0.0
            lines[-1].append((used, each))
            used += long
        return lines

    def _paint_legend(self, painter: QPainter, lines: list[list[tuple[float, Said]]]) -> None:
        height = self.surface.tag_height
        for row, line in enumerate(lines):
            for left, said in line:
                painter.setPen(said.color)
                area = QRectF(LEGEND.x() + left, LEGEND.y() + row * height, 0, height)
                self.surface.write(painter, area, said.text, align=0, strong=said.strong)

    def _follow_theme(self) -> None:
        self.surface.follow_theme()
        self.update()


def dot(painter: QPainter, at: QPointF, radius: float, color: QColor) -> None:
    """Paint a filled dot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(at, radius, radius)
