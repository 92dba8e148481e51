"""Keys of language models: kept in the keyring, tried out, and made into providers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from typing_extensions import override

from puffin.ai.base import ModelError, Timing
from puffling.core.errors import BadValueError
from puffling.core.events import KeysChanged
from puffling.core.settings_assistant import Provider, is_here

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from puffin.ai.base import LLMProvider, ModelInfo
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.secrets import SecretStore
    from puffling.core.settings_store import SettingsStore
    from puffling.store.audit import AuditStore

log = logging.getLogger(__name__)

ANTHROPIC, OPENAI = "anthropic", "openai"
NAMES: Final = (ANTHROPIC, OPENAI)
TITLES: Final = {ANTHROPIC: "Anthropic", OPENAI: "OpenAI or compatible"}
OF: Final = {Provider.ANTHROPIC: ANTHROPIC, Provider.OPENAI: OPENAI}
_SHORTEST, _LONGEST = 8, 500
MOST_NAMED = 6
SETTINGS = "Settings, Assistant"


@dataclass(frozen=True, slots=True)
class ModelConnection:
    """A service of models as a list shows it; `text` says how it is, in a sentence."""

    name: str
    title: str
    has_keys: bool
    hint: str  # the key's last four letters
    works: bool | None  # None until it was tried out
    text: str
    chosen: bool
    may_test: bool  # whether there is a key, or none is needed
    tested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is asked: what makes one provider another one."""

    name: str
    key: str
    address: str
    stall: int

    @override
    def __repr__(self) -> str:
        """Leave the key out."""
        return f"Place({self.name!r}, {self.address!r})"


Maker: TypeAlias = "Callable[[Place], LLMProvider]"


def make(place: Place) -> LLMProvider:
    """Return the provider that asks there; its library is loaded when it is first asked."""
    timing = Timing(notice=min(20.0, place.stall / 2), stall=float(place.stall))
    if place.name == ANTHROPIC:
        from puffin.ai.anthropic import AnthropicProvider

        return AnthropicProvider(place.key, base_url=place.address, timing=timing)
    from puffin.ai.openai import OpenAIProvider

    name = (
        "OpenAI"
        if not place.address
        else "Local model"
        if is_here(place.address)
        else "OpenAI compatible"
    )
    return OpenAIProvider(place.key, base_url=place.address, timing=timing, name=name)


