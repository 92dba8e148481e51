"""The treemap: what is held as tiles, as large as its worth and coloured by what it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from puffling.ui.theme.theme import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from puffling.ui.theme.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_PARTS = " · "  # between the parts of a tile's words; only the first is shown where room is short
_GAP = 2.0
_WEAKEST, _STRONGEST = 0.16, 0.75  # how strongly a tile is coloured
_FULL = 0.05  # the gain or loss at which a tile has its whole colour


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing: how large it is, what it made, and what to say of it."""

    key: str
    size: float  # more than zero
    gain: float | None  # as a share: 0.01 is 1 %
    words: str  # a line below its name
    tip: str = ""


def squarified(sizes: Sequence[float], area: QRectF) -> list[QRectF]:
    """Return a rectangle for each size, largest first, as near to squares as they get.

    Rows are filled along the shorter side for as long as that makes their worst tile better
    (Bruls, Huizing, van Wijk 2000: Squarified Treemaps). `sizes` must fall.
    """
    total = sum(sizes)
    if total <= 0 or area.width() <= 0 or area.height() <= 0:
        return [QRectF() for _ in sizes]
    scale = area.width() * area.height() / total
    left = [each * scale for each in sizes]
    placed: list[QRectF] = []
    free = QRectF(area)
    while left:
        side = min(free.width(), free.height())
        row = [left[0]]
        while len(row) < len(left) and _worst([*row, left[len(row)]], side) <= _worst(row, side):
            row.append(left[len(row)])
        left = left[len(row) :]
        free = _place(row, free, placed)
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """The most oblong tile of a row: its longer side as a multiple of its shorter one."""
    whole = sum(row)
    return max(side * side * max(row) / whole**2, whole**2 / (side * side * min(row)))


def _place(row: Sequence[float], free: QRectF, placed: list[QRectF]) -> QRectF:
    """Put a row along the shorter side of what is free; return what is left."""
    across = free.width() >= free.height()
    length = free.height() if across else free.width()
    depth = sum(row) / length
    start = free.top() if across else free.left()
    for each in row:
        span = each / depth
        placed.append(
            QRectF(free.left(), start, depth, span)
            if across
            else QRectF(start, free.top(), span, depth)
        )
        start += span
    return free.adjusted(depth, 0, 0, 0) if across else free.adjusted(0, depth, 0, 0)


class TreeMap(QWidget):
    """Shows tiles; the arrow keys go from the largest to the smallest.

    Signals:
        chosen: A tile was clicked, or Return was pressed on it (its key).
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tiles: list[Tile] = []
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of positions")
        self._describe()

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these, the largest first."""
        fresh = sorted(tiles, key=lambda each: (-each.size, each.key))
        if fresh != self._tiles:
            key = self.current
            self._tiles = fresh
            keys = [each.key for each in fresh]
            self._current = keys.index(key) if key in keys else -1
            self._describe()
            self.update()

    @property
    def current(self) -> str:
        """The key of the tile that the keyboard is on; empty on none."""
        return self._tiles[self._current].key if 0 <= self._current < len(self._tiles) else ""

    def rects(self) -> list[QRectF]:
        """Where the tiles are, largest first."""
        return squarified([each.size for each in self._tiles], QRectF(self.rect()))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(360), self._theme.px(160))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place, (tile, rect) in enumerate(zip(self._tiles, self.rects(), strict=True)):
            self._draw(painter, tile, rect.adjusted(_GAP / 2, _GAP / 2, -_GAP / 2, -_GAP / 2))
            if place == self._current and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(self._theme.color("accent"))
                painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.end()

    def _draw(self, painter: QPainter, tile: Tile, rect: QRectF) -> None:
        theme = self._theme
        gain = tile.gain
        strength = 0.0 if gain is None else min(abs(gain) / _FULL, 1.0)
        token = "line" if gain is None or not gain else ("up" if gain > 0 else "down")
        alpha = _WEAKEST + (_STRONGEST - _WEAKEST) * strength
        painter.fillRect(rect, theme.color(token, alpha))
        inside = rect.adjusted(theme.px(6), theme.px(4), -theme.px(4), -theme.px(4))
        painter.setPen(theme.color("text"))
        line = theme.px(16)
        for row, (text, kind) in enumerate(((tile.key, Kind.STRONG), (tile.words, Kind.TEXT))):
            font = theme.font(kind)
            painter.setFont(font)
            box = QRectF(inside.left(), inside.top() + row * line, inside.width(), line)
            if box.bottom() <= inside.bottom() + 1:
                metrics, room = painter.fontMetrics(), int(box.width())
                if metrics.horizontalAdvance(text) > room:
                    text = text.split(_PARTS)[0]  # noqa: PLW2901 - what matters most stays whole
                said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, said)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        if place >= 0:
            self._current = place
            self.update()
            self.chosen.emit(self.current)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        tip = self._tiles[place].tip if place >= 0 else ""
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS and self._tiles:
            self._current = min(max(self._current + _STEPS[key], 0), len(self._tiles) - 1)
            self._describe()
            self.update()
        elif key in _ENTER and self.current:
            self.chosen.emit(self.current)
        else:
            event.ignore()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._current = max(self._current, 0)
        self._describe()
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def _describe(self) -> None:
        """Say what the tile under the keyboard says, or how many there are."""
        on_tile = 0 <= self._current < len(self._tiles)
        held = f"{len(self._tiles)} tiles, the largest first" if self._tiles else "Nothing to show"
        self.setAccessibleDescription(self._tiles[self._current].tip if on_tile else held)

    def _at(self, point: QPointF) -> int:
        found = (place for place, rect in enumerate(self.rects()) if rect.contains(point))
        return next(found, -1)
