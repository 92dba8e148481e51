"""The latest quote of every symbol, and word of which ones moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.meter import Meter
from puffin.types import LARGEST_PRICE, ZERO
from puffling.core.events import QuotesChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.types import Quote
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock

STALE_AFTER = 30.0
OF_NOW = 3_600.0  # seconds; a quote that is older when it comes is of another time
MOST_WANTED = 20


def _nothing() -> None:
    """Do nothing: there is no source that could be asked for more."""


def _no_lag() -> float:
    """Return nothing: the source's prices are of now."""
    return 0.0


class QuoteService:
    """Keeps the last quote of each symbol; announces changes in batches.

    A quote is stored before it is announced, so whoever hears of it can read it.
    """

    def __init__(self, bus: EventBus, clock: Clock) -> None:
        self._bus = bus
        self._monotonic = clock.monotonic
        self._now = clock.now
        self._last: dict[str, Quote] = {}
        self._heard: dict[str, float] = {}
        self._moved: set[str] = set()
        self._wanted: dict[str, None] = {}  # a set that keeps its order, the latest last
        self._more: Callable[[], None] = _nothing
        self._lag: Callable[[], float] = _no_lag
        self._waiting_since = 0.0
        self.waited = 0.0  # seconds from the first quote of a batch to its announcement
        self.refused = 0
        self.meter = Meter()

    def want(self, symbol: str) -> None:
        """Have quotes of `symbol` from now on, if the source has them: somebody looks at it."""
        fresh = symbol not in self._wanted
        self._wanted.pop(symbol, None)
        self._wanted[symbol] = None
        for each in list(self._wanted)[:-MOST_WANTED]:
            del self._wanted[each]
        if fresh:
            self._more()

    @property
    def wanted(self) -> list[str]:
        """The symbols somebody looks at, the latest first."""
        return list(reversed(self._wanted))

    def when_wanted(self, more: Callable[[], None]) -> None:
        """Call `more` when somebody looks at a symbol nobody looked at before."""
        self._more = more

    def come_late(self, lag: Callable[[], float]) -> None:
        """Name by how many seconds the source's prices are always late; `clear` forgets it."""
        self._lag = lag

    def late(self, symbol: str, now: datetime) -> float | None:
        """Return how many seconds before the market's `now` the last quote of `symbol` was made.

        What its source is always late is left out. None without a quote.
        """
        quote = self._last.get(symbol)
        return None if quote is None else max(0.0, (now - quote.at).total_seconds() - self._lag())

    def accept(self, quote: Quote) -> bool:
        """Take in `quote` unless it is older than the one here or not a price; say which."""
        symbol = quote.symbol
        known = self._last.get(symbol)
        if known is not None and known.at > quote.at:
            return False
        if not _is_sound(quote):
            self.refused += 1
            return False
        self._last[symbol] = quote
        self._time(quote)
        now = self._heard[symbol] = self._monotonic()
        if not self._moved:
            self._waiting_since = now
        self._moved.add(symbol)
        return True

    def _time(self, quote: Quote) -> None:
        """Note how old a quote was when it came; one of another time, as in DEMO, says nothing."""
        seconds = (self._now() - quote.at).total_seconds()
        if 0 <= seconds < OF_NOW:
            self.meter.took(seconds)

    def last(self, symbol: str) -> Quote | None:
        """Return the newest quote of `symbol`, if there is one."""
        return self._last.get(symbol)

    def all(self) -> list[Quote]:
        """Return the newest quote of every symbol."""
        return list(self._last.values())

    def age(self, symbol: str) -> float | None:
        """Return how many seconds ago the last quote of `symbol` arrived; None without one."""
        heard = self._heard.get(symbol)
        return None if heard is None else self._monotonic() - heard

    def stale(self, symbol: str) -> bool:
        """Whether the last quote of `symbol` arrived too long ago to be called current."""
        age = self.age(symbol)
        return age is None or age > STALE_AFTER

    def flush(self) -> None:
        """Announce the symbols that moved since the last flush."""
        if not self._moved:
            return
        moved, self._moved = frozenset(self._moved), set()
        self.waited = self._monotonic() - self._waiting_since
        self._bus.publish(QuotesChanged(moved))

    def forget(self, symbol: str) -> None:
        """Have no quote of `symbol` until the next one; what it was worth is no price of it now."""
        self._heard.pop(symbol, None)
        if self._last.pop(symbol, None) is not None:
            self._moved.add(symbol)

    def clear(self) -> None:
        """Forget every quote: another market begins."""
        moved = frozenset(self._last)
        self._last.clear()
        self._heard.clear()
        self._moved.clear()
        self._lag = _no_lag
        self.meter = Meter()
        if moved:
            self._bus.publish(QuotesChanged(moved))


def _is_sound(quote: Quote) -> bool:
    last, bid, ask = quote.last, quote.bid, quote.ask
    if not (last.is_finite() and bid.is_finite() and ask.is_finite()):
        return False
    # A comparison with NaN would raise; that is why finiteness is asked first.
    return ZERO < bid <= ask <= LARGEST_PRICE and ZERO < last <= LARGEST_PRICE
