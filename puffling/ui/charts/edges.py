"""The lines between the panes of a chart: to drag, and to show which pane the keys act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from puffling.ui.charts.plotting import GraphicsObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Surface

GRIP = 5.0  # how far from a line, in pixels, the pointer may be to take hold of it
REACH = 4.0  # pixels above and below an edge in which it can be taken
LOWEST = 36.0  # pixels a pane keeps
_ABOVE = 15.0


class Edges(GraphicsObject):
    """Edges of the panes in view, each between the pane of its number and the next one."""

    def __init__(self, surface: Surface) -> None:
        super().__init__()
        self._surface = surface
        self.panes: Sequence[Pane] = ()  # in view, from the top
        self.hovered: int | None = None
        self.chosen: Pane | None = None  # the pane that the keys act on, when it is to be seen
        self.setZValue(_ABOVE)

    def at(self, y: float) -> int | None:
        """The number of the edge at a height, if there is one."""
        near = [(abs(pane.frame.bottom - y), number) for number, pane in enumerate(self.panes[:-1])]
        distance, number = min(near, default=(REACH + 1, 0))
        return number if distance <= REACH else None

    def move(self, number: int, y: float) -> None:
        """Give the two panes at an edge the heights they have with the edge there."""
        upper, lower = self.panes[number], self.panes[number + 1]
        top, bottom = upper.frame.top, lower.frame.bottom
        least = min(LOWEST, (bottom - top) / 2)
        share = (min(max(y, top + least), bottom - least) - top) / (bottom - top)
        both = upper.share + lower.share
        upper.share, lower.share = both * share, both * (1 - share)

    def boundingRect(self) -> QRectF:
        """All of the panes and their axes."""
        if not self.panes:
            return QRectF()
        first, last = self.panes[0].frame, self.panes[-1].frame
        width = first.width + self._surface.axis_width
        return QRectF(first.left, first.top, width, last.bottom - first.top)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint a line for each edge, a stronger one where the pointer is."""
        painter.resetTransform()
        colors, area = self._surface.colors, self.boundingRect()
        for number, pane in enumerate(self.panes[:-1]):
            y = pane.frame.bottom
            thick = 3.0 if number == self.hovered else 1.0
            color = colors.tag if number == self.hovered else colors.axis_line
            painter.fillRect(QRectF(area.left(), y - thick // 2, area.width(), thick), color)
        if self.chosen is not None and self.chosen in self.panes and len(self.panes) > 1:
            frame = self.chosen.frame
            painter.fillRect(QRectF(frame.left, frame.top + 1, 2, frame.height - 2), colors.equity)
