"""Stored backtests: opened, run again, put into the form, noted, compared, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.panels.backtest.diff import DIFFERENCES, differences, sentence
from puffling.ui.panels.backtest.saved import HISTORY
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.removing import Removing
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QMenu

    from puffling.store.backtests import SavedBacktest
    from puffling.ui.panels.backtest.diff import Difference
    from puffling.ui.theme.theme import Theme

_TWO = 2
_LONGEST_NOTE = 200


class RunsPage(QWidget):
    """Saved runs, newest first.

    Signals:
        opened: A run is to be shown (its id).
        rerun: A run is to be run again, exactly as it was (its id).
        filled: A run's words are to be put into the form (the SavedBacktest).
        noted: Another note was written (the id, the note).
        removed: Runs are to be forgotten (list of ids).
        asked: The assistant is to be asked about a run (its id).
        new_asked: The empty state's button was pressed.
    """

    opened = Signal(str)
    rerun = Signal(str)
    filled = Signal(object)
    noted = Signal(str, str)
    removed = Signal(object)
    asked = Signal(str)
    new_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model: RecordModel[SavedBacktest] = RecordModel(HISTORY, lambda run: run.id, self)
        self.view = RecordView(theme, self.model, name="Saved backtests")
        self.differences: RecordModel[Difference] = RecordModel(
            DIFFERENCES, lambda row: f"{row.group} {row.topic}", self
        )
        self.differences_view = RecordView(
            theme, self.differences, name="Differences", empty="Nothing differs."
        )
        self.relation, self.words = QLabel(), QLabel()
        self.relation.setWordWrap(True)
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.note = QLineEdit()
        self.note.setPlaceholderText("Note on the chosen run")
        self.note.setAccessibleName("Note")
        self.note.setMaxLength(_LONGEST_NOTE)
        self.open_button = QPushButton("Open result")
        self.rerun_button = QPushButton("Run again")
        self.rerun_button.setToolTip("The same question on the same days, to see it come out again")
        self.fill_button = QPushButton("To the form")
        self.fill_button.setToolTip("Fill the Run tab with everything this run was asked")
        self.compare_button = QPushButton("Compare two")
        self.compare_button.setToolTip("Choose two runs to see what differs")
        self.delete_button = QPushButton("Delete")
        self._compared = QWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._content = QWidget(self)
        self.states = StateStack(theme, self._content)
        words = (theme, self.view, self.delete_button, self.words)
        self._removing = Removing(*words, ("run", "runs"))
        self._noting = ""
        self._lay_out()
        self._connect()
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
        self._removing.press(self.removed.emit)

    def compare(self) -> None:
        """Show what two chosen runs differ in."""
        chosen: list[SavedBacktest] = self.view.selected
        if len(chosen) != _TWO:
            return
        self.relation.setText(sentence(*chosen))
        self.differences.reset(differences(*chosen))
        self._compared.show()

    def _open(self) -> None:
        run: SavedBacktest | None = self.view.current
        if run is not None:
            self.opened.emit(run.id)

    def _rerun(self) -> None:
        run: SavedBacktest | None = self.view.current
        if run is not None and run.plan is not None:
            self.rerun.emit(run.id)

    def _fill(self) -> None:
        run: SavedBacktest | None = self.view.current
        if run is not None:
            self.filled.emit(run)

    def _note(self) -> None:
        run: SavedBacktest | None = self.model.get(self._noting)
        text = self.note.text().strip()
        if run is not None and text != run.note:
            self.noted.emit(run.id, text)

    def _connect(self) -> None:
        self.view.opened.connect(lambda run: self.opened.emit(run.id))
        self.view.filling_menu.connect(self._fill_menu)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self.open_button.clicked.connect(self._open)
        self.rerun_button.clicked.connect(self._rerun)
        self.fill_button.clicked.connect(self._fill)
        self.compare_button.clicked.connect(self.compare)
        self.delete_button.clicked.connect(self.delete)
        self.note.editingFinished.connect(self._note)
        self.states.acted.connect(self.new_asked)
        keys = {"Del": self.delete, "R": self._rerun, "E": self._fill, "C": self.compare}
        self._keys = TableKeys(self.view, {**keys, "N": self.note.setFocus})

    def _lay_out(self) -> None:
        theme = self._theme
        below = QVBoxLayout(self._compared)
        below.setContentsMargins(0, theme.px(6), 0, 0)
        self.relation.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        below.addWidget(self.relation)
        below.addWidget(self.differences_view, 1)
        self._compared.hide()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.view)
        self._split.addWidget(self._compared)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(theme.px(6))
        first.addWidget(self.note, 1)
        first.addWidget(self.compare_button)
        first.addWidget(self.delete_button)
        second.addWidget(self.words, 1)
        for each in (self.fill_button, self.rerun_button, self.open_button):
            second.addWidget(each)
        foot = QVBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.setSpacing(theme.px(6))
        foot.addLayout(first)
        foot.addLayout(second)
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._split, 1)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)

    def _judge(self) -> None:
        chosen: list[SavedBacktest] = self.view.selected
        current: SavedBacktest | None = self.view.current if chosen else None
        for each in (self.open_button, self.fill_button, self.delete_button, self.note):
            each.setEnabled(bool(chosen))
        self.rerun_button.setEnabled(current is not None and current.plan is not None)
        self.compare_button.setEnabled(len(chosen) == _TWO)
        if current is None or current.id != self._noting or not self.note.hasFocus():
            self._noting = "" if current is None else current.id
            self.note.setText("" if current is None else current.note)
        self._removing.relent()

    def _fill_menu(self, menu: QMenu, run: SavedBacktest | None) -> None:
        if run is None:
            return
        entries = (
            ("chart", "Open result", "Return", self._open),
            ("refresh", "Run again", "R", self._rerun),
            ("edit", "To the form", "E", self._fill),
            ("list", "Compare two", "C", self.compare),
            ("robot", "Ask about it…", "", lambda: self.asked.emit(run.id)),
            ("trash", "Delete…", "Del", self.delete),
        )
        for icon, title, key, do in entries:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)
