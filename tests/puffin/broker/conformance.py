"""What any broker must do: a suite that each of them passes, given a market to trade on.

A subclass gives `stage`, a broker on a market that a test can move; it is entered and left by
the fixture. Prices jump clearly over what orders name, so that every sane fill rule agrees.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import pytest

from puffin.broker.base import Connected
from puffin.errors import BrokerError, OrderRejectedError
from puffin.types import (
    Order,
    OrderClass,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Side,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from puffin.broker.base import Broker, Lost

PATIENCE = 60.0
BUY, SELL = Side.BUY, Side.SELL
D = Decimal


class Stage(Protocol):
    """A broker, and a hand on the market it trades on. The account begins with 100,000."""

    @property
    def broker(self) -> Broker: ...

    @property
    def account(self) -> str: ...

    def now(self) -> datetime:
        """The market's time."""
        ...

    async def quote(self, symbol: str, bid: str, ask: str, size: int | None = None) -> None:
        """Let the market quote; each order gets at most `size` of it."""
        ...

    async def end_session(self) -> None:
        """Close the market for the day."""
        ...

    async def outside(self, symbol: str, side: Side, quantity: str, limit: str) -> str:
        """Place an order by another road than this broker; "" when there is none."""
        ...


class Listener:
    """Keeps what `updates` says, and waits for what should come."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[OrderUpdate | Connected | Lost] = []
        self._stirred = asyncio.Condition()
        self._task = asyncio.create_task(self._listen(broker))

    async def _listen(self, broker: Broker) -> None:
        async for each in broker.updates():
            async with self._stirred:
                self.heard.append(each)
                self._stirred.notify_all()

    def about(self, order_id: str) -> list[OrderUpdate]:
        return [
            each
            for each in self.heard
            if isinstance(each, OrderUpdate) and each.order_id == order_id
        ]

    def statuses(self, order_id: str) -> set[OrderStatus]:
        return {each.status for each in self.about(order_id)}

    def fills(self, order_id: str) -> dict[str, Decimal]:
        """Return each execution once: its id and its quantity."""
        return {each.fill.id: each.fill.quantity for each in self.about(order_id) if each.fill}

    async def until(self, so: Callable[[], bool]) -> None:
        async with self._stirred:
            await asyncio.wait_for(self._stirred.wait_for(so), PATIENCE)

    async def until_status(self, order_id: str, status: OrderStatus) -> None:
        await self.until(lambda: status in self.statuses(order_id))

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class BrokerConformance:
    """Inherit from it, and give the fixture `stage`."""

    @pytest.fixture
    async def heard(self, stage: Stage) -> AsyncIterator[Listener]:
        listener = Listener(stage.broker)
        await listener.until(lambda: bool(listener.heard))
        yield listener
        await listener.close()

    def order(self, stage: Stage, id_: str, ticket: Ticket) -> Order:
        now = stage.now()
        return Order(id_, stage.account, ticket, OrderStatus.SENT, now, now, now)

    def limit(self, side=BUY, quantity="10", price="90", *, tif=TimeInForce.GTC, **more) -> Ticket:
        return Ticket(
            "AAPL", side, D(quantity), OrderType.LIMIT, D(price), time_in_force=tif, **more
        )

    async def hold(self, stage: Stage, heard: Listener, quantity="10") -> None:
        """Buy some at 101."""
        await stage.quote("AAPL", "99", "101")
        bought = self.order(stage, "hold", Ticket("AAPL", BUY, D(quantity)))
        await stage.broker.submit(bought)
        await heard.until_status("hold", OrderStatus.FILLED)

    async def test_the_stream_begins_by_saying_that_it_is_up(self, stage: Stage, heard: Listener):
        assert isinstance(heard.heard[0], Connected)

    async def test_a_market_order_fills_at_the_market(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        await stage.broker.submit(self.order(stage, "m1", Ticket("AAPL", BUY, D(10))))
        await heard.until_status("m1", OrderStatus.FILLED)
        (fill,) = await stage.broker.fills()
        assert (fill.order_id, fill.account, fill.symbol) == ("m1", stage.account, "AAPL")
        assert (fill.side, fill.quantity, fill.price) == (BUY, D(10), D(101))
        assert list(heard.fills("m1")) == [fill.id]
        (position,) = await stage.broker.positions()
        assert (position.symbol, position.quantity) == ("AAPL", D(10))
        assert position.average_cost == D(101)
        assert await stage.broker.cash() == D(100_000) - D(1010)

    async def test_the_same_id_is_sent_once(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        order = self.order(stage, "once", self.limit())
        first = await stage.broker.submit(order)
        again = await stage.broker.submit(order)
        assert first.order_id == again.order_id == "once"
        assert len(await stage.broker.open_orders()) == 1

    async def test_a_limit_order_waits_and_can_be_cancelled(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        await stage.broker.submit(self.order(stage, "l1", self.limit()))
        await heard.until_status("l1", OrderStatus.WORKING)
        answer = await stage.broker.cancel("l1")
        assert answer.status in {OrderStatus.CANCELLED, OrderStatus.PENDING_CANCEL}
        await heard.until_status("l1", OrderStatus.CANCELLED)
        assert not await stage.broker.open_orders()
        looked = await stage.broker.lookup("l1")
        assert looked is not None
        assert looked.status is OrderStatus.CANCELLED

    async def test_a_cancel_that_comes_too_late_says_so(self, stage: Stage, heard: Listener):
        await self.hold(stage, heard)
        answer = await stage.broker.cancel("hold")
        assert answer.status is OrderStatus.FILLED
        assert "too late" in answer.reason.lower()

    async def test_an_unknown_order_cannot_be_cancelled(self, stage: Stage):
        with pytest.raises(BrokerError):
            await stage.broker.cancel("nobody")

    async def test_an_order_that_never_arrived_is_proved_not_to_exist(self, stage: Stage):
        assert await stage.broker.lookup("nobody") is None

    async def test_looking_up_twice_says_the_same(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        await stage.broker.submit(self.order(stage, "l1", self.limit()))
        await heard.until_status("l1", OrderStatus.WORKING)
        first, second = await stage.broker.lookup("l1"), await stage.broker.lookup("l1")
        assert first is not None
        assert first == second

    async def test_a_changed_order_takes_the_place_of_the_old(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        await stage.broker.submit(self.order(stage, "old", self.limit()))
        await heard.until_status("old", OrderStatus.WORKING)
        changed = self.order(stage, "new", self.limit(quantity="5", price="80"))
        answer = await stage.broker.replace("old", changed)
        assert answer.order_id == "new"
        await heard.until_status("old", OrderStatus.REPLACED)
        (left,) = await stage.broker.open_orders()
        assert (left.id, left.ticket.quantity, left.ticket.limit_price) == ("new", D(5), D(80))
        await stage.quote("AAPL", "69", "70")
        await heard.until_status("new", OrderStatus.FILLED)
        assert heard.fills("new") == {next(iter(heard.fills("new"))): D(5)}
        assert not heard.fills("old")

    async def test_an_order_that_filled_cannot_be_changed(self, stage: Stage, heard: Listener):
        await self.hold(stage, heard)
        with pytest.raises(OrderRejectedError):
            await stage.broker.replace("hold", self.order(stage, "new", self.limit()))
        assert await stage.broker.lookup("new") is None

    async def test_a_part_fills_and_then_the_rest(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        await stage.broker.submit(self.order(stage, "p1", self.limit()))
        await heard.until_status("p1", OrderStatus.WORKING)
        await stage.quote("AAPL", "79", "80", size=4)
        await heard.until_status("p1", OrderStatus.PARTIAL)
        looked = await stage.broker.lookup("p1")
        assert looked is not None
        assert looked.status is OrderStatus.PARTIAL
        assert sum(heard.fills("p1").values()) == D(4)
        await stage.quote("AAPL", "77", "78")
        await heard.until_status("p1", OrderStatus.FILLED)
        fills = await stage.broker.fills()
        assert [(each.quantity, each.price) for each in fills] == [(D(4), D(80)), (D(6), D(78))]
        assert heard.fills("p1") == {each.id: each.quantity for each in fills}

    async def test_fills_are_asked_from_a_moment_on(self, stage: Stage, heard: Listener):
        await self.hold(stage, heard)
        (fill,) = await stage.broker.fills()
        assert [each.id for each in await stage.broker.fills(fill.at)] == [fill.id]
        assert not await stage.broker.fills(fill.at + timedelta(seconds=1))

    async def test_a_day_order_expires_and_another_lives_on(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        day = self.limit(tif=TimeInForce.DAY)
        await stage.broker.submit(self.order(stage, "day", day))
        await stage.broker.submit(self.order(stage, "gtc", self.limit()))
        await heard.until_status("gtc", OrderStatus.WORKING)
        await stage.end_session()
        await heard.until_status("day", OrderStatus.EXPIRED)
        assert [each.id for each in await stage.broker.open_orders()] == ["gtc"]

    async def test_a_stop_is_set_off_by_the_market(self, stage: Stage, heard: Listener):
        await self.hold(stage, heard)
        stop = Ticket("AAPL", SELL, D(10), OrderType.STOP, stop_price=D(90))
        await stage.broker.submit(self.order(stage, "s1", stop))
        await heard.until_status("s1", OrderStatus.WORKING)
        await stage.quote("AAPL", "80", "81")
        await heard.until_status("s1", OrderStatus.FILLED)
        assert not await stage.broker.positions()

    async def test_an_entry_brings_its_exits_and_one_ends_the_other(
        self, stage: Stage, heard: Listener
    ):
        await stage.quote("AAPL", "99", "101")
        ticket = Ticket("AAPL", BUY, D(10), take_profit=D(120), stop_loss=D(90))
        assert ticket.order_class is OrderClass.BRACKET
        await stage.broker.submit(self.order(stage, "entry", ticket))
        await heard.until_status("entry", OrderStatus.FILLED)
        await heard.until(lambda: len(self.exits(heard)) == 2)
        waiting = {each.id: each for each in await stage.broker.open_orders()}
        target = next(each for each in waiting.values() if each.ticket.limit_price == D(120))
        stop = next(each for each in waiting.values() if each.ticket.stop_price == D(90))
        assert {each.parent for each in (target, stop)} == {"entry"}
        assert {each.ticket.side for each in (target, stop)} == {SELL}
        await stage.quote("AAPL", "125", "126")
        await heard.until_status(target.id, OrderStatus.FILLED)
        await heard.until_status(stop.id, OrderStatus.CANCELLED)
        assert not await stage.broker.positions()
        assert not await stage.broker.open_orders()

    def exits(self, heard: Listener) -> set[str]:
        """The orders that were said to have come with the entry."""
        return {
            each.order_id
            for each in heard.heard
            if isinstance(each, OrderUpdate) and each.order and each.order.parent == "entry"
        }

    async def test_orders_from_elsewhere_are_seen(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        id_ = await stage.outside("AAPL", BUY, "3", "50")
        if not id_:
            pytest.skip("This broker has no other road.")
        (found,) = await stage.broker.open_orders()
        assert found.id == id_
        assert found.external
        assert (found.ticket.quantity, found.ticket.limit_price) == (D(3), D(50))

    async def test_the_account_tells_what_can_be_spent(self, stage: Stage, heard: Listener):
        await self.hold(stage, heard)
        account = await stage.broker.account()
        assert account.cash == await stage.broker.cash()
        assert account.buying_power > 0
        assert not account.blocked

    async def test_an_order_beyond_the_buying_power_is_refused(self, stage: Stage, heard: Listener):
        await stage.quote("AAPL", "99", "101")
        large = self.order(stage, "large", self.limit(quantity="100000", price="100"))
        try:
            answer = await stage.broker.submit(large)
        except OrderRejectedError:
            return
        assert answer.status is OrderStatus.REJECTED

    async def test_the_clock_tells_the_hours(self, stage: Stage):
        clock = await stage.broker.clock()
        assert clock.now.tzinfo is not None
        assert clock.next_close.tzinfo is not None
