"""A small line with its first and last value, and what is under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from puffling.ui.theme.theme import Theme

_LEAST = 2
_FILL = 0.14


class MiniChart(QWidget):
    """Draws values from the left to the right. `labels` name each of them, if given."""

    def __init__(
        self, theme: Theme, values: Sequence[float], labels: Sequence[str] = (), *, name: str
    ) -> None:
        super().__init__()
        self._theme = theme
        known = [at for at, each in enumerate(values) if math.isfinite(each)]
        self._values = [values[at] for at in known]
        self._labels = [labels[at] for at in known] if len(labels) == len(values) else []
        self._at = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(84))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if len(self._values) >= _LEAST:
            share = event.position().x() / max(self.width(), 1)
            last = len(self._values) - 1
            self._at = min(max(round(share * last), 0), last)
            self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._at = -1
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._values) < _LEAST:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = self._theme.sign_tone(self._values[-1] - self._values[0])
        color = self._theme.color(Tone.TEXT if tone is Tone.MUTED else tone)
        small = self._theme.font(Kind.CAPTION)
        painter.setFont(small)
        high = painter.fontMetrics().height()
        points = self._points(QRectF(1, high, self.width() - 2, self.height() - 2 * high - 3))
        line = QPainterPath(points[0])
        for each in points[1:]:
            line.lineTo(each)
        ground = QPainterPath(line)
        ground.lineTo(points[-1].x(), self.height() - high)
        ground.lineTo(points[0].x(), self.height() - high)
        fill = self._theme.color(tone if tone is not Tone.MUTED else Tone.TEXT, _FILL)
        painter.fillPath(ground, fill)
        painter.strokePath(line, QPen(color, 1.4))
        self._write(painter, points, high)

    def _points(self, room: QRectF) -> list[QPointF]:
        low, high = min(self._values), max(self._values)
        span, last = (high - low) or 1.0, len(self._values) - 1
        return [
            QPointF(
                room.left() + at / last * room.width(),
                room.bottom() - ((each - low) / span if high > low else 0.5) * room.height(),
            )
            for at, each in enumerate(self._values)
        ]

    def _write(self, painter: QPainter, points: list[QPointF], high: int) -> None:
        painter.setPen(self._theme.color(Tone.MUTED))
        top = QRectF(0, 0, self.width(), high)
        bottom = QRectF(0, self.height() - high, self.width(), high)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if self._at >= 0:
            painter.drawLine(
                QPointF(points[self._at].x(), high),
                QPointF(points[self._at].x(), self.height() - high),
            )
        at = self._at if self._at >= 0 else len(self._values) - 1
        painter.drawText(top, right, f"{self._values[at]:,.2f}")
        if self._at < 0:
            painter.drawText(top, left, f"{self._values[0]:,.2f}")
        if self._labels:
            if self._at >= 0:
                painter.drawText(bottom, Qt.AlignmentFlag.AlignHCenter, self._labels[self._at])
            else:
                painter.drawText(bottom, left, self._labels[0])
                painter.drawText(bottom, right, self._labels[-1])
