"""What a description of how somebody trades says, and the symbols that are known to its readers.

What was not said is None, and each thing that was found keeps the words that said it, so that
whoever wrote them can check it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from puffin.types import SYMBOL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from puffin.types import Instrument

LONGEST: Final = 2_000  # characters of a description
RULES: Final = "Puffling's own rules"
MOST_CASH: Final = 100_000_000  # as the settings of the simulated accounts have it
_LEGAL = re.compile(
    r"[,\s]+(?:inc|corp|corporation|co|company|ltd|plc|llc|group|holdings|class [a-c]|com)\b\.?",
    re.IGNORECASE,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """Something that was found, and the words that said it, as they were written."""

    value: T
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """What a description says; None for what it does not say.

    `by` is who read it. `not_understood` are its other words, and `notes` what else there is to
    know, such as why something was not taken.
    """

    by: str
    tolerance: Said[int] | None = None
    symbols: Said[tuple[str, ...]] | None = None
    cash: Said[Decimal] | None = None
    layout: Said[str] | None = None
    not_understood: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.tolerance or self.symbols or self.cash or self.layout)


@dataclass(frozen=True, slots=True)
class Known:
    """The symbols that prices are had of or that are watched, and the names they go by."""

    symbols: frozenset[str]
    names: Mapping[str, str]  # of a company, in small letters -> its symbol

    def has(self, word: str) -> bool:
        """Whether a word is a symbol, or the name of one."""
        bare = word.strip("$\"'")
        return bare.upper() in self.symbols or bare.casefold() in self.names

    @classmethod
    def of(cls, instruments: Iterable[Instrument], watched: Iterable[str]) -> Known:
        """Return what is known from both; a name of two symbols is no name."""
        names: dict[str, set[str]] = {}
        symbols = {each for each in watched if SYMBOL.match(each)}
        for each in instruments:
            symbols.add(each.symbol)
            name = _LEGAL.sub("", each.name).strip(" .,").casefold()
            if len(name) > len("ibm") and not name.startswith("your "):
                names.setdefault(name, set()).add(each.symbol)
        single = {name: min(each) for name, each in names.items() if len(each) == 1}
        return cls(frozenset(symbols), single)
