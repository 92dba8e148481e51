"""Prices from Yahoo Finance, through yfinance; every way it fails told apart."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from puffin.data.bars import Bars, Interval
from puffin.data.names import our_name, yahoo_name
from puffin.data.times import midnight
from puffin.errors import (
    DataError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from puffin.types import SYMBOL, Dividend, Instrument, Split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

TIMEOUT = 10.0  # seconds for each request
MOST_FOUND = 8
GATHERED = frozenset({Interval.W1, Interval.MO1})
# What yfinance and its parsers trip over when an answer is not what they expect.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
SPLITS, DIVIDENDS = "Stock Splits", "Dividends"


class Wire(Protocol):
    """What the provider needs of yfinance; raises what yfinance raises."""

    def prices(
        self, symbol: str, interval: str, start: datetime | None, end: datetime | None
    ) -> pd.DataFrame:
        """Return Open, High, Low, Close, Adj Close, Volume and Stock Splits by time."""
        ...

    def search(self, text: str, most: int) -> list[object]:
        """Return what Yahoo finds, as it says it."""
        ...


class YFinanceWire:
    """The real yfinance, imported at the first question.

    `folder` is where it keeps time zones and cookies; `session` replaces its connection.
    """

    def __init__(self, folder: Path | None = None, *, session: object | None = None) -> None:
        self._folder = folder
        self.session = session

    def prices(
        self, symbol: str, interval: str, start: datetime | None, end: datetime | None
    ) -> pd.DataFrame:
        """Ask for prices that are adjusted for splits, with the adjusted close beside them."""
        ticker = self.ready().Ticker(symbol, session=self.session)
        period = {"period": "max"} if start is None else {"start": start}
        frame: pd.DataFrame = ticker.history(
            interval=interval, end=end, auto_adjust=False, actions=True, timeout=TIMEOUT, **period
        )
        return frame

    def search(self, text: str, most: int) -> list[object]:
        """Ask for symbols and names like `text`."""
        found = self.ready().Search(
            text,
            max_results=most,
            news_count=0,
            lists_count=0,
            recommended=0,
            session=self.session,
            timeout=TIMEOUT,
        )
        return list(found.quotes)

    def ready(self) -> Any:  # noqa: ANN401 - yfinance ships no types
        """Return yfinance, set up so that its faults can be told apart."""
        try:
            import yfinance as yf
        except ImportError as error:
            raise ProviderUnavailableError(
                "Yahoo Finance cannot be used: yfinance is not installed.",
                hint="Install Puffling again.",
            ) from error
        # Otherwise a fault of theirs looks like a symbol without prices.
        yf.config.debug.hide_exceptions = False
        if self._folder is not None:
            yf.set_tz_cache_location(str(self._folder))
            self._folder = None
        return yf


class YahooProvider:
    """History of whatever Yahoo lists. Its prices are already adjusted for splits.

    Weeks and months are gathered from days, because Yahoo's own are adjusted differently.
    """

    name = "Yahoo Finance"

    def __init__(self, wire: Wire | None = None) -> None:
        self._wire = wire or YFinanceWire()

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return the bars that opened in [start, end), with the adjusted close."""
        if interval in GATHERED:
            bars = self.history(symbol, Interval.D1).resample(interval).between(start, end)
        else:
            frame = self._frame(symbol, interval, start, end)
            bars = Bars.from_frame(frame, symbol, interval, source=self.name).between(start, end)
            bars = _without_unfinished(bars)
        if not len(bars):
            raise _nothing(symbol)
        return bars.validate()

    def search(self, text: str) -> list[Instrument]:
        """Return what Yahoo finds under `text`, best first."""
        if not text.strip():
            return []
        with translated(text):
            found = self._wire.search(text.strip(), MOST_FOUND)
        return [
            Instrument(
                symbol=our_name(str(each["symbol"]).upper()),
                name=str(each.get("longname") or each.get("shortname") or ""),
                exchange=str(each.get("exchDisp") or each.get("exchange") or ""),
                source=self.name,
            )
            for each in found
            if isinstance(each, dict) and SYMBOL.match(str(each.get("symbol", "")).upper())
        ]

    def splits(self, symbol: str) -> list[Split]:
        """Return every split that Yahoo knows, oldest first."""
        return [Split(symbol, day, ratio.normalize()) for day, ratio in self._told(symbol, SPLITS)]

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return every cash dividend that Yahoo knows, oldest first, in the shares of today."""
        return [Dividend(symbol, day, amount) for day, amount in self._told(symbol, DIVIDENDS)]

    def _told(self, symbol: str, column: str) -> list[tuple[datetime, Decimal]]:
        """Return the sessions that have something in a column, and what."""
        frame = self._frame(symbol, Interval.D1, None, None)
        if column not in frame.columns:
            return []
        # The index is in the exchange's zone: its dates are the sessions.
        days = [midnight(date.fromisoformat(str(when)[:10])) for when in frame.index]
        values = frame[column].to_numpy(np.float64).tolist()
        return [
            (day, Decimal(repr(value)))
            for day, value in zip(days, values, strict=True)
            if value > 0
        ]

    def _frame(
        self, symbol: str, interval: Interval, start: datetime | None, end: datetime | None
    ) -> pd.DataFrame:
        if start is not None and end is not None and start >= end:
            raise _nothing(symbol)
        if start is not None and not interval.is_intraday:
            start -= timedelta(days=1)  # the date in New York begins before midnight in Greenwich
        with translated(symbol):
            frame = self._wire.prices(yahoo_name(symbol), interval.value, start, end)
        if frame.empty:
            raise _nothing(symbol)
        missing = {"Open", "High", "Low", "Close", "Volume"} - set(frame.columns)
        if missing:
            raise ProviderUnavailableError("Yahoo Finance sent an answer that cannot be read.")
        return frame


def _nothing(symbol: str) -> NoDataError:
    return NoDataError(
        f"Yahoo Finance sent no prices of {symbol} for this period.",
        hint="Choose another period, or check the spelling: unknown symbols look the same.",
    )


def _without_unfinished(bars: Bars) -> Bars:
    """Leave the last bar out while it has no prices yet, as Yahoo sends it before the open."""
    if len(bars) and not np.isfinite([bars.open[-1], bars.close[-1]]).all():
        return bars.head(len(bars) - 1)
    return bars


@contextmanager
def translated(symbol: str) -> Iterator[None]:
    """Turn what yfinance and its HTTP library raise into sentences."""
    try:
        yield
    except DataError:
        raise
    except OSError as error:
        raise _unreached(error, symbol) from error
    except UNREADABLE as error:
        raise ProviderUnavailableError(
            "Yahoo Finance sent an answer that cannot be read."
        ) from error
    except Exception as error:
        known = _known(error, symbol)
        if known is None:
            raise
        raise known from error


def _unreached(error: OSError, symbol: str) -> DataError:
    """Name a fault of the connection, or what the server's status says."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == HTTPStatus.NOT_FOUND:
        return SymbolNotFoundError(f"Yahoo Finance has nothing under {symbol[:20]}.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError("Yahoo Finance asks to wait: too many questions.")
    if status:  # 0 is what the library says when no answer came at all
        return ProviderUnavailableError(f"Yahoo Finance has a fault of its own ({status}).")
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return ProviderUnavailableError("Yahoo Finance did not answer in time.")
    return ProviderUnavailableError("Yahoo Finance cannot be reached.")


def _known(error: Exception, symbol: str) -> DataError | None:
    from yfinance import exceptions

    if isinstance(error, exceptions.YFRateLimitError):
        return RateLimitedError("Yahoo Finance asks to wait: too many questions.")
    if isinstance(error, exceptions.YFTzMissingError):
        return SymbolNotFoundError(f"Yahoo Finance has nothing under {symbol[:20]}.")
    if isinstance(error, exceptions.YFTickerMissingError):
        return _nothing(symbol)
    if isinstance(error, exceptions.YFException):
        return ProviderUnavailableError("Yahoo Finance is out of order at the moment.")
    return None
