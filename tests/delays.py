"""Promises about time on a computer that is busy with other things: what is its fault is not ours."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH = 0.01


class Beside(threading.Thread):
    """How long a thread without work waits for its turn: so much is the computer's fault."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self._since = time.monotonic()
        self.longest = 0.0
        self._lost = 0.0

    @property
    def lost(self) -> float:
        """How many seconds it has waited for its turn, the wait that it is in included."""
        return self._lost + max(0.0, time.monotonic() - self._since - EACH)

    @override
    def run(self) -> None:
        self._since = time.monotonic()
        while not self._over.wait(EACH):
            waited = time.monotonic() - self._since
            self.longest = max(self.longest, waited)
            self._lost += max(0.0, waited - EACH)
            self._since = time.monotonic()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if the block takes longer, apart from what the computer was busy with."""
    with Beside() as beside:
        begun = time.monotonic()
        yield
        took, lost = time.monotonic() - begun, beside.lost
    assert took < seconds + 2 * lost, f"{took:.2f} s, of which {lost:.2f} s were the computer's"
