"""Cash dividends in the simulation: each is paid once, on what was held before its day."""

from __future__ import annotations

import asyncio
import logging
import math
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE, exchange_date
from puffin.errors import DataError
from puffin.types import ZERO, AssetClass, asset_of
from puffling.core.errors import StoreError
from puffling.core.events import ActivityBooked, Level, NoticePosted
from puffling.core.formats import money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from puffin.broker.paper import PaperBroker
    from puffin.types import Dividend
    from puffling.services.live_ground import Ground

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds for all symbols together
AGAIN = 3_600.0  # seconds after a question that was not answered
LATE = timedelta(days=14)  # how long after a sale its dividend may still be learnt of


class LiveDividends:
    """What the source of history says of dividends; asked once a day, off the loop.

    A source may tell a dividend days late, and the program may have been off on its day: what was
    held then is worked out from the fills. An id of symbol and day keeps it from being paid twice.
    """

    def __init__(self, ground: Ground) -> None:
        self._on = ground
        self._asked: tuple[str, date] | None = None
        self._again = 0.0  # when what was not answered is asked again

    async def look(self, broker: PaperBroker) -> None:
        """Once a day, pay what became due since the account began and was not paid yet."""
        on = self._on
        account, today = on.portfolio.account, on.market.today()
        if self._asked == (account.id, today) and on.clock.monotonic() < self._again:
            return
        began = exchange_date(account.market_start)
        told, whole = await self._known(self._names())
        for each in told:
            if began < each.date.date() <= today:
                self._pay(each, broker)
        self._asked = (account.id, today)
        self._again = math.inf if whole else on.clock.monotonic() + AGAIN

    def _names(self) -> set[str]:
        on, first = self._on, self._on.market.now() - LATE
        if self._asked is None:  # at a start: nobody looked for who knows how long
            first = on.portfolio.account.market_start
        late = {each.symbol for each in on.book.fills() if each.at >= first}
        return late | {each.symbol for each in on.portfolio.positions()}

    async def _known(self, names: Iterable[str]) -> tuple[list[Dividend], bool]:
        """Return what is told of these symbols, and whether all of them were answered."""
        shares = sorted(each for each in names if asset_of(each) is AssetClass.STOCK)
        if not shares:
            return [], True
        asked = [asyncio.to_thread(self._on.dividends, each) for each in shares]
        try:
            async with asyncio.timeout(PATIENCE):
                told = await asyncio.gather(*asked, return_exceptions=True)
        except TimeoutError:
            told = [DataError("No answer came in time.")]
        found: list[Dividend] = []
        whole = True
        for each in told:
            if isinstance(each, BaseException):
                log.warning("Whether shares pay dividends is not known: %s", each)
                whole = False
            else:
                found += each
        return sorted(found, key=lambda dividend: dividend.date), whole

    def _pay(self, dividend: Dividend, broker: PaperBroker) -> None:
        on, day = self._on, dividend.date.date()
        at = datetime.combine(day, time(), EXCHANGE).astimezone(UTC)
        held = self._held_before(dividend.symbol, at)
        paid = broker.pay_dividend(dividend.symbol, at, dividend.per_share, held=held)
        if paid is None:
            return
        try:
            fresh = on.book.take_activity(paid)
        except StoreError as error:  # the next comparison with the broker brings it
            log.warning("A dividend of %s is not stored yet: %s", dividend.symbol, error)
            return
        if fresh:
            on.bus.publish(ActivityBooked(paid))
            title = f"{dividend.symbol} paid a dividend of {money(paid.amount)}"
            on.bus.publish(NoticePosted(Level.INFO, title, paid.text, panel="portfolio"))

    def _held_before(self, symbol: str, at: datetime) -> Decimal:
        """Return what was held as the day began, in the shares of today."""
        held = ZERO
        splits = [each for each in self._on.portfolio.splits() if each.symbol == symbol]
        for fill in self._on.book.fills():
            if fill.symbol != symbol or fill.at >= at:
                continue
            quantity = fill.side.sign * fill.quantity
            for each in splits:
                if each.date > fill.at:
                    quantity *= each.ratio
            held += quantity
        return held
