"""The Log tab: the end of the log file, by level."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.theme.theme import Kind

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

_LEVEL = re.compile(r"^\S+ \S+ ([A-Z]+)\s")
_CHOICES = (
    ("Everything", logging.DEBUG),
    ("Information and worse", logging.INFO),
    ("Warnings and worse", logging.WARNING),
    ("Errors", logging.ERROR),
)


def of_level(lines: list[str], least: int) -> list[str]:
    """Return the lines of at least that level; a traceback belongs to the line above it."""
    kept, wanted = [], True
    for line in lines:
        if found := _LEVEL.match(line):
            wanted = logging.getLevelNamesMapping().get(found.group(1), logging.INFO) >= least
        if wanted:
            kept.append(line)
    return kept


class LogTab(QWidget):
    """What the desk wrote down about itself; secrets are blotted out before they are written."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._lines: list[str] = []
        self.level = QComboBox()
        self.level.setAccessibleName("Level")
        for title, least in _CHOICES:
            self.level.addItem(title, least)
        self.level.setCurrentIndex(1)
        self.level.setMinimumWidth(theme.px(90))  # gives way in a narrow dock
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.words.setMinimumWidth(1)  # gives way in a narrow dock
        self.copy_button = QPushButton(theme.icon("copy"), "Copy")
        self.copy_button.setAccessibleName("Copy log")
        self.export_button = QPushButton("Diagnostics…")
        self.export_button.setToolTip(
            "Export one file for somebody who helps you: log, versions, settings, the state of "
            "database and connections. No keys, no orders. Nothing is sent."
        )
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.font(Kind.MONO))
        self.text.setPlaceholderText("Nothing has been logged yet.")
        self.text.setAccessibleName("Log")
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.px(6)] * 4)
        head.setSpacing(theme.px(6))
        head.addWidget(self.level)
        head.addWidget(self.words, 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self.level.currentIndexChanged.connect(self._show)
        self.copy_button.clicked.connect(self.copy)

    def show_lines(self, lines: list[str]) -> None:
        """Show these lines, unless they are there already."""
        if lines != self._lines:
            self._lines = lines
            self._show()

    def copy(self) -> str:
        """Put what is shown on the clipboard, and return it."""
        text = self.text.toPlainText()
        QGuiApplication.clipboard().setText(text)
        return text

    def _show(self) -> None:
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        kept = of_level(self._lines, int(self.level.currentData()))
        self.text.setPlainText("\n".join(kept))
        self.words.setText(f"{len(kept)} lines")
        self.copy_button.setEnabled(bool(kept))
        if at_end:
            bar.setValue(bar.maximum())
