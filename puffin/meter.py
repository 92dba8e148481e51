"""How quickly something outside answers, how often it fails, and what it said last."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEPT = 50  # the latest answers, for the median


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a line now; None and empty where nobody has asked yet.

    Args:
        last: Seconds that the last answer took.
        median: The middle one of the latest answers.
        asked: How many questions there were.
        failed: How many of them failed.
        error: What the last failure said.
        error_age: Seconds since then.
        failing: Whether the last question failed.
        pause: Seconds for which it is left alone.
    """

    last: float | None = None
    median: float | None = None
    asked: int = 0
    failed: int = 0
    error: str = ""
    error_age: float | None = None
    failing: bool = False
    pause: float = 0.0


class Meter:
    """Measures one line; any thread may use it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._took: deque[float] = deque(maxlen=KEPT)
        self._asked = self._failed = 0
        self._error, self._error_at = "", 0.0
        self._failing = False

    @contextmanager
    def timing(self, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
        """Measure a question; an error of a `passing` kind is an answer all the same."""
        began = self._clock()
        try:
            yield
        except passing:
            self.took(self._clock() - began)
            raise
        except Exception as error:
            self.fail(str(error))
            raise
        self.took(self._clock() - began)

    def took(self, seconds: float) -> None:
        """Count an answer that took so long."""
        with self._lock:
            self._took.append(seconds)
            self._asked += 1
            self._failing = False

    def fail(self, error: str) -> None:
        """Count a failure."""
        with self._lock:
            self._asked += 1
            self._failed += 1
            self._error, self._error_at = error, self._clock()
            self._failing = True

    def read(self, pause: float = 0.0) -> Reading:
        """Return what is known; `pause` is how long the line is left alone."""
        with self._lock:
            return Reading(
                last=self._took[-1] if self._took else None,
                median=median(self._took) if self._took else None,
                asked=self._asked,
                failed=self._failed,
                error=self._error,
                error_age=self._clock() - self._error_at if self._error else None,
                failing=self._failing,
                pause=pause,
            )
