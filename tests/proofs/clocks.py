"""The computer's clock where a test's may stand, and one that runs ahead of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.core.clock import SystemClock
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from datetime import datetime


class Ahead(FakeClock):
    """The computer's clock, so many seconds ahead."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self._real = SystemClock()
        self.seconds = seconds

    @override
    def now(self) -> datetime:
        return self._real.now() + timedelta(seconds=self.seconds)

    @override
    def monotonic(self) -> float:
        return self._real.monotonic()
