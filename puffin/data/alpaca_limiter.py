"""How often Alpaca may be asked: one pace per host, shared by everything that asks it."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from email.utils import parsedate_to_datetime
from enum import IntEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from puffin.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.meter import Reading

TOO_MANY = 429
SLOW_PACE = 1.0  # seconds between two requests after Alpaca complained
SLOW_FOR = 30.0  # seconds that this lasts
LONGEST = 60.0
RESERVE = 5  # requests that are kept back for cancels


class Urgency(IntEnum):
    """Who goes first when not everyone may."""

    CANCEL = 0
    ORDER = 1
    READ = 2


class ThrottledError(Exception):
    """The request was not sent: Alpaca wants a pause that is longer than it can wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Alpaca asks for a pause of {max(seconds, 1):.0f} s.")
        self.seconds = seconds


class RateLimiter:
    """The pace of one host; blocks its threads, so never call `enter` on the loop.

    Requests go in the order of their urgency. The last few that Alpaca allows in a minute are
    kept for cancels. After a 429 there is at most one request a second for half a minute.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = threading.Condition()
        self._queue: list[tuple[Urgency, int]] = []
        self._number = itertools.count()
        self._next_at = 0.0
        self._slow_until = 0.0
        self._remaining: int | None = None
        self._reset_at = 0.0
        self.meter = Meter(clock=clock)

    def reading(self) -> Reading:
        """Return how the host answers, and how long a question would have to wait."""
        return self.meter.read(self.delay(Urgency.READ))

    def enter(
        self, urgency: Urgency, patience: float, given_up: Callable[[], bool] = lambda: False
    ) -> None:
        """Wait until a request may be sent; `given_up` is asked again at each `wake`.

        Raises:
            ThrottledError: It would take longer than `patience` seconds.
        """
        with self._turn:
            place = (urgency, next(self._number))
            heapq.heappush(self._queue, place)
            until = self._clock() + patience
            try:
                self._wait(place, until, given_up)
                self._take()
            finally:
                self._queue.remove(place)
                heapq.heapify(self._queue)
                self._turn.notify_all()

    def wake(self) -> None:
        """Let those who wait see whether they have given up."""
        with self._turn:
            self._turn.notify_all()

    def _wait(self, place: tuple[Urgency, int], until: float, given_up: Callable[[], bool]) -> None:
        while True:
            pause, left = self.delay(place[0]), until - self._clock()
            first = self._queue[0] == place
            if first and pause <= 0:
                return
            if left <= 0 or pause > left or given_up():
                raise ThrottledError(pause)
            self._turn.wait(min(left, pause) if first else left)

    def _take(self) -> None:
        now = self._clock()
        if now < self._slow_until:
            self._next_at = now + SLOW_PACE
        if self._remaining is not None:
            self._remaining -= 1

    def delay(self, urgency: Urgency) -> float:
        """Return how many seconds a request of that urgency would have to wait."""
        now = self._clock()
        pause = self._next_at - now
        kept = 0 if urgency is Urgency.CANCEL else RESERVE
        if self._remaining is not None and self._remaining <= kept:
            pause = max(pause, self._reset_at - now)
        return max(pause, 0.0)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer how much more may be asked."""
        with self._turn:
            now = self._clock()
            remaining, reset = headers.get("X-RateLimit-Remaining"), _reset(headers)
            if remaining is not None and remaining.isdecimal() and reset is not None:
                self._remaining, self._reset_at = int(remaining), now + reset
            if status == TOO_MANY:
                asked = headers.get("Retry-After", "")
                pause = float(asked) if asked.isdecimal() else SLOW_PACE
                self._slow_until = now + SLOW_FOR
                self._next_at = max(self._next_at, now + min(max(pause, SLOW_PACE), LONGEST))
            self._turn.notify_all()


def _reset(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until the count begins anew, by the server's own clock."""
    at, now = headers.get("X-RateLimit-Reset", ""), headers.get("Date", "")
    try:
        seconds = float(at) - parsedate_to_datetime(now).timestamp()
    except ValueError:
        return None
    return min(max(seconds, 0.0), LONGEST)


class RateLimiters:
    """One limiter for each host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, RateLimiter] = {}

    def of(self, host: str) -> RateLimiter:
        """Return the limiter of `host`."""
        with self._lock:
            return self._of.setdefault(host, RateLimiter())

    def readings(self) -> dict[str, Reading]:
        """Return how each host answers, by its name."""
        with self._lock:
            return {urlsplit(each).netloc or each: one.reading() for each, one in self._of.items()}

    def wake(self) -> None:
        """Let everyone who waits see whether they have given up."""
        with self._lock:
            limiters = list(self._of.values())
        for each in limiters:
            each.wake()
