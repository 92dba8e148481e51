"""Returns of an account that money goes into and comes out of.

Time-weighted: what the decisions made, whatever the owner put in or took out. Money-weighted:
what the owner's money made, which depends on when it came. Both are right; they answer different
questions.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin.data.times import midnight, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from typing import TypeAlias

    from puffin.measures import Floats, Times

    _Worth: TypeAlias = Callable[[float], float]

ZERO: Final = Decimal(0)
DAYS: Final = 365  # a year of the money-weighted return, as in spreadsheets (XIRR)
SECONDS_IN_DAY: Final = 86_400
LOWEST, HIGHEST = -0.999_999, 1e6  # yearly rates that are looked at
STEPS: Final = 200
CLOSE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an account was worth as a session ended.

    Args:
        session: The session's date.
        at: When it was taken, market time.
        equity: Cash and positions together.
        flow: Money from outside since the snapshot before, negative when it was taken out.
        invested: What the positions were worth, long less short.
    """

    session: date
    at: datetime
    equity: Decimal
    flow: Decimal = ZERO
    invested: Decimal = ZERO


def session_returns(snapshots: Sequence[Snapshot]) -> Floats:
    """Return the return of each session after the first, without what came from outside.

    `(E + W) / (E_before + D) - 1`: money that came (D) counts from the start of its session, money
    that went (W) until its end, so that neither can make a return of its own. NaN where nothing
    was there to make a return with.
    """
    found = np.full(max(len(snapshots) - 1, 0), math.nan)
    for place, (before, after) in enumerate(itertools.pairwise(snapshots)):
        base = before.equity + max(after.flow, ZERO)
        end = after.equity - min(after.flow, ZERO)
        if base > 0 and end >= 0:
            found[place] = float(end / base) - 1
    return found


def time_weighted(changes: Floats) -> float | None:
    """Return the returns one after the other: `prod(1 + r) - 1`; None without any, or with a gap.

    Also called the unit return: what a dollar made that was there from beginning to end.
    """
    if not len(changes) or not np.isfinite(changes).all():
        return None
    return float(np.prod(1 + changes) - 1)


def growth(snapshots: Sequence[Snapshot]) -> Floats:
    """Return what a dollar of the first snapshot became by each, without flows; NaN after a gap."""
    if not snapshots:
        return np.empty(0)
    return np.concatenate(([1.0], np.cumprod(1 + session_returns(snapshots))))


def times(snapshots: Sequence[Snapshot]) -> Times:
    """Return the sessions as nanoseconds: the time that names a daily bar."""
    return np.array([nanoseconds(midnight(each.session)) for each in snapshots], np.int64)


def money_weighted(snapshots: Sequence[Snapshot]) -> float | None:
    """Return the yearly rate at which the owner's money grew (internal rate of return, XIRR).

    The rate at which everything put in, with interest, is what was taken out and what is there:
    `E0 (1 + r)^t0 + sum(F (1 + r)^t) = E`, t in years of 365 days up to the end. None for less
    than a day, or where no such rate lies between -99.9999 % and a millionfold.
    """
    if not snapshots:
        return None
    first, last = snapshots[0], snapshots[-1]
    paid = [(first.at, first.equity), *((each.at, each.flow) for each in snapshots[1:])]
    return rate_of([*((at, -amount) for at, amount in paid), (last.at, last.equity)])


def rate_of(flows: Sequence[tuple[datetime, Decimal]]) -> float | None:
    """Return the yearly rate that brings dated amounts to nothing: negative ones were paid in.

    Where several rates do, the one nearest to zero.
    """
    known = [(at, float(amount)) for at, amount in flows if amount]
    if not known or min(each for _, each in known) >= 0 or max(each for _, each in known) <= 0:
        return None
    end = max(at for at, _ in known)
    years = np.array([(end - at).total_seconds() / SECONDS_IN_DAY / DAYS for at, _ in known])
    amounts = np.array([each for _, each in known])
    if float(years.max()) * DAYS < 1:
        return None

    def worth(rate: float) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sum(amounts * np.exp(years * math.log1p(rate))))

    bracket = _bracket(worth)
    return None if bracket is None else _root(worth, *bracket)


def for_period(yearly: float | None, days: float) -> float | None:
    """Return a yearly rate as that of so many days, which short histories should be told in."""
    if yearly is None or yearly <= -1:
        return None
    return math.expm1(math.log1p(yearly) * days / DAYS)


def _bracket(worth: _Worth) -> tuple[float, float] | None:
    """Return the two rates nearest to zero between which the sign changes."""
    up = [0.0, *np.geomspace(1e-4, HIGHEST, STEPS).tolist()]
    down = [0.0, *(-np.geomspace(1e-4, -LOWEST, STEPS)).tolist()]
    for step in range(STEPS):
        for rates in (up, down):
            low, high = rates[step], rates[step + 1]
            one, other = worth(low), worth(high)
            if one == 0:
                return low, low
            if math.isfinite(one) and math.isfinite(other) and one * other <= 0:
                return low, high
    return None


def _root(worth: _Worth, low: float, high: float) -> float:
    """Halve the distance until nothing is left of it."""
    sign = worth(low) > 0
    for _ in range(STEPS):
        if abs(high - low) <= CLOSE * max(1.0, abs(low)):
            break
        middle = (low + high) / 2
        if (worth(middle) > 0) is sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2
