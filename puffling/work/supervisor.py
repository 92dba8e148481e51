"""Owns everything that runs by itself: starts it, starts it again, and ends all of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from puffling.core.bus import EventBus

log = logging.getLogger(__name__)

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


class Supervisor:
    """Keeps tasks alive by name; nothing it started outlives `stop`."""

    def __init__(
        self, bus: EventBus, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._bus = bus
        self._sleep = sleep
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._work: dict[str, Callable[[], Coroutine[object, object, None]]] = {}

    def start(self, name: str, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run `work()` for as long as the app runs; when it crashes, say so and start it again."""
        if name in self._tasks:
            raise ValueError(f"{name!r} is running already")
        self._work[name] = work
        self._tasks[name] = asyncio.create_task(self._keep_alive(name), name=name)

    async def pause(self, name: str) -> None:
        """End one task and wait until it has ended; `restart` starts it again."""
        task = self._tasks[name]
        task.cancel()
        await asyncio.wait({task})

    def restart(self, name: str) -> None:
        """End one task and start it afresh once it has ended."""
        old = self._tasks[name]
        old.cancel()
        self._tasks[name] = asyncio.create_task(self._succeed(name, old), name=name)

    async def stop(self) -> None:
        """End every task and wait until all of them have ended."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def names(self) -> list[str]:
        """What is running."""
        return list(self._tasks)

    async def _succeed(self, name: str, old: asyncio.Task[None]) -> None:
        await asyncio.wait({old})
        await self._keep_alive(name)

    async def _keep_alive(self, name: str) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self._work[name]()
            except Exception:
                log.exception("%s crashed; it starts again in %.0f s", name, wait)
                self._bus.publish(
                    NoticePosted(
                        Level.ERROR,
                        f"{name.capitalize()} stopped unexpectedly",
                        f"It starts again in {wait:.0f} s. The log has the cause.",
                        panel="activity",
                    )
                )
            else:
                return
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
