"""Where work that blocks runs: the port a lane fits, and the lane of plain threads."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")
log = logging.getLogger(__name__)

THREADS = 4


class Lane(Protocol):
    """Runs blocking work off the loop's thread."""

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work()` returns. A cancelled await returns at once, the work goes on."""
        ...

    def close(self, timeout: float = 5.0) -> bool:
        """Wait for the work to end; whether it did within `timeout` seconds."""
        ...


class ThreadLane:
    """A lane of plain threads, for everything without a window."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lane")
        self._running: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work()` returns."""
        future = self._pool.submit(work)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(future)

    def close(self, timeout: float = 5.0) -> bool:
        """Take no more work and wait for what runs."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        _, running = wait(tuple(self._running), timeout)
        if running:
            log.warning("%s pieces of work did not end in time", len(running))
        return not running
