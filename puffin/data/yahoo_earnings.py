"""When companies tell their earnings, from the calendar of Yahoo Finance: the next time only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Protocol, cast

from puffin.data.names import yahoo_name
from puffin.data.times import midnight
from puffin.data.yahoo import YFinanceWire, translated
from puffin.types import EarningsDate


class CalendarWire(Protocol):
    """What is needed of yfinance; raises what yfinance raises."""

    def calendar(self, symbol: str) -> object:
        """Return what Yahoo's calendar has of `symbol`, as it says it."""
        ...


class YFinanceCalendarWire:
    """The real yfinance."""

    def __init__(self, wire: YFinanceWire | None = None) -> None:
        self._wire = wire or YFinanceWire()

    def calendar(self, symbol: str) -> object:
        """Ask for the calendar."""
        told: object = self._wire.ready().Ticker(symbol, session=self._wire.session).calendar
        return told


class YahooEarnings:
    """The next earnings of whatever Yahoo lists."""

    def __init__(self, wire: CalendarWire | None = None) -> None:
        self._wire = wire or YFinanceCalendarWire()

    def earnings(self, symbol: str) -> list[EarningsDate]:
        """Return when `symbol` tells its earnings next; nothing where that is not known.

        Raises:
            DataError: It cannot be asked, with the reason.
        """
        with translated(symbol):
            told = self._wire.calendar(yahoo_name(symbol))
        if not isinstance(told, Mapping):
            return []
        calendar = cast("Mapping[str, object]", told)
        named = calendar.get("Earnings Date")
        days = sorted(map(_day, filter(_is_day, named if isinstance(named, list) else [])))
        if not days:
            return []
        expected = _number(calendar.get("Earnings Average"))
        return [EarningsDate(symbol, midnight(days[0]), midnight(days[-1]), expected)]


def _is_day(value: object) -> bool:
    return isinstance(value, date)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return Decimal(repr(value))
