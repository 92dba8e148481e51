"""The QThreadPool lane: work that blocks runs off the loop's thread and its result comes back."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QRunnable, QThreadPool
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
T = TypeVar("T")

_LEAST_THREADS = 2
_KEPT = 64


class _Work(QRunnable):
    """One piece of work on a pool's thread."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.setAutoDelete(False)  # Python owns it: the pool must not free it under our feet
        self._work: Callable[[], None] | None = work

    @override
    def run(self) -> None:
        if self._work is not None:
            self._work()
        self._work = None


class QtLane:
    """Runs blocking work on a QThreadPool; await the result on the loop."""

    def __init__(self, threads: int | None = None) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(
            threads or max(_LEAST_THREADS, QThreadPool.globalInstance().maxThreadCount())
        )
        self._running: set[_Work] = set()
        # A finished runnable is kept for a while: its thread may still be on the way out of it.
        self._finished: deque[_Work] = deque(maxlen=_KEPT)

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work()` on a thread and return what it returns.

        A cancelled await returns at once; the work itself goes on until it ends, so long work
        should look at a flag of its own now and then.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            self._running.discard(task)
            self._finished.append(task)
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(cast("T", result))

        def carry() -> None:
            result, error = None, None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
                error = raised
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:
                log.debug("Work ended after the loop had closed")

        task = _Work(carry)
        self._running.add(task)
        self._pool.start(task)
        return await future

    @property
    def busy(self) -> int:
        """How many pieces of work are running or waiting for a thread."""
        return len(self._running)

    def close(self, timeout: float = 5.0) -> bool:
        """Wait for the work to end; whether it did within `timeout` seconds."""
        self._pool.clear()
        return self._pool.waitForDone(round(timeout * 1000))
