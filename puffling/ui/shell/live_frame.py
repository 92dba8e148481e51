"""The frame around the window while real money is traded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

WIDTH = 3


class _Edge(QWidget):
    """One side; it takes no click and no focus."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)
        self.hide()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color(Tone.LIVE))


class LiveFrame(QObject):
    """Four edges over everything in a window, shown in LIVE only."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._width = window, theme.px(WIDTH)
        self.edges = [_Edge(theme, window) for _ in range(4)]
        window.installEventFilter(self)

    def show_mode(self, mode: str) -> None:
        """Show the frame in LIVE, and nothing in any other mode."""
        self._place()
        for each in self.edges:
            each.setVisible(mode == Tone.LIVE)
            each.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width, wide, high = self._width, self._window.width(), self._window.height()
        places = (
            QRect(0, 0, wide, width),
            QRect(0, high - width, wide, width),
            QRect(0, 0, width, high),
            QRect(wide - width, 0, width, high),
        )
        for edge, place in zip(self.edges, places, strict=True):
            edge.setGeometry(place)
            edge.raise_()
