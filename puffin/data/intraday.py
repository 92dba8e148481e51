"""A simulated path through a real day: from its open over its high and low to its close."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from puffin.data.bars import Bar

    Floats: TypeAlias = NDArray[np.float64]

WANDERING = 0.5  # standard deviation of a free walk over the day, in parts of the day's range
LEAN = 0.7  # how often a falling day sees its high before its low, and a rising one its low first
EDGES = 1.5  # how much busier the open and the close are than noon


@dataclass(frozen=True, slots=True)
class DayPath:
    """What the tape showed at each step: last price, high and low so far, shares so far."""

    last: tuple[Decimal, ...]
    high: tuple[Decimal, ...]
    low: tuple[Decimal, ...]
    volume: tuple[int, ...]


def day_path(symbol: str, day: date, bar: Bar, steps: int) -> DayPath:
    """Draw the path of `bar` in `steps` + 1 prices; the same day gives the same path, always.

    It starts at the real open, touches the real high and low, ends at the real close and never
    leaves the range. What lies between is simulated, rounded to cents, and must be labelled so.
    """
    dice = _dice(f"{symbol} {day.isoformat()}", steps + 3)
    when = np.arange(steps + 1)
    anchors, values = _anchors(bar, steps, dice)
    walk = np.concatenate([[0.0], np.cumsum(dice[3:] - 0.5)])
    straying = walk - np.interp(when, anchors, walk[anchors])
    spread = bar.high - bar.low
    scale = WANDERING * spread / np.sqrt(steps / 12)  # a uniform step has variance 1/12
    path = _fold(np.interp(when, anchors, values) + scale * straying, bar.low, bar.high)
    path = np.clip(np.round(path, 2 if bar.low >= 1 else 4), bar.low, bar.high)
    path[anchors] = values
    last = tuple(Decimal(repr(price)) for price in path.tolist())
    return DayPath(
        last, tuple(accumulate(last, max)), tuple(accumulate(last, min)), _shares(bar, steps)
    )


def _dice(seed: str, count: int) -> Floats:
    """Return numbers in [0, 1) that follow from `seed`, on every machine and in every version."""
    digest = hashlib.shake_128(seed.encode()).digest(2 * count)
    return np.frombuffer(digest, "<u2") / 65536.0


def _anchors(bar: Bar, steps: int, dice: Floats) -> tuple[NDArray[np.int64], list[float]]:
    first, second = sorted(1 + int(each * (steps - 1)) for each in dice[:2])
    if first == second:
        first, second = (first - 1, second) if first > 1 else (first, second + 1)
    high_first = (dice[2] < LEAN) == (bar.close < bar.open)
    turns = (bar.high, bar.low) if high_first else (bar.low, bar.high)
    return np.array([0, first, second, steps]), [bar.open, *turns, bar.close]


def _fold(path: Floats, low: float, high: float) -> Floats:
    """Reflect at the edges until every price lies between `low` and `high`."""
    spread = high - low
    if spread <= 0:
        return np.full_like(path, low)
    within = np.mod(path - low, 2 * spread)
    return low + np.minimum(within, 2 * spread - within)


def _shares(bar: Bar, steps: int) -> tuple[int, ...]:
    """Spread the day's volume over the steps: most at the open and the close."""
    position = np.linspace(-1.0, 1.0, steps + 1)
    grown = np.cumsum(1 + EDGES * position**2)
    return tuple(int(each) for each in np.floor(grown / grown[-1] * bar.volume))
