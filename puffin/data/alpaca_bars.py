"""Past prices from Alpaca: bars of regular sessions, adjusted for splits, and the splits."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.data.alpaca_answers import RefusedError, UnansweredError, decimal, moment
from puffin.data.alpaca_limiter import ThrottledError
from puffin.data.alpaca_rest import Host
from puffin.data.bars import Bar, Bars, Interval
from puffin.data.sessions import Calendar, exchange_date
from puffin.data.times import midnight, nanoseconds
from puffin.errors import (
    DataError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from puffin.types import AssetClass, Split, asset_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from puffin.data.alpaca_rest import AlpacaRest

    Json: TypeAlias = dict[str, Any]

TIMEFRAMES = {
    Interval.M1: "1Min",
    Interval.M5: "5Min",
    Interval.M15: "15Min",
    Interval.H1: "30Min",  # Alpaca's hours begin at nine; a session's begin at half past
    Interval.D1: "1Day",
}
GATHERED = frozenset({Interval.W1, Interval.MO1})
BARS = {
    AssetClass.STOCK: ("/stocks/bars", "v2"),
    AssetClass.CRYPTO: ("/crypto/us/bars", "v1beta3"),
    AssetClass.OPTION: ("/options/bars", "v1beta1"),
}
EARLIEST = datetime(2016, 1, 1, tzinfo=UTC)  # where Alpaca's history begins
DELAY = timedelta(minutes=16)  # what plans without SIP may see of it
PAGE = 10_000
MOST_PAGES = 1_000


@contextmanager
def translated(symbol: str) -> Iterator[None]:
    """Turn what a question can end in into errors for a trader."""
    try:
        yield
    except RefusedError as error:
        raise _refused(error, symbol) from error
    except ThrottledError as error:
        raise RateLimitedError(str(error), retry_after=error.seconds) from error
    except UnansweredError as error:
        if error.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimitedError("Alpaca asks to wait: too many questions.") from error
        raise ProviderUnavailableError(str(error)) from error


def _refused(error: RefusedError, symbol: str) -> DataError:
    if "subscription" in error.message:
        return ProviderUnavailableError(
            f"Alpaca's plan does not include these prices: “{error.message}”.",
            hint="Choose the IEX feed, or a period that is older.",
        )
    if error.status == HTTPStatus.NOT_FOUND or "invalid symbol" in error.message:
        return SymbolNotFoundError(f"Alpaca has nothing under {symbol[:24]}.")
    return ProviderUnavailableError(f"Alpaca did not answer the question: “{error.message}”.")


class AlpacaBars:
    """Asks for bars and splits. Calls block: run them off the loop.

    Args:
        rest: Where it asks.
        name: What the source is called on screen.
        feed: The feed that the plan includes. Without SIP the history is still SIP's, all but
            the last quarter of an hour.
        now: The computer's time.
    """

    def __init__(
        self, rest: AlpacaRest, *, name: str, feed: str, now: Callable[[], datetime]
    ) -> None:
        self._rest = rest
        self._name = name
        self._feed = feed
        self._now = now
        self._calendar = Calendar.load()

    def history(
        self, symbol: str, interval: Interval, start: datetime | None, end: datetime | None
    ) -> Bars:
        """Return the bars that opened in [start, end), adjusted for splits."""
        if interval in GATHERED:
            bars = self.history(symbol, Interval.D1, None, None).resample(interval)
            bars = bars.between(start, end)
        elif interval.is_intraday:
            bars = self._intraday(symbol, interval, start, end)
        else:
            bars = self._daily(symbol, start, end)
        if not len(bars):
            raise NoDataError(f"Alpaca has no prices of {symbol} for this period.")
        return bars.validate()

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits that Alpaca knows, oldest first."""
        if asset_of(symbol) is not AssetClass.STOCK:
            return []
        wanted = {
            "symbols": symbol,
            "types": "forward_split,reverse_split",
            "start": EARLIEST.date().isoformat(),
            "limit": 1_000,
        }
        found: dict[datetime, Split] = {}
        for page in self._pages("/corporate-actions", "v1", wanted, symbol):
            kinds = page.get("corporate_actions") or {}
            for body in (each for kind in kinds.values() for each in kind or []):
                split = _split(symbol, body)
                if split is not None:
                    found[split.date] = split
        return [found[each] for each in sorted(found)]

    def _daily(self, symbol: str, start: datetime | None, end: datetime | None) -> Bars:
        # The session's date in New York begins after midnight in Greenwich, where ours begin.
        last = None if end is None else end + timedelta(days=1)
        rows = self._rows(symbol, Interval.D1, start, last, "split")
        bars = [_bar(each, midnight(exchange_date(at))) for each, at in rows]
        adjusted: dict[datetime, float] = {}
        if asset_of(symbol) is AssetClass.STOCK:
            for each, at in self._rows(symbol, Interval.D1, start, last, "all"):
                day = midnight(exchange_date(at))
                adjusted[day] = _bar(each, day).close
        known = bool(bars) and all(each.time in adjusted for each in bars)
        closes = [adjusted[each.time] for each in bars] if known else None
        return self._table(symbol, Interval.D1, bars, closes).between(start, end)

    def _intraday(
        self, symbol: str, interval: Interval, start: datetime | None, end: datetime | None
    ) -> Bars:
        rows = self._rows(symbol, interval, start, end, "split")
        if asset_of(symbol) is not AssetClass.STOCK:
            opens = {at: at - (at - midnight(at.date())) % _length(interval) for _, at in rows}
        else:
            opens = {at: began for _, at in rows if (began := self._began(at, interval))}
        kept = [(each, opens[at]) for each, at in rows if at in opens]
        bars = [_joined(list(group)) for _, group in groupby(kept, key=lambda pair: pair[1])]
        return self._table(symbol, interval, bars, None).between(start, end)

    def _began(self, at: datetime, interval: Interval) -> datetime | None:
        """Return when the bar that holds `at` opened; None outside regular sessions."""
        try:
            session = self._calendar.session_on(exchange_date(at))
        except DataError:
            return at  # beyond the calendar nobody knows the hours
        if session is None or not session.contains(at):
            return None
        return at - (at - session.open) % _length(interval)

    def _rows(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None,
        end: datetime | None,
        adjustment: str,
    ) -> list[tuple[Json, datetime]]:
        """Return Alpaca's bars with their times, oldest first."""
        asset = asset_of(symbol)
        path, version = BARS[asset]
        first = max(start or EARLIEST, EARLIEST)
        last = end or self._now()
        wanted: dict[str, object] = {
            "symbols": symbol,
            "timeframe": TIMEFRAMES[interval],
            "limit": PAGE,
            "sort": "asc",
        }
        if asset is AssetClass.STOCK:
            wanted |= {"adjustment": adjustment, "feed": "sip"}
            if self._feed != "sip":
                last = min(last, self._now() - DELAY)
        if first >= last:
            return []
        wanted |= {"start": first.isoformat(), "end": last.isoformat()}
        rows = []
        for page in self._pages(path, version, wanted, symbol):
            for body in (page.get("bars") or {}).get(symbol) or []:
                at = moment(body.get("t")) if isinstance(body, dict) else None
                if at is None:
                    raise ProviderUnavailableError("Alpaca sent bars that cannot be read.")
                rows.append((body, at))
        return rows

    def _pages(
        self, path: str, version: str, wanted: dict[str, object], symbol: str
    ) -> Iterator[Json]:
        asked = dict(wanted)
        for _ in range(MOST_PAGES):
            with translated(symbol):
                page = self._rest.ask("GET", path, asked, host=Host.DATA, version=version)
            if not isinstance(page, dict):
                raise ProviderUnavailableError("Alpaca sent an answer that cannot be read.")
            yield page
            asked["page_token"] = page.get("next_page_token")
            if not asked["page_token"]:
                return

    def _table(
        self, symbol: str, interval: Interval, bars: list[Bar], adjusted: list[float] | None
    ) -> Bars:
        return Bars.from_columns(
            symbol,
            interval,
            time=[nanoseconds(each.time) for each in bars],
            open=[each.open for each in bars],
            high=[each.high for each in bars],
            low=[each.low for each in bars],
            close=[each.close for each in bars],
            volume=[each.volume for each in bars],
            adjusted_close=adjusted,
            source=self._name,
            as_of=self._now(),
        )


def _length(interval: Interval) -> timedelta:
    return timedelta(seconds=interval.seconds)


def _bar(body: Json, opened: datetime) -> Bar:
    """Return one bar; a price that is missing becomes one that the table's check names."""
    prices = (decimal(body.get(name)) for name in ("o", "h", "l", "c"))
    first, high, low, last = (float("nan") if each is None else float(each) for each in prices)
    return Bar(opened, first, high, low, last, float(decimal(body.get("v")) or 0))


def _joined(rows: list[tuple[Json, datetime]]) -> Bar:
    """Return the bar that its parts make up."""
    parts = [_bar(body, opened) for body, opened in rows]
    return Bar(
        parts[0].time,
        parts[0].open,
        max(each.high for each in parts),
        min(each.low for each in parts),
        parts[-1].close,
        sum(each.volume for each in parts),
    )


def _split(symbol: str, body: Json) -> Split | None:
    new, old = decimal(body.get("new_rate")), decimal(body.get("old_rate"))
    day = str(body.get("ex_date") or "")
    if new is None or not old or new <= 0 or not day:
        return None
    return Split(symbol, midnight(date.fromisoformat(day)), new / old)
