"""Starts commands from clicks and keeps them alive; their errors become notices."""

from __future__ import annotations

import asyncio
import logging
import traceback
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from shiboken6 import isValid

from puffin.errors import BrokerError, CancelledError, PuffinError
from puffling.core.errors import (
    JobFailedError,
    NotConfirmedError,
    PufflingError,
    StoreError,
)
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtCore import QObject

    from puffling.commands.context import Context
    from puffling.commands.registry import Registry
    from puffling.core.bus import EventBus

log = logging.getLogger(__name__)
T = TypeVar("T")

# What the person did can be put right at once; these need somebody to look.
_GRAVE = (StoreError, BrokerError, JobFailedError)


def notice_for(error: BaseException) -> NoticePosted | None:
    """Return what to tell the person about an expected error; None for anything else."""
    if not isinstance(error, PufflingError | PuffinError):
        return None
    if isinstance(error, NotConfirmedError):
        return NoticePosted(Level.INFO, str(error), error.hint)
    grave = isinstance(error, _GRAVE)
    details = "".join(traceback.format_exception(error)) if grave else ""
    level = Level.ERROR if grave else Level.WARNING
    return NoticePosted(level, str(error), error.hint, details=details)


class Runner:
    """Owns every task that a click, a key or a panel starts.

    An expected error becomes a `NoticePosted`; a cancelled task says nothing; anything else goes
    to `crashed`, which the shell sets to its crash net.
    """

    def __init__(
        self,
        context: Context,
        registry: Registry,
        bus: EventBus,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.context, self.registry = context, registry
        self.crashed: Callable[[BaseException], None] = _log_crash
        self._bus = bus
        self._loop = loop
        self._tasks: dict[asyncio.Task[object], QObject | None] = {}
        self._watched: set[int] = set()

    def command(self, id_: str, /, **values: object) -> asyncio.Task[object]:
        """Start the command called `id_` with these values.

        Raises:
            UnknownCommandError: If there is no such command.
        """
        command = self.registry[id_]
        return self.spawn(command.run_with(self.context, values), name=id_)

    def spawn(
        self,
        work: Coroutine[object, object, T],
        owner: QObject | None = None,
        *,
        name: str | None = None,
    ) -> asyncio.Task[T]:
        """Run `work` as a task that is kept until it ends and cancelled when `owner` goes."""
        loop = self._loop or asyncio.get_running_loop()
        task = loop.create_task(work, name=name)
        self._tasks[task] = owner
        task.add_done_callback(self._ended)
        if owner is not None and id(owner) not in self._watched:
            self._watched.add(id(owner))
            owner.destroyed.connect(partial(self._gone, owner))
        return task

    @property
    def tasks(self) -> frozenset[asyncio.Task[object]]:
        """The tasks that have not ended."""
        return frozenset(self._tasks)

    def cancel(self, owner: QObject) -> None:
        """Cancel every task of `owner`."""
        for task, whose in tuple(self._tasks.items()):
            if whose is owner:
                task.cancel()

    async def finish(self, owner: QObject) -> None:
        """Cancel every task of `owner` and wait until they have ended."""
        mine = [task for task, whose in self._tasks.items() if whose is owner]
        self.cancel(owner)
        await asyncio.gather(*mine, return_exceptions=True)

    def cancel_all(self) -> None:
        """Cancel every task."""
        for task in tuple(self._tasks):
            task.cancel()

    async def close(self) -> None:
        """Cancel every task and wait until they have ended."""
        self.cancel_all()
        current = asyncio.current_task()
        await asyncio.gather(
            *(each for each in self._tasks if each is not current), return_exceptions=True
        )

    def report(self, error: BaseException) -> None:
        """Tell the person about an expected error; hand anything else to the crash net."""
        if isinstance(error, CancelledError | asyncio.CancelledError):
            return
        if notice := notice_for(error):
            log.info("Refused or failed: %s", error)
            self._bus.publish(notice)
        else:
            self.crashed(error)

    def _gone(self, owner: QObject, *_: object) -> None:
        self._watched.discard(id(owner))
        self.cancel(owner)

    def _ended(self, task: asyncio.Task[object]) -> None:
        owner = self._tasks.pop(task, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if owner is not None and not isValid(owner):
            log.debug("A task outlived its window: %s", error)
            return
        self.report(error)


def _log_crash(error: BaseException) -> None:
    log.critical("A task failed", exc_info=error)
