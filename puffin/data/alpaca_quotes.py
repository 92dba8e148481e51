"""Quotes put together from what Alpaca says bit by bit: snapshots, quotes, trades, day bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.data.alpaca_answers import decimal, moment
from puffin.data.sessions import exchange_date
from puffin.types import Quote

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    Json: TypeAlias = dict[str, Any]

UNUSUAL = frozenset("CGHIMNPQRTUVWZ479")  # conditions of trades that set no high and no low


@dataclass(slots=True)
class _Tape:
    """What is known of one symbol; a quote needs a bid, an ask and a time."""

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    at: datetime | None = None
    session: date | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None  # of the session so far
    previous_close: Decimal | None = None
    volume: int = 0

    def seen(self, at: datetime | None) -> None:
        if at is not None and (self.at is None or at > self.at):
            self.at = at

    def quote(self, symbol: str) -> Quote | None:
        if self.bid is None or self.ask is None or self.at is None:
            return None
        # What has never traded, as many options, is worth what lies between bid and ask.
        last = (self.bid + self.ask) / 2 if self.last is None else self.last
        return Quote(
            symbol,
            self.bid,
            self.ask,
            last,
            self.at,
            self.open,
            self.high,
            self.low,
            self.previous_close,
            self.volume,
        )


def price(value: object) -> Decimal | None:
    """Return a price; None when there is none: Alpaca writes 0 for a side without quotes."""
    read = decimal(value)
    return read if read is not None and read > 0 else None


def when(value: object) -> datetime | None:
    """Return a time of either interface: text, or a timestamp of msgpack."""
    if isinstance(value, str):
        return moment(value)
    to_datetime = getattr(value, "to_datetime", None)
    if to_datetime is None:
        return None
    at = to_datetime()
    return at.astimezone(UTC) if isinstance(at, datetime) else None


class QuoteBook:
    """Keeps what is known of each symbol, and says its quote after each piece of news."""

    def __init__(self) -> None:
        self._tapes: dict[str, _Tape] = {}

    def snapshot(self, symbol: str, body: Json, now: datetime) -> Quote | None:
        """Begin with what Alpaca knows of a symbol at the moment; None when that is too little."""
        tape = self._tapes[symbol] = _Tape()
        _take_quote(tape, body.get("latestQuote") or {})
        trade = body.get("latestTrade") or {}
        tape.last = price(trade.get("p"))
        tape.seen(when(trade.get("t")))
        day, before = body.get("dailyBar") or {}, body.get("prevDailyBar") or {}
        at = when(day.get("t"))
        if at is not None and exchange_date(at) < exchange_date(now):
            # Before the first trade of a session the day's bar is still the last session's.
            tape.previous_close = price(day.get("c"))
        else:
            tape.previous_close = price(before.get("c"))
            _take_day(tape, day)
        return tape.quote(symbol)

    def take(self, message: Json) -> Quote | None:
        """Take one message of the stream in; None when it changes nothing that is shown."""
        symbol = message.get("S")
        tape = self._tapes.setdefault(symbol, _Tape()) if isinstance(symbol, str) else None
        kind = message.get("T")
        if tape is None or kind not in {"q", "t", "d"}:
            return None
        if kind == "q":
            _take_quote(tape, message)
        elif kind == "t":
            _take_trade(tape, message)
        else:
            _take_day(tape, message)
        return tape.quote(str(symbol))

    def forget(self, symbol: str) -> None:
        """Drop what is known of a symbol."""
        self._tapes.pop(symbol, None)


def _take_quote(tape: _Tape, body: Json) -> None:
    bid, ask = price(body.get("bp")), price(body.get("ap"))
    tape.bid, tape.ask = bid or tape.bid, ask or tape.ask
    tape.seen(when(body.get("t")))


def _take_trade(tape: _Tape, body: Json) -> None:
    last = price(body.get("p"))
    if last is None:
        return
    tape.last = last
    tape.seen(when(body.get("t")))
    tape.volume += int(decimal(body.get("s")) or 0)
    if not UNUSUAL.isdisjoint(body.get("c") or ()):
        return
    tape.high = last if tape.high is None else max(tape.high, last)
    tape.low = last if tape.low is None else min(tape.low, last)
    tape.open = last if tape.open is None else tape.open


def _take_day(tape: _Tape, body: Json) -> None:
    at = when(body.get("t"))
    if at is None:
        return
    session = exchange_date(at)
    if tape.session is not None and session > tape.session and tape.close is not None:
        tape.previous_close = tape.close
    tape.session = session
    tape.open, tape.high = price(body.get("o")), price(body.get("h"))
    tape.low, tape.close = price(body.get("l")), price(body.get("c"))
    tape.volume = int(decimal(body.get("v")) or 0)
