"""The world outside as it is: Alpaca with keys, Yahoo without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.polling import PollingQuotes
from puffin.data.yahoo_quotes import DELAY, DELAYED, YahooQuotes
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.broker.base import BrokerAccount
    from puffin.data.alpaca_limiter import RateLimiters
    from puffin.data.base import BarStore, DataProvider
    from puffin.data.sessions import Calendar
    from puffin.meter import Reading
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.live_parts import Keys, LiveSource, OutsideBroker


class Alpaca:
    """Makes brokers and sources of prices; their libraries are loaded at the first question.

    Args:
        bus: Where the source of prices says what a person should know.
        clock: The computer's time.
        url: Another place than Alpaca's own for orders; empty in real use, as are those below.
        data_url: Another place for prices of the past.
        orders_stream: Another place for the stream of orders.
        prices_stream: Another place for the stream of prices.
    """

    def __init__(
        self,
        bus: EventBus,
        clock: Clock,
        *,
        url: str = "",
        data_url: str = "",
        orders_stream: str = "",
        prices_stream: str = "",
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._url = url
        self._data_url = data_url
        self._orders_stream = orders_stream
        self._prices_stream = prices_stream
        self._shared: RateLimiters | None = None

    def broker(
        self, keys: Keys, *, paper: bool, account: str, now: Callable[[], datetime]
    ) -> OutsideBroker:
        """Return the broker of these keys."""
        from puffin.broker.alpaca import AlpacaBroker

        return AlpacaBroker(
            keys.key,
            keys.secret,
            paper=paper,
            account_id=account,
            now=now,
            url=self._url,
            stream_url=self._orders_stream,
            limiters=self._limiters,
        )

    def prices(self, keys: Keys, feed: str, *, paper: bool) -> LiveSource:
        """Return the stream of prices of these keys."""
        from puffin.data.alpaca import AlpacaData

        return AlpacaData(
            keys.key,
            keys.secret,
            paper=paper,
            feed=feed,
            now=self._clock.now,
            url=self._url,
            data_url=self._data_url,
            stream_url=self._prices_stream,
            limiters=self._limiters,
            notice=self._say,
        )

    def polled(self, seconds: Callable[[], float]) -> LiveSource:
        """Return Yahoo's prices: delayed, and asked for every few seconds."""
        return PollingQuotes(YahooQuotes(), DELAYED, seconds=seconds, delay=DELAY)

    def readings(self) -> dict[str, Reading]:
        """Return how each of Alpaca's hosts answers, by its name."""
        return {} if self._shared is None else self._shared.readings()

    async def account(self, keys: Keys, *, paper: bool) -> BrokerAccount:
        """Return the account that these keys open."""
        broker = self.broker(keys, paper=paper, account="", now=self._clock.now)
        try:
            return await broker.account()
        finally:
            await broker.close()

    @property
    def _limiters(self) -> RateLimiters:
        """One for broker and prices: the host counts both."""
        if self._shared is None:
            from puffin.data.alpaca_limiter import RateLimiters

            self._shared = RateLimiters()
        return self._shared

    def _say(self, text: str) -> None:
        self._bus.publish(NoticePosted(Level.WARNING, "Alpaca's prices", text, panel="activity"))


def yahoo(
    table: BarStore, clock: Clock, calendar: Calendar, gauges: dict[str, Callable[[], Reading]]
) -> DataProvider:
    """Return Yahoo's history behind retries, a breaker and a cache; `gauges` measures it."""
    from puffin.data.cache import CachedProvider
    from puffin.data.resilience import GuardedProvider
    from puffin.data.yahoo import YahooProvider

    guarded = GuardedProvider(YahooProvider())
    gauges[guarded.name] = guarded.reading
    return CachedProvider(guarded, table, now=clock.now, calendar=calendar)
