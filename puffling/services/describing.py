"""A person's own description of how they trade, read into settings: by rules, or by a model.

Nothing is written here. What was not said is None, and each thing that was found keeps the words
that said it, so that whoever wrote them can check it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from puffin.ai.base import ModelError
from puffin.types import SYMBOL
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from puffin.ai.base import LLMProvider
    from puffin.types import Instrument
    from puffling.core.clock import Clock
    from puffling.services.model_keys import ModelKeys
    from puffling.services.model_usage import ModelUsage

LONGEST: Final = 2_000  # characters of a description
RULES: Final = "Puffling's own rules"
MOST_CASH: Final = 100_000_000  # as the settings of the simulated accounts have it
_EMAIL = re.compile(r"\S+@\S+\.\w+")
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


class DescribeService:
    """Reads descriptions: with the model that is chosen, or without one by our own rules."""

    def __init__(
        self,
        keys: ModelKeys,
        usage: ModelUsage,
        clock: Clock,
        *,
        instruments: Callable[[], Iterable[Instrument]],
        watched: Callable[[], Iterable[str]],
    ) -> None:
        self._keys = keys
        self._usage = usage
        self._clock = clock
        self._instruments = instruments
        self._watched = watched

    async def reader(self) -> str:
        """Return the name of the service that would be asked; empty if rules would read."""
        provider = await self._keys.provider() if self._keys.chosen else None
        return "" if provider is None else provider.name

    async def read(self, text: str, *, with_model: bool = True) -> Described:
        """Return what a description says. A model that fails is passed over, and that is said."""
        from puffling.services.describing_rules import by_rules

        safe, notes = _without_addresses(text[:LONGEST])
        if len(text) > LONGEST:
            notes += (f"Only its first {LONGEST:,} characters were read.",)
        known = await self._known()
        provider = await self._keys.provider() if with_model and self._keys.chosen else None
        if provider is not None:
            found, why = await self._by_model(provider, safe, known)
            if found is not None:
                return replace(found, notes=(*notes, *found.notes))
            notes += (why,)
        found = by_rules(safe, known)
        return replace(found, notes=(*notes, *found.notes))

    async def _known(self) -> Known:
        return Known.of(await asyncio.to_thread(self._instruments), self._watched())

    async def _by_model(
        self, provider: LLMProvider, text: str, known: Known
    ) -> tuple[Described | None, str]:
        """Return what the model says, or nothing and why not."""
        from puffling.services.describing_model import UnfitError, by_model
        from puffling.services.model_asking import Metered

        metered = Metered(provider, self._usage, self._clock, "describe")
        try:
            return await by_model(metered, await self._keys.model(), text, known), ""
        except (ModelError, PufflingError, UnfitError) as error:
            return None, f"{provider.name} was asked in vain: {error}"


def _without_addresses(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text without e-mail addresses, which nobody needs, and that they were left out."""
    safe = _EMAIL.sub(" ", text)
    note = "An e-mail address was left out: none is needed."
    return safe, () if safe == text else (note,)
