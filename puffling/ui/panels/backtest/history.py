"""The History tab: every run and every search that was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from puffling.ui.panels.backtest.runs_page import RunsPage
from puffling.ui.panels.backtest.searches_page import SearchesPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.theme.theme import Theme


class HistoryTab(QWidget):
    """Two pages: backtests and searches."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs, self.searches = RunsPage(theme), SearchesPage(theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.runs, "Backtests")
        self.tabs.addTab(self.searches, "Searches")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    @property
    def view(self) -> QWidget:
        """The table in view, for the keyboard."""
        return self.runs.view if self.tabs.currentWidget() is self.runs else self.searches.view

    def state(self) -> dict[str, object]:
        """Return what a layout should remember, as JSON would."""
        return {
            "page": self.tabs.currentIndex(),
            "runs": self.runs.view.layout_state(),
            "searches": self.searches.view.layout_state(),
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        for view, name in ((self.runs.view, "runs"), (self.searches.view, "searches")):
            found = state.get(name)
            if isinstance(found, dict):
                view.restore_layout(found)
        page = state.get("page")
        if isinstance(page, int) and page in range(self.tabs.count()):
            self.tabs.setCurrentIndex(page)
