"""Patience: how long an answer may say nothing, and how it is given up."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.ai.base import ModelError, Reply, Trouble, Waiting

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from puffin.ai.base import Streamed, Timing

AGAIN = 5.0  # seconds between two words about the same silence
LEAVES = 1.0  # seconds that a connection has to end
TIDIES = 0.2  # seconds that the end of a connection may take after the answer's
AHEAD = 64  # items that may wait for a slow reader


@dataclass(frozen=True, slots=True)
class Progress:
    """The model is at work on something that has no words, such as a call's arguments."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


async def patiently(
    source: AsyncGenerator[Streamed | Progress], timing: Timing, name: str
) -> AsyncGenerator[Streamed]:
    """Pass on what `source` yields; say when it is silent, and give up when it stays so.

    The reader may leave at any time: the source is closed before this returns.

    Raises:
        ModelError: Nothing came for too long, the answer took too long, or the source failed.
    """
    items: asyncio.Queue[Streamed | Progress | _End] = asyncio.Queue(AHEAD)
    pump = asyncio.create_task(_pump(source, items), name=f"answer of {name}")
    now = asyncio.get_running_loop().time
    last, until = now(), now() + timing.answer
    spoken = last - AGAIN
    try:
        while True:
            due = min(max(last + timing.notice, spoken + AGAIN), last + timing.stall, until)
            try:
                async with asyncio.timeout_at(due):
                    item = await items.get()
            except TimeoutError:
                spoken = now()
                if spoken >= until:
                    raise _too_long(name, timing) from None
                if spoken >= last + timing.stall:
                    raise _stalled(name, timing) from None
                yield Waiting(spoken - last)
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            last = now()
            if not isinstance(item, Progress):
                yield item
            if isinstance(item, Reply):
                # The connection can be used again once its end was read, too.
                await asyncio.wait({pump}, timeout=TIDIES)
                return
    finally:
        pump.cancel()
        await asyncio.wait({pump}, timeout=LEAVES)


async def _pump(
    source: AsyncGenerator[Streamed | Progress],
    items: asyncio.Queue[Streamed | Progress | _End],
) -> None:
    error: BaseException | None = None
    async with aclosing(source):
        try:
            async for item in source:
                await items.put(item)
        except Exception as failure:  # noqa: BLE001 - it is raised again where the answer is read
            error = failure
    await items.put(_End(error))


async def whole(stream: AsyncIterator[Streamed]) -> Reply:
    """Return the reply at the end of a stream."""
    found: Reply | None = None
    async for item in stream:
        if isinstance(item, Reply):
            found = item
    if found is None:
        raise ModelError("The answer ended without its end.", Trouble.SERVICE, hint="Ask again.")
    return found


def _stalled(name: str, timing: Timing) -> ModelError:
    return ModelError(
        f"{name} said nothing for {timing.stall:.0f} seconds.",
        Trouble.STALLED,
        hint="Ask again. A large model on this computer may need more time: see the settings.",
    )


def _too_long(name: str, timing: Timing) -> ModelError:
    return ModelError(
        f"{name} was not done after {timing.answer / 60:.0f} minutes.",
        Trouble.STALLED,
        hint="Ask for less at once.",
    )
