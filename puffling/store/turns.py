"""A lock that lets threads in as they came."""

from __future__ import annotations

import threading
from collections import deque
from typing import Self


class Turns:
    """One thread at a time, the one that has waited longest next.

    Python's own lock goes to whoever is quickest: a thread that writes again and again would keep
    another waiting until it gives up, and that one may be setting the kill switch.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many threads wait."""
        return len(self._waiting)

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for the turn, at most so many seconds unless negative; False if it did not come."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            if mine.acquire(timeout=timeout):
                return True
        except BaseException:
            if not self._withdrawn(mine):
                self.release()
            raise
        return not self._withdrawn(mine)

    def release(self) -> None:
        """Give the turn to the next."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _withdrawn(self, mine: threading.Lock) -> bool:
        """Leave the line; False if the turn had come meanwhile."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True
