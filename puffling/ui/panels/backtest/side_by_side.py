"""What is asked beside what was found; below each other where the panel is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_FROM = 620  # pixels from which both fit side by side
_ASKED, _FOUND, _LEAST = 340, 700, 330
_FORM_SHARE = 0.4  # of the height, where both are below each other


class SideBySide(QSplitter):
    """Turns by itself as it gets wider or narrower, and never stops a dock from getting narrow."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Fill the parent; what is asked and what was found are then made as its children.

        From the outside in: each widget is styled once, not again at every level.
        """
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setChildrenCollapsible(False)
        column = QVBoxLayout(parent)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)

    def settle(self) -> None:
        """Share out the room; both children are there."""
        theme, asked = self._theme, self.widget(0)
        if asked is not None:
            asked.setMinimumWidth(theme.px(_LEAST))
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setSizes([theme.px(_ASKED), theme.px(_FOUND)])

    @override
    def minimumSizeHint(self) -> QSize:
        """Return what both need below each other: it can always turn."""
        children = (self.widget(place) for place in range(self.count()))
        hints = [each.minimumSizeHint() for each in children if each is not None]
        wide = max(*(each.width() for each in hints), self._theme.px(_LEAST))
        return QSize(wide, max(each.height() for each in hints))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        narrow = event.size().width() < self._theme.px(_FROM)
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.orientation() is not wanted:
            self.setOrientation(wanted)
            high = round(event.size().height() * _FORM_SHARE)
            self.setSizes(
                [high, event.size().height() - high]
                if narrow
                else [self._theme.px(_ASKED), self._theme.px(_FOUND)]
            )
        super().resizeEvent(event)
