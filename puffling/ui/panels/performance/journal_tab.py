"""The Journal tab: entries on the left, the one in hand on the right."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from puffin.data.sessions import EXCHANGE
from puffin.types import Side
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.services.journal import Words
from puffling.ui.panels.performance.journal_columns import ENTRIES
from puffling.ui.panels.performance.journal_editor import JournalEditor
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.services.reports import Report, Trade
    from puffling.store.journal import JournalEntry
    from puffling.ui.panel import PanelWidget

_ASK = "Write down what you saw, felt and learned, trade by trade."


class JournalTab(QWidget):
    """Lists and edits entries. What was written is kept when another entry is turned to."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, theme = owner, owner.parts.theme
        self._journal = owner.parts.context.journal
        self._theme = theme
        self._current = ""  # the id of the entry in hand; empty for a new one
        self._dirty = False
        self._wanted = ""  # to be turned to once it is in the list
        self.line = QLineEdit()
        self.line.setPlaceholderText("Find words or #tags")
        self.line.setAccessibleName("Find in the journal")
        self.line.setClearButtonEnabled(True)
        self.model: RecordModel[JournalEntry] = RecordModel(ENTRIES, lambda row: row.id, self)
        self.view = RecordView(theme, self.model, name="Journal entries")
        self.editor = JournalEditor(theme)
        self.status = QLabel()
        theme.set_role(self.status, "caption")
        self.new_button = QPushButton(theme.icon("plus"), "New")
        self.new_button.setToolTip("New entry (Ctrl+N)")
        self.save_button = QPushButton("Keep entry")
        self.save_button.setToolTip("Keep what is written (Ctrl+Return)")
        self.remove_button = QPushButton(theme.icon("trash"), "Remove")
        theme.set_role(self.save_button, "primary")
        theme.set_role(self.remove_button, "flat")
        self._lay_out()
        self.states = StateStack(theme, self._split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
        self._reading: Reading[list[JournalEntry]] = Reading(
            owner.spawn, self._read, self._show, owner.parts.runner.report
        )
        self._text = ""
        self._connect()

    @property
    def current(self) -> str:
        """The id of the entry in hand; empty for a new one."""
        return self._current

    @property
    def is_dirty(self) -> bool:
        """Whether something is written that is not kept yet."""
        return self._dirty

    def read(self) -> None:
        """Read the entries anew."""
        self._text = self.line.text()
        self._reading.ask()

    def show_report(self, report: Report) -> None:
        """Offer the trades of the period to be written about."""
        self.editor.show_trades(
            (each.trip.key, trade_words(each)) for each in reversed(report.trades)
        )

    def start(self, words: Words | None = None) -> None:
        """Begin a new entry with these words."""
        self.keep()
        self._turn_to("")
        self.editor.show_words(words or Words(symbol=self._owner.symbol))
        self.editor.show_picture(None)
        self._say("A new entry; it is kept with Ctrl+Return.")
        self.states.show_content()
        self.view.clearSelection()
        self.editor.title.setFocus()

    def write_about(self, trade: Trade) -> None:
        """Open the entry about a trade, or begin one."""
        known = self._journal.about(trade.trip.key)
        if known:
            self.open(known[0].id)
            return
        self.start(
            Words(
                title=f"{trade.trip.symbol} {_side(trade)}",
                trade_key=trade.trip.key,
                symbol=trade.trip.symbol,
            )
        )

    def open(self, id_: str) -> None:
        """Open an entry to be written on."""
        self.keep()
        self.line.clear()
        entry = self._journal.get(id_)
        self._show_entry(entry)
        self._wanted = id_
        self.states.show_content()
        self.read()
        self.editor.texts["note"].setFocus()

    def keep(self) -> bool:
        """Store what is written, if anything is; whether nothing stands in the way."""
        if not self._dirty:
            return True
        words = self.editor.words()
        try:
            if self._current:
                values = {each.name: getattr(words, each.name) for each in fields(Words)}
                entry = self._journal.edit(self._current, values)
            else:
                entry = self._journal.add(words)
        except PufflingError as error:
            self._say(f"{error} {error.hint}".strip(), Tone.DANGER)
            return False
        self._current = self._wanted = entry.id
        self._dirty = False
        self._say(f"Kept {formats.time_of_day(entry.updated_at)}")
        self.remove_button.setEnabled(True)
        return True

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {"table": self.view.layout_state(), "entry": self._current}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])
        self._wanted = str(state.get("entry", ""))

    # -- inside ------------------------------------------------------------------------------

    def _read(self) -> list[JournalEntry]:
        return self._journal.find(self._text) if self._text.strip() else self._journal.all()

    def _show(self, entries: list[JournalEntry]) -> None:
        self.view.set_empty("No entry has these words." if self._text.strip() else "")
        self.model.reset(entries)
        if not entries and not self._text.strip() and not self._dirty and not self._current:
            self.states.show_empty(_ASK, "New entry", "edit")
            return
        self.states.show_content()
        wanted = self._wanted or self._current
        self._wanted = ""
        if wanted and self.model.get(wanted) is not None:
            self.view.choose(wanted)
        elif entries and not self._dirty and not self._current:
            self.view.choose(entries[0].id)

    def _chosen(self, entry: JournalEntry | None) -> None:
        if entry is None or entry.id == self._current:
            return
        if not self.keep():
            return
        self._wanted = ""
        self._show_entry(entry)

    def _show_entry(self, entry: JournalEntry) -> None:
        self._turn_to(entry.id)
        self.editor.show_entry(entry, self._journal.picture(entry))
        self._say(f"About {formats.day(entry.at, zone=EXCHANGE)}, market time")

    def _turn_to(self, id_: str) -> None:
        self._current, self._dirty = id_, False
        self.remove_button.setEnabled(bool(id_))

    def _changed(self) -> None:
        self._dirty = True
        self._say("Not kept yet")

    def _remove(self) -> None:
        if not self._current:
            return
        try:
            self._journal.remove(self._current)
        except PufflingError as error:
            self._owner.parts.runner.report(error)
            return
        self._turn_to("")
        self.editor.show_words(Words())
        self.editor.show_picture(None)
        self._say("Removed")

    def _ask_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose a picture", "", "Pictures (*.png *.jpg *.jpeg)"
        )
        if path:
            self.take_picture(Path(path))

    def take_picture(self, path: Path) -> None:
        """Put a copy of a picture into the entry in hand."""
        try:
            if self._current:
                self.keep()
                entry = self._journal.edit(self._current, {}, picture=path)
            else:
                entry = self._journal.add(self.editor.words(), picture=path)
        except PufflingError as error:
            self._say(f"{error} {error.hint}".strip(), Tone.DANGER)
            return
        self._show_entry(entry)
        self._wanted = entry.id

    def _drop_picture(self) -> None:
        if self._current:
            self._journal.remove_picture(self._current)
            self.editor.show_picture(None)

    def _say(self, text: str, tone: str = "") -> None:
        self.status.setText(text)
        self._theme.set_tone(self.status, tone)

    def _connect(self) -> None:
        self.line.textChanged.connect(lambda _: self.read())
        self.view.chosen.connect(self._chosen)
        self.view.opened.connect(lambda _: self.editor.texts["note"].setFocus())
        self.editor.changed.connect(self._changed)
        self.editor.picture_asked.connect(self._ask_picture)
        self.editor.picture_removed.connect(self._drop_picture)
        self.new_button.clicked.connect(self.start)
        self.save_button.clicked.connect(self.keep)
        self.remove_button.clicked.connect(self._remove)
        self.states.acted.connect(self.start)
        remove = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.view, self._remove)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _lay_out(self) -> None:
        theme = self._theme
        left, right = QWidget(), QWidget()
        list_ = QVBoxLayout(left)
        list_.setContentsMargins(theme.px(8), theme.px(8), 0, theme.px(8))
        list_.setSpacing(theme.px(6))
        top = QHBoxLayout()
        top.addWidget(self.line, 1)
        top.addWidget(self.new_button)
        list_.addLayout(top)
        list_.addWidget(self.view, 1)
        page = QVBoxLayout(right)
        page.setContentsMargins(0, theme.px(4), 0, theme.px(8))
        page.setSpacing(theme.px(6))
        page.addWidget(self.editor, 1)
        below = QHBoxLayout()
        below.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        below.addWidget(self.status, 1)
        below.addWidget(self.remove_button)
        below.addWidget(self.save_button)
        page.addLayout(below)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(right)
        self._split.setSizes([theme.px(420), theme.px(400)])


def trade_words(trade: Trade) -> str:
    """Return a trade in a few words, to be chosen from a list."""
    trip = trade.trip
    days = formats.day(trip.opened_at, zone=EXCHANGE)
    if trip.closed_at is None:
        return f"{trip.symbol} {_side(trade)}, {days}, open"
    return f"{trip.symbol} {_side(trade)}, {days}, {formats.money(trip.net, sign=True)}"


def _side(trade: Trade) -> str:
    return "long" if trade.trip.side is Side.BUY else "short"
