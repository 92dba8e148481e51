"""History played as if it were live, at any speed, a step for each minute of each session."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.data.intraday import day_path
from puffin.data.times import midnight
from puffin.errors import NoDataError, ParameterError, SymbolNotFoundError
from puffin.types import Quote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
    from datetime import date, datetime

    from puffin.data.bars import Bars
    from puffin.data.base import DataProvider
    from puffin.data.intraday import DayPath
    from puffin.data.sessions import Calendar, Session
    from puffin.types import Split

MINUTE = timedelta(minutes=1)
BATCH = 0.04  # seconds; steps that are due sooner come together
NAP = 0.25  # seconds; a change of speed or symbols is noticed this soon
PAUSE_SHARE = 0.02  # of the day's length, between a close and the next open
SHORTEST_PAUSE = 0.3
CENT = Decimal("0.01")
SMALL = Decimal("0.0001")  # the step of prices under a dollar
BASIS_POINT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """Where a replay is: the minute of a session, from 0 (the open) to its last (the close)."""

    session: date
    step: int


@dataclass(frozen=True, slots=True)
class _Day:
    """One symbol on one day."""

    open: Decimal
    previous_close: Decimal | None
    path: DayPath


class Replay:
    """Plays daily bars as quotes. Everything follows from the position, so a restart goes on alike.

    Prices inside a day are simulated through the real open, high, low and close; bid and ask
    stand half a simulated spread, a cent or a basis point, from the last price. `session_changed`
    is called at each open, before its first quotes, and at each close, after its last ones.
    Use it on one thread; the provider must answer from memory.
    """

    name = "Demo market (replay)"

    def __init__(
        self,
        provider: DataProvider,
        calendar: Calendar,
        position: ReplayPosition,
        *,
        day_seconds: float,
        last: date | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.session_changed: Callable[[datetime, bool], None] | None = None
        self.paused = False
        self.day_seconds = day_seconds
        self._provider = provider
        self._calendar = calendar
        if last is not None and calendar.session_on(last) is None:
            last = calendar.previous_session(last).date
        self._last = last
        self._sleep = sleep
        found = calendar.session_on(position.session)
        self._session: Session = found or calendar.next_session(position.session)
        self._step = 0 if found is None else max(0, min(position.step, self._steps))
        self._bars: dict[str, Bars | None] = {}
        self._days: dict[str, _Day | None] = {}
        self._watched: dict[str, None] = {}  # a set that keeps its order
        self._new: list[str] = []
        self._woken = asyncio.Event()
        self._listener = 0

    @property
    def day_seconds(self) -> float:
        """How long a session takes on the wall clock; may be changed while running."""
        return self._day_seconds

    @day_seconds.setter
    def day_seconds(self, seconds: float) -> None:
        if not (math.isfinite(seconds) and seconds > 0):
            raise ParameterError("A replayed day must take more than 0 seconds.")
        self._day_seconds = float(seconds)

    @property
    def position(self) -> ReplayPosition:
        """Where the replay is; give it to a new Replay to go on from there."""
        return ReplayPosition(self._session.date, self._step)

    @property
    def now(self) -> datetime:
        """Market time."""
        return self._session.open + self._step * MINUTE

    @property
    def is_open(self) -> bool:
        """Whether the replayed market trades."""
        return self._step < self._steps and not self.ended

    @property
    def ended(self) -> bool:
        """Whether the last session is over."""
        last = self.last
        return last is not None and (self._session.date, self._step) >= (last, self._steps)

    @property
    def last(self) -> date | None:
        """The last session that is played; None while nothing is known of any symbol."""
        if self._last is not None:
            return self._last
        known = [bars.last.date() for bars in self._bars.values() if bars is not None]
        return max(known, default=None)

    @property
    def _steps(self) -> int:
        return (self._session.close - self._session.open) // MINUTE

    def quote(self, symbol: str) -> Quote | None:
        """Return the quote of this moment; None when `symbol` did not trade on this day."""
        day = self._day(symbol)
        if day is None:
            return None
        last = day.path.last[self._step]
        half = _half_spread(last)
        return Quote(
            symbol=symbol,
            bid=max(last - half, SMALL),
            ask=last + half,
            last=last,
            at=self.now,
            open=day.open,
            high=day.path.high[self._step],
            low=day.path.low[self._step],
            previous_close=day.previous_close,
            volume=day.path.volume[self._step],
            simulated=True,
        )

    def watch(self, symbols: Collection[str]) -> None:
        """Stream these symbols and no others; the quote of a new one comes at once."""
        wanted = dict.fromkeys(symbols)
        self._new += [each for each in wanted if each not in self._watched]
        self._watched = wanted
        self._woken.set()

    def splits_on(self, day: date, symbols: Collection[str] | None = None) -> list[Split]:
        """Return the splits that take effect at the open of `day` (default: of watched symbols)."""
        found: list[Split] = []
        for symbol in self._watched if symbols is None else symbols:
            if self._history(symbol) is not None:
                splits = self._provider.splits(symbol)
                found += [each for each in splits if each.date == midnight(day)]
        return found

    async def quotes(self, symbols: Collection[str]) -> AsyncIterator[Quote]:
        """Yield the quotes of every step in order, so that each day's high and low are seen.

        Steps that are due within 40 ms come together. After the last session the stream stays
        silent until it is cancelled. A newer call takes over from an older one.
        """
        self._listener += 1
        mine = self._listener
        self._watched = {}
        self._new = []
        self.watch(symbols)
        passed = 0.0  # of the present step or pause
        while mine == self._listener:
            for quote in self._first_quotes():
                yield quote
            if self.ended:
                self._woken.clear()
                await self._woken.wait()
            elif self.paused:
                await self._sleep(NAP)
            else:
                length = self._stretch()
                nap = min(NAP, max(BATCH, (1 - passed) * length))
                await self._sleep(nap)
                passed += nap / length
                while passed >= 1 and mine == self._listener and not self.paused:
                    passed = passed - 1 if self.is_open else 0.0
                    for quote in self._advance():
                        yield quote
                    if not self.is_open:
                        passed = 0.0

    def _stretch(self) -> float:
        """How many seconds the present step, or the pause after the close, takes."""
        if self.is_open:
            return self._day_seconds / self._steps
        return max(SHORTEST_PAUSE, PAUSE_SHARE * self._day_seconds)

    def _first_quotes(self) -> Iterator[Quote]:
        new, self._new = self._new, []
        return filter(None, map(self.quote, new))

    def _advance(self) -> Iterator[Quote]:
        """Go one step on, or to the next session's open, and yield what everybody sees there."""
        opens = not self.is_open
        if opens:
            self._session = self._calendar.next_session(self._session.date)
            self._step = 0
            self._days.clear()
            self._announce(is_open=True)
        else:
            self._step += 1
        yield from filter(None, map(self.quote, tuple(self._watched)))
        if not opens and self._step == self._steps:
            self._announce(is_open=False)

    def _announce(self, *, is_open: bool) -> None:
        if self.session_changed is not None:
            self.session_changed(self.now, is_open)

    def _day(self, symbol: str) -> _Day | None:
        if symbol not in self._days:
            self._days[symbol] = self._make_day(symbol)
        return self._days[symbol]

    def _make_day(self, symbol: str) -> _Day | None:
        bars = self._history(symbol)
        start = midnight(self._session.date)
        row = -1 if bars is None else bars.row_at(start)
        if bars is None or row < 0 or bars.when(row) != start:
            return None
        bar = bars.bar(row)
        previous = None
        if row > 0:
            previous = Decimal(repr(bars.bar(row - 1).close))
            for split in self._provider.splits(symbol):
                if bars.when(row - 1) < split.date <= start:
                    previous /= split.ratio
        path = day_path(symbol, self._session.date, bar, self._steps)
        return _Day(Decimal(repr(bar.open)), previous, path)

    def _history(self, symbol: str) -> Bars | None:
        if symbol not in self._bars:
            try:
                self._bars[symbol] = self._provider.history(symbol, Interval.D1)
            except (SymbolNotFoundError, NoDataError):
                self._bars[symbol] = None  # a list may hold symbols that this market lacks
        return self._bars[symbol]


def _half_spread(last: Decimal) -> Decimal:
    step = CENT if last >= 1 else SMALL
    return max(step, (last * BASIS_POINT).quantize(step))
