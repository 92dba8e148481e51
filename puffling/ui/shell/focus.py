"""Gives the keyboard back to where it was when a pop-up goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class FocusKeeper(QObject):
    """Remembers who had the keyboard; Qt alone would give it to the first field of the window."""

    def __init__(self, popup: QWidget) -> None:
        super().__init__(popup)
        self._before = QApplication.focusWidget()
        popup.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            before = self._before
            if before is not None and isValid(before) and before.isVisible():
                before.setFocus()
        return False
