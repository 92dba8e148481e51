"""Replay: the past of some charts bar by bar, by one clock, with orders that are not real."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffling.core.errors import BadValueError
from puffling.core.events import ModeChanged, ReplayChanged, ReplayStep
from puffling.services.replay_account import ReplayAccount, ReplayBook
from puffling.services.replay_tape import ReplayTape, words_of

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from puffin.data.bars import Bars, Interval
    from puffin.types import Ticket
    from puffling.core.bus import EventBus
    from puffling.services.bars import BarService
    from puffling.services.replay_account import Part

NONE_ON = "No replay is running."
HINT = "Start one on a chart first."


@dataclass(frozen=True, slots=True)
class ReplayPlace:
    """Where a replay stands.

    Args:
        group: The charts it is for: a link colour, or the name of one chart.
        symbol: The symbol whose bars it goes by.
        interval: How long these bars are.
        until: Every bar that had ended by then is known, in nanoseconds.
        bar: Which bar it stands on, from 1.
        bars: How many there are.
    """

    group: str
    symbol: str
    interval: Interval
    until: int
    bar: int
    bars: int

    @property
    def words(self) -> str:
        """When that was."""
        return words_of(self.until, self.interval)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to show."""
        return self.bar >= self.bars


class ReplayService:
    """One replay at a time. It knows no broker but its own, and tells nobody else of its orders."""

    def __init__(self, bars: BarService, bus: EventBus) -> None:
        self._bars, self._bus = bars, bus
        self._tape = ReplayTape(bars)
        self._account: ReplayAccount | None = None
        self._turn = asyncio.Lock()
        self.place: ReplayPlace | None = None
        self.book = ReplayBook()
        bus.subscribe(ModeChanged, lambda _: self.end() if self.place else None)

    def of(self, group: str) -> ReplayPlace | None:
        """Return where the replay of these charts stands; None when they show the present."""
        return self.place if self.place is not None and self.place.group == group else None

    async def start(self, group: str, symbol: str, interval: Interval, at: int) -> ReplayPlace:
        """Begin at the bar of a moment, in nanoseconds: it is the last one shown.

        Raises:
            BadValueError: Other charts are in replay.
            DataError: There are no prices, with the reason.
        """
        if self.place is not None and self.place.group != group:
            raise BadValueError(
                f"The charts of {self.place.group} are in replay.", hint="End that replay first."
            )
        async with self._turn:
            tape = ReplayTape(self._bars)
            times, ends = await asyncio.to_thread(tape.steps, symbol, interval)
            base = tape.base(symbol, interval)
            self._tape, self._account = tape, ReplayAccount(tape, base)
            self.book = ReplayBook()
            row = max(int(np.searchsorted(times, at, side="right")) - 1, 0)
            self._stand(group, symbol, interval, int(ends[row]), ends)
        return self._say(ReplayStep.STARTED, 0)

    async def follow(self, symbol: str, interval: Interval) -> None:
        """Go by the bars of another symbol or length from now on; the time stays."""
        place, account = self._running, self._trading
        if interval.seconds < account.interval.seconds:
            interval = account.interval  # an order must not fill on a bar that had begun before it
        if (place.symbol, place.interval) == (symbol, interval):
            return
        async with self._turn:
            _, ends = await asyncio.to_thread(self._tape.steps, symbol, interval)
            if self.place is not None:
                self._stand(place.group, symbol, interval, place.until, ends)
        if self.place is not None:
            self._say(ReplayStep.FOLLOWED, place.until)

    async def step(self, bars: int = 1) -> ReplayPlace:
        """Show so many bars more, or less when negative, as far as there are any."""
        async with self._turn:
            place = self._running
            _, ends = await asyncio.to_thread(self._tape.steps, place.symbol, place.interval)
            row = bars + int(np.searchsorted(ends, place.until, side="left"))
            if bars > 0:
                row = bars - 1 + int(np.searchsorted(ends, place.until, side="right"))
            await self._go(int(ends[min(max(row, 0), len(ends) - 1)]), ends)
        return self._say(ReplayStep.STEPPED if bars > 0 else ReplayStep.JUMPED, place.until)

    async def jump(self, at: int) -> ReplayPlace:
        """Show everything up to the bar of a moment, in nanoseconds."""
        async with self._turn:
            place = self._running
            times, ends = await asyncio.to_thread(self._tape.steps, place.symbol, place.interval)
            row = max(int(np.searchsorted(times, at, side="right")) - 1, 0)
            await self._go(int(ends[row]), ends)
        return self._say(ReplayStep.JUMPED, place.until)

    def end(self) -> None:
        """Show the present again; the replay's orders and profit are forgotten."""
        place, self.place, self._account = self._running, None, None
        self.book = ReplayBook()
        self._bus.publish(ReplayChanged(place.group, ReplayStep.ENDED))

    # -- what is shown -----------------------------------------------------------------------

    def bars(self, symbol: str, interval: Interval, until: int | None = None) -> Bars:
        """Return the bars of any symbol as they stood where the replay stands; blocks at first.

        Raises:
            DataError: There are none that early, with the reason.
        """
        return self._tape.cut(symbol, interval, self._running.until if until is None else until)

    def tail(self, symbol: str, interval: Interval, since: int) -> Bars | None:
        """Return the bars that follow what was shown `since`; None when all are to be read."""
        return self._tape.tail(symbol, interval, since, self._running.until)

    # -- its orders --------------------------------------------------------------------------

    async def order(self, ticket: Ticket) -> None:
        """Give a virtual order; it waits for the next bar.

        Raises:
            BadValueError: It is not possible, with the reason.
        """
        async with self._turn:
            place, account = self._running, self._trading
            await asyncio.to_thread(self._tape.load, ticket.symbol, account.interval)
            await account.place(ticket, place.until)
            self.book = await account.read()
        self._say(ReplayStep.TRADED, place.until)

    async def cancel(self, order_id: str) -> None:
        """Cancel a virtual order.

        Raises:
            BadValueError: It is not waiting.
        """
        async with self._turn:
            place = self._running
            await self._trading.cancel(order_id, place.until)
            self.book = await self._trading.read()
        self._say(ReplayStep.TRADED, place.until)

    async def change(self, order_id: str, price: Decimal, part: Part = "") -> None:
        """Give a virtual order another price; of a limit and a stop, `part` says which.

        Raises:
            BadValueError: It is not waiting, or the price is not possible.
        """
        async with self._turn:
            place = self._running
            await self._trading.change(order_id, price, place.until, part)
            self.book = await self._trading.read()
        self._say(ReplayStep.TRADED, place.until)

    # -- inside ------------------------------------------------------------------------------

    async def _go(self, until: int, ends: NDArray[np.int64]) -> None:
        place, account = self._running, self._trading
        await account.move(place.until, until)
        self.book = await account.read()
        self._stand(place.group, place.symbol, place.interval, until, ends)

    def _stand(
        self,
        group: str,
        symbol: str,
        interval: Interval,
        until: int,
        ends: NDArray[np.int64],
    ) -> None:
        bar = int(np.searchsorted(ends, until, side="right"))
        self.place = ReplayPlace(group, symbol, interval, until, bar, len(ends))

    def _say(self, step: ReplayStep, since: int) -> ReplayPlace:
        place = self._running
        self._bus.publish(ReplayChanged(place.group, step, since))
        return place

    @property
    def _running(self) -> ReplayPlace:
        if self.place is None:
            raise BadValueError(NONE_ON, hint=HINT)
        return self.place

    @property
    def _trading(self) -> ReplayAccount:
        if self._account is None:
            raise BadValueError(NONE_ON, hint=HINT)
        return self._account
