"""Alerts that need history: rules at the close of a bar, and extremes of past sessions."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.data.sessions import exchange_date
from puffin.data.times import midnight, nanoseconds
from puffin.errors import PuffinError
from puffin.monitor.conditions import Extreme, Study
from puffin.monitor.rehearsal import PLACES, begins, rehearse
from puffling.core.errors import PufflingError
from puffling.core.events import ModeChanged
from puffling.core.formats import price

if TYPE_CHECKING:
    from datetime import date

    from puffin.data.bars import Bars
    from puffin.monitor.conditions import Condition
    from puffin.monitor.rehearsal import Spoken
    from puffin.monitor.watch import Manner
    from puffling.core.bus import EventBus
    from puffling.services.alerts import AlertService
    from puffling.services.bars import BarService
    from puffling.services.market import MarketService
    from puffling.store.alerts import Alert

log = logging.getLogger(__name__)

REST = timedelta(minutes=1)  # between two times that history that failed is asked for again
ARRIVES = timedelta(seconds=5)  # after a bar's end, until its source has it
LONGEST_STEP = 1800  # seconds
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """When an alert would have spoken, and over which days that was looked at."""

    days: int
    first: datetime
    last: datetime
    spoken: tuple[Spoken, ...]


class AlertStudies:
    """Reads history off the loop: at each bar's close for rules, once a day for extremes.

    The last closed bar that is there at the beginning is where an alert starts from, so that
    nothing is told of what happened before.
    """

    def __init__(
        self, alerts: AlertService, bars: BarService, market: MarketService, bus: EventBus
    ) -> None:
        self._alerts = alerts
        self._bars = bars
        self._market = market
        self._seen: dict[str, tuple[Condition, datetime]] = {}
        self._asked: dict[str, datetime] = {}  # the close that was looked at, by alert
        self._extremes: dict[Key, tuple[date, datetime]] = {}
        bus.subscribe(ModeChanged, lambda _: self.forget())

    def forget(self) -> None:
        """Begin anew: another market has other prices and another time."""
        self._seen.clear()
        self._asked.clear()
        self._extremes.clear()
        self._alerts.views.extremes.clear()

    async def look(self) -> None:
        """Judge what is due; called once a second."""
        for alert in self._alerts.watching("extreme"):
            condition = alert.condition
            if isinstance(condition, Extreme):
                await self._learn(alert, condition)
        for alert in self._alerts.watching("study"):
            condition = alert.condition
            if isinstance(condition, Study):
                await self._judge(alert, condition)

    async def rehearse(
        self, condition: Condition, symbol: str, manner: Manner, days: int = 90
    ) -> Rehearsal:
        """Return when such an alert would have spoken in the last `days` days.

        Raises:
            PuffinError: Past prices say nothing about it, or there are none.
        """
        interval = condition.interval if isinstance(condition, Study) else Interval.D1
        bars = await self._bars.fetch(symbol, interval, adjusted=True)
        spoken = await asyncio.to_thread(rehearse, condition, manner, bars, days)
        last = bars.last
        return Rehearsal(days, max(bars.first, last - timedelta(days=days)), last, tuple(spoken))

    async def _learn(self, alert: Alert, condition: Extreme) -> None:
        """Have the highest and lowest price of the sessions before today."""
        key, today, now = (alert.symbol, condition.sessions), self._market.today(), self._now()
        known = self._alerts.views.extremes
        if key in self._extremes:
            day, again = self._extremes[key]
            if day == today and (key in known or now < again):
                return
        self._extremes[key] = (today, now + REST)
        known.pop(key, None)
        bars = await self._history(alert, Interval.D1)
        if bars is None:
            return
        past = bars.between(end=midnight(today)).tail(condition.sessions)
        if len(past) < condition.sessions:
            self._alerts.views.problems[alert.id] = (
                f"{alert.symbol} has {len(past)} sessions of history; "
                f"{condition.sessions} are needed."
            )
            return
        known[key] = _decimal(past.high.max()), _decimal(past.low.min())

    async def _judge(self, alert: Alert, condition: Study) -> None:
        """Judge a rule at the close of a bar."""
        close = self._last_close(condition.interval)
        seen = self._seen.get(alert.id)
        fresh = seen is None or seen[0] != condition
        if not fresh and self._asked.get(alert.id) == close:
            return
        self._asked[alert.id] = close
        bars = await self._history(alert, condition.interval)
        if bars is None:
            return
        closed = bars.head(int((bars.time <= nanoseconds(close)).sum()))
        if not len(closed):
            return
        self._seen[alert.id] = (condition, closed.last)
        if fresh or seen is None or closed.last <= seen[1]:
            return
        try:
            holds = await asyncio.to_thread(begins, condition, closed)
        except PuffinError as error:
            self._alerts.views.problems[alert.id] = str(error)
            return
        if holds[-1]:
            value = _decimal(closed.close[-1])
            words = f"{alert.text}: the bar closed at {price(value)}"
            self._alerts.happened(alert, words, self._now(), value)

    async def _history(self, alert: Alert, interval: Interval) -> Bars | None:
        """Return history in the shares of today; what cannot be had is said with the alert."""
        try:
            bars = await self._bars.fetch(alert.symbol, interval, adjusted=True)
        except (PuffinError, PufflingError, OSError) as error:
            log.info("No history for the alert on %s: %s", alert.symbol, error)
            self._alerts.views.problems[alert.id] = str(error)
            return None
        self._alerts.views.problems.pop(alert.id, None)
        return bars

    def _last_close(self, interval: Interval) -> datetime:
        """Return the start of the newest bar that has closed, as its interval names it."""
        now = self._now()
        if interval.is_intraday:
            span = timedelta(seconds=interval.seconds)
            step = min(interval.seconds, LONGEST_STEP)  # hours may begin at half past
            ended = (now - ARRIVES).timestamp() // step * step
            return datetime.fromtimestamp(ended, now.tzinfo) - span
        calendar, today = self._market.calendar, exchange_date(now)
        session = calendar.session_on(today)
        if session is None or now < session.close:
            session = calendar.previous_session(today)
        if interval is Interval.D1:
            return midnight(session.date)
        while _same_period(session.date, calendar.next_session(session.date).date, interval):
            session = calendar.previous_session(session.date)
        return midnight(session.date)

    def _now(self) -> datetime:
        return self._market.now()


def _same_period(first: date, second: date, interval: Interval) -> bool:
    if interval is Interval.W1:
        return first.isocalendar()[:2] == second.isocalendar()[:2]
    return (first.year, first.month) == (second.year, second.month)


def _decimal(value: float) -> Decimal:
    return Decimal(float(value)).quantize(PLACES)
