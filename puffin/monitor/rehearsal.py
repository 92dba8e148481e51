"""When an alert would have spoken in the past: its condition held against daily bars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.times import moment
from puffin.errors import ParameterError
from puffin.monitor.conditions import DayMove, Extreme, PriceLevel, Study
from puffin.monitor.watch import Memory, View, read, step, told
from puffin.types import Quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.monitor.conditions import Condition
    from puffin.monitor.watch import Manner

PLACES = Decimal("0.0001")
OPENS = timedelta(hours=15)  # after midnight UTC: within the session's date in New York
APART = timedelta(minutes=130)  # four prices over the six and a half hours of a session


@dataclass(frozen=True, slots=True)
class Spoken:
    """One time that an alert would have spoken: the session, and the figure that made it."""

    at: datetime
    value: Decimal


def rehearse(condition: Condition, manner: Manner, bars: Bars, days: int = 90) -> list[Spoken]:
    """Return when an alert would have spoken in the last `days` calendar days of `bars`.

    Each day is walked through open, the extreme nearer to it, the other one, and close, which is
    where a price must have been; what it did in between is not known. An alert with repeat "once"
    is rehearsed as "every", so that one sees how often it would have come.

    Args:
        condition: Of a kind that past prices can tell of: price, move, extreme or study.
        manner: How it speaks.
        bars: Daily bars, raw as quotes are; of a study's interval for a study.
        days: How far back to look.

    Raises:
        ParameterError: Past prices say nothing about this kind of alert.
    """
    if not isinstance(condition, PriceLevel | DayMove | Extreme | Study):
        raise ParameterError("Past prices do not tell when such an alert would have spoken.")
    if not len(bars):
        return []
    first = bars.last - timedelta(days=days)
    memory, found = Memory(armed=False), []
    manner = _again(manner)
    steps = _closes(condition, bars) if isinstance(condition, Study) else _ways(condition, bars)
    for at, view in steps:
        if isinstance(view, Decimal):
            memory, speaks = told(memory, manner, at)
            value = view
        else:
            reading = read(condition, view, manner.hysteresis)
            if reading is None:
                continue
            memory, speaks = step(memory, reading, manner, at)
            value = reading.value
        if speaks and at >= first:
            found.append(Spoken(at, value))
    return found


def _again(manner: Manner) -> Manner:
    """Rehearsed, "once" is "every"; bars say nothing about hours, so that no hour is quiet."""
    return replace(manner, repeat="daily" if manner.repeat == "daily" else "every", quiet=None)


def _closes(condition: Study, bars: Bars) -> Iterator[tuple[datetime, Decimal]]:
    """Yield the closes at which the rule began to hold."""
    holds = begins(condition, bars)
    for row in np.flatnonzero(holds):
        yield moment(int(bars.time[row])), _decimal(bars.close[row])


def begins(condition: Study, bars: Bars) -> NDArray[np.bool_]:
    """Return for each bar whether the rule holds at its close and did not at the one before.

    What cannot be known holds not; so the first bar at which it is known begins nothing.
    """
    from puffin.strategies.logic import Logic

    truth = Logic(bars).truth(condition.rule)
    before = np.roll(truth.no, 1)
    before[:1] = False
    return truth.yes & before


def _ways(condition: PriceLevel | DayMove | Extreme, bars: Bars) -> Iterator[tuple[datetime, View]]:
    """Yield what could be seen on each day's way, four times spread over its session."""
    span = condition.sessions if isinstance(condition, Extreme) else 0
    for row in range(len(bars)):
        prices = [bars.open[row], bars.low[row], bars.high[row], bars.close[row]]
        if abs(bars.open[row] - bars.high[row]) < abs(bars.open[row] - bars.low[row]):
            prices[1], prices[2] = prices[2], prices[1]
        before = _decimal(bars.close[row - 1]) if row else None
        known = span and row >= span
        highest = _decimal(bars.high[row - span : row].max()) if known else None
        lowest = _decimal(bars.low[row - span : row].min()) if known else None
        opened = moment(int(bars.time[row])) + OPENS
        for place, price in enumerate(prices):
            at = opened + place * APART
            last = _decimal(price)
            quote = Quote(bars.symbol, last, last, last, at, previous_close=before)
            yield at, View(quote=quote, highest=highest, lowest=lowest)


def _decimal(value: float) -> Decimal:
    return Decimal(float(value)).quantize(PLACES)
