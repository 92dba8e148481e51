"""Two parts beside each other, or below each other where the panel is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSplitter
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_FROM = 560  # logical pixels from which both fit side by side
_LEAST = 240
_FIRST = 0.58  # of the width or height, for the first part


class TwoParts(QSplitter):
    """Turns by itself as it gets wider or narrower, and never keeps a dock from getting narrow."""

    def __init__(self, theme: Theme, first: QWidget, second: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._sized = False
        self.setChildrenCollapsible(False)
        self.addWidget(first)
        self.addWidget(second)
        for place in (0, 1):
            self.setStretchFactor(place, 1)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return little: it can turn, and what does not fit scrolls."""
        return QSize(self._theme.px(_LEAST), self._theme.px(_LEAST // 2))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        narrow = event.size().width() < self._theme.px(_FROM)
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.orientation() is not wanted or not self._sized:
            self._sized = True
            self.setOrientation(wanted)
            whole = event.size().height() if narrow else event.size().width()
            self.setSizes([round(whole * _FIRST), round(whole * (1 - _FIRST))])
        super().resizeEvent(event)
