"""A model for tests: it says what was planned, waits where it is told to, and notes asks."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.base import (
    Message,
    ModelError,
    ModelInfo,
    Reply,
    Role,
    Stop,
    Text,
    TextDelta,
    Usage,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from puffin.ai.base import Ask, Part, Streamed, ToolCall

MODEL = "puppet-1"
COUNTED = Usage(input=100, output=20)


class Held:
    """A place in an answer where the model says nothing until it is let go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()


Item: TypeAlias = "Streamed | Held | ModelError"


class Model:
    """Plays planned answers in order; `name` as it is shown."""

    name = "Puppet"

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.planned: deque[Sequence[Item]] = deque()
        self.left = 0  # answers that were not heard to their end
        self.closed = False

    def plan(self, *answers: Sequence[Item]) -> None:
        self.planned.extend(answers)

    async def stream(self, ask: Ask) -> AsyncIterator[Streamed]:
        self.asks.append(ask)
        items = self.planned.popleft()
        whole = False
        try:
            for item in items:
                if isinstance(item, ModelError):
                    raise item
                if isinstance(item, Held):
                    item.reached.set()
                    await item.go_on.wait()
                else:
                    yield item
            whole = True
        finally:
            self.left += not whole

    async def complete(self, ask: Ask) -> Reply:
        reply: Reply | None = None
        async for item in self.stream(ask):
            if isinstance(item, Reply):
                reply = item
        assert reply is not None
        return reply

    async def models(self) -> list[ModelInfo]:
        return [ModelInfo(MODEL, "Puppet 1")]

    async def close(self) -> None:
        self.closed = True


def says(
    text: str, *calls: ToolCall, stop: Stop | None = None, usage: Usage = COUNTED, **more: Any
) -> list[Item]:
    """Return an answer: words, in pieces of a word, then what it asks for."""
    pieces: list[Item] = [TextDelta(f"{each} ") for each in text.split(" ")[:-1]]
    last = text.rsplit(" ", 1)[-1]
    return [
        *pieces,
        *([TextDelta(last)] if last else []),
        ends(text, *calls, stop=stop, usage=usage, **more),
    ]


def ends(
    text: str, *calls: ToolCall, stop: Stop | None = None, usage: Usage = COUNTED, **more: Any
) -> Reply:
    """Return the end of an answer."""
    parts: list[Part] = [Text(text)] if text else []
    how = stop or (Stop.TOOLS if calls else Stop.END)
    return Reply(Message(Role.ASSISTANT, (*parts, *calls)), how, usage, MODEL, **more)
