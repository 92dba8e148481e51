"""The ports of market data: history, quotes, and a place to keep bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from datetime import datetime

    from puffin.data.bars import Bars, Interval
    from puffin.types import Dividend, Instrument, Quote, Split


class DataProvider(Protocol):
    """Somebody who knows past prices. Calls block: run them off the loop."""

    @property
    def name(self) -> str:
        """What the source is called on screen."""
        ...

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the validated bars that opened in [start, end), unadjusted and never empty.

        `adjusted_close` is filled where the provider knows it; None as a bound means as far as
        the provider goes.

        Raises:
            SymbolNotFoundError: Nobody lists `symbol`.
            NoDataError: It is listed, but nothing is there for the period.
            BarsError: What came cannot be trusted.
            RateLimitedError: The provider asks to wait.
            ProviderUnavailableError: No network, or a fault on the provider's side.
        """
        ...

    def search(self, text: str) -> list[Instrument]:
        """Return instruments whose symbol or name fits `text`, best first."""
        ...

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits of `symbol` that are known, oldest first."""
        ...

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return the cash dividends of `symbol` that are known, oldest first.

        They are in the shares of today: restated for every split since.
        """
        ...


class QuoteSource(Protocol):
    """Something that streams quotes."""

    @property
    def name(self) -> str:
        """What the source is called on screen."""
        ...

    def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        """Yield quotes for `symbols` until the source closes or breaks."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a store holds of one symbol, interval and source."""

    symbol: str
    interval: Interval
    source: str
    first: datetime
    last: datetime
    rows: int
    fetched_at: datetime


class BarStore(Protocol):
    """A place where fetched or imported bars are kept; raw, as the source gave them."""

    def get(
        self,
        symbol: str,
        interval: Interval,
        source: str,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars | None:
        """Return the stored bars that opened in [start, end); None when there are none."""
        ...

    def put(self, bars: Bars, *, fetched_at: datetime) -> None:
        """Keep `bars` under their symbol, interval and source.

        They replace everything stored from their first to their last bar; what lies outside
        stays. The whole change happens or nothing.
        """
        ...

    def coverage(self, symbol: str, interval: Interval, source: str) -> Coverage | None:
        """Return what is stored, None when nothing is."""
        ...

    def symbols(self) -> list[Coverage]:
        """Return everything that is stored, a line for each symbol, interval and source."""
        ...

    def remove(self, symbol: str, source: str) -> None:
        """Forget every interval of `symbol` from `source`."""
        ...
