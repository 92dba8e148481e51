"""A person's own description of how they trade, read into settings: by rules, or by a model.

Nothing is written here: whoever wrote the description sees first what was understood.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.ai.base import ModelError
from puffling.core.errors import PufflingError
from puffling.services.describing_records import LONGEST, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffin.ai.base import LLMProvider
    from puffin.types import Instrument
    from puffling.core.clock import Clock
    from puffling.services.describing_records import Described
    from puffling.services.model_keys import ModelKeys
    from puffling.services.model_usage import ModelUsage

_EMAIL = re.compile(r"\S+@\S+\.\w+")


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
