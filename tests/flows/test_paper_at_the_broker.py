"""PAPER as a trader lives it, against a loopback Alpaca that speaks its real protocol."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.types import OrderStatus, OrderType, Side, Ticket
from puffling.app import build
from puffling.app.outside import Alpaca
from puffling.commands import outside as from_outside
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.settings import Mode
from tests.fakes import FakeClock, FakeGate, NoNetwork, until
from tests.outside import FakeSecrets
from tests.puffin.broker.alpaca_stage import ready
from tests.servers.alpaca import alpaca_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puffling.app import App

BUY = Ticket("NFLX", Side.BUY, Decimal(5))
LOW = Ticket("NFLX", Side.BUY, Decimal(3), OrderType.LIMIT, Decimal(80))


@pytest.fixture
def server():
    ready()
    with alpaca_server() as server:
        yield server
        server.release()


@pytest.fixture
def keys(server):
    kept = FakeSecrets()
    kept.give("alpaca paper", key=server.key, secret=server.secret)
    return kept


@pytest.fixture
def alpaca(server):
    return Alpaca(
        EventBus(),
        SystemClock(),
        url=server.url,
        data_url=server.url,
        orders_stream=server.stream_url,
        prices_stream=server.data_stream_url,
    )


@pytest.fixture
def desk_at(paths, keys, alpaca):
    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        app = build(paths, outside=alpaca, secrets=keys, online=NoNetwork(), actor="test")
        await app.start()
        try:
            yield app
        finally:
            await app.stop()

    return opened


async def trade(app: App, ticket: Ticket):
    """Place an order the way the ticket does, and say yes."""
    context = app.context
    await context.risk.prepare(ticket)
    await until(lambda: context.quotes.last(ticket.symbol) and context.orders.ready)
    proposal = context.orders.propose(ticket, "desk")
    return await context.orders.submit(
        proposal, FakeGate(FakeClock(context.clock.now())).yes(proposal)
    )


async def test_an_order_is_sent_filled_and_still_there_after_a_restart(desk_at, server):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        await app.context.modes.switch(Mode.PAPER, "test")
        assert app.context.portfolio.cash == 100_000
        assert app.context.broker.account.buying_power > 0
        order = await trade(app, BUY)
        await until(lambda: app.context.portfolio.position("NFLX"))
        assert app.context.portfolio.position("NFLX").quantity == 5
        assert app.context.orders.get(order.id).status is OrderStatus.FILLED
    async with desk_at() as later:
        assert later.context.market.mode is Mode.PAPER
        await until(lambda: later.context.orders.ready)
        assert later.context.portfolio.position("NFLX").quantity == 5
        assert later.context.portfolio.cash == 100_000 - Decimal("450.50")
        assert later.context.orders.mismatch() == []


async def test_what_waits_at_the_broker_survives_a_visit_to_the_demo(desk_at, server):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        context = app.context
        await context.modes.switch(Mode.PAPER, "test")
        order = await trade(app, LOW)
        await context.modes.switch(Mode.DEMO, "test")
        server.set_quote("NFLX", "79", "79.10")  # it fills while nobody listens
        await context.modes.switch(Mode.PAPER, "test")
        await until(lambda: context.orders.get(order.id).status is OrderStatus.FILLED)
        assert context.portfolio.position("NFLX").quantity == 3


async def test_the_kill_switch_of_a_terminal_cancels_at_the_broker(
    desk_at, server, alpaca, keys, paths
):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at() as app:
        await app.context.modes.switch(Mode.PAPER, "test")
        order = await trade(app, LOW)
    said = await asyncio.to_thread(lambda: from_outside.halt(paths, alpaca, keys, reason="test"))
    assert "1 order was cancelled at the broker" in said
    assert server.order(order.id).status == "canceled"


async def test_keys_are_tried_at_the_broker_itself(desk_at, server):
    async with desk_at() as app:
        tried = await app.context.connections.test("alpaca paper")
        assert tried.works
        assert "100,000.00 USD" in tried.text
