"""Reads what a widget shows off the loop's thread, one read at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


class Reading(Generic[T]):
    """Calls `read` on a thread whenever it is asked, and `show` with what came of it.

    Asked again while a read is on its way, it reads once more afterwards, so what is shown last
    is never older than the last question. An expected error goes to `failed`.
    """

    def __init__(
        self,
        spawn: Callable[[Coroutine[object, object, None]], object],
        read: Callable[[], T],
        show: Callable[[T], object],
        failed: Callable[[Exception], object],
    ) -> None:
        self._spawn = spawn
        self._read = read
        self._show = show
        self._failed = failed
        self._going = False
        self._again = False

    def ask(self, *_: object) -> None:
        """Read anew; what a signal carries is passed over."""
        if self._going:
            self._again = True
            return
        self._going = True
        self._spawn(self._run())

    async def _run(self) -> None:
        try:
            self._again = True
            while self._again:
                self._again = False
                self._show(await asyncio.to_thread(self._read))
        except (PufflingError, PuffinError) as error:
            self._failed(error)
        finally:
            self._going = False
