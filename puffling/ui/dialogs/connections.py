"""The keys of each connection in the settings: how it is, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout
from typing_extensions import override

from puffling.services.connections import NAMES, TITLES
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Dot

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QShowEvent

    from puffling.services.connections import Connection, ConnectionService
    from puffling.ui.run import Runner
    from puffling.ui.theme.theme import Theme


class ConnectionRow(QFrame):
    """One connection: its state in a dot and a sentence, and three buttons."""

    def __init__(self, theme: Theme, runner: Runner, name: str) -> None:
        super().__init__()
        theme.set_role(self, "card")
        self.dot = Dot(theme, Tone.FAINT, "Not known yet")
        title = QLabel(TITLES[name])
        theme.set_role(title, "strong")
        self.words = QLabel("Reading the keyring…")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "muted")
        self.set_keys = QPushButton("Set keys…")
        self.test = QPushButton("Test")
        self.remove = QPushButton("Remove")
        for button, command in (
            (self.set_keys, "connection.set_keys"),
            (self.test, "connection.test"),
            (self.remove, "connection.remove"),
        ):
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text().rstrip('…')}: {TITLES[name]}")
            button.clicked.connect(lambda _=False, command=command: self._run(runner, command))
        self._name = name
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.dot)
        head.addWidget(title, 1)
        for button in (self.set_keys, self.test, self.remove):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.words)

    def show_connection(self, connection: Connection) -> None:
        """Show how it is."""
        tone = Tone.FAINT if connection.works is None else Tone.SUCCESS
        self.dot.show_tone(Tone.DANGER if connection.works is False else tone, connection.text)
        hint = f"Key {connection.hint}. " if connection.has_keys else ""
        self.words.setText(f"{hint}{connection.text}")
        self.test.setEnabled(connection.has_keys)
        self.remove.setEnabled(connection.has_keys)

    def _run(self, runner: Runner, command: str) -> None:
        if command == "connection.test":
            self.words.setText("Asking the broker…")
        runner.command(command, name=self._name)


class ConnectionsBox(QFrame):
    """Every connection, kept up to date, and what the keyring has to say."""

    def __init__(
        self, theme: Theme, runner: Runner, connections: ConnectionService, changed: SignalInstance
    ) -> None:
        super().__init__()
        self._runner, self._connections = runner, connections
        self.rows = {each: ConnectionRow(theme, runner, each) for each in NAMES}
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.note, "caption", "warning")
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for row in self.rows.values():
            column.addWidget(row)
        column.addWidget(self.note)
        self._changed, self._is_known = changed, False

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Ask the keyring when somebody looks: it is slow to wake, and may want a password."""
        super().showEvent(event)
        if not self._is_known:
            self._is_known = True
            self._changed.connect(self._read)
            self._read()

    def _read(self, _event: object = None) -> None:
        self._runner.spawn(self._show(), self, name="connections")

    async def _show(self) -> None:
        for each in await self._connections.list():
            self.rows[each.name].show_connection(each)
        self.note.setText(self._connections.note)
        self.note.setVisible(bool(self._connections.note))
