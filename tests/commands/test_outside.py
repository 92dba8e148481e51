from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.types import OrderStatus, OrderType, Side, Ticket
from puffling.commands import outside
from puffling.core.errors import PufflingError, StoreFullError, StoreLockedError
from puffling.core.settings import Mode
from puffling.store.halts import HaltStore
from puffling.store.opening import open_storage
from tests.fakes import until
from tests.outside import AwayBroker, priced

BUY = Ticket("NFLX", Side.BUY, Decimal(1))


@pytest.fixture
def placed(keyring, world, gate, clock):
    """Leave an order working at the paper broker."""

    async def placed(app):
        keyring.give("alpaca paper")
        world.lists("NFLX")
        context = app.context
        await context.modes.switch(Mode.PAPER, "test")
        await until(lambda: world.sources[-1].watched)
        world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
        await until(lambda: context.quotes.last("NFLX") and context.orders.ready)
        await context.risk.prepare(BUY)
        proposal = context.orders.propose(BUY, "test")
        return await context.orders.submit(proposal, gate.yes(proposal))

    return placed


async def test_while_the_window_hangs_its_orders_are_cancelled_at_the_broker(
    opening, paths, keyring, world, placed, monkeypatch
):
    monkeypatch.setattr(outside, "HALT_WITHIN", 0.05)
    async with opening() as hung:
        order = await placed(hung)
        before = len(world.brokers)
        # Nothing of the window runs while this thread is waited for in a way that blocks its loop.
        said = await asyncio.to_thread(
            lambda: outside.halt(paths, world, keyring, reason="it hangs")
        )
        mine = world.brokers[before]
        assert mine.cancelled == [order.id]
        assert mine.closed
        assert said == "Trading is halted. 1 order was cancelled at the broker."


async def test_without_a_window_orders_at_the_broker_do_not_wait_for_the_next_start(
    opening, paths, keyring, world, placed
):
    async with opening() as opened:
        order = await placed(opened)
    said = await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
    assert world.brokers[-1].cancelled == [order.id]
    assert "1 order was cancelled at the broker" in said


async def test_what_could_not_be_cancelled_is_named(opening, paths, keyring, world, placed):
    async with opening() as opened:
        await placed(opened)
    world.down = True
    named = r"NOT cancelled: PAPER account ••••1234: Buy 1 NFLX.*: nobody is there. Cancel them"
    with pytest.raises(PufflingError, match=named):
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
    keyring.kept.clear()
    with pytest.raises(PufflingError, match=r"halted already.*: there are no keys"):
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))


async def test_a_store_that_takes_nothing_does_not_stop_the_cancelling(
    opening, paths, keyring, world, placed, monkeypatch
):
    async with opening() as opened:
        order = await placed(opened)

    def full(*_):
        raise StoreFullError("The disk is full.", hint="Make room.")

    monkeypatch.setattr(HaltStore, "set", full)
    with pytest.raises(PufflingError, match="could not be stored, so Puffling can trade on"):
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
    assert world.brokers[-1].cancelled == [order.id]


async def test_a_profile_that_cannot_be_opened_does_not_stop_the_cancelling(
    opening, paths, keyring, world, placed
):
    async with opening() as opened:
        order = await placed(opened)
    world.remembers(next(each for each in world.brokers if each.sent))
    elsewhere = replace(order, id="0f8fad5b-d9cb-469f-a165-70867728950e")
    world.known.sent.append(elsewhere)
    for each in paths.root.glob("puffling.db*"):
        each.write_bytes(b"nonsense" * 1_000)
    with pytest.raises(PufflingError, match="NOT stored, so Puffling can trade on: ") as told:
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
    assert world.brokers[-1].cancelled == [order.id]
    assert world.brokers[-1].closed
    assert "1 order was cancelled at the broker. 1 open order was left alone" in str(told.value)


async def test_what_cannot_be_cancelled_without_the_profile_is_said(
    paths, keyring, world, monkeypatch
):
    def locked(*_):
        raise StoreLockedError("Another program holds puffling.db.")

    monkeypatch.setattr(outside, "open_storage", locked)
    with pytest.raises(PufflingError, match="No keys of a broker were found, so nothing was"):
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
    keyring.give("alpaca paper")
    with pytest.raises(PufflingError, match="The broker shows no open order that was placed"):
        await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))


async def test_an_order_that_cannot_be_cancelled_without_the_profile_is_named(
    opening, paths, keyring, world, placed, monkeypatch
):
    async with opening() as opened:
        await placed(opened)
    world.remembers(next(each for each in world.brokers if each.sent))

    def locked(*_):
        raise StoreLockedError("Another program holds puffling.db.")

    async def lost(_):
        raise ConnectionError("nobody is there")

    world.down = True
    monkeypatch.setattr(outside, "open_storage", locked)
    for why in ("Alpaca paper account: Buy 1 NFLX.*: nobody", "Alpaca paper account: nobody"):
        with pytest.raises(PufflingError, match=f"NOT cancelled: {why} is there. Cancel them"):
            await asyncio.to_thread(lambda: outside.halt(paths, world, keyring, reason=""))
        monkeypatch.setattr(AwayBroker, "open_orders", lost)


async def test_the_window_in_another_mode_cancels_what_is_open_elsewhere(
    opening, world, placed, clock, paths
):
    async with opening() as opened:
        order = await placed(opened)
        await opened.context.modes.switch(Mode.DEMO, "test")
        before = len(world.brokers)
        await opened.context.risk.halt("test")
        assert world.brokers[before].cancelled == [order.id]
        storage = open_storage(paths, clock)
        try:
            assert HaltStore(storage.user).read() is not None
        finally:
            storage.close()


async def test_a_mode_entered_while_trading_is_halted_cancels_before_anything_fills(
    opening, gate, stepper
):
    async with opening() as opened:
        context = opened.context
        waiting = Ticket("AAPL", Side.BUY, Decimal(1), OrderType.LIMIT, Decimal(500))
        proposal = context.orders.propose(waiting, "test")
        order = await context.orders.submit(proposal, gate.yes(proposal))
        await context.modes.switch(Mode.SIM, "test")
        await context.risk.halt("test")
        await context.modes.switch(Mode.DEMO, "test")
        assert context.orders.get(order.id).status is OrderStatus.CANCELLED
