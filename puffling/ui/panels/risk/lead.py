"""A result's figures above its tabs; the first of the tabs where there is no room above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from puffling.ui.theme.theme import Theme

SUMMARY = "Figures"
_LOW = 280  # pixels below which figures and a table do not both fit


class Lead(QWidget):
    """Tabs with a few figures and words that belong to all of them."""

    def __init__(
        self, theme: Theme, figures: Sequence[QWidget], pages: Sequence[tuple[QWidget, str]]
    ) -> None:
        super().__init__()
        self._theme = theme
        self.head = QWidget()
        inside = QVBoxLayout(self.head)
        inside.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), 0)
        inside.setSpacing(theme.px(4))
        for each in figures:
            inside.addWidget(each)
        inside.addStretch(1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        for page, title in pages:
            self.tabs.addTab(page, title)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(4))
        self._column.addWidget(self.head)
        self._column.addWidget(self.tabs, 1)
        self._folded = False

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the figures where there is room for them."""
        self.fold(on=event.size().height() < self._theme.px(_LOW))
        super().resizeEvent(event)

    def fold(self, *, on: bool) -> None:
        """Make the figures the first tab, or put them above the tabs again."""
        if on == self._folded:
            return
        self._folded = on
        if on:
            self.tabs.insertTab(0, self.head, SUMMARY)
            self.tabs.setCurrentIndex(0)
        else:
            self.tabs.removeTab(self.tabs.indexOf(self.head))
            self._column.insertWidget(0, self.head)
        self.head.show()

    @property
    def chosen(self) -> str:
        """The title of the tab in front."""
        return self.tabs.tabText(self.tabs.currentIndex())

    def choose(self, title: object) -> None:
        """Bring a tab to the front by its title, if there is such a tab."""
        for place in range(self.tabs.count()):
            if self.tabs.tabText(place) == title:
                self.tabs.setCurrentIndex(place)
