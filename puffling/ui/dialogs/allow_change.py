"""Asks whether another program may change something, with what it is and what it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffling.ui.theme.theme import Theme

FITTING = 8  # lines that need no scrolling
LETTERS = 1_200
HEIGHT = 320  # of what is more
CALM = 700  # milliseconds: what is pressed before was meant for what was there before


class AllowChange(Dialog):
    """Only a click on its button, or Alt+M, allows; Return, Space and Escape say no."""

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
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for column, words in enumerate(("", "As it is", "As it would be")):
            grid.addWidget(self._cell(words, "muted"), 0, column)
        for row, (name, before, after) in enumerate(lines, start=1):
            grid.addWidget(self._cell(name, "muted"), row, 0)
            grid.addWidget(self._cell(before), row, 1)
            grid.addWidget(self._cell(after, "strong"), row, 2)
        letters = sum(len(each) for line in lines for each in line)
        long = len(lines) > FITTING or letters > LETTERS
        self.body.addWidget(self._scrolled(inside) if long else inside)
        self.add_text(
            "The name is what the program says. No answer within a minute is a no.", "muted"
        )
        self.refuse = self.add_button("No", default=True)
        self.allow = self.add_button("&Make this change")
        self.allow.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.refuse.clicked.connect(self.reject)
        self.allow.clicked.connect(self.accept)
        self.refuse.setFocus()
        self.allow.setEnabled(False)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._settled)
        self._calm.start()

    def _settled(self) -> None:
        self.allow.setEnabled(True)

    def _scrolled(self, inside: QWidget) -> QScrollArea:
        """Return a place where much can be read to its end."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFixedHeight(self.theme.px(HEIGHT))
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName("What would change")
        area.setWidget(inside)
        inside.setAutoFillBackground(False)  # the dialog's own ground shows through
        return area

    def _cell(self, words: str, role: str = "") -> QLabel:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role:
            self.theme.set_role(label, role)
        return label
