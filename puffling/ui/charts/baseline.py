"""A line over and under a base: green above it, red below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from typing_extensions import override

from puffling.ui.charts.overlays import LineLayer

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Part


class BaselineLayer(LineLayer):
    """One value for each bar, against a base that can be dragged."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, pane.surface.colors.up, height=-6)
        self.base = None

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint what is above the base, then what is below, then the base."""
        if self.line is None or self.base is None:
            return
        colors = self.surface.colors
        y = round(frame.y(self.base)) + 0.5
        upper = QRectF(part.left, frame.top, part.right - part.left, max(0.0, y - frame.top))
        lower = QRectF(part.left, y, part.right - part.left, max(0.0, frame.bottom - y))
        if frame.inverted:
            upper, lower = lower, upper
        for area, color, fill in (
            (upper, colors.up, colors.up_fill),
            (lower, colors.down, colors.down_fill),
        ):
            if area.height() > 0:
                self.color, self.fill = color, fill
                painter.save()
                painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
                super().draw(painter, frame, part)
                painter.restore()
        painter.setPen(colors.pen(colors.crosshair, frame.ratio, dashed=True))
        painter.drawLine(part.across(frame.left, y))
