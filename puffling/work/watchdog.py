"""Notices when the loop stands still, and says where."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from puffling.work.flight import Flight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

log = logging.getLogger(__name__)

BEAT = 0.025  # seconds between two heartbeats of the loop
LIMIT = 0.1  # seconds a handler may take
ASLEEP = 10.0  # a longer gap means that the computer slept
KEPT = 50


@dataclass(frozen=True, slots=True)
class Stall:
    """One time that the loop stood still."""

    seconds: float
    stack: str


class Watchdog:
    """A thread that waits for the loop's heartbeat.

    `beat` runs on the loop; the thread looks at it and, when it is late, takes the stack of the
    loop's thread while it still stands where it stands.
    """

    def __init__(
        self, *, limit: float = LIMIT, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._beat = monotonic()
        self._watched = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.stalls: list[Stall] = []
        self.flight = Flight(monotonic)

    async def run(self) -> None:
        """Beat on the loop and watch from a thread, until cancelled."""
        self._watched = threading.get_ident()
        self._beat = self._monotonic()
        self._stop.clear()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()
        try:
            while True:
                self._beat = self._monotonic()
                await asyncio.sleep(BEAT)
        finally:
            self._stop.set()
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(BEAT):
            beat = self._beat
            if self._monotonic() - beat - BEAT <= self._limit:
                continue
            where = self._where()
            while self._beat == beat and not self._stop.wait(BEAT / 5):
                continue
            self._report(self._monotonic() - beat - BEAT, written(where))

    def _where(self) -> list[tuple[CodeType, int | None]]:
        """Return where the loop's thread stands: code and line of each call, outermost first.

        A frame is looked at and let go at once. Held, it would keep what its function has in
        hand after its end: a painter would paint on in this thread, and take the program down.
        """
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the one way to see it
        found: list[tuple[CodeType, int | None]] = []  # between two lines a frame has none
        while frame is not None:
            found.append((frame.f_code, frame.f_lineno))
            frame = frame.f_back
        found.reverse()
        return found

    def _report(self, seconds: float, stack: str) -> None:
        if seconds > ASLEEP:
            log.info("Nothing ran for %.0f s: the computer slept, or was very busy", seconds)
            return
        self.stalls = [*self.stalls[-KEPT:], Stall(seconds, stack)]
        self.flight.stalled(seconds)
        log.warning("The loop stood still for %.0f ms, here:\n%s", seconds * 1000, stack)


def written(where: Iterable[tuple[CodeType, int | None]]) -> str:
    """Return a stack in words, as a traceback has it."""
    lines = []
    for code, line in where:
        known = code.co_firstlineno if line is None else line
        lines.append(f'  File "{code.co_filename}", line {known}, in {code.co_name}\n')
        text = _line(code.co_filename, known)
        lines += [f"    {text}\n"] if text else []
    return "".join(lines)


def _line(file: str, number: int) -> str:
    """Return a line of a source; nothing if there is none. What `linecache` reads, it keeps."""
    try:
        with Path(file).open(encoding="utf-8", errors="replace") as source:
            return next(islice(source, max(0, number - 1), None), "").strip()
    except (OSError, ValueError):
        return ""
