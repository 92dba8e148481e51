"""The last price that Yahoo Finance tells of a symbol; it has no bid and ask of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from puffin.data.names import yahoo_name
from puffin.data.yahoo import TIMEOUT, YFinanceWire, translated
from puffin.errors import NoDataError, ProviderUnavailableError
from puffin.types import Quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DELAYED = "Yahoo Finance (delayed)"
DELAY = 15 * 60.0  # seconds; some exchanges' prices are free only that late
CENT = Decimal("0.01")
FINEST = Decimal("0.0001")  # Yahoo's prices are binary fractions with more digits than sense


class LastWire(Protocol):
    """What is needed of yfinance for a last price."""

    def last(self, symbol: str) -> tuple[Mapping[str, Any], float | None]:
        """Return what Yahoo says of the session so far, and the close before it."""
        ...


class YFinanceLastWire(YFinanceWire):
    """The real yfinance: one question for each symbol."""

    def __init__(self, folder: Path | None = None, *, session: object | None = None) -> None:
        super().__init__(folder, session=session)

    def last(self, symbol: str) -> tuple[Mapping[str, Any], float | None]:
        """Ask for the last days; what comes with them has the price of now."""
        ticker = self.ready().Ticker(symbol, session=self.session)
        frame = ticker.history(
            period="5d", interval="1d", auto_adjust=False, actions=False, timeout=TIMEOUT
        )
        closes = [] if frame.empty else frame["Close"].tolist()
        before = float(closes[-2]) if len(closes) > 1 else None
        return dict(ticker.history_metadata), before


class YahooQuotes:
    """Asks for one quote at a time; call it off the loop."""

    def __init__(self, wire: LastWire | None = None) -> None:
        self._wire = wire or YFinanceLastWire()

    def __call__(self, symbol: str) -> Quote:
        """Return the last price of `symbol` as its bid, its ask and its last.

        Raises:
            SymbolNotFoundError: Yahoo does not list it.
            NoDataError: It has no price.
            ProviderUnavailableError: Yahoo cannot be reached, or its answer not be read.
        """
        with translated(symbol):
            said, before = self._wire.last(yahoo_name(symbol))
            price, at = said.get("regularMarketPrice"), said.get("regularMarketTime")
            if price is None or at is None:
                raise NoDataError(f"Yahoo Finance tells no price of {symbol}.")
            last = _money(price)
            if last is None:
                raise ProviderUnavailableError("Yahoo Finance sent a price that is none.")
            return Quote(
                symbol=symbol,
                bid=last,
                ask=last,
                last=last,
                at=_time(at),
                high=_money(said.get("regularMarketDayHigh")),
                low=_money(said.get("regularMarketDayLow")),
                previous_close=_money(before),
                volume=int(said.get("regularMarketVolume") or 0),
            )


def _money(value: object) -> Decimal | None:
    if value is None:
        return None
    amount = Decimal(str(value))
    if not amount.is_finite() or amount <= 0:
        return None
    fine = amount.quantize(FINEST)
    cents = fine.quantize(CENT)
    return cents if cents == fine else fine


def _time(value: object) -> datetime:
    if isinstance(value, datetime):
        return datetime.fromtimestamp(value.timestamp(), UTC)
    return datetime.fromtimestamp(int(str(value)), UTC)
