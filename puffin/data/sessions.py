"""When the New York Stock Exchange is open: sessions from a generated table, never a guess."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from puffin.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXCHANGE = ZoneInfo("America/New_York")
TABLE = Path(__file__).with_name("xnys.json")
ONE_DAY = timedelta(days=1)
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Session:
    """One trading day: `open` and `close` in aware UTC; `early` when it ends before 16:00."""

    date: date
    open: datetime
    close: datetime
    early: bool = False

    def contains(self, at: datetime) -> bool:
        """Whether the market trades at `at`: the opening moment does, the closing one does not."""
        return self.open <= at < self.close


class Calendar:
    """The sessions between `first` and `last`; outside them every question is refused.

    Raises:
        DataError: From any method whose answer lies outside the table.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.name: str = table["name"]
        self.first = date.fromisoformat(table["first"])
        self.last = date.fromisoformat(table["last"])
        self._closed = frozenset(map(date.fromisoformat, table["closed"]))
        self._shut = sorted(day for day in self._closed if day.weekday() <= FRIDAY)
        self._early = {
            date.fromisoformat(day): time.fromisoformat(at) for day, at in table["early"].items()
        }
        self._open = time.fromisoformat(table["open"])
        self._close = time.fromisoformat(table["close"])

    @classmethod
    def load(cls, path: Path = TABLE) -> Self:
        """Read the table that comes with Puffling."""
        return cls(json.loads(path.read_text()))

    def session_on(self, day: date) -> Session | None:
        """Return the session of `day`, None when the exchange is closed all day."""
        self._check(day)
        if day.weekday() > FRIDAY or day in self._closed:
            return None
        close = self._early.get(day)
        return Session(
            day,
            _utc(day, self._open),
            _utc(day, self._close if close is None else close),
            early=close is not None,
        )

    def next_session(self, day: date) -> Session:
        """Return the first session after `day`."""
        return self._walk(day, ONE_DAY)

    def previous_session(self, day: date) -> Session:
        """Return the last session before `day`."""
        return self._walk(day, -ONE_DAY)

    def sessions(self, start: date, end: date) -> list[Session]:
        """Return the sessions from `start` to `end`, both included."""
        days = [start + ONE_DAY * each for each in range((end - start).days + 1)]
        found = map(self.session_on, days)
        return [session for session in found if session is not None]

    def count(self, day: date) -> int:
        """Return how many sessions there were until `day`, and on it, since the table begins."""
        self._check(day)
        shut = bisect_right(self._shut, day)
        return _weekdays(day) - _weekdays(self.first - ONE_DAY) - shut

    def early_closes(self) -> list[Session]:
        """Return every session that ends before its time, the first one first."""
        found = (self.session_on(day) for day in sorted(self._early))
        return [session for session in found if session is not None]

    def is_open(self, at: datetime) -> bool:
        """Whether the regular session runs at `at`."""
        session = self.session_on(exchange_date(at))
        return session is not None and session.contains(at)

    def next_change(self, at: datetime) -> tuple[datetime, bool]:
        """Return when the market next opens or closes after `at`, and whether it opens then."""
        day = exchange_date(at)
        session = self.session_on(day)
        if session is None or at >= session.close:
            return self.next_session(day).open, True
        return (session.open, True) if at < session.open else (session.close, False)

    def _walk(self, day: date, step: timedelta) -> Session:
        while True:
            day += step
            session = self.session_on(day)
            if session is not None:
                return session

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise DataError(
                f"The trading calendar runs from {self.first} to {self.last}; {day} is outside.",
                hint="A newer Puffling has a longer calendar.",
            )


def exchange_date(at: datetime) -> date:
    """Return the date in New York at `at`."""
    return at.astimezone(EXCHANGE).date()


def _weekdays(day: date) -> int:
    """Return how many days from Monday to Friday there were until `day`, and on it."""
    weeks, rest = divmod(day.toordinal() - 1, 7)
    return weeks * (FRIDAY + 1) + min(rest, FRIDAY) + 1


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, EXCHANGE).astimezone(UTC)
