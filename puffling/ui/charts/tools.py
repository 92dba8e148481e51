"""What may take the pointer and the keys of a chart before the chart does: a drawing tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QKeyEvent

    from puffling.ui.charts.pane import Pane


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A place on a chart: its pane, the bar with fractions, the time in ns UTC, and the value."""

    pane: Pane
    index: float
    time: int
    value: float


class ChartTool(Protocol):
    """Is asked first. What it takes (True), the chart leaves alone; the crosshair still moves."""

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """The left button went down."""
        ...

    def move(self, at: QPointF, buttons: Qt.MouseButton) -> bool:
        """The pointer moved, with these buttons down."""
        ...

    def release(self, at: QPointF) -> bool:
        """The left button went up."""
        ...

    def double(self, at: QPointF) -> bool:
        """There was a double click."""
        ...

    def key(self, event: QKeyEvent) -> bool:
        """A key went down."""
        ...
