"""The flight recorder: what the window did in the last minute, second by second."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SECONDS = 60
MOST = 500  # samples kept of one second


@dataclass(slots=True)
class Second:
    """One second: how often things happened, and how long they took, in seconds."""

    number: int
    happened: Counter[str] = field(default_factory=Counter)
    paints: dict[str, list[float]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle, the slow end and the number of some durations; None where there were none."""

    median: float | None
    p99: float | None
    longest: float | None
    count: int


class Flight:
    """Notes by second; older ones are forgotten. Noting costs a dictionary look-up and an append.

    What happened is kept by its name alone: no symbol, no price and no order is in it.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seconds: deque[Second] = deque(maxlen=SECONDS)

    def happened(self, name: str) -> None:
        """Note that something was announced, or that a command ran."""
        self._now().happened[name] += 1

    def painted(self, what: str, seconds: float) -> None:
        """Note how long a part of the window took to paint."""
        times = self._now().paints.setdefault(what, [])
        if len(times) < MOST:
            times.append(seconds)

    def shown(self, seconds: float) -> None:
        """Note how long a quote took from its arrival to its paint."""
        times = self._now().latencies
        if len(times) < MOST:
            times.append(seconds)

    def stalled(self, seconds: float) -> None:
        """Note that the loop stood still; any thread may say so."""
        self._now().stalls.append(seconds)

    def paints(self, last: int = 10) -> dict[str, Spread]:
        """Return how long each part of the window took to paint, over the last seconds."""
        found: dict[str, list[float]] = {}
        for each in self._latest(last):
            for what, times in list(each.paints.items()):
                found.setdefault(what, []).extend(times)
        return {what: spread(times) for what, times in sorted(found.items())}

    def latency(self, last: int = 10) -> Spread:
        """Return how long quotes took from their arrival to their paint."""
        return spread(time for each in self._latest(last) for time in each.latencies)

    def stall(self, last: int = SECONDS) -> Spread:
        """Return how long the loop stood still."""
        return spread(time for each in self._latest(last) for time in each.stalls)

    def told(self) -> list[dict[str, Any]]:
        """Return every second as plain values, oldest first; times are in milliseconds."""
        now = int(self._monotonic())
        return [
            {
                "seconds_ago": now - each.number,
                "happened": dict(each.happened),
                "paints": {
                    what: {"count": len(times), "longest": _milliseconds(max(times))}
                    for what, times in each.paints.items()
                },
                "quote_to_paint": [_milliseconds(time) for time in sorted(each.latencies)[-5:]],
                "stalls": [_milliseconds(time) for time in each.stalls],
            }
            for each in self._latest(SECONDS)
        ]

    def _now(self) -> Second:
        number = int(self._monotonic())
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(Second(number))
        return self._seconds[-1]

    def _latest(self, last: int) -> list[Second]:
        after = int(self._monotonic()) - last
        return [each for each in list(self._seconds) if each.number > after]


def spread(times: Iterable[float]) -> Spread:
    """Return the middle and the slow end of some durations (nearest rank)."""
    known = sorted(times)
    if not known:
        return Spread(None, None, None, 0)
    last = len(known) - 1
    return Spread(known[last // 2], known[round(last * 0.99)], known[-1], len(known))


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
