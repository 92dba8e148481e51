"""Where sessions of the exchange begin on an intraday chart, and which bars lie outside of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from typing_extensions import override

from puffin.data.sessions import EXCHANGE, Calendar, exchange_date
from puffling.ui.charts.pane import Layer
from puffling.ui.charts.surface import over
from puffling.ui.charts.ticks import SECOND

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Part

NARROWEST = 14.0  # pixels of a day below which nothing is marked
_SAMPLE = 3_000  # bars looked at to see whether a market ever closes
_DAY = 86_400 * SECOND
_BEHIND = 5 * 3_600 * SECOND  # New York's clocks, in winter; no shares trade past midnight
_EPOCH = date(1970, 1, 1).toordinal()
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sessions:
    """The first bars of days, and ranges of bars outside the regular hours."""

    breaks: tuple[int, ...] = ()
    outside: tuple[tuple[int, int], ...] = ()


NO_SESSIONS = Sessions()


@cache
def _calendar() -> Calendar:
    return Calendar.load()


@cache
def _hours(day: date) -> tuple[int, int, int] | None:
    """A day's midnight, opening and closing in nanoseconds UTC; all the same without a session."""
    if not _calendar().first <= day <= _calendar().last:
        return None
    midnight = _nanoseconds(datetime.combine(day, time(), EXCHANGE))
    session = _calendar().session_on(day)
    if session is None:
        return midnight, midnight, midnight
    return midnight, _nanoseconds(session.open), _nanoseconds(session.close)


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * SECOND


def _day(at: int) -> date:
    return exchange_date(datetime.fromtimestamp(at // SECOND, UTC))


def ever_closes(bars: NDArray[np.int64]) -> bool:
    """Whether bars keep to the exchange's days: a market around the clock has no sessions."""
    days = np.unique((bars[-_SAMPLE:] - _BEHIND) // _DAY).tolist()
    known = (_hours(date.fromordinal(_EPOCH + int(each))) for each in days)
    return all(each is None or each[0] < each[2] for each in known)


def sessions_of(bars: NDArray[np.int64], seen: range, pixels_per_bar: float) -> Sessions:
    """Mark the bars in view: O(days in view); nothing when they are too narrow."""
    if not seen:
        return Sessions()
    day, last = _day(int(bars[seen.start])), _day(int(bars[seen.stop - 1]))
    if ((last - day).days * 5 / 7 + 1) * NARROWEST > len(seen) * pixels_per_bar:
        return Sessions()
    breaks: list[int] = []
    outside: list[tuple[int, int]] = []
    while day <= last:
        hours, after = _hours(day), _hours(day + ONE_DAY)
        day += ONE_DAY
        if hours is None or after is None:
            continue
        first, opens, closes, stop = np.searchsorted(bars, [*hours, after[0]]).tolist()
        if first == stop:
            continue
        if first in seen:
            breaks.append(first)
        outside += [each for each in ((first, opens), (closes, stop)) if each[0] < each[1]]
    return Sessions(tuple(breaks), tuple(outside))


class SessionLayer(Layer):
    """Shades what lies outside the regular hours, and draws a line where a day begins."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, -11)
        self.sessions = Sessions()

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint shades, then lines."""
        colors = self.surface.colors
        shade = over(colors.outside, colors.background)
        for first, stop in self.sessions.outside:
            left = max(part.left, round(frame.x(first - 0.5)))
            right = min(part.right, round(frame.x(stop - 0.5)))
            if left < right:
                painter.fillRect(QRectF(left, frame.top, right - left, frame.height), shade)
        painter.setPen(colors.pen(colors.axis_line, frame.ratio))
        for index in self.sessions.breaks:
            x = round(frame.x(index - 0.5)) + 0.5
            if part.left <= x <= part.right:
                painter.drawLine(QLineF(x, frame.top, x, frame.bottom))
