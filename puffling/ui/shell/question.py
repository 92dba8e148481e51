"""A question with a few answers, asked without stopping the loop."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_WIDTH = 460
_ICON = 28


class Question(QDialog):
    """Words, and a button for each answer; the last one is what Escape and closing mean."""

    def __init__(  # noqa: PLR0913 - each is a part of what is shown
        self,
        theme: Theme,
        title: str,
        text: str,
        answers: Sequence[str],
        *,
        icon: str = "help",
        tone: str = "info",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._future: asyncio.Future[int] | None = None
        self._last = len(answers) - 1
        heading, words = QLabel(title), QLabel(text)
        theme.set_role(heading, "heading")
        theme.set_role(words, "muted")
        for label in (heading, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = [QPushButton(each) for each in answers]
        row = QHBoxLayout()
        row.addStretch(1)
        for number, button in enumerate(self.buttons):
            theme.set_role(button, "" if number else "primary")
            button.setAutoDefault(True)
            button.clicked.connect(partial(self._answer, number))
            row.addWidget(button)
        self.buttons[0].setDefault(True)
        text_column = QVBoxLayout()
        text_column.setSpacing(theme.px(8))
        text_column.addWidget(heading)
        text_column.addWidget(words)
        top = QHBoxLayout()
        top.setSpacing(theme.px(12))
        top.addWidget(Picture(theme, icon, tone, theme.px(_ICON)), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(text_column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*[theme.px(16)] * 4)
        whole.setSpacing(theme.px(16))
        whole.addLayout(top)
        whole.addLayout(row)
        self.setFixedWidth(theme.px(_WIDTH))
        self.finished.connect(self._closed)

    async def ask(self) -> int:
        """Show it and return the number of the answer."""
        self._future = asyncio.get_running_loop().create_future()
        self.open()
        self.buttons[0].setFocus()
        return await self._future

    def _answer(self, number: int) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(number)
        self.close()

    def _closed(self, _result: int) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(self._last)
