"""Splits in the simulation: found before the open, and taken into everything that counts shares."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, cast

from puffin.broker.paper_session import split_key
from puffin.data.sessions import EXCHANGE, exchange_date
from puffin.errors import DataError
from puffin.types import AssetClass, asset_of
from puffling.core.errors import StoreError
from puffling.core.events import Level, NoticePosted
from puffling.core.formats import quantity
from puffling.services.watched_splits import done_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from puffin.broker.paper import PaperBroker
    from puffin.types import Split
    from puffling.services.live_ground import Ground
    from puffling.store.accounts import Account

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds for all symbols together


class LiveSplits:
    """What the source of history says of splits; asked once a day, off the loop.

    A split takes effect with its day on the exchange: what trades before the open is new shares.
    """

    def __init__(self, ground: Ground) -> None:
        self._on = ground
        self._asked: date | None = None

    @property
    def known(self) -> bool:
        """Whether today's splits were asked for, so that a price of today can be believed."""
        return self._asked == self._on.market.today()

    async def behind(self, account: Account) -> list[Split]:
        """Return the splits since `account` began, today's too, of whatever it ever traded."""
        book, today = self._on.book, self._on.market.today()
        names = {each.symbol for each in book.store.fills(account.id)}
        names |= {each.ticket.symbol for each in book.store.open(account.id)}
        known = await self._known(names)
        first = exchange_date(account.market_start)
        self._asked = today
        return [each for each in known if first < exchange_date(each.date) <= today]

    def catch_up(self, splits: Iterable[Split], kept: Mapping[str, object]) -> None:
        """Restate alerts at the splits that the broker had not `kept`: nobody looked on their day.

        An account that kept nothing knows no split: it never traded before one.
        """
        known = cast("list[str] | None", kept.get("splits"))
        for each in splits:
            if known is not None and split_key(each.symbol, each.date) not in known:
                self._restate_alerts(each, late=True)

    async def look(self, broker: PaperBroker) -> None:
        """Once a day, take in what split among the shares that are held or ordered."""
        today = self._on.market.today()
        if self._asked == today:
            return
        names: set[str] = set()
        if self._on.market.calendar.session_on(today) is not None:
            names = {each.symbol for each in self._on.portfolio.positions()}
            names |= {each.ticket.symbol for each in self._on.book.open()}
        for each in await self._known(names):
            if exchange_date(each.date) == today:
                self._take(each, broker)
        self._asked = today

    async def _known(self, names: Iterable[str]) -> list[Split]:
        shares = sorted(each for each in names if asset_of(each) is AssetClass.STOCK)
        if not shares:
            return []
        asked = [asyncio.to_thread(self._on.splits, each) for each in shares]
        try:
            async with asyncio.timeout(PATIENCE):
                told = await asyncio.gather(*asked, return_exceptions=True)
        except TimeoutError:
            told = [DataError("No answer came in time.")]
        found: list[Split] = []
        for each in told:
            if isinstance(each, BaseException):
                log.warning("Whether shares split is not known: %s", each)
            else:
                found += map(_from_midnight, each)
        return sorted(found, key=lambda split: split.date)

    def _take(self, split: Split, broker: PaperBroker) -> None:
        on = self._on
        on.quotes.forget(split.symbol)  # a price of old shares
        broker.apply_split(split)
        on.orders.split(split)
        on.portfolio.split(split)
        self._restate_alerts(split)

    def _restate_alerts(self, split: Split, *, late: bool = False) -> None:
        on = self._on
        try:
            on.alerts.split(split, done_key(split), late=late)
        except StoreError as error:
            log.warning("Alerts of %s are not restated: %s", split.symbol, error)
        on.bus.publish(
            NoticePosted(
                Level.INFO,
                f"{split.symbol} splits {quantity(split.ratio)} for 1",
                "Positions, waiting orders and alerts are restated in new shares.",
                panel="portfolio",
            )
        )


def _from_midnight(split: Split) -> Split:
    """Return a split with the beginning of its day on the exchange; sources tell only the day."""
    day = split.date.date()
    return replace(split, date=datetime.combine(day, time(), EXCHANGE).astimezone(UTC))
