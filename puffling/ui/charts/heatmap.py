"""The heat map: one figure over two parameters, in colours that can be read and words too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from puffling.ui.charts.crosshair import LEGEND
from puffling.ui.charts.surface import Surface, over

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from puffling.ui.theme.theme import Theme

    Floats = NDArray[np.float64]

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_GAPS_FROM = 4.0  # pixels of a cell
_GAP = 1.0  # pixels between two cells
_LEAST, _MOST = 0.12, 0.92  # how strongly the weakest and the strongest value are coloured


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Values over two parameters: `values[row, column]`, NaN where nothing was tried."""

    x_title: str
    y_title: str
    x_names: tuple[str, ...]
    y_names: tuple[str, ...]
    values: Floats
    title: str
    write: Callable[[float | None], str]

    @property
    def best(self) -> tuple[int, int] | None:
        """The column and row of the highest value; None where there is none."""
        if not np.isfinite(self.values).any():
            return None
        row, column = np.unravel_index(int(np.nanargmax(self.values)), self.values.shape)
        return int(column), int(row)


class HeatMap(QWidget):
    """Shows a `Grid`, lowest row at the bottom; the best cell has a frame.

    Signals:
        chosen: A cell was clicked, or Return was pressed on it (column, row).
    """

    chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.surface = Surface(theme)
        self.grid: Grid | None = None
        self.looked_at: tuple[int, int] | None = None
        self._area = QRectF()
        self._range = (0.0, 0.0)
        self._picture = QPixmap()  # of the cells, as large as the widget; empty: to be painted
        self.setAccessibleName("Heat map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._follow_theme)

    def show_grid(self, grid: Grid | None) -> None:
        """Show this; None shows nothing."""
        before, self.grid = self.grid, grid
        known = np.empty(0) if grid is None else grid.values[np.isfinite(grid.values)]
        self._range = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        self._picture = QPixmap()
        same = before is not None and grid is not None and before.values.shape == grid.values.shape
        if not same:
            self.looked_at = None
        self._describe()

    def words(self) -> str:
        """Return what is said of the cell looked at, or of the whole."""
        grid = self.grid
        if grid is None:
            return ""
        at = self.looked_at or grid.best
        if at is None:
            return f"{grid.title}: nothing tried yet"
        column, row = at
        value = float(grid.values[row, column])
        place = f"{grid.x_title} {grid.x_names[column]}, {grid.y_title} {grid.y_names[row]}"
        said = "not tried" if math.isnan(value) else grid.write(value)
        best = " (best)" if at == grid.best else ""
        return f"{place}: {grid.title} {said}{best}"

    def look_at(self, cell: tuple[int, int] | None) -> None:
        """Put the read-out on a cell; None is the best one."""
        if cell is not None and self.grid is not None:
            rows, columns = self.grid.values.shape
            cell = min(max(cell[0], 0), columns - 1), min(max(cell[1], 0), rows - 1)
        if cell != self.looked_at:
            self.looked_at = cell
            self._describe()

    def fill_of(self, value: float) -> QColor:
        """Return the colour of a value: falls and rises in their own, stronger the further out."""
        up, strength = self._strengths(np.array([value]))
        token = "up" if up[0] else "down"
        color = self._theme.color(token, float(strength[0]))
        return over(color, self.surface.colors.background)

    def _strengths(self, values: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Return whether each value has the colour of a rise, and how strong the colour is."""
        low, high = self._range
        if low < 0 < high:
            up = values >= 0
            share = np.where(up, values / high, values / low)
        elif high <= 0:
            up = np.zeros(values.shape, np.bool_)
            share = (high - values) / (high - low) if high > low else np.ones(values.shape)
        else:
            up = np.ones(values.shape, np.bool_)
            share = (values - low) / (high - low) if high > low else np.ones(values.shape)
        return up, _LEAST + (_MOST - _LEAST) * np.clip(share, 0.0, 1.0)

    def ink_on(self, fill: QColor) -> QColor:
        """Return the ink that is read best on a fill.

        Black or white, not the theme's: on a middling red only they reach a contrast of 4.5.
        """
        inks = (QColor(Qt.GlobalColor.black), QColor(Qt.GlobalColor.white))
        return max(inks, key=lambda ink: contrast(ink, fill))

    # -- Qt ----------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(420), self._theme.px(280))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(150))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surface.colors.background)
        if self.grid is not None and self.grid.values.size:
            self._place(self.grid)
            self._paint_cells(painter, self.grid)
            self._paint_names(painter, self.grid)
            self._paint_words(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.grid is None or event.modifiers() not in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }:
            event.ignore()
            return
        at = self.looked_at or self.grid.best
        if key in _STEPS and at is not None:
            across, up = _STEPS[key]
            self.look_at((at[0] + across, at[1] + up) if self.looked_at is not None else at)
        elif key in _ENTER and at is not None:
            self.chosen.emit(*at)
        elif key is Qt.Key.Key_Escape and self.looked_at is not None:
            self.look_at(None)
        else:
            event.ignore()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.look_at(self.cell_at(event.position()))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.chosen.emit(*cell)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.look_at(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return the column and row under a point."""
        if self.grid is None or not self._area.contains(at):
            return None
        rows, columns = self.grid.values.shape
        column = int((at.x() - self._area.left()) / (self._area.width() / columns))
        row = rows - 1 - int((at.y() - self._area.top()) / (self._area.height() / rows))
        return min(column, columns - 1), max(row, 0)

    # -- inside ------------------------------------------------------------------------------

    def _place(self, grid: Grid) -> None:
        surface = self.surface
        widest = max(surface.width(each) for each in (*grid.y_names, grid.y_title))
        left = min(widest + 14, self.width() / 2)
        top = LEGEND.y() + 2 * surface.tag_height + 4
        below = 2 * surface.tag_height + 4
        self._area = QRectF(
            left, top, max(10.0, self.width() - left - 8), max(10.0, self.height() - top - below)
        )

    def _cell(self, grid: Grid, column: int, row: int) -> QRectF:
        rows, columns = grid.values.shape
        area = self._area
        left = round(area.left() + column * area.width() / columns)
        right = round(area.left() + (column + 1) * area.width() / columns)
        top = round(area.top() + (rows - 1 - row) * area.height() / rows)
        bottom = round(area.top() + (rows - row) * area.height() / rows)
        return QRectF(left, top, max(right - left - _GAP, 1.0), max(bottom - top - _GAP, 1.0))

    def _paint_cells(self, painter: QPainter, grid: Grid) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.size() != (QSizeF(self.size()) * ratio).toSize():
            self._picture = self._painted(grid, ratio)
        painter.drawPixmap(0, 0, self._picture)
        for at, token in ((grid.best, "text"), (self.looked_at, "accent")):
            if at is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(self.surface.colors.pen(self._theme.color(token), 2.0))
                painter.drawRect(self._cell(grid, *at).adjusted(0.5, 0.5, -0.5, -0.5))

    def _painted(self, grid: Grid, ratio: float) -> QPixmap:
        """Paint all cells once: a look at another one then costs next to nothing."""
        picture = QPixmap((QSizeF(self.size()) * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(self.surface.colors.background)
        painter = QPainter(picture)
        rows, columns = grid.values.shape
        painter.drawImage(self._area, self._colours(grid))
        first, background = self._cell(grid, 0, rows - 1), self.surface.colors.background
        if min(first.width(), first.height()) > _GAPS_FROM:
            for column in range(1, columns):
                left = self._cell(grid, column, 0).left()
                gap = QRectF(left - _GAP, self._area.top(), _GAP, self._area.height())
                painter.fillRect(gap, background)
            for row in range(rows - 1):
                top = self._cell(grid, 0, row).top()
                gap = QRectF(self._area.left(), top - _GAP, self._area.width(), _GAP)
                painter.fillRect(gap, background)
        if first.height() >= self.surface.tag_height:
            self._write_values(painter, grid)
        painter.end()
        return picture

    def _colours(self, grid: Grid) -> QImage:
        """Return one pixel for each cell, the lowest row at the bottom."""
        values = grid.values[::-1]
        up, strength = self._strengths(np.where(np.isfinite(values), values, 0.0))
        background = _rgb(self.surface.colors.background)
        token = np.where(
            up[..., None], _rgb(self._theme.color("up")), _rgb(self._theme.color("down"))
        )
        mixed = token * strength[..., None] + background * (1 - strength[..., None])
        untried = _rgb(over(self._theme.color("line", 0.35), self.surface.colors.background))
        mixed = np.where(np.isfinite(values)[..., None], mixed, untried)
        pixels = np.full((*values.shape, 4), 255, np.uint8)
        pixels[..., :3] = np.round(mixed)
        rows, columns = values.shape
        image = QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        return image.copy()  # the bytes go when this returns

    def _write_values(self, painter: QPainter, grid: Grid) -> None:
        rows, columns = grid.values.shape
        for row in range(rows):
            for column in range(columns):
                value = float(grid.values[row, column])
                if math.isnan(value):
                    continue
                cell, text = self._cell(grid, column, row), grid.write(value)
                if self.surface.width(text) + 6 <= cell.width():
                    painter.setPen(self.ink_on(self.fill_of(value)))
                    self.surface.write(painter, cell, text)

    def _paint_names(self, painter: QPainter, grid: Grid) -> None:
        surface, area = self.surface, self._area
        rows, columns = grid.values.shape
        painter.setPen(surface.colors.axis_text)
        every = max(1, math.ceil(rows * surface.tag_height / area.height()))
        for row in range(0, rows, every):
            cell = self._cell(grid, 0, row)
            place = QRectF(0, cell.top(), area.left() - 8, cell.height())
            surface.write(painter, place, grid.y_names[row], align=1)
        widest = max(surface.width(each) for each in grid.x_names) + 8
        every = max(1, math.ceil(columns * widest / area.width()))
        for column in range(0, columns, every):
            cell = self._cell(grid, column, 0)
            place = QRectF(cell.left(), area.bottom() + 2, cell.width(), surface.tag_height)
            surface.write(painter, place, grid.x_names[column])
        below = QRectF(
            area.left(), area.bottom() + surface.tag_height, area.width(), surface.tag_height
        )
        surface.write(painter, below, grid.x_title)
        above = QRectF(6, area.top() - surface.tag_height - 2, 0, surface.tag_height)
        surface.write(painter, above, grid.y_title, align=0)

    def _paint_words(self, painter: QPainter) -> None:
        painter.setPen(self.surface.colors.tag_text)
        place = QRectF(LEGEND.x(), LEGEND.y(), 0, self.surface.tag_height)
        self.surface.write(painter, place, self.words(), align=0, strong=True)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words())
        self.update()

    def _follow_theme(self) -> None:
        self.surface.follow_theme()
        self._picture = QPixmap()
        self.update()


def _rgb(color: QColor) -> Floats:
    return np.array([color.red(), color.green(), color.blue()], np.float64)


def luminance(color: QColor) -> float:
    """Return how light a colour is, from 0 to 1 (the relative luminance of WCAG 2)."""

    def linear(channel: float) -> float:
        if channel <= 0.03928:  # noqa: PLR2004 - where sRGB's curve begins
            return channel / 12.92
        return math.pow((channel + 0.055) / 1.055, 2.4)

    red, green, blue = (linear(each) for each in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Return how well one colour is read on another, from 1 to 21 (WCAG 2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
