"""Days of prices that were over: an unfinished one is no close to decide by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from puffin.errors import DataError, NoDataError

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.data.bars import Bars
    from puffin.data.sessions import Calendar


def closed_days(days: Bars, calendar: Calendar, by: datetime | None = None) -> Bars:
    """Return daily bars without those that were not over when they were fetched.

    Args:
        days: As somebody told them; the last one may still have been going on.
        calendar: When sessions end.
        by: Those that were not over then are left out too.

    Raises:
        NoDataError: None is left.
    """
    known = [each for each in (days.as_of, by) if each is not None]
    count = len(days)
    while known and count and _close_of(days.when(count - 1), calendar) > min(known):
        count -= 1
    if not count:
        raise NoDataError(f"No day of {days.symbol} was over by then.")
    return days.head(count)


def _close_of(day: datetime, calendar: Calendar) -> datetime:
    try:
        session = calendar.session_on(day.date())
    except DataError:
        session = None
    return day + timedelta(days=1) if session is None else session.close
