"""The keys of each connection in the settings: how it is, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout
from typing_extensions import override

from puffling.services.connections import TITLES
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Dot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QShowEvent

    from puffling.ui.run import Runner
    from puffling.ui.theme.theme import Theme


class Shown(Protocol):
    """A connection as its row shows it."""

    @property
    def name(self) -> str:
        """Which one it is."""
        ...

    @property
    def has_keys(self) -> bool:
        """Whether keys of it are kept."""
        ...

    @property
    def may_test(self) -> bool:
        """Whether there is something to try out."""
        ...

    @property
    def hint(self) -> str:
        """The key's last four letters."""
        ...

    @property
    def works(self) -> bool | None:
        """Whether it worked when it was tried; None until it was."""
        ...

    @property
    def text(self) -> str:
        """How it is, in a sentence."""
        ...


class Keeper(Protocol):
    """What keeps the keys of several connections."""

    @property
    def note(self) -> str:
        """Why keys are kept for this run only."""
        ...

    async def list(self) -> Sequence[Shown]:
        """Return every connection and how it is."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """Connections of one kind: their titles, the commands of their buttons, and what is asked."""

    titles: Mapping[str, str]
    set_keys: str
    test: str
    remove: str
    words: str = "Set keys…"
    asking: str = "Asking the broker…"


BROKERS = Kind(TITLES, "connection.set_keys", "connection.test", "connection.remove")


class ConnectionRow(QFrame):
    """One connection: its state in a dot and a sentence, and three buttons."""

    def __init__(self, theme: Theme, runner: Runner, name: str, kind: Kind = BROKERS) -> None:
        super().__init__()
        theme.set_role(self, "card")
        self.dot = Dot(theme, Tone.FAINT, "Not known yet")
        title = QLabel(kind.titles[name])
        theme.set_role(title, "strong")
        self.words = QLabel("Reading the keyring…")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.words, "muted")
        self.set_keys = QPushButton(kind.words)
        self.test = QPushButton("Test")
        self.remove = QPushButton("Remove")
        for button, command in (
            (self.set_keys, kind.set_keys),
            (self.test, kind.test),
            (self.remove, kind.remove),
        ):
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text().rstrip('…')}: {kind.titles[name]}")
            button.clicked.connect(lambda _=False, command=command: self._run(runner, command))
        self._name, self._kind = name, kind
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.dot)
        head.addWidget(title, 1)
        for button in (self.set_keys, self.test, self.remove):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.words)

    def show_connection(self, connection: Shown) -> None:
        """Show how it is."""
        tone = Tone.FAINT if connection.works is None else Tone.SUCCESS
        self.dot.show_tone(Tone.DANGER if connection.works is False else tone, connection.text)
        hint = f"Key {connection.hint}. " if connection.has_keys else ""
        self.words.setText(f"{hint}{connection.text}")
        self.test.setEnabled(connection.may_test)
        self.remove.setEnabled(connection.has_keys)

    def _run(self, runner: Runner, command: str) -> None:
        if command == self._kind.test:
            self.words.setText(self._kind.asking)
        runner.command(command, name=self._name)


class ConnectionsBox(QFrame):
    """Every connection, kept up to date, and what the keyring has to say."""

    def __init__(
        self,
        theme: Theme,
        runner: Runner,
        connections: Keeper,
        changed: SignalInstance,
        kind: Kind = BROKERS,
    ) -> None:
        super().__init__()
        self._runner, self._connections = runner, connections
        self.rows = {each: ConnectionRow(theme, runner, each, kind) for each in kind.titles}
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
