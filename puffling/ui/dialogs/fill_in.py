"""Asks for a command's parameters, with a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.ui.dialogs.base import Dialog
from puffling.ui.forms.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from puffling.commands.registry import Command
    from puffling.ui.theme.theme import Theme


class FillIn(Dialog):
    """A command's parameters; it closes only on values that fit."""

    topic = "commands"

    def __init__(
        self,
        theme: Theme,
        command: Command[..., Any],
        values: Mapping[str, object] | None = None,
        parent: QWidget | None = None,
        *,
        problem: str = "",
    ) -> None:
        """Build the dialog.

        Args:
            theme: The theme.
            command: Whose parameters are asked for.
            values: What to show; defaults for the rest.
            parent: The window it belongs to.
            problem: Why the command refused these values a moment ago.
        """
        words = command.title.rstrip("…")
        super().__init__(theme, words, parent)
        if command.help:
            self.add_text(command.help.split("\n\n")[0].replace("\n", " "), "muted")
        self.form = Form(command.params, values, theme=theme)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.cancel = self.add_button("Cancel")
        self.go = self.add_button(words, "primary", default=True)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._submit)
        self.form.first_editor().setFocus()
        if problem:
            self.form.show_problems({"": problem})

    async def ask(self) -> dict[str, object] | None:
        """Open it; return the values, or None if the person thought better of it."""
        values: dict[str, object] = {}
        self.accepted.connect(lambda: values.update(self.form.values()))
        return values if await self.answer() else None

    def _submit(self) -> None:
        if self.form.check():
            self.accept()
