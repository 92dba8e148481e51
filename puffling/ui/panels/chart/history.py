"""Fetches the bars a chart asks for; an answer to an older question is passed over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import PuffinError
from puffling.core import formats
from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from puffin.data.bars import Bars, Interval
    from puffling.services.bars import BarService
    from puffling.services.market import MarketService
    from puffling.services.replay import ReplayPlace, ReplayService


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a symbol: its bars, who has them, and which intervals there are."""

    bars: Bars
    source: str
    intervals: frozenset[Interval]
    is_demo: bool
    past: str = ""  # where the replay stood that they are of

    @property
    def note(self) -> str:
        """Where the bars come from, how far they reach, and what was done to them."""
        bars = self.bars
        adjusted = "not adjusted for splits and dividends"
        if bars.adjusted:
            adjusted = f"split- and dividend-adjusted as of {formats.day(bars.as_of or bars.last)}"
        span = f"{formats.day(bars.first)} to {formats.day(bars.last)}"
        told = f"Replay: only what was known on {self.past}. " if self.past else ""
        return f"{told}{self.source} · {span} · {adjusted}"

    @property
    def why_not(self) -> str:
        """Why other intervals cannot be chosen."""
        if self.is_demo:
            return "The demo market has daily prices only."
        return f"{self.bars.symbol} has no bars of that length."


class History:
    """One question at a time; `found` and `failed` hear only of the last one."""

    def __init__(
        self,
        bars: BarService,
        market: MarketService,
        replay: ReplayService,
        *,
        spawn: Callable[[Coroutine[object, object, None]], object],
        found: Callable[[Answer], object],
        failed: Callable[[Exception, str], object],
    ) -> None:
        self._bars = bars
        self._market = market
        self._replay = replay
        self._spawn = spawn
        self._found = found
        self._failed = failed
        self._question = 0

    def ask(self, symbol: str, interval: Interval, past: ReplayPlace | None = None) -> None:
        """Fetch these bars, or as they were in a replay; whatever was asked before is void."""
        self.forget()
        self._spawn(self._fetch(self._question, symbol, interval, past))

    def forget(self) -> None:
        """Let the last question go unanswered."""
        self._question += 1

    async def _fetch(
        self, question: int, symbol: str, interval: Interval, past: ReplayPlace | None
    ) -> None:
        try:
            answer = await asyncio.to_thread(self._read, symbol, interval, past)
        except (PuffinError, PufflingError) as error:
            if question == self._question:
                self._failed(error, error.hint)
            return
        if question == self._question:
            self._found(answer)

    def _read(self, symbol: str, interval: Interval, past: ReplayPlace | None) -> Answer:
        if past is None:
            bars = self._bars.history(symbol, interval)
        else:
            bars = self._replay.bars(symbol, interval, past.until)
        intervals = frozenset(self._bars.intervals(symbol))
        is_demo = symbol in self._market.symbols
        told = "" if past is None else past.words
        return Answer(bars, self._bars.source(symbol), intervals, is_demo, told)
