"""A provider that plays a written script through the same stream; no model is behind it."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.assembly import Assembly
from puffin.ai.base import (
    ModelInfo,
    Role,
    Stop,
    Text,
    TextDelta,
    ToolResult,
    Usage,
)
from puffin.ai.watch import whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Mapping

    from puffin.ai.base import Ask, Message, ModelError, Reply, Streamed


@dataclass(frozen=True, slots=True)
class Heard:
    """What a turn of the script may look at.

    `words` are the first part of what the person said, `named` the groups of the scene's pattern;
    `results` came since then, `latest` of the turn before.
    """

    words: str
    named: Mapping[str, str]
    results: tuple[ToolResult, ...]
    latest: tuple[ToolResult, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that the script makes."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


Words: TypeAlias = str | Callable[[Heard], str]
Calls: TypeAlias = Sequence[Planned] | Callable[[Heard], Sequence[Planned]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer; it waits for results if it calls. `error` breaks it off after its words."""

    say: Words = ""
    calls: Calls = ()
    stop: Stop | None = None
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is answered to words in which `pattern` is found, in whatever case.

    The first turn answers the words, each further one the results of the calls before it.
    """

    pattern: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Scenes, of which the first that fits is played; `otherwise` answers anything else."""

    scenes: tuple[Scene, ...]
    otherwise: Turn


class ScriptedProvider:
    """Plays a script, word by word.

    Args:
        script: What to say.
        name: What it is called on the screen.
        pause: Seconds between two words.
        sleep: Waits; a test need not.
        id_of: Names calls.
    """

    def __init__(
        self,
        script: Script,
        *,
        name: str = "Scripted demonstration, no model",
        pause: float = 0.02,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        id_of: Callable[[], str] = lambda: f"scripted_{secrets.token_hex(8)}",
    ) -> None:
        self._script = script
        self._name = name
        self._pause = pause
        self._sleep = sleep
        self._id_of = id_of

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return self._name

    async def stream(self, ask: Ask) -> AsyncGenerator[Streamed]:
        """Play the turn that is due.

        Raises:
            ModelError: The script says so.
        """
        turn, heard = self._due(ask.messages)
        assembly = Assembly()
        assembly.model, assembly.usage = ask.model, turn.usage
        for each in re.findall(r"\s*\S+\s*", _said(turn.say, heard)):
            await self._sleep(self._pause)
            assembly.say(each)
            yield TextDelta(each)
        if turn.error is not None:
            turn.error.partial = assembly.text
            raise turn.error
        calls = turn.calls(heard) if callable(turn.calls) else turn.calls
        for slot, call in enumerate(calls):
            await self._sleep(self._pause)
            yield assembly.begin(slot, self._id_of(), call.name)
            assembly.piece(slot, json.dumps(dict(call.arguments)))
            assembly.end(slot)
        yield assembly.reply(turn.stop or (Stop.TOOLS if calls else Stop.END))

    async def complete(self, ask: Ask) -> Reply:
        """Play the turn that is due, and return all of it.

        Raises:
            ModelError: The script says so.
        """
        return await whole(self.stream(ask))

    async def models(self) -> list[ModelInfo]:
        """Return the one that there is: the script."""
        return [ModelInfo("script", self._name)]

    async def close(self) -> None:
        """Nothing is held."""

    def _due(self, messages: Sequence[Message]) -> tuple[Turn, Heard]:
        """Return the turn that answers the last message, and what it may look at."""
        asked = max((at for at, each in enumerate(messages) if _asks(each)), default=-1)
        words = _first_words(messages[asked]) if asked >= 0 else ""
        after = messages[asked + 1 :]
        done = sum(each.role is Role.ASSISTANT for each in after)
        results, latest = _results(after), _results(messages[-1:])
        for scene in self._script.scenes:
            found = re.search(scene.pattern, words, re.IGNORECASE)
            if found is not None and done < len(scene.turns):
                named = {name: said for name, said in found.groupdict().items() if said}
                return scene.turns[done], Heard(words, named, results, latest)
        return self._script.otherwise, Heard(words, {}, results, latest)


def _asks(message: Message) -> bool:
    """Whether these are the person's own words, not the results of calls."""
    return message.role is Role.USER and all(isinstance(part, Text) for part in message.parts)


def _first_words(message: Message) -> str:
    return next((part.text for part in message.parts if isinstance(part, Text)), "")


def _results(messages: Sequence[Message]) -> tuple[ToolResult, ...]:
    parts = (part for each in messages for part in each.parts)
    return tuple(part for part in parts if isinstance(part, ToolResult))


def _said(words: Words, heard: Heard) -> str:
    return words(heard) if callable(words) else words
