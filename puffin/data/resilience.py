"""Asking a provider again when that helps, and leaving it alone when it does not."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from puffin.errors import (
    DataError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from puffin.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.bars import Bars, Interval
    from puffin.data.base import DataProvider
    from puffin.meter import Reading
    from puffin.types import Dividend, Instrument, Split

    T = TypeVar("T")

PASSING = (RateLimitedError, ProviderUnavailableError)  # faults that another try may cure


class BreakerOpenError(ProviderUnavailableError):
    """The provider failed again and again and is left alone for a while."""

    hint = "Cached prices stay in use; it is tried again by itself."


class Retrier:
    """Tries a question up to `tries` times, waiting longer each time, with full jitter.

    A wait that the provider asks for is kept, unless it is longer than `patience`: then the
    error is raised at once, and says how long. It blocks its thread while it waits.
    """

    def __init__(
        self,
        *,
        tries: int = 3,
        shortest: float = 0.5,
        longest: float = 8.0,
        patience: float = 20.0,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._tries = tries
        self._shortest = shortest
        self._longest = longest
        self._patience = patience
        self._sleep = sleep
        self._chance = chance

    def call(self, question: Callable[[], T]) -> T:
        """Return the answer to `question`, or raise its last error."""
        for attempt in range(1, self._tries):
            try:
                return question()
            except BreakerOpenError:
                raise
            except PASSING as error:
                wanted = error.retry_after or 0.0
                if wanted > self._patience:
                    raise
                limit = min(self._longest, self._shortest * 2 ** (attempt - 1))
                self._sleep(max(wanted, self._chance() * limit))
        return question()


class Breaker:
    """Refuses questions for `rest` seconds after `failures` faults in a row, then lets one try.

    Only faults of the provider count: an unknown symbol or an empty period is an answer.
    Any thread may ask.
    """

    def __init__(
        self,
        *,
        failures: int = 3,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._open_until: float | None = None
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether questions are refused now."""
        return self.pause > 0

    @property
    def pause(self) -> float:
        """For how many seconds more questions are refused; 0 when they are not."""
        with self._lock:
            return 0.0 if self._open_until is None else max(self._open_until - self._clock(), 0.0)

    def call(self, question: Callable[[], T]) -> T:
        """Return the answer to `question`.

        Raises:
            BreakerOpenError: The provider is being left alone; `retry_after` says how long.
        """
        self._enter()
        try:
            answer = question()
        except PASSING:
            self._failed()
            raise
        except DataError:
            self._answered()
            raise
        except BaseException:
            with self._lock:
                self._trying = False
            raise
        self._answered()
        return answer

    def _enter(self) -> None:
        with self._lock:
            if self._open_until is None:
                return
            left = self._open_until - self._clock()
            if left > 0 or self._trying:
                raise BreakerOpenError(
                    "The source of these prices failed several times and is given a pause.",
                    retry_after=max(left, 1.0),
                )
            self._trying = True

    def _failed(self) -> None:
        with self._lock:
            self._count += 1
            if self._trying or self._count >= self._failures:
                self._open_until = self._clock() + self._rest
            self._trying = False

    def _answered(self) -> None:
        with self._lock:
            self._count = 0
            self._open_until = None
            self._trying = False


class GuardedProvider:
    """A provider behind a retrier and a breaker; each single try counts for the breaker."""

    def __init__(
        self,
        inner: DataProvider,
        retrier: Retrier | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._inner = inner
        self._retrier = retrier or Retrier()
        self._breaker = breaker or Breaker()
        self._meter = Meter()

    def reading(self) -> Reading:
        """Return how the provider answers, and how long it is left alone."""
        return self._meter.read(self._breaker.pause)

    @property
    def name(self) -> str:
        """The name of the provider itself."""
        return self._inner.name

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the provider's bars."""
        return self._ask(lambda: self._inner.history(symbol, interval, start, end))

    def search(self, text: str) -> list[Instrument]:
        """Return what the provider finds."""
        return self._ask(lambda: self._inner.search(text))

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits the provider knows."""
        return self._ask(lambda: self._inner.splits(symbol))

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return the dividends the provider knows."""
        return self._ask(lambda: self._inner.dividends(symbol))

    def _ask(self, question: Callable[[], T]) -> T:
        def measured() -> T:
            with self._meter.timing(passing=(NoDataError, SymbolNotFoundError)):
                return question()

        return self._retrier.call(lambda: self._breaker.call(measured))
