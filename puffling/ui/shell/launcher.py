"""Runs a command from a menu, a key or the palette: asks for what it needs, shows what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from puffling.commands.registry import Effect
from puffling.ui.dialogs.fill_in import FillIn
from puffling.ui.shell.answer import AnswerDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.commands.registry import Command
    from puffling.ui.panel import Parts
    from puffling.ui.shell.window import MainWindow

RECENT = 8
_KEY = "palette.recent"
# What can run without values but is asked for them all the same when a person starts it.
ASKED_FOR = frozenset({"chart.overlay", "demo.restart"})
# Parameters that the desk can fill in by itself when it asks for the others.
_SYMBOLS = {"symbol"}


class Launcher(QObject):
    """Starts commands and remembers which were used last."""

    def __init__(self, window: MainWindow, parts: Parts, symbol: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._parts, self._symbol = window, parts, symbol
        kept = parts.context.state.get(_KEY)
        self.recent: list[str] = [
            each for each in (kept if isinstance(kept, list) else []) if each in parts.registry
        ]

    def run(self, command: Command[..., Any]) -> None:
        """Run `command`, asking for its values first if it needs some."""
        self._parts.runner.spawn(self._run(command), self, name=command.id)

    def run_id(self, id_: str) -> None:
        """Run the command called `id_`."""
        self.run(self._parts.registry[id_])

    def remember(self, id_: str) -> None:
        """Put a command at the front of the recent ones."""
        self.recent = [id_, *(each for each in self.recent if each != id_)][:RECENT]
        self._parts.context.state.put(_KEY, self.recent)

    async def _run(self, command: Command[..., Any]) -> None:
        values: dict[str, object] | None = {}
        if command.needs_values or command.id in ASKED_FOR:
            values = await FillIn(
                self._parts.theme, command, self._known(command), self._window
            ).ask()
        if values is None:
            return
        result = await command.run_with(self._parts.context, values)
        if command.effect is Effect.LOOK and result is not None and not command.window_only:
            title = command.title.rstrip("…")
            dialog = AnswerDialog(self._parts.theme, title, result, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _known(self, command: Command[..., Any]) -> dict[str, object]:
        symbol = self._symbol()
        needed = {name for name, each in command.params.model_fields.items() if each.is_required()}
        return dict.fromkeys(needed & _SYMBOLS, symbol) if symbol else {}
