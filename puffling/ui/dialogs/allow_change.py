"""Asks whether another program may change something, with what it is and what it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

MOST_LINES = 12


class AllowChange(Dialog):
    """Only a click on its button, or Alt+A, allows; Return, Space and Escape say no."""

    topic = "assistant"

    def __init__(
        self,
        theme: Theme,
        title: str,
        program: str,
        lines: Sequence[tuple[str, str, str]],
        parent: QWidget | None = None,
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            title: What would be done.
            program: What the program that asks calls itself.
            lines: What it is about, as it is, and as it would be.
            parent: The window it belongs to.
        """
        super().__init__(theme, "Another program asks", parent, width=480)
        self.add_text(f"“{program}” asks through puffling mcp to change this:")
        self.add_text(title, "strong")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for column, words in enumerate(("", "As it is", "As it would be")):
            grid.addWidget(self._cell(words, "muted"), 0, column)
        for row, (name, before, after) in enumerate(lines[:MOST_LINES], start=1):
            grid.addWidget(self._cell(name, "muted"), row, 0)
            grid.addWidget(self._cell(before), row, 1)
            grid.addWidget(self._cell(after, "strong"), row, 2)
        self.body.addLayout(grid)
        if len(lines) > MOST_LINES:
            self.add_text(f"… and {len(lines) - MOST_LINES} more.", "muted")
        self.add_text(
            "The name is what the program says. No answer within a minute is a no.", "muted"
        )
        self.refuse = self.add_button("No", default=True)
        self.allow = self.add_button("&Allow")
        self.allow.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.refuse.clicked.connect(self.reject)
        self.allow.clicked.connect(self.accept)
        self.refuse.setFocus()

    def _cell(self, words: str, role: str = "") -> QLabel:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role:
            self.theme.set_role(label, role)
        return label
