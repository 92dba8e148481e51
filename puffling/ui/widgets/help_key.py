"""F1 in a dialog: the page of the help that is about it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakMethod

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

_ASKED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class HelpKey(QObject):
    """Opens the page of `topic` over a dialog, which keeps what was typed into it.

    The desk says with `use` how a page is opened; dialogs shown before it is there have none.
    """

    _opens: WeakMethod[Callable[[str, QWidget], None]] | None = None

    def __init__(self, dialog: QWidget, topic: str) -> None:
        super().__init__(dialog)
        self._dialog, self.topic = dialog, topic
        dialog.installEventFilter(self)

    @staticmethod
    def use(opens: Callable[[str, QWidget], None]) -> None:
        """Open pages with this method for as long as there is who has it."""
        HelpKey._opens = WeakMethod(opens)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _ASKED or not isinstance(event, QKeyEvent):
            return False
        opens = HelpKey._opens() if HelpKey._opens is not None else None
        if opens is None or not event.matches(QKeySequence.StandardKey.HelpContents):
            return False
        event.accept()  # an accepted override keeps the key from the desk's shortcuts
        if event.type() == QEvent.Type.KeyPress:
            opens(self.topic, self._dialog)
        return True
