"""Runs a command from a menu, a key or the palette: asks for what it needs, shows what it found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from puffin.errors import PuffinError
from puffling.commands.registry import Effect
from puffling.core.errors import PufflingError
from puffling.core.events import Level
from puffling.ui.dialogs.fill_in import FillIn
from puffling.ui.run import notice_for
from puffling.ui.shell.answer import AnswerDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.commands.registry import Command
    from puffling.ui.panel import Parts
    from puffling.ui.shell.window import MainWindow

RECENT = 8
REFUSED_AT_ONCE = 2.0  # seconds
_KEY = "palette.recent"
# What can run without values but is asked for them all the same when a person starts it.
ASKED_FOR = frozenset({"chart.overlay", "demo.restart"})
# Parameters that the desk can fill in by itself when it asks for the others.
_SYMBOLS = {"symbol"}


class Launcher(QObject):
    """Starts commands and remembers which were used last.

    Signals:
        ran: A command has run (its id, the values it was given).
    """

    ran = Signal(str, dict)

    def __init__(self, window: MainWindow, parts: Parts, symbol: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._parts, self._symbol = window, parts, symbol
        kept = parts.context.state.get(_KEY)
        self.recent = [str(each) for each in kept] if isinstance(kept, list) else []

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
        if command.needs_values or command.id in ASKED_FOR:
            result, ran = await self._ask_and_run(command)
        else:
            result, ran = await command.run_with(self._parts.context, {}), True
            self.ran.emit(command.id, {})
        if not ran:
            return
        if command.effect is Effect.LOOK and result is not None and not command.window_only:
            title = command.title.rstrip("…")
            dialog = AnswerDialog(self._parts.theme, title, result, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    async def _ask_and_run(self, command: Command[..., Any]) -> tuple[object, bool]:
        """Ask until the command takes the values or the person thinks better of it.

        What was typed stays when the command refuses it. A refusal that comes late is a notice
        instead: nobody wants a form back over what they have turned to meanwhile.
        """
        values: dict[str, object] | None = self._known(command)
        problem = ""
        while True:
            form = FillIn(self._parts.theme, command, values, self._window, problem=problem)
            values = await form.ask()
            if values is None:
                return None, False
            started = time.monotonic()
            try:
                result = await command.run_with(self._parts.context, values)
            except (PufflingError, PuffinError) as error:
                notice = notice_for(error)
                late = time.monotonic() - started > REFUSED_AT_ONCE
                if late or notice is None or notice.level is not Level.WARNING:
                    raise
                problem = f"{notice.title} {notice.text}".strip()
            else:
                self.ran.emit(command.id, values)
                return result, True

    def _known(self, command: Command[..., Any]) -> dict[str, object]:
        symbol = self._symbol()
        needed = {name for name, each in command.params.model_fields.items() if each.is_required()}
        return dict.fromkeys(needed & _SYMBOLS, symbol) if symbol else {}
