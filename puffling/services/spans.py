"""The periods a performance is told for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from datetime import date


class Reach(StrEnum):
    """How far back."""

    DAY = "1d"
    WEEK = "1w"
    MONTH = "1m"
    QUARTER = "3m"
    YEAR_TO_DATE = "ytd"
    YEAR = "1y"
    ALL = "all"
    CUSTOM = "custom"


_DAYS = {Reach.WEEK: 7, Reach.MONTH: 30, Reach.QUARTER: 91, Reach.YEAR: 365}


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its reach, and with `CUSTOM` its first and last day; None is open-ended.

    Raises:
        BadValueError: The first day is after the last.
    """

    reach: Reach = Reach.ALL
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise BadValueError(f"The first day, {self.start}, is after the last, {self.end}.")

    def days(self, last: date) -> tuple[date | None, date | None]:
        """Return the first and the last day of it, seen from the latest session's date.

        Of the first day only what the account was worth at its end counts, as the base.
        """
        if self.reach is Reach.CUSTOM:
            return self.start, self.end
        if self.reach is Reach.DAY:
            return last - timedelta(days=1), None
        if self.reach is Reach.YEAR_TO_DATE:
            return last.replace(year=last.year - 1, month=12, day=31), None
        days = _DAYS.get(self.reach)
        return (None if days is None else last - timedelta(days=days)), None
