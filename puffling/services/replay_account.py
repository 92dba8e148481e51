"""The account of a replay: virtual orders on a paper broker of its own, made anew at will."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING, Literal

import numpy as np

from puffin.broker.paper import PaperBroker
from puffin.data.times import moment
from puffin.errors import BrokerError, OrderRejectedError
from puffin.execution.costs import Costs
from puffin.types import ZERO, Order, OrderStatus, OrderType, Quote, Side, TimeInForce
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from datetime import datetime

    from puffin.data.bars import Bar, Interval
    from puffin.types import Fill, Position, Ticket
    from puffling.services.replay_tape import ReplayTape

NAME = "replay"
CASH = Decimal(100_000)
MORNING = timedelta(hours=15)  # a day's prices are dated within its session, in UTC
EVENING = timedelta(hours=20)
TICK = timedelta(milliseconds=1)
PATIENCE = 0.02  # seconds of work before others have a turn
MOST_STOPS = 200  # prices met between two of a bar's four, so that nothing goes on for ever


Part = Literal["", "limit", "stop"]  # which price of an order; empty: the one that it has


@dataclass(frozen=True, slots=True)
class Deed:
    """What was asked for, and when: an order, the end of one, or another price for one."""

    until: int
    ticket: Ticket | None = None
    of: str = ""  # the order that is to end, or to change
    price: Decimal | None = None
    part: Part = ""


@dataclass(frozen=True, slots=True)
class ReplayBook:
    """What the account of a replay has and did.

    Args:
        profit: At the last close of the bars shown.
        stops: Where the stop of each waiting order stands, by its id; a trailing one moves.
    """

    cash: Decimal = CASH
    profit: Decimal = ZERO
    positions: tuple[Position, ...] = ()
    orders: tuple[Order, ...] = ()
    fills: tuple[Fill, ...] = ()
    stops: Mapping[str, Decimal] = field(default_factory=dict)

    def position(self, symbol: str) -> Position | None:
        """Return what is held of `symbol`, if anything is."""
        return next((each for each in self.positions if each.symbol == symbol), None)


class ReplayAccount:
    """Trades bar by bar. What happened follows from the deeds alone, so time can be turned back.

    Inside a bar, prices are taken to run from its open over its low and its high to its close
    when it rises, over its high first when it falls; an order fills where that way meets its
    price, or at the open after a gap; a trailing stop follows that way from the first price that
    it sees. An order given at a bar's end waits for the next bar. There is no spread and no
    commission; dividends that the source tells of are paid.

    Args:
        tape: The bars.
        interval: How long the bars are that orders fill on.
    """

    _broker: PaperBroker
    _tickets: list[tuple[Ticket, Decimal | None]] | None  # what waits, with its stop of now

    def __init__(self, tape: ReplayTape, interval: Interval) -> None:
        self._tape, self.interval = tape, interval
        self._deeds: list[Deed] = []
        self._begin()

    async def read(self) -> ReplayBook:
        """Return how it stands."""
        cash, positions = await self._broker.cash(), tuple(await self._broker.positions())
        worth = sum((each.quantity * self._last[each.symbol] for each in positions), ZERO)
        return ReplayBook(
            cash=cash,
            profit=cash + worth - CASH,
            positions=positions,
            orders=tuple(await self._broker.open_orders()),
            fills=tuple(await self._broker.fills()),
            stops=await self._broker.stops(),
        )

    async def place(self, ticket: Ticket, until: int) -> None:
        """Give an order at the end of the bar in view; what was undone before is forgotten.

        Raises:
            BadValueError: The order is not possible, with the reason.
        """
        self._tape.known(ticket.symbol, self.interval, until)  # or say that there are no prices
        ticket = replace(ticket, time_in_force=TimeInForce.GTC)
        kept = [each for each in self._deeds if each.until <= until]
        update = await self._broker.submit(self._order(len(kept), ticket, until))
        if update.status is OrderStatus.REJECTED:
            raise BadValueError(update.reason, hint="This is the replay's own account.")
        self._deeds = [*kept, Deed(until, ticket)]

    async def cancel(self, order_id: str, until: int) -> None:
        """Cancel an order of the replay; what was undone before is forgotten.

        Raises:
            BadValueError: There is no such order waiting.
        """
        if order_id not in {each.id for each in await self._broker.open_orders()}:
            raise BadValueError("That order is not waiting any more.")
        self._deeds = [each for each in self._deeds if each.until <= until]
        self._deeds.append(Deed(until, of=order_id))
        self._tickets = None
        await self._broker.cancel(order_id)

    async def change(self, order_id: str, price: Decimal, until: int, part: Part = "") -> None:
        """Give a waiting order another price; what was undone before is forgotten.

        Of an order with a limit and a stop, `part` says which; else its stop is meant.

        Raises:
            BadValueError: There is no such order waiting, or the price is not possible.
        """
        kept = [each for each in self._deeds if each.until <= until]
        deed = Deed(until, of=order_id, price=price, part=part)
        try:
            await self._move(len(kept), deed)
        except (OrderRejectedError, BrokerError) as error:
            raise BadValueError(str(error)) from None
        self._deeds = [*kept, deed]

    async def _move(self, number: int, deed: Deed) -> None:
        waiting = {each.id: each for each in await self._broker.open_orders()}
        if deed.of not in waiting:
            raise OrderRejectedError("That order is not waiting any more.")
        ticket = waiting[deed.of].ticket
        if ticket.type is OrderType.TRAILING:
            raise OrderRejectedError("A trailing stop follows the price by itself: cancel it.")
        if deed.part == "limit" or ticket.type is OrderType.LIMIT:
            ticket = replace(ticket, limit_price=deed.price)
        else:
            ticket = replace(ticket, stop_price=deed.price)
        changed = self._order(number, ticket, deed.until)
        await self._broker.replace(deed.of, changed)

    async def move(self, since: int, until: int) -> None:
        """Let the time go on, or turn it back: then everything is made anew up to there."""
        if until < since:
            self._begin()
            if not self._deeds:
                return
            since = min(self._deeds[0].until, until)
            await self._do(since)
        if self._deeds and since < until:
            await self._live(since, until)

    def _begin(self) -> None:
        self._at = moment(0)
        self._tickets = None
        self._last: dict[str, Decimal] = {}
        self._broker = PaperBroker(NAME, CASH, Costs(), lambda: self._at)

    async def _live(self, since: int, until: int) -> None:
        """Go through every bar that ended in between, in the order of time."""
        symbols = sorted({each.ticket.symbol for each in self._deeds if each.ticket is not None})
        rows: list[tuple[int, str, int]] = []
        for symbol in symbols:
            ends = self._tape.ends(symbol, self.interval)
            first, last = (int(np.searchsorted(ends, at, side="right")) for at in (since, until))
            rows += [(int(ends[row]), symbol, row) for row in range(first, last)]
        rows += [(each.until, "", 0) for each in self._deeds if since < each.until <= until]
        begun = monotonic()
        for end, group in groupby(sorted(rows), key=itemgetter(0)):
            traded = False
            for _, symbol, row in group:
                traded |= bool(symbol) and await self._trade(symbol, row, end)
            self._at = moment(end)
            if traded:
                self._broker.end_session(self._at)
            await self._do(end)
            if monotonic() - begun > PATIENCE:  # whoever else waits has a turn
                await asyncio.sleep(0)
                begun = monotonic()

    async def _do(self, until: int) -> None:
        """Do again what was done at the end of this bar."""
        self._at = max(self._at, moment(until))
        for number, deed in enumerate(self._deeds):
            if deed.until != until:
                continue
            if deed.ticket is not None:
                await self._broker.submit(self._order(number, deed.ticket, until))
            elif deed.price is not None:
                await self._move(number, deed)
            else:
                self._tickets = None
                await self._broker.cancel(deed.of)

    async def _trade(self, symbol: str, row: int, end: int) -> bool:
        """Let a symbol go through one of its bars; whether anything there could have happened."""
        bars = self._tape.load(symbol, self.interval)
        if row:
            before, now = int(bars.time[row - 1]), int(bars.time[row])
            for split in self._tape.splits(symbol, before, now):
                self._broker.apply_split(split)
                self._tickets = None
            for due, per_share in self._tape.dividends(symbol, before, now):
                self._broker.pay_dividend(symbol, due + MORNING, per_share)
        self._last[symbol] = Decimal(repr(float(bars.close[row])))
        low, high = float(bars.low[row]), float(bars.high[row])
        if not any(touches(each, low, high) for each, _ in await self._waiting(symbol)):
            return False
        bar = bars.bar(row)
        start, close = bar.time, moment(end) - TICK
        if not self.interval.is_intraday:
            start, close = bar.time + MORNING, bar.time + EVENING
        at, here = max(start, self._at + TICK), Decimal(repr(bar.open))
        for there in way_of(bar):
            async for price in self._stops(symbol, here, there):
                self._take(symbol, price, at, bar)
                at += TICK
            self._take(symbol, there, at, bar)
            at, here = at + TICK, there
        self._take(symbol, self._last[symbol], max(at, close), bar)
        return True

    async def _waiting(self, symbol: str) -> list[tuple[Ticket, Decimal | None]]:
        if self._tickets is None:
            stops, waiting = await self._broker.stops(), await self._broker.open_orders()
            self._tickets = [(each.ticket, stops.get(each.id)) for each in waiting]
        return [each for each in self._tickets if each[0].symbol == symbol]

    async def _stops(self, symbol: str, here: Decimal, there: Decimal) -> AsyncIterator[Decimal]:
        """Yield the prices of waiting orders that are met on the way, one after the other."""
        for _ in range(MOST_STOPS):
            prices = {
                price
                for ticket, stop in await self._waiting(symbol)
                for price in (ticket.limit_price, stop)
                if price is not None and min(here, there) < price < max(here, there)
            }
            if not prices:
                return
            here = min(prices) if there > here else max(prices)
            yield here

    def _take(self, symbol: str, price: Decimal, at: datetime, bar: Bar) -> None:
        self._at, self._tickets = at, None
        opened = Decimal(repr(bar.open))
        self._broker.take_quote(Quote(symbol, price, price, price, at, open=opened, simulated=True))

    def _order(self, number: int, ticket: Ticket, until: int) -> Order:
        at = moment(until)
        self._at, self._tickets = max(self._at, at), None
        return Order(f"{NAME}-{number}", NAME, ticket, OrderStatus.SENT, at, at, at)


def touches(ticket: Ticket, low: float, high: float) -> bool:
    """Whether a bar between two prices could fill an order or set it off; never wrongly no."""
    prices = [float(each) for each in (ticket.limit_price, ticket.stop_price) if each is not None]
    if not prices or ticket.type not in {OrderType.LIMIT, OrderType.STOP}:
        return True
    falls = (ticket.side is Side.BUY) is (ticket.type is OrderType.LIMIT)
    return low <= prices[0] if falls else high >= prices[0]


def way_of(bar: Bar) -> Iterator[Decimal]:
    """Return the prices a bar is taken to run through: open, two turns, close."""
    turns = (bar.low, bar.high) if bar.close >= bar.open else (bar.high, bar.low)
    return (Decimal(repr(each)) for each in (bar.open, *turns, bar.close))
