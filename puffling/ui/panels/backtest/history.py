"""The History tab: every run that was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.ui.panels.backtest.saved import HISTORY
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QMenu

    from puffling.store.backtests import SavedBacktest
    from puffling.ui.theme.theme import Theme


class HistoryTab(QWidget):
    """Saved runs, newest first.

    Signals:
        opened: A run is to be shown (its id).
        rerun: A run's parameters are to be run again (the SavedBacktest).
        removed: Runs are to be forgotten (list of ids).
        new_asked: The empty state's button was pressed.
    """

    opened = Signal(str)
    rerun = Signal(object)
    removed = Signal(object)
    new_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[SavedBacktest] = RecordModel(HISTORY, lambda run: run.id, self)
        self.view = RecordView(theme, self.model, name="Saved backtests")
        self.states = StateStack(theme, self.view)
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.open_button = QPushButton("Open result")
        self.rerun_button = QPushButton("Run again")
        self.rerun_button.setToolTip("The same parameters, with the costs and dates of the form")
        self.delete_button = QPushButton("Delete")
        self._sure = False
        self._lay_out()
        self.view.opened.connect(lambda run: self.opened.emit(run.id))
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.open_button.clicked.connect(self._open)
        self.rerun_button.clicked.connect(self._rerun)
        self.delete_button.clicked.connect(self.delete)
        self.states.acted.connect(self.new_asked)
        self._keys = TableKeys(self.view, {"Del": self.delete, "R": self._rerun})
        self._judge()

    def show_runs(self, runs: Iterable[SavedBacktest]) -> None:
        """Show these runs."""
        current: SavedBacktest | None = self.view.current
        self.model.reset(runs)
        if current is not None:
            self.view.choose(current.id)
        if len(self.model):
            self.states.show_content()
        else:
            self.states.show_empty(
                "Runs are kept here with their results.", "Run a backtest", "flask"
            )
        self._judge()

    def delete(self) -> None:
        """Delete the selected runs; the second time it is meant."""
        ids = [run.id for run in self.view.selected]
        if not ids:
            return
        if not self._sure:
            self._sure = True
            self._show_words()
            return
        self._sure = False
        self.removed.emit(ids)

    def _open(self) -> None:
        run: SavedBacktest | None = self.view.current
        if run is not None:
            self.opened.emit(run.id)

    def _rerun(self) -> None:
        run: SavedBacktest | None = self.view.current
        if run is not None:
            self.rerun.emit(run)

    def _lay_out(self) -> None:
        theme = self._theme
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.setSpacing(theme.px(6))
        foot.addWidget(self.words, 1)
        for each in (self.delete_button, self.rerun_button, self.open_button):
            foot.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states, 1)
        column.addLayout(foot)

    def _judge(self) -> None:
        self._sure = False
        some = bool(self.view.selected)
        for each in (self.open_button, self.rerun_button, self.delete_button):
            each.setEnabled(some)
        self._show_words()

    def _show_words(self) -> None:
        count = len(self.view.selected)
        runs = "this run" if count == 1 else f"these {count} runs"
        kept = f"{len(self.model)} kept" if len(self.model) else ""
        self.words.setText(f"Press Delete again to delete {runs}." if self._sure else kept)
        self._theme.set_role(self.delete_button, "danger" if self._sure else "")

    def _fill_menu(self, menu: QMenu, run: SavedBacktest | None) -> None:
        if run is None:
            return
        entries = (
            ("chart", "Open result", "Return", self._open),
            ("refresh", "Run again", "R", self._rerun),
            ("trash", "Delete…", "Del", self.delete),
        )
        for icon, title, key, do in entries:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)
