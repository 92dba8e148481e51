"""Splits of what is only looked at: drawings, and price alerts, are restated in new shares."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE, exchange_date
from puffin.data.times import nanoseconds
from puffin.errors import DataError, PuffinError
from puffin.types import AssetClass, asset_of
from puffling.core.errors import PufflingError
from puffling.core.events import Level, ModeChanged, NoticePosted, SessionChanged
from puffling.core.formats import quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from puffin.types import Split
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.alerts import AlertService
    from puffling.services.drawings import DrawingService
    from puffling.services.market import MarketService

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds for all symbols that are asked about together
AGAIN = timedelta(minutes=15)  # after nobody could tell
MOST_AT_ONCE = 20  # symbols; the next look asks about the others


class WatchedSplits:
    """Brings drawings and alerts to the shares that charts and quotes are in. On the loop's thread.

    Each drawing knows of which moment its price is, so that a split counts once, also after a
    crash, after days away, and when the demo market begins again before it. What is held or
    ordered is restated by its broker's market, with its alerts; here are all the others.

    Args:
        drawings: What is drawn.
        alerts: What watches for prices.
        market: Its symbols and its time are those of the demo, while that is in use.
        splits: Those of a symbol, whoever knows them; blocks.
    """

    def __init__(
        self,
        drawings: DrawingService,
        alerts: AlertService,
        market: MarketService,
        splits: Callable[[str], Sequence[Split]],
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._drawings, self._alerts = drawings, alerts
        self._market, self._splits = market, splits
        self._bus, self._clock = bus, clock
        self._told: dict[str, date] = {}  # the day on which somebody told of a symbol's splits
        self._not_before: datetime | None = None
        drawings.moment = self.moment
        bus.subscribe(SessionChanged, lambda _: self.look_here())
        bus.subscribe(ModeChanged, lambda _: self.look_here())

    def moment(self, symbol: str) -> int:
        """Return the moment whose shares the chart of a symbol is in, in nanoseconds.

        In the demo a split takes effect when its day opens: before that it is still yesterday.
        """
        if symbol not in self._market.symbols:
            return nanoseconds(self._clock.now())
        now, today = self._market.now(), self._market.today()
        session = self._market.calendar.session_on(today)
        if session is not None and now < session.open:
            return nanoseconds(_midnight(today)) - 1
        return nanoseconds(now)

    def look_here(self) -> None:
        """Restate what is drawn on symbols of the demo market, whose splits are all known."""
        try:
            for symbol in self._market.symbols & self._drawings.symbols().keys():
                self._drawings.restate(symbol, _effects(self._splits(symbol)), self.moment(symbol))
        except (PuffinError, PufflingError) as error:
            log.warning("Drawings are not restated at splits: %s", error)

    async def look(self) -> None:
        """Ask once a day about the splits of everything else that has a drawing or an alert."""
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        today = exchange_date(now)
        try:
            names = self._names()
        except PufflingError as error:
            log.warning("What is drawn cannot be read: %s", error)
            return
        names = [each for each in names if self._told.get(each) != today][:MOST_AT_ONCE]
        told = await self._ask(names)
        self._not_before = now + AGAIN if len(told) < len(names) else None
        for symbol, splits in told.items():
            try:
                self._take(symbol, splits)
            except PufflingError as error:
                log.warning("%s is not restated at its splits: %s", symbol, error)
                self._not_before = now + AGAIN
            else:
                self._told[symbol] = today

    def _names(self) -> list[str]:
        watched = {each.symbol for each in self._alerts.watching("price")}
        names = (watched | self._drawings.symbols().keys()) - self._market.symbols - {""}
        return sorted(each for each in names if asset_of(each) is AssetClass.STOCK)

    async def _ask(self, names: Sequence[str]) -> dict[str, Sequence[Split]]:
        asked = [asyncio.to_thread(self._splits, each) for each in names]
        try:
            async with asyncio.timeout(PATIENCE):
                told = await asyncio.gather(*asked, return_exceptions=True)
        except TimeoutError:
            told = [DataError("No answer came in time.")] * len(names)
        found = {}
        for symbol, each in zip(names, told, strict=True):
            if isinstance(each, BaseException):
                log.info("Whether %s split is not known: %s", symbol, each)
            else:
                found[symbol] = each
        return found

    def _take(self, symbol: str, splits: Sequence[Split]) -> None:
        now = self._clock.now()
        for split in splits:
            at = _midnight(split.date.date())
            if at <= now and self._is_older(symbol, at):
                self._restate_alerts(split, at)
        self._drawings.restate(symbol, _effects(splits), self.moment(symbol))

    def _is_older(self, symbol: str, at: datetime) -> bool:
        """Whether an alert on the symbol was made before a split."""
        watching = self._alerts.watching("price")
        return any(each.symbol == symbol and each.created_at < at for each in watching)

    def _restate_alerts(self, split: Split, at: datetime) -> None:
        effective = type(split)(split.symbol, at, split.ratio)
        if self._alerts.split(effective, done_key(effective), late=True):
            title = f"{split.symbol} splits {quantity(split.ratio)} for 1"
            text = "Alerts and drawings are restated in new shares."
            self._bus.publish(NoticePosted(Level.INFO, title, text, panel="automation"))


def done_key(split: Split) -> str:
    """Return what the store is told once the alerts of a split of now are restated."""
    return f"alerts split {split.symbol} {exchange_date(split.date)}"


def _effects(splits: Iterable[Split]) -> list[tuple[int, float]]:
    """Return from which moment each split counts, and by how much; sources tell only the day."""
    return [(nanoseconds(_midnight(each.date.date())), float(each.ratio)) for each in splits]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), EXCHANGE)
