"""Every key and what it does; press others to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit
from typing_extensions import override

from puffling.core.errors import PufflingError
from puffling.ui.dialogs.base import Dialog
from puffling.ui.tables.columns import Column, Draw
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

    from puffling.commands.registry import Command, Registry
    from puffling.ui.theme.theme import Theme

_ALONE = {
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
}
_CLEARS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


@dataclass(frozen=True, slots=True)
class Row:
    """A command and its key."""

    id: str
    title: str
    menu: str
    keys: str
    usual: str

    @property
    def changed(self) -> bool:
        """Whether the key is not the one the command comes with."""
        return self.keys != self.usual


class KeyCatcher(QLineEdit):
    """Takes the next key pressed, whatever it is.

    Signals:
        caught: Keys were pressed, in portable spelling; nothing for "no key".
        left: Esc was pressed, or the focus went elsewhere.
    """

    caught = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setPlaceholderText("Press the new keys · Backspace for none · Esc to leave")
        self.setAccessibleName("Press the new keys")

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the desk's own shortcuts must not run
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._take(event)
            return True
        return super().event(event)

    @override
    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _take(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ALONE:
            return
        if key is Qt.Key.Key_Escape:
            self.left.emit()
        elif key in _CLEARS and not event.modifiers():
            self.caught.emit("")
        else:
            sequence = QKeySequence(event.keyCombination())
            self.caught.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))


class ShortcutsDialog(Dialog):
    """A searchable table of keys. Return changes one, Delete brings back the usual one."""

    topic = "keys"

    def __init__(
        self,
        theme: Theme,
        registry: Registry,
        *,
        keys: Callable[[], Mapping[str, str]],
        change: Callable[[str, str | None], object],
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            registry: Every command.
            keys: Returns the keys in force, by command id.
            change: Gives a command another key, none ("") or its usual one (None); raises a
                PufflingError with a sentence if it may not.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Keyboard shortcuts", parent, width=640)
        self._registry, self._keys, self._change = registry, keys, change
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Search commands and keys")
        self.filter.setAccessibleName("Search commands and keys")
        self.filter.setClearButtonEnabled(False)
        self.filter.textChanged.connect(self._fill)
        self.filter.installEventFilter(self)
        self.model: RecordModel[Row] = RecordModel(_columns(), lambda row: row.id, self)
        self.table = RecordView(
            theme, self.model, empty="No command or key like that.", name="Shortcuts"
        )
        self.table.setMinimumHeight(theme.px(340))
        self.table.opened.connect(self._record)
        self.table.installEventFilter(self)
        self.catcher = KeyCatcher()
        self.catcher.caught.connect(self._caught)
        self.catcher.left.connect(self._leave)
        self.catcher.hide()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        for each in (self.filter, self.table, self.catcher, self.message):
            self.body.addWidget(each)
        self.rebind = self.add_button("Change…")
        self.usual = self.add_button("Usual key")
        self.all_usual = self.add_button("All usual keys")
        self.close_ = self.add_button("Close")
        self.rebind.clicked.connect(self._record)
        self.usual.clicked.connect(self._back)
        self.all_usual.clicked.connect(self._all_back)
        self.close_.clicked.connect(self.accept)
        self._editing = ""
        self.say("Return changes the selected key.")
        self._fill()
        self.filter.setFocus()

    def say(self, text: str, tone: str = Tone.MUTED) -> None:
        """Say something below the table."""
        self.message.setText(text)
        self.theme.set_role(self.message, "caption", tone)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if watched is self.filter and key in {Qt.Key.Key_Down, Qt.Key.Key_Return}:
            self.table.setFocus()
            if self.table.current is None and len(self.model):
                self.table.choose(self.model.key_at(0))
            return True
        if watched is self.table and key in _CLEARS:
            self._back()
            return True
        return False

    def _fill(self) -> None:
        keys = self._keys()
        words = self.filter.text().casefold().split()
        rows = [_row(each, keys.get(each.id, "")) for each in self._registry]
        self.model.reset(
            row
            for row in rows
            if all(
                word in f"{row.title} {row.menu} {row.keys} {row.id}".casefold() for word in words
            )
        )

    def _record(self) -> None:
        row = self.table.current
        if row is None:
            self.say("Choose a command first.")
            return
        self._editing = row.id
        self.say(f"Press the keys for “{row.title}”.")
        self.catcher.show()
        self.catcher.setFocus()

    def _caught(self, keys: str) -> None:
        title = self._registry[self._editing].title
        if self._set(self._editing, keys):
            words = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            self.say(f"“{title}” is {words} now." if keys else f"“{title}” has no key now.")
            self._leave()

    def _set(self, id_: str, keys: str | None) -> bool:
        try:
            self._change(id_, keys)
        except PufflingError as error:
            self.say(f"{error} {error.hint}".strip(), Tone.DANGER)
            return False
        self._fill()
        return True

    def _leave(self) -> None:
        if not self.catcher.isHidden():
            self.catcher.hide()
            self.table.setFocus()

    def _back(self) -> None:
        row = self.table.current
        if row is not None and self._set(row.id, None):
            self.say(f"“{row.title}” has its usual key again.")

    def _all_back(self) -> None:
        changed = [row for row in self.model.records if row.changed]
        if all(self._set(row.id, None) for row in changed):
            self.say("Every command has its usual key again.")


def _row(command: Command[..., Any], keys: str) -> Row:
    menu = command.menu.value.replace("&", "") if command.menu is not None else ""
    usual = QKeySequence(command.shortcut or "")
    return Row(
        command.id,
        command.title.rstrip("…"),
        menu,
        keys,
        usual.toString(QKeySequence.SequenceFormat.PortableText),
    )


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _columns() -> tuple[Column[Row], ...]:
    return (
        Column("title", "Command", lambda row: row.title, stretch=True),
        Column("menu", "Menu", lambda row: row.menu, tone=lambda _: Tone.MUTED, width=80),
        Column(
            "keys",
            "Keys",
            lambda row: _native(row.keys),
            tone=lambda row: Tone.ACCENT if row.changed else Tone.TEXT,
            draw=Draw.CHIP,
            width=170,
        ),
    )
