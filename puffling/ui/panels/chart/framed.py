"""The place of a chart, which is framed while it does not show the present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

FRAME = 3  # pixels


class FramedPlace(QWidget):
    """Paints a frame in the colour of a warning when it is told to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._framed = False
        theme.changed.connect(self.update)

    @property
    def framed(self) -> bool:
        """Whether there is a frame."""
        return self._framed

    def set_framed(self, *, framed: bool) -> None:
        """Paint the frame, or none."""
        self._framed = framed
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame around what is inside."""
        if not self._framed:
            return
        painter = QPainter(self)
        color, wide, high = self._theme.color("warning"), self.width(), self.height()
        for side in (
            QRect(0, 0, wide, FRAME),
            QRect(0, high - FRAME, wide, FRAME),
            QRect(0, 0, FRAME, high),
            QRect(wide - FRAME, 0, FRAME, high),
        ):
            painter.fillRect(side, color)
