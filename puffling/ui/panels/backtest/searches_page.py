"""Stored searches: opened and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.ui.panels.backtest.saved import SEARCHES
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.removing import Removing
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QMenu

    from puffling.store.searches import SavedSearch
    from puffling.ui.theme.theme import Theme


class SearchesPage(QWidget):
    """Saved searches, newest first.

    Signals:
        opened: A search is to be shown (the SavedSearch).
        removed: Searches are to be forgotten (list of ids).
        new_asked: The empty state's button was pressed.
    """

    opened = Signal(object)
    removed = Signal(object)
    new_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[SavedSearch] = RecordModel(SEARCHES, lambda run: run.id, self)
        self.view = RecordView(theme, self.model, name="Saved searches")
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.open_button, self.delete_button = QPushButton("Open search"), QPushButton("Delete")
        self._content = QWidget(self)
        self.states = StateStack(theme, self._content)
        words = (theme, self.view, self.delete_button, self.words)
        self._removing = Removing(*words, ("search", "searches"))
        self._lay_out()
        self.view.opened.connect(self.opened)
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.open_button.clicked.connect(self._open)
        self.delete_button.clicked.connect(self.delete)
        self.states.acted.connect(self.new_asked)
        self._keys = TableKeys(self.view, {"Del": self.delete})
        self._judge()

    def show_searches(self, searches: Iterable[SavedSearch]) -> None:
        """Show these."""
        current: SavedSearch | None = self.view.current
        self.model.reset(searches)
        if current is not None:
            self.view.choose(current.id)
        if len(self.model):
            self.states.show_content()
        else:
            self.states.show_empty(
                "Searches and comparisons are kept here with every try.",
                "Search parameters",
                "search",
            )
        self._judge()

    def delete(self) -> None:
        """Delete the selected searches; the second time it is meant."""
        self._removing.press(self.removed.emit)

    def _open(self) -> None:
        if self.view.current is not None:
            self.opened.emit(self.view.current)

    def _judge(self) -> None:
        for each in (self.open_button, self.delete_button):
            each.setEnabled(bool(self.view.selected))
        self._removing.relent()

    def _fill_menu(self, menu: QMenu, search: SavedSearch | None) -> None:
        if search is None:
            return
        entries = (
            ("search", "Open search", "Return", self._open),
            ("trash", "Delete…", "Del", self.delete),
        )
        for icon, title, key, do in entries:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)

    def _lay_out(self) -> None:
        theme = self._theme
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.setSpacing(theme.px(6))
        foot.addWidget(self.words, 1)
        foot.addWidget(self.delete_button)
        foot.addWidget(self.open_button)
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.view, 1)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
