"""Where the profit came from: round trips sorted into groups, and what the market explains."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from puffin import measures
from puffin.backtest.benchmark import (
    alpha,
    beta,
    correlation,
    information_ratio,
    tracking_error,
)
from puffin.data.sessions import EXCHANGE
from puffin.types import ZERO, Side, asset_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from puffin.measures import Floats
    from puffin.monitor.trips import RoundTrip

WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
UNKNOWN_SOURCE: Final = "not known"


class By(StrEnum):
    """What round trips are sorted by."""

    SYMBOL = "symbol"
    SOURCE = "source"  # who asked for the order that opened it
    SIDE = "side"
    ASSET = "asset"
    WEEKDAY = "weekday"  # of the entry, in New York
    HOUR = "hour"  # of the entry, in New York
    MONTH = "month"  # of the exit, in New York


@dataclass(frozen=True, slots=True)
class Group:
    """The closed round trips that have something in common.

    `share` is the group's part of what all groups made or lost together, by size; the rates are
    None where they are not defined.
    """

    name: str
    trades: int
    net: Decimal
    fees: Decimal
    dividends: Decimal
    win_rate: float | None
    profit_factor: float | None
    average: Decimal
    best: Decimal
    worst: Decimal
    share: float | None


@dataclass(frozen=True, slots=True)
class Against:
    """An account beside a benchmark, over the returns of the same sessions; None if undefined."""

    name: str
    sessions: int
    total: float | None
    own: float | None
    excess: float | None
    alpha: float | None
    beta: float | None
    correlation: float | None
    tracking_error: float | None
    information_ratio: float | None


def attribute(
    trips: Iterable[RoundTrip], by: By, *, sources: Mapping[str, str] | None = None
) -> tuple[Group, ...]:
    """Return the groups of closed round trips: hours and days in their order, others by profit.

    Args:
        trips: Round trips; open ones are passed over, as what they make is not known yet.
        by: What they are sorted by.
        sources: Who asked for each order, by the order's id.
    """
    name = _namer(by, sources or {})
    groups: dict[tuple[int, str], list[RoundTrip]] = defaultdict(list)
    for trip in trips:
        if not trip.is_open:
            groups[name(trip)].append(trip)
    size = sum((abs(_net(each)) for each in groups.values()), ZERO)
    found = {key: _group(key[1], each, size) for key, each in groups.items()}
    if by in {By.WEEKDAY, By.HOUR, By.MONTH}:
        return tuple(found[key] for key in sorted(found))
    return tuple(sorted(found.values(), key=lambda each: (-each.net, each.name)))


def against(
    name: str, own: Floats, other: Floats, periods: float, risk_free: float = 0.0
) -> Against:
    """Return how returns compare with a benchmark's of the same sessions; NaN rows are left out."""
    known = np.isfinite(own) & np.isfinite(other)
    mine, theirs = own[known], other[known]
    total, held = _whole(mine), _whole(theirs)
    return Against(
        name,
        len(mine),
        held,
        total,
        None if total is None or held is None else total - held,
        alpha(mine, theirs, periods, risk_free),
        beta(mine, theirs),
        correlation(mine, theirs),
        tracking_error(mine, theirs, periods) if len(mine) else None,
        information_ratio(mine, theirs, periods) if len(mine) else None,
    )


def _whole(changes: Floats) -> float | None:
    return float(np.prod(1 + changes) - 1) if len(changes) else None


def _group(name: str, trips: Sequence[RoundTrip], size: Decimal) -> Group:
    nets = [each.net for each in trips]
    net, profits = sum(nets, ZERO), np.array([float(each) for each in nets])
    return Group(
        name,
        len(trips),
        net,
        sum((each.fees for each in trips), ZERO),
        sum((each.dividends for each in trips), ZERO),
        measures.win_rate(profits),
        measures.profit_factor(profits),
        net / len(trips),
        max(nets),
        min(nets),
        float(net / size) if size else None,
    )


def _net(trips: Iterable[RoundTrip]) -> Decimal:
    return sum((each.net for each in trips), ZERO)


def _namer(by: By, sources: Mapping[str, str]) -> Callable[[RoundTrip], tuple[int, str]]:
    """Return what gives a round trip its group: a place in the order, and a name."""

    def source(trip: RoundTrip) -> tuple[int, str]:
        first = sources.get(trip.orders[0], "") if trip.orders else ""
        return 0, first or UNKNOWN_SOURCE

    def weekday(trip: RoundTrip) -> tuple[int, str]:
        day = _there(trip.opened_at).weekday()
        return day, WEEKDAYS[day]

    def hour(trip: RoundTrip) -> tuple[int, str]:
        at = _there(trip.opened_at).hour
        return at, f"{at:02}:00"

    def month(trip: RoundTrip) -> tuple[int, str]:
        at = _there(trip.closed_at or trip.opened_at)
        return at.year * 12 + at.month, f"{at:%b %Y}"

    namers: dict[By, Callable[[RoundTrip], tuple[int, str]]] = {
        By.SYMBOL: lambda trip: (0, trip.symbol),
        By.SOURCE: source,
        By.SIDE: lambda trip: (0, "Long" if trip.side is Side.BUY else "Short"),
        By.ASSET: lambda trip: (0, asset_of(trip.symbol).value.capitalize()),
        By.WEEKDAY: weekday,
        By.HOUR: hour,
        By.MONTH: month,
    }
    return namers[by]


def _there(at: datetime) -> datetime:
    return at.astimezone(EXCHANGE)
