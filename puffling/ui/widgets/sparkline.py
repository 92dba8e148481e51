"""A line in a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QPaintEvent

    from puffling.ui.theme.theme import Theme

_LEAST_POINTS = 2


def draw_sparkline(painter: QPainter, rect: QRectF, values: Sequence[float], color: QColor) -> None:
    """Draw `values` across `rect`; values that are not finite are left out."""
    known = [each for each in values if math.isfinite(each)]
    if len(known) < _LEAST_POINTS:
        return
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = rect.width() / (len(known) - 1)
    bottom = rect.bottom() if high > low else rect.center().y()
    points = [
        QPointF(rect.left() + index * step, bottom - (each - low) / span * rect.height())
        for index, each in enumerate(known)
    ]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


class Sparkline(QWidget):
    """A small line of recent values, up or down by its ends."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: tuple[float, ...] = ()
        theme.changed.connect(self.update)

    def show_values(self, values: Sequence[float]) -> None:
        """Draw other values."""
        self._values = tuple(values)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(72), self._theme.px(20))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._values:
            return
        tone = self._theme.sign_tone(self._values[-1] - self._values[0])
        rect = QRectF(self.rect()).adjusted(1, 2, -1, -2)
        draw_sparkline(QPainter(self), rect, self._values, self._theme.color(tone))
