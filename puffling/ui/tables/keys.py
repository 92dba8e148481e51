"""Keys that act only while a table has the focus, and then before the desk's own shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

_ASKED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class TableKeys(QObject):
    """Runs what belongs to a key pressed in `table`; single letters never reach a text field."""

    def __init__(self, table: QWidget, keys: Mapping[str, Callable[[], object]]) -> None:
        """Take what to run by key sequence: "Del", "Shift+F9", "A"."""
        super().__init__(table)
        self._keys = {QKeySequence(key).toString(): run for key, run in keys.items()}
        table.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _ASKED or not isinstance(event, QKeyEvent):
            return False
        run = self._keys.get(QKeySequence(event.keyCombination()).toString())
        if run is None:
            return False
        event.accept()  # an accepted override keeps the key from the desk's shortcuts
        if event.type() == QEvent.Type.KeyPress:
            run()
        return True
