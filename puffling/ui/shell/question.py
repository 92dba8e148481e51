"""A question with a few answers, asked without stopping the loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class Question(Dialog):
    """Words, and a button for each answer; the first one is what Escape and closing mean."""

    topic = "start"

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        answers: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, parent, width=460)
        self.add_text(title, "heading")
        self.add_text(text, "muted")
        self.chosen = 0
        last = len(answers) - 1
        self.buttons = [
            self.add_button(each, "primary" if number == last else "", default=number == last)
            for number, each in enumerate(answers)
        ]
        for number, button in enumerate(self.buttons):
            button.clicked.connect(partial(self._choose, number))
        self.buttons[last].setFocus()

    async def ask(self) -> int:
        """Show it and return the number of the answer."""
        return self.chosen if await self.answer() else 0

    def _choose(self, number: int) -> None:
        self.chosen = number
        self.accept()
