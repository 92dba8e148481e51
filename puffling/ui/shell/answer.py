"""What a command that looks something up found, as a page to read and copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

from puffling.commands.terminal import render
from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class AnswerDialog(Dialog):
    """The result of a command, in the words the terminal would print."""

    topic = "lines"

    def __init__(
        self, theme: Theme, title: str, result: object, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, parent, width=640)
        text = render(result)
        self.page = QPlainTextEdit(text or "Nothing to show.")
        self.page.setReadOnly(True)
        self.page.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.page.setMinimumHeight(theme.px(280))
        self.page.setAccessibleName(title)
        theme.set_role(self.page, "mono")
        self.body.addWidget(self.page, 1)
        copy = self.add_button("Copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        close = self.add_button("Close", "primary", default=True)
        close.clicked.connect(self.accept)
        close.setFocus()
