"""A thread that stores what it is given in its order, so that the loop waits for no disk."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
log = logging.getLogger(__name__)


class Writer:
    """Does one piece of store work after the other. Lives on the loop's thread."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._under_way: set[asyncio.Future[Any]] = set()

    def do(
        self, work: Callable[[], T], then: Callable[[], object] | None = None
    ) -> asyncio.Future[T]:
        """Do `work` after all that was given before; `then` is called on the loop if it went well.

        The future need not be awaited; whoever does hears of an error. The work is done even if
        whoever waits is cancelled.
        """
        inner = asyncio.wrap_future(self._pool.submit(work))
        self._under_way.add(inner)
        inner.add_done_callback(partial(self._ended, then))
        outer = asyncio.shield(inner)
        outer.add_done_callback(_heard)
        return outer

    async def settled(self) -> None:
        """Wait until everything given so far is done, well or not."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    async def close(self) -> None:
        """Do what was given, then nothing more."""
        await self.settled()
        await asyncio.to_thread(self._pool.shutdown)

    def _ended(self, then: Callable[[], object] | None, inner: asyncio.Future[Any]) -> None:
        self._under_way.discard(inner)
        error = inner.exception()
        if error is not None:
            log.warning("Something was not stored: %s", error)
        elif then is not None:
            then()


def _heard(future: asyncio.Future[Any]) -> None:
    """Mark an error as heard: it is in the log already."""
    if not future.cancelled():
        future.exception()
