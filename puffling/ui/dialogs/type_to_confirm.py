"""Asks the person to type a word before something grave is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class TypeToConfirm(Dialog):
    """The button works once the word is there, in capitals or not."""

    topic = "start"

    def __init__(
        self, theme: Theme, title: str, text: str, word: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, parent, width=400)
        self._word = word
        self.add_text(text)
        self.add_text(f"Type {word} to go on.", "muted")
        self.line = QLineEdit()
        self.line.setPlaceholderText(word)
        self.line.setAccessibleName(f"Type {word} to go on")
        self.line.textChanged.connect(self._look)
        self.body.addWidget(self.line)
        self.cancel = self.add_button("Cancel")
        self.go = self.add_button(title.rstrip("?…"), "danger", default=True)
        self.go.setEnabled(False)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.line.setFocus()

    def _look(self, text: str) -> None:
        self.go.setEnabled(text.strip().casefold() == self._word.casefold())
