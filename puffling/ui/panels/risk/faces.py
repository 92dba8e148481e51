"""What is asked beside what was found; one at a time where the panel is too narrow for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from puffling.ui.theme.theme import Theme

_FROM = 680  # pixels from which both fit side by side
_ASKED, _FOUND, _FORM = 400, 580, 320
_LEAST, _LOWEST = 330, 150


class Faces(QWidget):
    """Two faces of a tab. Where both fit they stand side by side, else two small tabs turn them.

    Signals:
        narrowed: There is room for one face only, or for both again (whether it is narrow).
    """

    narrowed = Signal(bool)

    def __init__(self, theme: Theme, asked: QWidget, button: QWidget, found: QWidget) -> None:
        """Take the form, the button that begins the work, and what shows the result."""
        super().__init__()
        self._theme = theme
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName("Settings or result")
        for title in ("Settings", "Result"):
            self.bar.addTab(title)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(asked)
        asked.setAutoFillBackground(False)  # the panel's own ground shows through
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, theme.sizes.padding)
        column.setSpacing(theme.px(8))
        column.addWidget(self._scroll, 1)
        below = QVBoxLayout()
        below.setContentsMargins(theme.sizes.padding, 0, theme.sizes.padding, 0)
        below.addWidget(button)
        column.addLayout(below)
        left.setMinimumWidth(theme.px(_FORM))
        self.asked, self.found = left, found
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        for each in (left, found):
            self._splitter.addWidget(each)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([theme.px(_ASKED), theme.px(_FOUND)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addWidget(self._splitter, 1)
        self._narrow = False
        self.bar.currentChanged.connect(lambda _: self._turn())
        self._turn()

    @property
    def is_narrow(self) -> bool:
        """Whether only one face is in sight."""
        return self._narrow

    def show_asked(self) -> None:
        """Turn to the form."""
        self.bar.setCurrentIndex(0)

    def show_found(self) -> None:
        """Turn to the result."""
        self.bar.setCurrentIndex(1)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(_LEAST), self._theme.px(_LOWEST))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show one face or both, as the width allows."""
        narrow = event.size().width() < self._theme.px(_FROM)
        if narrow != self._narrow:
            self._narrow = narrow
            self._turn()
            self.narrowed.emit(narrow)
        super().resizeEvent(event)

    def _turn(self) -> None:
        second = self.bar.currentIndex() == 1
        self.bar.setVisible(self._narrow)
        left = self.asked if second else self.found
        if self._narrow and left.isAncestorOf(self.window().focusWidget()):
            self.bar.setFocus(Qt.FocusReason.OtherFocusReason)  # else it would leave the panel
        self.asked.setVisible(not self._narrow or not second)
        self.found.setVisible(not self._narrow or second)
