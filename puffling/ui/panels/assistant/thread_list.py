"""The conversations there are: searched, opened, renamed, written out, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QMenu

    from puffling.core.conversations import Conversation, Found
    from puffling.ui.theme.theme import Theme

_PAUSE_MS = 200  # after the last letter, before it is searched for


@dataclass(frozen=True, slots=True)
class _Row:
    """A conversation, and where in it the words were found."""

    key: str
    conversation: Conversation
    message: str
    excerpt: str
    when: str

    @property
    def sort(self) -> float:
        """When it was used, to sort by."""
        return self.conversation.updated_at.timestamp()


_COLUMNS: tuple[Column[_Row], ...] = (
    Column(
        "title", "Conversation", lambda row: row.conversation.title, draw=Draw.STRONG, stretch=True
    ),
    Column("excerpt", "Found", lambda row: row.excerpt, tip=lambda row: row.excerpt, hidden=True),
    Column("when", "Used", lambda row: row.when, Align.RIGHT, sort=lambda row: row.sort, width=92),
)


class ThreadList(QWidget):
    """A line to search with, and a table of what was found.

    Signals:
        searched: Other words are searched for (the words).
        opened: A conversation is to be shown (its id, the message in it or nothing).
        renaming: A conversation is to be called something else (its record).
        exporting: A conversation is to be written out (its record).
        deleting: A conversation is to be deleted (its record).
        left: The list is to be put away.
    """

    searched = Signal(str)
    opened = Signal(str, str)
    renaming = Signal(object)
    exporting = Signal(object)
    deleting = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search in everything that was said")
        self.search.setAccessibleName("Search conversations")
        self.search.setClearButtonEnabled(False)
        self.model: RecordModel[_Row] = RecordModel(_COLUMNS, lambda row: row.key, self)
        self.view = RecordView(
            theme, self.model, name="Conversations", empty="There is no such conversation."
        )
        self.back_button = QPushButton("Back")
        theme.set_role(self.back_button, "flat")
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        row.addWidget(self.search, 1)
        row.addWidget(self.back_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.search.textEdited.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self.view.setFocus)
        self.back_button.clicked.connect(self.left)
        self.view.opened.connect(lambda row: self.opened.emit(row.conversation.id, row.message))
        self.view.filling_menu.connect(self._fill_menu)
        self._keys = TableKeys(
            self.view,
            {
                "F2": lambda: self._tell(self.renaming),
                "Del": lambda: self._tell(self.deleting),
                "Ctrl+E": lambda: self._tell(self.exporting),
                "Esc": self.left.emit,
            },
        )
        self._escape = TableKeys(self.search, {"Esc": self.left.emit})

    def show_found(self, found: Sequence[Found], now: datetime) -> None:
        """Show conversations, and the messages in which words were found."""
        rows = [
            _Row(
                f"{each.conversation.id}/{each.message}",
                each.conversation,
                each.message,
                each.excerpt,
                formats.when(each.conversation.updated_at, now=now),
            )
            for each in found
        ]
        before = self.view.current
        self.model.reset(rows)
        shows = any(each.excerpt for each in rows)
        self.view.setColumnHidden(1, not shows)
        if rows and (before is None or not self.view.choose(before.key)):
            self.view.choose(rows[0].key)

    def stop(self) -> None:
        """Search for nothing any more."""
        self._pause.stop()

    def _tell(self, signal: SignalInstance) -> None:
        row = self.view.current
        if row is not None:
            signal.emit(row.conversation)

    def _fill_menu(self, menu: QMenu, row: _Row | None) -> None:
        if row is None:
            return
        for icon, title, key, signal in (
            ("robot", "Open", "Return", None),
            ("edit", "Rename…", "F2", self.renaming),
            ("export", "Export…", "Ctrl+E", self.exporting),
            ("trash", "Delete", "Del", self.deleting),
        ):
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            if signal is None:
                action.triggered.connect(
                    partial(self.opened.emit, row.conversation.id, row.message)
                )
            else:
                action.triggered.connect(partial(signal.emit, row.conversation))
