"""Asks to type LIVE before real money is traded, and shows the limits that will hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit

from puffling.core.modes import LIVE_WORD
from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class UnlockDialog(Dialog):
    """The button works once the word is there, in capitals."""

    topic = "ticket"

    def __init__(
        self, theme: Theme, facts: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Unlock live trading", parent, width=440)
        self.add_text("Orders will be real, and so will what they cost.", "strong", "danger")
        self.add_text("Until Puffling closes. These limits hold:")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(facts):
            title, words = QLabel(name), QLabel(value)
            theme.set_role(title, "muted")
            grid.addWidget(title, row, 0)
            grid.addWidget(words, row, 1)
        self.body.addLayout(grid)
        self.add_line()
        self.add_text(f"Type {LIVE_WORD} to go on.", "muted")
        self.line = QLineEdit()
        self.line.setPlaceholderText(LIVE_WORD)
        self.line.setAccessibleName(f"Type {LIVE_WORD} to go on")
        self.body.addWidget(self.line)
        self.cancel = self.add_button("Cancel", default=True)
        self.go = self.add_button("Unlock live trading", "danger")
        self.go.setEnabled(False)
        self.line.textChanged.connect(self._look)
        self.line.returnPressed.connect(self._enter)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.line.setFocus()

    def _look(self, text: str) -> None:
        right = text.strip() == LIVE_WORD
        self.go.setEnabled(right)
        self.cancel.setDefault(not right)
        self.go.setDefault(right)

    def _enter(self) -> None:
        if self.go.isEnabled():
            self.accept()
