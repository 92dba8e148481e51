"""Sessions and bars that are missing, by the exchange's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.data.bars import Interval
from puffin.data.sessions import ONE_DAY, exchange_date
from puffin.data.times import midnight, moment, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.data.sessions import Calendar, Session

    Times: TypeAlias = NDArray[np.int64]

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Gap:
    """Bars that are not there.

    Attributes:
        row: The row before which they are missing.
        first: When the first missing one should have opened.
        last: When the last missing one should have opened.
        missing: How many there should be.
    """

    row: int
    first: datetime
    last: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the calendar says of some bars.

    Attributes:
        gaps: What is missing, the oldest first.
        closed: Rows of days on which the exchange held no session.
        expected: How many bars there should be between the first and the last.
        start: First day that could be checked; None when none could.
        end: Last day that could be checked.
    """

    gaps: tuple[Gap, ...]
    closed: tuple[int, ...]
    expected: int
    start: date | None
    end: date | None


def check(bars: Bars, calendar: Calendar) -> Checked:
    """Compare bars with the exchange's sessions, from the first bar to the last.

    Days outside the calendar's table are not checked.
    """
    intraday = bars.interval.is_intraday
    first, last = (
        exchange_date(each) if intraday else each.date() for each in (bars.first, bars.last)
    )
    start, end = max(first, calendar.first), min(last, calendar.last)
    if start > end:
        return Checked((), (), 0, None, None)
    sessions = calendar.sessions(start, end)
    if intraday:
        return _inside(bars, sessions, start, end)
    names = _periods(bars.interval, sessions)
    wanted = np.array([nanoseconds(midnight(each)) for each in names], np.int64)
    days = np.array([nanoseconds(midnight(each.date)) for each in sessions], np.int64)
    found = _named(bars.interval, bars.time)
    rows = np.searchsorted(bars.time, wanted)
    missing = np.flatnonzero(~np.isin(_named(bars.interval, wanted), found))
    gaps = []
    for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
        if len(run):
            at = (moment(int(wanted[run[0]])), moment(int(wanted[run[-1]])))
            gaps.append(Gap(int(rows[run[0]]), *at, len(run)))
    low, high = nanoseconds(midnight(start)), nanoseconds(midnight(end))
    inside = (bars.time >= low) & (bars.time <= high)
    closed: list[int] = []
    if bars.interval is Interval.D1:
        closed = np.flatnonzero(inside & ~np.isin(bars.time, days)).tolist()
    return Checked(tuple(gaps), tuple(closed), len(wanted), start, end)


def _periods(interval: Interval, sessions: list[Session]) -> list[date]:
    """Return the first session of each day, week or month."""
    if interval is Interval.D1:
        return [each.date for each in sessions]
    kept: dict[tuple[int, int], date] = {}
    for each in sessions:
        week = each.date.isocalendar()
        month = (each.date.year, each.date.month)
        kept.setdefault((week.year, week.week) if interval is Interval.W1 else month, each.date)
    return list(kept.values())


def _named(interval: Interval, time: Times) -> Times:
    """Return the number of the day, week or month that each time lies in."""
    days = time.astype("datetime64[ns]").astype("datetime64[D]")
    if interval is Interval.W1:
        return (days.astype(np.int64) + 3) // WEEK  # day 0 was a Thursday
    if interval is Interval.MO1:
        return days.astype("datetime64[M]").astype(np.int64)
    return days.astype(np.int64)


def _inside(bars: Bars, sessions: list[Session], start: date, end: date) -> Checked:
    """Compare bars of minutes or hours with the sessions they should fill."""
    step = bars.interval.seconds * 1_000_000_000
    opens = np.array([nanoseconds(each.open) for each in sessions], np.int64)
    closes = np.array([nanoseconds(each.close) for each in sessions], np.int64)
    lows, highs = np.searchsorted(bars.time, opens), np.searchsorted(bars.time, closes)
    gaps: list[Gap] = []
    expected = 0
    for session, low, high in zip(sessions, lows.tolist(), highs.tolist(), strict=True):
        expected += -((nanoseconds(session.open) - nanoseconds(session.close)) // step)
        gaps += _holes(bars, session, low, high)
    at = np.searchsorted(opens, bars.time, side="right") - 1
    known = (bars.time >= nanoseconds(midnight(start))) & (
        bars.time < nanoseconds(midnight(end + 2 * ONE_DAY))
    )
    ends = np.append(closes, bars.time[:1])[at]  # the last one stands for no session at all
    outside = known & (bars.time >= ends)
    return Checked(_joined(gaps), tuple(np.flatnonzero(outside).tolist()), expected, start, end)


def _holes(bars: Bars, session: Session, low: int, high: int) -> Iterator[Gap]:
    """Find what is missing in one session; its last bar may be shorter than the others."""
    step = bars.interval.seconds * 1_000_000_000
    opened, closed = nanoseconds(session.open), nanoseconds(session.close)
    ends = np.concatenate([[opened], bars.time[low:high] + step])
    missing = (bars.time[low:high] - ends[:-1]) // step
    missing = np.append(missing, -((ends[-1] - closed) // step))
    for at in np.flatnonzero(missing > 0).tolist():
        first, count = int(ends[at]), int(missing[at])
        yield Gap(low + at, moment(first), moment(first + step * (count - 1)), count)


def _joined(gaps: list[Gap]) -> tuple[Gap, ...]:
    """Make one gap of those that follow each other without a bar between."""
    found: list[Gap] = []
    for each in gaps:
        if found and found[-1].row == each.row:
            last = found.pop()
            found.append(Gap(last.row, last.first, each.last, last.missing + each.missing))
        else:
            found.append(each)
    return tuple(found)