class ModelKeys:
    """Keeps and tries keys, and hands out the provider that is chosen.

    Lives on the loop's thread. What is kept is never shown again.
    """

    def __init__(
        self,
        secrets: SecretStore,
        settings: SettingsStore,
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
        *,
        maker: Maker = make,
    ) -> None:
        self._secrets = secrets
        self._settings = settings
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._make = maker
        self._made: dict[Place, LLMProvider] = {}
        self._making = asyncio.Lock()
        self._tried: dict[str, tuple[bool, str, datetime]] = {}
        self._models: dict[Place, Sequence[ModelInfo]] = {}
        self._listed: dict[tuple[str, str], Sequence[ModelInfo]] = {}  # by name and address

    @property
    def note(self) -> str:
        """Why keys are kept for this run only; empty while the keyring works."""
        return self._secrets.note

    @property
    def chosen(self) -> str:
        """The name of the service that is chosen; empty if none is."""
        return OF.get(self._settings.current.assistant.provider, "")

    # -- keys --------------------------------------------------------------------------------

    async def set_key(self, name: str, key: str, by: str) -> str:
        """Keep the key of a service; return what else there is to say.

        Raises:
            BadValueError: There is no such service, or that is no key of one.
        """
        _check(name)
        key = key.strip()
        if not _SHORTEST <= len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
            raise BadValueError("That is not a key.", hint="Copy it from the service's own page.")
        if " " in key:
            raise BadValueError("A key has no spaces.", hint="Copy it from the service's own page.")
        await self._secrets.set(name, key)
        await self._changed(name, by, "assistant.set_key")
        return self.note

    async def remove(self, name: str, by: str) -> None:
        """Forget the key of a service.

        Raises:
            BadValueError: There is no such service.
        """
        _check(name)
        await self._secrets.delete(name)
        await self._changed(name, by, "assistant.remove_key")

    async def list(self) -> list[ModelConnection]:
        """Return every service and how it is."""
        return [await self._connection(each) for each in NAMES]

    async def test(self, name: str) -> ModelConnection:
        """Ask a service for its models, which also tells whether key and address are right.

        Raises:
            BadValueError: There is no such service, or nothing to ask it with.
        """
        _check(name)
        place = await self._place(name)
        try:
            found = await self.models(name)
        except ModelError as error:
            works, text = False, f"{error} {error.hint}".strip()
        else:
            works, text = True, f"It answers, and offers {_named(found)}."
        self._tried[name] = (works, text, self._clock.now())
        log.info("%s was tried: %s", place, "it works" if works else "it does not work")
        self._bus.publish(KeysChanged(name))
        return await self._connection(name)

    async def models(self, name: str = "") -> Sequence[ModelInfo]:
        """Return the models that a service offers now; of the one that is chosen if none is named.

        Raises:
            BadValueError: There is no such service, or none is chosen.
            ModelError: It does not say.
        """
        name = name or self.chosen
        _check(name)
        place = await self._place(name)
        if not self._may_ask(place):
            raise BadValueError(
                f"There is no key of {TITLES[name]}.", hint=f"Set it first, under {SETTINGS}."
            )
        provider = await self._provider(place)
        found = await provider.models()
        self._models[place] = found
        self._listed[place.name, place.address] = found
        return found

    def listed(self, name: str) -> Sequence[ModelInfo]:
        """Return what a service listed last at its address; nothing while it was not asked."""
        return self._listed.get((name, self._address(name)), ())

    # -- providers ---------------------------------------------------------------------------

    async def provider(self) -> LLMProvider | None:
        """Return the provider that is chosen; None if none is, or it has no key."""
        if not self.chosen:
            return None
        place = await self._place(self.chosen)
        return await self._provider(place) if self._may_ask(place) else None

    async def model(self) -> str:
        """Return the name of the model to ask: the one in the settings, or else the obvious one.

        Raises:
            BadValueError: None is named, and which one is meant cannot be told.
            ModelError: The service does not say which it has.
        """
        settings, name = self._settings.current.assistant, self.chosen
        named = settings.anthropic_model if name == ANTHROPIC else settings.openai_model
        if named.strip():
            return named.strip()
        place = await self._place(name)
        found = self._models.get(place) or await self.models(name)
        if found and (name == ANTHROPIC or len(found) == 1):
            return found[0].id  # Anthropic lists the newest first
        raise BadValueError(
            f"{TITLES[name]} offers {_count(len(found))}, and none is chosen.",
            hint=f"Choose one under {SETTINGS}.",
        )

    async def close(self) -> None:
        """Let go of every connection."""
        made, self._made = self._made, {}
        await asyncio.gather(*(each.close() for each in made.values()))

    async def _provider(self, place: Place) -> LLMProvider:
        """Return the provider of a place; its modules are loaded off the loop's thread."""
        async with self._making:
            if place not in self._made:
                self._made[place] = await asyncio.to_thread(self._make, place)
            return self._made[place]

    async def _place(self, name: str) -> Place:
        key = await self._secrets.get(name) or ""
        stall = self._settings.current.assistant.stall_seconds
        return Place(name, key, self._address(name), stall)

    def _address(self, name: str) -> str:
        settings = self._settings.current.assistant
        return settings.anthropic_address if name == ANTHROPIC else settings.openai_address

    @staticmethod
    def _may_ask(place: Place) -> bool:
        """Whether there is a key, or none is needed: a program on this computer asks for none."""
        return bool(place.key) or is_here(place.address)

    async def _changed(self, name: str, by: str, action: str) -> None:
        self._tried.pop(name, None)
        self._audit.add(self._clock.now(), by, action, name)
        for place in [each for each in self._made if each.name == name]:
            await self._made.pop(place).close()
            self._models.pop(place, None)
        self._bus.publish(KeysChanged(name))

    async def _connection(self, name: str) -> ModelConnection:
        place = await self._place(name)
        works, text, at = self._tried.get(name, (None, "Not tried out yet.", None))
        may = self._may_ask(place)
        if not may:
            works, text, at = None, "No key.", None
        elif not place.key and works is None:
            text = f"Needs no key: it is on this computer, at {place.address}."
        hint = place.key[-4:] if place.key else ""
        chosen = self.chosen == name
        has_key = bool(place.key)
        return ModelConnection(name, TITLES[name], has_key, hint, works, text, chosen, may, at)


def _named(found: Sequence[ModelInfo]) -> str:
    names = ", ".join(each.id for each in found[:MOST_NAMED])
    more = " and others" if len(found) > MOST_NAMED else ""
    return f"{_count(len(found))}{f': {names}' if names else ''}{more}"


def _count(number: int) -> str:
    return "one model" if number == 1 else f"{number} models"


def _check(name: str) -> None:
    if name not in NAMES:
        if not name:
            raise BadValueError(
                "No provider of models is chosen.", hint=f"Choose one under {SETTINGS}."
            )
        raise BadValueError(
            f"There is no provider {name!r}.", hint=f"There are {' and '.join(NAMES)}."
        )
