"""Macros: lines of the command line kept under a name, to be done one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffling.store.state import StateStore

LONGEST_NAME = 40
MOST_LINES = 50
MOST_MACROS = 200
_KEY = "macros"


@dataclass(frozen=True, slots=True)
class Macro:
    """A name and its lines, in order."""

    name: str
    lines: tuple[str, ...]


class MacroService:
    """Keeps macros; what their lines mean is for the command line to say."""

    def __init__(self, state: StateStore) -> None:
        self._state = state
        kept = state.get(_KEY)
        self._macros: dict[str, Macro] = {}
        for name, lines in (kept if isinstance(kept, dict) else {}).items():
            if isinstance(lines, list) and all(isinstance(each, str) for each in lines):
                self._macros[name.casefold()] = Macro(name, tuple(lines))

    def all(self) -> list[Macro]:
        """Return every macro by its name."""
        return sorted(self._macros.values(), key=lambda each: each.name.casefold())

    def get(self, name: str) -> Macro:
        """Return the macro of that name.

        Raises:
            BadValueError: There is none.
        """
        found = self._macros.get(name.strip().casefold())
        if found is None:
            near = get_close_matches(name.casefold(), self._macros, n=1)
            hint = f"Did you mean {self._macros[near[0]].name}?" if near else ""
            raise BadValueError(f"There is no macro {name!r}.", hint=hint)
        return found

    def save(self, name: str, lines: Sequence[str]) -> Macro:
        """Keep lines under a name, in place of what it had.

        Raises:
            BadValueError: The name is empty or too long, or there are no lines or too many.
        """
        name = name.strip()
        kept = tuple(each.strip() for each in lines if each.strip())
        if not name or len(name) > LONGEST_NAME:
            raise BadValueError(f"A macro's name has 1 to {LONGEST_NAME} letters.")
        if not 1 <= len(kept) <= MOST_LINES:
            raise BadValueError(f"A macro has 1 to {MOST_LINES} lines.")
        if name.casefold() not in self._macros and len(self._macros) >= MOST_MACROS:
            raise BadValueError(f"There are {MOST_MACROS} macros already; remove one first.")
        made = Macro(name, kept)
        self._put(self._macros | {name.casefold(): made})
        return made

    def remove(self, name: str) -> None:
        """Forget a macro.

        Raises:
            BadValueError: There is none of that name.
        """
        gone = self.get(name).name.casefold()
        self._put({key: each for key, each in self._macros.items() if key != gone})

    def _put(self, macros: dict[str, Macro]) -> None:
        self._state.put(_KEY, {each.name: list(each.lines) for each in macros.values()})
        self._macros = macros
