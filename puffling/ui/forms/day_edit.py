"""A date that can be typed straight through: 20120601, 2012-06-01 or 2012 6 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDateEdit
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import QWidget

_SEPARATORS = frozenset("-/. ")


class DayEdit(QDateEdit):
    """Qt's date field, made for typing.

    Qt takes keys only where the part under the cursor has room for them, so a whole date typed
    over a selected one is lost in silence. Here typing begins at the year, and what parts a date
    moves on to the next part unless a full one has moved on already.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat("yyyy-MM-dd")
        self._typing = False  # a digit was the last key
        self._moved = False  # and it filled its part

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text in _SEPARATORS and text:
            self._move_on()
            event.accept()
            return
        if not text.isdecimal():
            self._typing = False
            super().keyPressEvent(event)
            return
        if not self._typing and not self._has_part():
            self.setSelectedSection(QDateEdit.Section.YearSection)
        self._typing = True
        before = self.currentSectionIndex()
        super().keyPressEvent(event)
        self._moved = self.currentSectionIndex() != before

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._typing = False

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._typing = False

    def _has_part(self) -> bool:
        """Whether exactly one part is selected: then the person has chosen where to type."""
        chosen = self.lineEdit().selectedText()
        return bool(chosen) and chosen == self.sectionText(self.currentSection())

    def _move_on(self) -> None:
        last = self.sectionCount() - 1
        if self._typing and not self._moved and self.currentSectionIndex() < last:
            self.setSelectedSection(self.sectionAt(self.currentSectionIndex() + 1))
        self._moved = False
