"""The command line in the palette: what a line comes to, what may follow, what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from puffling.commands import line
from puffling.commands.desk import PANEL_KEYS
from puffling.core.errors import BadValueError
from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.shell.palette import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from puffling.ui.panel import Parts
    from puffling.ui.shell.layouts import Layouts
    from puffling.ui.widgets.suggestions import Suggestions

KIND = "Line"
MOST = 100  # lines remembered
MOST_AT_ONCE = 500  # lines of a macro and of those that it runs
_KEY = "line.history"
_MACRO = "macro.run"
_RECORDING = ("macro.record", "macro.keep")
_EMPTY: tuple[object, ...] = (None, "", (), [], {})


def _listed(steps: tuple[line.Step, ...]) -> bool:
    """Whether the palette has an entry of its own for all that a line does."""
    return len(steps) == 1 and (
        steps[0].command.startswith("panel.") or steps[0].command == "desk.symbol"
    )


class Lines(QObject):
    """Reads lines for the palette and runs the one that is chosen.

    Args:
        parts: What every part of the desk is given.
        layouts: The layouts that a line may open.
        suggestions: The symbols known without asking anybody.
        parent: The window.
    """

    def __init__(
        self, parts: Parts, layouts: Layouts, suggestions: Suggestions, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts, self._layouts, self._suggestions = parts, layouts, suggestions
        self._recorded: list[str] | None = None
        kept = parts.context.state.get(_KEY)
        self.history: list[str] = [
            each for each in (kept if isinstance(kept, list) else []) if isinstance(each, str)
        ]

    def known(self) -> line.Known:
        """Return what a line may name at this moment."""
        registry = self._parts.registry
        cards = self._parts.context.strategies.cards()
        return line.Known(
            commands={each.id: each.parameters.names for each in registry},
            panels={id_: title for id_, (title, _) in PANEL_KEYS.items()},
            layouts=(*(each.name for each in BUILT_IN), *self._layouts.names),
            strategies={each.id: tuple(each.schema.get("properties", ())) for each in cards},
            symbols=lambda text: [each.symbol for each in self._suggestions(text)],
            is_symbol=lambda text: any(each.symbol == text for each in self._suggestions(text)),
        )

    def reader(self) -> Callable[[str], Entry | None]:
        """Return what turns a text into an entry of the palette; it raises LineError."""
        known = self.known()

        def read(text: str) -> Entry | None:
            found = line.read(text, known)
            if found is None or _listed(found.steps):
                return None
            return Entry(KIND, text.strip(), found.words)

        return read

    def completer(self) -> Callable[[str], list[str]]:
        """Return what lists the words that may stand at the end of a text."""
        known = self.known()
        return lambda text: line.complete(text, known)

    def run(self, text: str) -> None:
        """Do what a line says, one command after the other, and remember it."""
        self.history = [text, *(each for each in self.history if each != text)][:MOST]
        self._parts.context.state.put(_KEY, self.history)
        self._parts.runner.spawn(self._run([text]), self, name="line")

    def run_all(self, lines: Sequence[str]) -> None:
        """Do what several lines say; the first that fails ends it.

        A macro among them is done in its place. One that comes back to itself is refused before
        anything is done.
        """
        self._parts.runner.spawn(self._run_all(lines), self, name="macro")

    def record(self) -> None:
        """Note what is run from now on."""
        self._recorded = []

    def recorded(self) -> list[str]:
        """Stop noting, and return what was."""
        noted, self._recorded = self._recorded or [], None
        return noted

    def note(self, id_: str, values: Mapping[str, object]) -> None:
        """Take down a command that was run with plain values, while something is recorded."""
        if self._recorded is not None and id_ not in _RECORDING:
            plain = {
                name: str(value).replace('"', "'")
                for name, value in values.items()
                if value not in _EMPTY
            }
            said = [f'{name}="{value}"' for name, value in plain.items()]
            self._recorded.append(" ".join([id_, *said]))

    async def _run_all(self, lines: Sequence[str]) -> None:
        await self._run(self._spread(lines, ()))

    def _spread(self, lines: Sequence[str], within: tuple[str, ...]) -> list[str]:
        """Return the lines with those of a macro in the place of the one that runs it."""
        spread: list[str] = []
        for text in lines:
            name = self._macro_of(text)
            if name is None:
                spread.append(text)
            elif name.casefold() in within:
                raise BadValueError(
                    f"The macro {name!r} comes back to itself.", hint="Take that line out of it."
                )
            else:
                inner = self._parts.context.macros.get(name).lines
                spread += self._spread(inner, (*within, name.casefold()))
            if len(spread) > MOST_AT_ONCE:
                raise BadValueError(f"These macros come to more than {MOST_AT_ONCE} lines.")
        return spread

    def _macro_of(self, text: str) -> str | None:
        """Return the name of the macro that a line runs, and None if it runs none."""
        if not text.startswith(_MACRO):
            return None
        found = line.read(text, self.known())
        step = found.steps[0] if found is not None else None
        return (
            None
            if step is None or step.command != _MACRO
            else str(step.values.get("name", "")).strip()
        )

    async def _run(self, lines: Sequence[str]) -> None:
        for text in lines:
            found = line.read(text, self.known())
            if found is None:
                raise BadValueError(f"{text!r} means nothing here.")
            for step in found.steps:
                command = self._parts.registry[step.command]
                await command.run_with(self._parts.context, step.values)
            if self._recorded is not None:
                self._recorded.append(text)
