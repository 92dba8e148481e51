"""The market as the paper broker sees it: quotes, hours, halts, and how much trades."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, cast

from puffin.data.sessions import exchange_date
from puffin.execution.costs import BASIS_POINTS, FINEST_PRICE
from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import ZERO, AssetClass, asset_of

if TYPE_CHECKING:
    from puffin.broker.paper_settings import PaperSettings
    from puffin.data.sessions import Calendar
    from puffin.types import Quote, Side

_ONE = Decimal(1)


@dataclass(slots=True)
class _Tape:
    """What was seen of one symbol: its volume so far, and what may still fill of it."""

    at: datetime
    volume: int
    room: Decimal | None
    last: Decimal
    began: datetime  # of the stretch in which a halting move is looked for
    price: Decimal


class PaperMarket:
    """Takes quotes; says what may trade, at which prices and how much of it.

    With a calendar, quotes outside its sessions are outside regular hours; without one, a session
    is from the first quote after `close` to the next `close`. Crypto trades round the clock.
    """

    def __init__(self, settings: PaperSettings, calendar: Calendar | None) -> None:
        self._settings = settings
        self._calendar = calendar
        self._quotes: dict[str, Quote] = {}
        self._last: dict[str, Decimal] = {}
        self._opened: set[str] = set()
        self._tapes: dict[str, _Tape] = {}
        self._halts: dict[str, datetime | None] = {}
        self._ended: datetime | None = None

    @property
    def ended(self) -> datetime | None:
        """The latest close that was seen to."""
        return self._ended

    def quote(self, symbol: str) -> Quote | None:
        """Return the standing quote, with the extra spread; None before there is one."""
        return self._quotes.get(symbol)

    def last(self, symbol: str) -> Decimal | None:
        """Return the last price seen, also of a session that ended."""
        return self._last.get(symbol)

    def take(self, quote: Quote) -> bool:
        """Take a quote in; False when it is old, senseless or of a session that ended."""
        prices = (quote.bid, quote.ask, quote.last)
        if not all(price.is_finite() and price > 0 for price in prices):
            return False
        known = self._quotes.get(quote.symbol)
        if known is not None and quote.at < known.at:
            return False
        if self._ended is not None and quote.at <= self._ended and not _always_open(quote.symbol):
            return False
        self._quotes[quote.symbol] = self._widened(quote)
        self._count(quote)
        self._last[quote.symbol] = quote.last
        return True

    def opens(self, symbol: str) -> bool:
        """Whether the standing quote is the first of a regular session; asked once for each."""
        if symbol in self._opened or not self.is_regular(symbol):
            return False
        self._opened.add(symbol)
        return True

    def has_opened(self, symbol: str) -> bool:
        """Whether the symbol's session has begun."""
        return symbol in self._opened

    def is_regular(self, symbol: str) -> bool:
        """Whether the standing quote is of regular hours."""
        quote = self._quotes.get(symbol)
        if quote is None:
            return False
        if self._calendar is None or _always_open(symbol):
            return True
        session = self._calendar.session_on(exchange_date(quote.at))
        return session is not None and session.open <= quote.at <= session.close

    def traded(self) -> frozenset[str]:
        """Return the symbols whose session has begun."""
        return frozenset(self._opened)

    def close(self, at: datetime) -> bool:
        """End the session: no quote up to `at` counts any more. False when it was ended before."""
        if self._ended is not None and at <= self._ended:
            return False
        self._ended = at
        self._quotes = {
            each: quote
            for each, quote in self._quotes.items()
            if quote.at > at or _always_open(each)
        }
        self._opened = {each for each in self._opened if _always_open(each)}
        return True

    def forget(self, symbol: str) -> None:
        """Forget a price of old shares."""
        self._quotes.pop(symbol, None)
        self._last.pop(symbol, None)
        self._tapes.pop(symbol, None)

    # What trades.

    def size(self, symbol: str, wanted: Decimal) -> Decimal:
        """Return how much of `wanted` the market takes now; whole units of whole orders."""
        tape = self._tapes.get(symbol)
        if tape is None or tape.room is None or wanted <= tape.room:
            return wanted
        step = _ONE if wanted == wanted.to_integral_value() else FINEST_QUANTITY
        return tape.room.quantize(step, ROUND_FLOOR)

    def use(self, symbol: str, quantity: Decimal) -> None:
        """Take what traded off what may still trade."""
        tape = self._tapes.get(symbol)
        if tape is not None and tape.room is not None:
            tape.room = max(tape.room - quantity, ZERO)

    def improved(self, price: Decimal, side: Side, quote: Quote, key: str) -> Decimal:
        """Return `price` moved into the spread by chance; `key` names this one draw."""
        most = self._settings.improvement
        if not most:
            return price
        gain = self.chance(f"improve {key}") * most * (quote.ask - quote.bid)
        moved = price - side.sign * gain
        return moved.quantize(FINEST_PRICE) if moved > 0 else price

    def chance(self, key: str) -> Decimal:
        """Return a number from 0 up to 1 that the seed and `key` alone decide."""
        digest = hashlib.sha256(f"{self._settings.seed} {key}".encode()).digest()
        return Decimal(int.from_bytes(digest[:4])) / 2**32

    # Halts.

    def is_halted(self, symbol: str) -> bool:
        """Whether trading in the symbol is halted."""
        return symbol in self._halts

    def halt(self, symbol: str, until: datetime | None = None) -> None:
        """Halt a symbol until then, or until `resume`."""
        self._halts[symbol] = until

    def resume(self, symbol: str) -> bool:
        """End a halt; False when there was none."""
        tape = self._tapes.get(symbol)
        if tape is not None:
            tape.began, tape.price = tape.at, tape.last
        if symbol not in self._halts:
            return False
        del self._halts[symbol]
        return True

    def over(self, at: datetime) -> list[str]:
        """Return the symbols whose halts are over by `at`."""
        return sorted(
            symbol for symbol, until in self._halts.items() if until is not None and until <= at
        )

    def moved_too_far(self, symbol: str) -> bool:
        """Whether the last price is so far from where this stretch began that trading halts."""
        tape, last = self._tapes.get(symbol), self._last.get(symbol)
        if not self._settings.halt_move or tape is None or last is None or self.is_halted(symbol):
            return False
        return abs(last / tape.price - 1) >= self._settings.halt_move

    # What is kept.

    def state(self) -> dict[str, object]:
        """Return what quotes do not bring again, as plain values."""
        return {
            "halts": {
                each: None if until is None else until.isoformat()
                for each, until in sorted(self._halts.items())
            },
            "tapes": {
                each: [
                    tape.at.isoformat(),
                    tape.volume,
                    None if tape.room is None else str(tape.room),
                    str(tape.last),
                    tape.began.isoformat(),
                    str(tape.price),
                ]
                for each, tape in sorted(self._tapes.items())
            },
            "opened": sorted(self._opened),
            "ended": None if self._ended is None else self._ended.isoformat(),
        }

    def restore(self, kept: dict[str, object]) -> None:
        """Take up what `state` returned."""
        halts = cast("dict[str, str | None]", kept.get("halts", {}))
        self._halts = {
            each: None if until is None else datetime.fromisoformat(until)
            for each, until in halts.items()
        }
        tapes = cast("dict[str, tuple[str, int, str | None, str, str, str]]", kept.get("tapes", {}))
        for symbol, (at, volume, room, last, began, price) in tapes.items():
            self._tapes[symbol] = _Tape(
                datetime.fromisoformat(at),
                volume,
                None if room is None else Decimal(room),
                Decimal(last),
                datetime.fromisoformat(began),
                Decimal(price),
            )
        self._opened = set(cast("list[str]", kept.get("opened", [])))
        ended = cast("str | None", kept.get("ended"))
        self._ended = None if ended is None else datetime.fromisoformat(ended)

    def _widened(self, quote: Quote) -> Quote:
        if not self._settings.extra_spread_bps:
            return quote
        half = self._settings.extra_spread_bps / BASIS_POINTS / 2
        bid = (quote.bid * (1 - half)).quantize(FINEST_PRICE)
        ask = (quote.ask * (1 + half)).quantize(FINEST_PRICE)
        return replace(quote, bid=max(bid, FINEST_PRICE), ask=ask)

    def _count(self, quote: Quote) -> None:
        """Note what traded since the quote before, and where a halting move would begin."""
        share, known = self._settings.participation, self._tapes.get(quote.symbol)
        if share is None and not self._settings.halt_move:
            return
        fresh = known is None or quote.volume < known.volume or quote.symbol not in self._opened
        room: Decimal | None = None
        if share is not None and quote.volume:
            before = 0 if known is None or fresh else known.volume
            room = share * (quote.volume - before)
            if known is not None and known.at == quote.at and known.room is not None:
                room = known.room + share * (quote.volume - known.volume)
        began, price = quote.at, quote.last
        if known is not None and not fresh:
            began, price = known.began, known.price
            if known.at - began >= self._settings.halt_time:
                began, price = known.at, known.last
        self._tapes[quote.symbol] = _Tape(quote.at, quote.volume, room, quote.last, began, price)


def _always_open(symbol: str) -> bool:
    return asset_of(symbol) is AssetClass.CRYPTO
