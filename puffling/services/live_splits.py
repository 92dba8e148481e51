"""Splits in the simulation: found before the open, and taken into everything that counts shares."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffin.data.sessions import exchange_date
from puffin.errors import DataError
from puffin.types import AssetClass, asset_of
from puffling.core.errors import StoreError
from puffling.core.events import Level, NoticePosted
from puffling.core.formats import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from puffin.broker.paper import PaperBroker
    from puffin.types import Split
    from puffling.services.live_ground import Ground
    from puffling.store.accounts import Account

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds for all symbols together


class LiveSplits:
    """What the source of history says of splits; asked once a day, off the loop."""

    def __init__(self, ground: Ground) -> None:
        self._on = ground
        self._asked: date | None = None
        self._due: list[Split] = []

    async def behind(self, account: Account) -> list[Split]:
        """Return the splits since `account` began of whatever it ever traded."""
        book = self._on.book
        names = {each.symbol for each in book.store.fills(account.id)}
        names |= {each.ticket.symbol for each in book.store.open(account.id)}
        known = await self._known(names)
        first, now = exchange_date(account.market_start), self._on.market.now()
        self._asked = self._on.market.today()
        return [each for each in known if first < each.date.date() and each.date <= now]

    async def look(self) -> None:
        """Before a session, learn which of the shares held or ordered split at its open."""
        market, today = self._on.market, self._on.market.today()
        if market.is_open() or self._asked == today or market.calendar.session_on(today) is None:
            return
        self._asked = today
        names = {each.symbol for each in self._on.portfolio.positions()}
        names |= {each.ticket.symbol for each in self._on.book.open()}
        self._due = [each for each in await self._known(names) if each.date.date() == today]

    def open(self, broker: PaperBroker) -> None:
        """Take in what splits at this open, before its first price."""
        due, self._due = self._due, []
        for each in due:
            self._take(each, broker)

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
                found += each
        return sorted(found, key=lambda split: split.date)

    def _take(self, split: Split, broker: PaperBroker) -> None:
        on = self._on
        on.quotes.forget(split.symbol)  # a price of old shares
        broker.apply_split(split)
        on.orders.split(split)
        on.portfolio.split(split)
        done = f"alerts split {on.portfolio.account.id} {split.symbol} {split.date.date()}"
        try:
            on.alerts.split(split, done)
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
