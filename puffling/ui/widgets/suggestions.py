"""Completes a symbol from a list that is already in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.widgets.symbol_edit import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffin.types import Instrument


class Suggestions:
    """What a `SymbolEdit` offers; nothing is asked of a disk or a network while typing."""

    def __init__(self) -> None:
        self._known: list[Suggestion] = []

    def load(self, instruments: Iterable[Instrument]) -> None:
        """Offer these from now on."""
        self._known = [Suggestion(each.symbol, each.name) for each in instruments]

    def __call__(self, text: str) -> list[Suggestion]:
        """Return what `text` may mean: symbols that begin so, then names that contain it."""
        wanted = text.strip().casefold()
        begins = [each for each in self._known if each.symbol.casefold().startswith(wanted)]
        names = [each for each in self._known if wanted in each.name.casefold()]
        return list(dict.fromkeys([*begins, *names]))
