"""History from outside: from the source of the keys in use where there is one, else from Yahoo."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from puffin.data.bars import Interval
from puffin.data.cache import CachedProvider
from puffin.data.names import our_name
from puffin.errors import DataError, NoDataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.bars import Bars
    from puffin.data.base import BarStore, DataProvider
    from puffin.types import Dividend, EarningsDate, Instrument, Split
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.live_parts import PastPrices
    from puffling.services.market import MarketService

log = logging.getLogger(__name__)

T = TypeVar("T")

# How far back bars within the day are asked for: more than a chart shows would take minutes.
REACH = {
    Interval.M1: timedelta(days=30),
    Interval.M5: timedelta(days=90),
    Interval.M15: timedelta(days=365),
    Interval.H1: timedelta(days=730),
}


def online_history(
    free: DataProvider,
    store: BarStore,
    settings: SettingsStore,
    market: MarketService,
    clock: Clock,
) -> OnlineHistory:
    """Return history from outside; what the keys bring is kept in `store`."""
    keys = KeysHistory("Alpaca", clock)
    return OnlineHistory(
        keys,
        CachedProvider(keys, store, clock.now, market.calendar),
        free=free,
        allowed=lambda: settings.current.data.yahoo,
    )


def _nobody() -> None:
    """Name nobody: no source of prices is in use."""


class EarningsCalendar(Protocol):
    """Somebody who knows when companies tell their earnings. Calls block."""

    def earnings(self, symbol: str) -> list[EarningsDate]:
        """Return when `symbol` tells its earnings next; nothing where that is not known."""
        ...


class KeysHistory:
    """History of the source of prices in use, under one name, so that it can be kept.

    Args:
        name: What it is called on screen.
        clock: The computer's time.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._past: Callable[[], PastPrices | None] = _nobody
        self._clock = clock

    def follow(self, past: Callable[[], PastPrices | None]) -> None:
        """Ask whom `past` names at the moment; None while nobody has past prices."""
        self._past = past

    @property
    def there(self) -> bool:
        """Whether anybody can be asked now."""
        return self._past() is not None

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return bars; those within the day reach back as far as a chart shows."""
        reach = REACH.get(interval)
        if reach is not None:
            first = self._clock.now() - reach
            start = first if start is None else max(first, start)
        bars = self._asked().history(our_name(symbol), interval, start, end)
        return replace(bars, symbol=symbol, source=self.name)

    def search(self, text: str) -> list[Instrument]:  # noqa: ARG002 - the port's
        """Find nothing: names are looked up elsewhere."""
        return []

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits that are known."""
        return [replace(each, symbol=symbol) for each in self._asked().splits(our_name(symbol))]

    def dividends(self, symbol: str) -> list[Dividend]:
        """Refuse: what it tells is not restated for later splits.

        Raises:
            NoDataError: Always.
        """
        raise NoDataError(f"{self.name} tells no dividends of {symbol} in today's shares.")

    def _asked(self) -> PastPrices:
        past = self._past()
        if past is None:
            raise NoDataError("No keys for prices are in use.")
        return past


class OnlineHistory:
    """Asks the source of the keys first, and Yahoo when that has no keys or no answer.

    Args:
        keys: Whether keys are in use, and whom.
        kept: Their history, kept between runs.
        free: History that needs no keys.
        allowed: Whether that may be asked.
        calendar: When companies tell their earnings; Yahoo's calendar, where it is not given.
    """

    def __init__(
        self,
        keys: KeysHistory,
        kept: DataProvider,
        *,
        free: DataProvider,
        allowed: Callable[[], bool],
        calendar: EarningsCalendar | None = None,
    ) -> None:
        self._at_keys = keys
        self._keys = kept
        self._free = free
        self._allowed = allowed
        self._calendar = calendar
        self._told: dict[str, str] = {}
        self.follow = keys.follow

    def _there(self) -> bool:
        return self._at_keys.there

    @property
    def in_use(self) -> bool:
        """Whether anybody outside can be asked now."""
        return self._there() or self._allowed()

    @property
    def name(self) -> str:
        """Who is asked first."""
        return self._keys.name if self._there() else self._free.name

    def source(self, symbol: str) -> str:
        """Return who told the prices of `symbol` last, or who would be asked."""
        return self._told.get(symbol, self.name)

    def history(self, symbol: str, interval: Interval) -> Bars:
        """Return the bars of `symbol` from whoever has them.

        Raises:
            DataError: Nobody has.
        """
        bars = self._first(symbol, lambda each: each.history(symbol, interval))
        self._told[symbol] = bars.source
        return bars

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits of `symbol` from whoever knows them.

        Raises:
            DataError: Nobody does.
        """
        return self._first(symbol, lambda each: each.splits(symbol))

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return the cash dividends of `symbol`, in the shares of today.

        Raises:
            DataError: Nobody knows them.
        """
        if not self._allowed():
            raise NoDataError("Dividends are known to Yahoo Finance alone, which is off.")
        return self._free.dividends(symbol)

    def earnings(self, symbol: str) -> list[EarningsDate]:
        """Return when `symbol` tells its earnings next, where somebody knows.

        Raises:
            DataError: Nobody can be asked.
        """
        if not self._allowed():
            raise NoDataError("Earnings are known to Yahoo Finance alone, which is off.")
        if self._calendar is None:
            from puffin.data.yahoo_earnings import YahooEarnings

            self._calendar = YahooEarnings()
        return self._calendar.earnings(symbol)

    def search(self, text: str) -> list[Instrument]:
        """Return what is listed under `text`."""
        return self._free.search(text) if self._allowed() else []

    def _first(self, symbol: str, ask: Callable[[DataProvider], T]) -> T:
        if not self._there():
            return ask(self._free)
        try:
            return ask(self._keys)
        except DataError as error:
            if not self._allowed():
                raise
            log.info("%s is asked instead about %s: %s", self._free.name, symbol, error)
            return ask(self._free)
