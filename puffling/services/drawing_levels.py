"""How high the lines of drawings are now; bars are counted by the calendar, as charts do."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.data.sessions import ONE_DAY, exchange_date
from puffin.data.times import midnight, moment
from puffin.errors import DataError
from puffin.types import AssetClass, asset_of
from puffling.core.drawing_lines import height_of, lines_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from puffin.data.sessions import Calendar
    from puffin.monitor.conditions import OnDrawing
    from puffling.core.drawing_lines import Line
    from puffling.services.drawings import DrawingService
    from puffling.services.market import MarketService

REGULAR = timedelta(hours=6, minutes=30)  # of a session that does not end early
FIGURES = 10
Key = tuple[str, str, Interval, bool]


class BarCount:
    """Counts the bars of an interval without having them: charts leave no room between sessions.

    Raises:
        DataError: From `place` and `now`, where the calendar ends.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        early = calendar.early_closes()
        self._early = [each.date for each in early]
        self._missing = [REGULAR - (each.close - each.open) for each in early]

    def place(self, at: datetime, interval: Interval, *, always: bool = False) -> float:
        """Return where a moment is among the bars, with fractions, as a chart places an anchor.

        Args:
            at: The moment.
            interval: How long a bar is.
            always: Whether the market never closes.
        """
        day = at.astimezone(UTC).date()
        if always:
            return self._always(at, interval)
        if interval is Interval.W1:
            return float((day.toordinal() - 1) // 7)
        if interval is Interval.MO1:
            return float(day.year * 12 + day.month)
        if interval.is_intraday:
            return self._within(at, interval)
        session = self._calendar.session_on(day)
        last = day if session is not None else self._calendar.previous_session(day).date
        following = self._calendar.next_session(last).date
        share = (at - midnight(last)) / (following - last)
        return self._calendar.count(last) - 1 + share

    def now(self, at: datetime, interval: Interval, *, always: bool = False) -> float:
        """Return the bar that a moment belongs to."""
        if always or interval in {Interval.W1, Interval.MO1}:
            return float(floor(self.place(at, interval, always=always)))
        if interval.is_intraday:
            return float(floor(self._within(at, interval)))
        return float(self._calendar.count(exchange_date(at)) - 1)

    def _within(self, at: datetime, interval: Interval) -> float:
        """Return the place among the bars of sessions."""
        day = exchange_date(at)
        session = self._calendar.session_on(day)
        before = self._bars_before(day, interval)
        if session is None:
            return before
        inside = min(max(at - session.open, timedelta()), session.close - session.open)
        return before + inside / timedelta(seconds=interval.seconds)

    def _bars_before(self, day: date, interval: Interval) -> float:
        sessions = self._calendar.count(day - ONE_DAY)
        missing = self._missing[: bisect_left(self._early, day)]
        length = timedelta(seconds=interval.seconds)
        whole = ceil(REGULAR / length)
        lost = sum(whole - ceil((REGULAR - each) / length) for each in missing)
        return float(sessions * whole - lost)

    @staticmethod
    def _always(at: datetime, interval: Interval) -> float:
        if interval is Interval.MO1:
            return float(at.year * 12 + at.month)
        return at.timestamp() / interval.seconds


class DrawingLevels:
    """Knows how high a line is now, by the market's time; looked up once until it changes."""

    def __init__(self, drawings: DrawingService, market: MarketService) -> None:
        self._drawings = drawings
        self._market = market
        self._count = BarCount(market.calendar)
        self._lines: dict[Key, tuple[Line, tuple[float, float]] | None] = {}

    def line(self, condition: OnDrawing) -> Line | None:
        """Return the line an alert is on; None when it is not there."""
        known = self._known(condition)
        return None if known is None else known[0]

    def level(self, condition: OnDrawing, symbol: str) -> Decimal | None:
        """Return how high the line is now; None where it is not, or has no height above nothing."""
        known = self._known(condition)
        if known is None:
            return None
        line, places = known
        try:
            at = self._count.now(self._market.now(), condition.interval, always=_always(symbol))
        except DataError:
            return None
        height = height_of(line, places, at, is_log=condition.log)
        if height is None or height <= 0:
            return None
        return Decimal(f"{height:.{FIGURES}g}")

    def forget(self, ids: frozenset[str]) -> None:
        """Look these drawings up anew."""
        for key in [each for each in self._lines if each[0] in ids]:
            del self._lines[key]

    def _known(self, condition: OnDrawing) -> tuple[Line, tuple[float, float]] | None:
        key = condition.drawing, condition.line, condition.interval, condition.log
        if key not in self._lines:
            self._lines[key] = self._look_up(condition)
        return self._lines[key]

    def _look_up(self, condition: OnDrawing) -> tuple[Line, tuple[float, float]] | None:
        drawing = self._drawings.find(condition.drawing)
        if drawing is None:
            return None
        lines = lines_of(drawing, is_log=condition.log)
        line = next((each for each in lines if each.name == condition.line), None)
        if line is None:
            return None
        always = _always(drawing.symbol)
        ends = [line.start, line.end or line.start]
        try:
            first, last = (
                self._count.place(moment(each.time), condition.interval, always=always)
                for each in ends
            )
        except DataError:
            return None
        return line, (first, last)


def _always(symbol: str) -> bool:
    return asset_of(symbol) is AssetClass.CRYPTO
