"""How an account is traded: how long, in which streaks, and what follows a loss."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin import measures
from puffin.data.sessions import exchange_date
from puffin.types import ZERO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from puffin.monitor.trips import RoundTrip

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPANS: Final[tuple[tuple[str, timedelta], ...]] = (
    ("up to an hour", HOUR),
    ("up to a day", DAY),
    ("up to a week", 7 * DAY),
    ("up to a month", 30 * DAY),
    ("up to a quarter", 91 * DAY),
    ("longer", timedelta.max),
)
BINS: Final = 15  # of the distribution of profits, at most


@dataclass(frozen=True, slots=True)
class Held:
    """The round trips held for about as long."""

    name: str
    trades: int
    net: Decimal
    win_rate: float | None


@dataclass(frozen=True, slots=True)
class After:
    """The round trips that began after the one before had ended well, or badly.

    `size` is what entering took on average; `pause` the median time between that end and the
    next entry.
    """

    name: str
    trades: int
    win_rate: float | None
    average: Decimal | None
    size: Decimal | None
    pause: timedelta | None


@dataclass(frozen=True, slots=True)
class Bin:
    """How many round trips made between `low` and `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What closed round trips tell of their trader.

    Args:
        trades: How many there are.
        held: Sorted by how long they were held.
        winners: The median time winners were held; None without one.
        losers: The same of losers.
        longest_win: The most winners in a row, by their ends.
        longest_loss: The most losers in a row.
        streak: Winners in a row up to now; losers as a negative number.
        after_win: What followed a winner.
        after_loss: What followed a loser.
        busiest: The most round trips that were begun on one day.
        a_day: How many were begun on a day with any.
        distribution: How many made how much.
    """

    trades: int
    held: tuple[Held, ...]
    winners: timedelta | None
    losers: timedelta | None
    longest_win: int
    longest_loss: int
    streak: int
    after_win: After
    after_loss: After
    busiest: int
    a_day: float | None
    distribution: tuple[Bin, ...]


def behaviour(trips: Sequence[RoundTrip]) -> Behaviour:
    """Return how closed round trips were traded; open ones are passed over."""
    closed = sorted(
        (each for each in trips if each.closed_at is not None),
        key=lambda each: (each.closed_at, each.opened_at),
    )
    runs = [
        (won, len(list(each))) for won, each in groupby(_sign(trip.net) for trip in closed) if won
    ]
    days = Counter(exchange_date(each.opened_at) for each in closed)
    return Behaviour(
        len(closed),
        _held(closed),
        _median([each.duration for each in closed if each.net > 0]),
        _median([each.duration for each in closed if each.net < 0]),
        max((length for won, length in runs if won > 0), default=0),
        max((length for won, length in runs if won < 0), default=0),
        _streak(closed),
        _after("After a win", closed, 1),
        _after("After a loss", closed, -1),
        max(days.values(), default=0),
        len(closed) / len(days) if days else None,
        distribution([float(each.net) for each in closed]),
    )


def distribution(values: Sequence[float]) -> tuple[Bin, ...]:
    """Return how many values lie in each of up to fifteen equal steps, zero being a border."""
    if not values:
        return ()
    low, high = min(0.0, *values), max(0.0, *values)
    step = _step((high - low) / BINS) if high > low else 1.0
    first, last = int(np.floor(low / step)), max(int(np.ceil(high / step)), 1)
    edges = [place * step for place in range(first, last + 1)]
    counts, _ = np.histogram(values, np.array(edges))
    return tuple(
        Bin(one, other, int(count))
        for (one, other), count in zip(pairwise(edges), counts.tolist(), strict=True)
    )


def _step(least: float) -> float:
    """Return the next round number: 1, 2 or 5 with as many noughts as it takes."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(each * power for each in (1, 2, 5, 10) if each * power >= least))


def _held(closed: Sequence[RoundTrip]) -> tuple[Held, ...]:
    found, least = [], timedelta(seconds=-1)
    for name, most in SPANS:
        chosen = [each for each in closed if least < (each.duration or timedelta()) <= most]
        least = most
        if chosen:
            profits = np.array([float(each.net) for each in chosen])
            net = sum((each.net for each in chosen), ZERO)
            found.append(Held(name, len(chosen), net, measures.win_rate(profits)))
    return tuple(found)


def _streak(closed: Sequence[RoundTrip]) -> int:
    count, last = 0, _sign(closed[-1].net) if closed else 0
    for trip in reversed(closed):
        if not last or _sign(trip.net) != last:
            break
        count += last
    return count


def _after(name: str, closed: Sequence[RoundTrip], sign: int) -> After:
    """Return what was begun once a trade had ended, before any other one did."""
    followed: list[tuple[RoundTrip, timedelta]] = []
    for trip in closed:
        before = _latest(closed, trip.opened_at)
        if before is not None and _sign(before.net) == sign and before.closed_at is not None:
            followed.append((trip, trip.opened_at - before.closed_at))
    if not followed:
        return After(name, 0, None, None, None, None)
    chosen = [trip for trip, _ in followed]
    return After(
        name,
        len(chosen),
        measures.win_rate(np.array([float(each.net) for each in chosen])),
        sum((each.net for each in chosen), ZERO) / len(chosen),
        sum((each.paid for each in chosen), ZERO) / len(chosen),
        _median([pause for _, pause in followed]),
    )


def _latest(closed: Sequence[RoundTrip], at: datetime) -> RoundTrip | None:
    """Return the trade that ended last before a moment; `closed` is sorted by its ends."""
    low, high = 0, len(closed)
    while low < high:
        middle = (low + high) // 2
        ended = closed[middle].closed_at
        if ended is not None and ended <= at:
            low = middle + 1
        else:
            high = middle
    return closed[low - 1] if low else None


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _median(spans: Sequence[timedelta | None]) -> timedelta | None:
    known = [each.total_seconds() for each in spans if each is not None]
    return timedelta(seconds=median(known)) if known else None
