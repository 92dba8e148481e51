"""Fetched bars kept: closed ones for good, the last one until it can have changed."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.bars import PRICES, Interval
from puffin.data.sessions import Calendar
from puffin.errors import BarsError, DataError, NoDataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from puffin.data.bars import Bars
    from puffin.data.base import BarStore, Coverage, DataProvider
    from puffin.types import Dividend, Instrument, Split

log = logging.getLogger(__name__)

INTRADAY_LIFE = timedelta(seconds=60)
REFETCHED = 5  # bars that are fetched again to see whether the past still agrees
LONGEST_GAP = timedelta(days=6)  # between two sessions, with room to spare
PRICE_TOLERANCE = 1e-4  # vendors correct the last digit now and then
ADJUSTMENT_TOLERANCE = 1e-5  # a dividend of a thousandth of a percent would show
LEAST_SHARE = 0.5  # of what is stored, that a whole new history must have


class CachedProvider:
    """Answers from `store` and asks `inner` only for what can have changed.

    Intraday bars are asked for again after a minute, longer ones when the market has opened or
    closed since. The last bars are then fetched once more: while they agree, only what follows
    the closed ones is stored; if they do not, as after a split or a dividend, everything is
    fetched anew. A fetch that fails or cannot be trusted changes nothing: what is stored is
    returned, its `as_of` tells how old it is, and `problem` holds the reason. Any thread may ask.
    """

    def __init__(
        self,
        inner: DataProvider,
        store: BarStore,
        now: Callable[[], datetime],
        calendar: Calendar | None = None,
    ) -> None:
        self.problem: DataError | None = None
        self._inner = inner
        self._store = store
        self._now = now
        self._calendar = calendar or Calendar.load()
        self._locks: dict[tuple[str, Interval], threading.Lock] = defaultdict(threading.Lock)
        self._splits: dict[str, list[Split]] = {}

    @property
    def name(self) -> str:
        """The name of the provider itself."""
        return self._inner.name

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        """Return bars that opened in [start, end); the whole history is kept, whatever is asked.

        Raises:
            DataError: Nothing is stored and nothing can be had, or nothing is in that period.
        """
        with self._locks[symbol, interval]:
            known = self._store.coverage(symbol, interval, self.name)
            if known is None:
                self._keep(self._whole(symbol, interval))
            elif not self.is_fresh(known):
                self._refresh(known)
            known = self._store.coverage(symbol, interval, self.name)
            bars = self._store.get(symbol, interval, self.name, start, end)
        if bars is None or known is None:
            raise NoDataError(f"{self.name} has no prices of {symbol} in that period.")
        return replace(bars, as_of=known.fetched_at)

    def search(self, text: str) -> list[Instrument]:
        """Return what the provider finds."""
        return self._inner.search(text)

    def splits(self, symbol: str) -> list[Split]:
        """Return the splits the provider knows, or knew when it was last reached."""
        try:
            self._splits[symbol] = self._inner.splits(symbol)
        except DataError as error:
            if symbol not in self._splits:
                raise
            self._note(symbol, error)
        return self._splits[symbol]

    def dividends(self, symbol: str) -> list[Dividend]:
        """Return the dividends the provider knows."""
        return self._inner.dividends(symbol)

    def is_fresh(self, known: Coverage) -> bool:
        """Whether nothing can have changed since `known` was fetched."""
        now = self._now()
        if known.interval.is_intraday:
            return now - known.fetched_at < INTRADAY_LIFE
        try:
            return now < self._calendar.next_change(known.fetched_at)[0]
        except DataError:
            return False  # the calendar does not reach that far: ask

    def _refresh(self, known: Coverage) -> None:
        try:
            self._renew(known)
        except DataError as error:
            self._note(known.symbol, error)
        else:
            self.problem = None

    def _note(self, symbol: str, error: DataError) -> None:
        self.problem = error
        log.warning("%s: what is stored of %s stays in use: %s", self.name, symbol, error)

    def _renew(self, known: Coverage) -> None:
        symbol, interval = known.symbol, known.interval
        margin = LONGEST_GAP + timedelta(seconds=REFETCHED * interval.seconds)
        stored = self._store.get(symbol, interval, self.name, known.last - margin)
        closed = None if stored is None else self._closed(stored, known.fetched_at).tail(REFETCHED)
        if closed is None or not len(closed):
            self._keep(self._replacement(known))
            return
        recent = self._recent(symbol, interval, closed.first)
        if recent is None or not _agree(closed, recent):
            log.info("%s: the past of %s has changed; all is fetched anew", self.name, symbol)
            self._keep(self._replacement(known))
            return
        news = recent.between(closed.last + timedelta(microseconds=1))
        # Without news the last closed bar is kept again, as it was, which renews its time.
        self._keep(news if len(news) else closed.tail(1))

    def _recent(self, symbol: str, interval: Interval, start: datetime) -> Bars | None:
        try:
            return self._checked(self._inner.history(symbol, interval, start))
        except NoDataError:
            return None  # bars inside a day are offered for some weeks only: begin again

    def _closed(self, bars: Bars, fetched_at: datetime) -> Bars:
        """Return those bars that were over when they were fetched."""
        count = len(bars)
        while count and self._close_of(bars, count - 1) > fetched_at:
            count -= 1
        return bars.head(count)

    def _close_of(self, bars: Bars, row: int) -> datetime:
        opened = bars.when(row)
        if bars.interval is Interval.D1:
            try:
                session = self._calendar.session_on(opened.date())
            except DataError:
                session = None
            if session is not None:
                return session.close
        return opened + timedelta(seconds=bars.interval.seconds)

    def _whole(self, symbol: str, interval: Interval) -> Bars:
        return self._checked(self._inner.history(symbol, interval))

    def _replacement(self, known: Coverage) -> Bars:
        """Fetch everything anew; what the new history does not reach is forgotten with the old."""
        bars = self._whole(known.symbol, known.interval)
        if not known.interval.is_intraday and len(bars) < LEAST_SHARE * known.rows:
            raise BarsError(
                f"{self.name} sent {len(bars)} bars of {known.symbol}, {known.rows} are stored."
            )
        if bars.first > known.first or bars.last < known.last:
            self._store.remove(known.symbol, self.name)
        return bars

    def _checked(self, bars: Bars) -> Bars:
        return replace(bars.validate(), source=self.name)

    def _keep(self, bars: Bars) -> None:
        now = self._now()
        self._store.put(replace(bars, as_of=now), fetched_at=now)


def _agree(closed: Bars, recent: Bars) -> bool:
    """Whether every closed bar is in `recent`, at the same prices and the same adjustment."""
    rows = np.searchsorted(recent.time, closed.time)
    if rows[-1] >= len(recent) or not np.array_equal(recent.time[rows], closed.time):
        return False
    if (closed.adjusted_close is None) != (recent.adjusted_close is None):
        return False
    same = all(
        np.allclose(
            getattr(recent, name)[rows], getattr(closed, name), rtol=PRICE_TOLERANCE, atol=0
        )
        for name in PRICES
    )
    return same and np.allclose(
        recent.factors[rows], closed.factors, rtol=ADJUSTMENT_TOLERANCE, atol=0
    )
