"""Rows 1, 2, 7, 8, 9, 18 and 20 in a whole app that trades in PAPER at a loopback Alpaca."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

import pytest
from sqlalchemy import event

from puffin.types import OrderStatus, OrderType, Side, Ticket
from puffling.core.errors import NotReadyError, StoreError
from puffling.core.events import BrokerReady, FillBooked
from puffling.work.timers import RECONCILE
from tests.delays import Beside, within
from tests.fakes import FakeGate, until
from tests.proofs.clocks import Ahead
from tests.proofs.paper import agreed, desk_at

BUY = Ticket("NFLX", Side.BUY, Decimal(10))
LOW = Ticket("NFLX", Side.BUY, Decimal(3), OrderType.LIMIT, Decimal(80))
TEN_MINUTES = 600.0
ENOUGH = 1_000_000  # pages
STORM = 3.0  # seconds
LONGEST_SILENCE = 1.0  # seconds that the loop may be busy


async def trade(context, ticket):
    """Send an order the way a ticket does, with a yes."""
    context.quotes.want(ticket.symbol)
    await until(lambda: context.quotes.last(ticket.symbol) and context.orders.ready)
    await context.risk.prepare(ticket)
    proposal = context.orders.propose(ticket, "desk")
    return await context.orders.submit(proposal, FakeGate(Ahead()).yes(proposal))


def kept(context, id_):
    return context.orders.get(id_)


def held(context):
    return context.portfolio.position("NFLX").quantity


def priced(context):
    return context.quotes.last("NFLX").bid


class Disk:
    """The room that a database has, whichever of its connections is used."""

    def __init__(self, database) -> None:
        self._database = database
        self._most = ENOUGH
        event.listen(database._engine, "checkout", self._limit)

    def _limit(self, connection, _record, _proxy) -> None:
        connection.execute(f"PRAGMA max_page_count={self._most}").close()

    def fill(self) -> None:
        with self._database.read() as connection:
            self._most = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def clear(self) -> None:
        self._most = ENOUGH


async def test_row_1_a_stream_that_drops_in_an_order_is_made_good_before_the_ticket_unlocks(
    server, paths
):
    server.set_quote("NFLX", "90", "90.10", 3)
    async with desk_at(server, paths) as app:
        context, told = app.context, []
        order = await trade(context, BUY)
        await until(lambda: context.portfolio.position("NFLX"))
        app.bus.subscribe(FillBooked, lambda each: told.append(each.fill.quantity))
        app.bus.subscribe(BrokerReady, lambda each: told.append(each.ready))
        server.refuse_upgrade(503)
        with within(2):
            server.drop()
            await until(lambda: not context.orders.ready)
        proposal = context.orders.propose(LOW, "desk")
        with pytest.raises(NotReadyError, match="cannot be heard"):
            await context.orders.submit(proposal, FakeGate(Ahead()).yes(proposal))
        server.set_quote("NFLX", "90", "90.10", 3)  # two fills that nobody hears
        server.set_quote("NFLX", "90", "90.10", 4)
        server.refuse_upgrade(0)
        await until(lambda: context.orders.ready)
        assert told == [False, 3, 4, True]
        assert kept(context, order.id).status is OrderStatus.FILLED
        assert held(context) == 10
        assert len(context.orders.fills()) == 3
        await agreed(context, server)


async def test_row_2_a_lost_frame_is_made_good_by_the_sweep_without_connecting_anew(server, paths):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at(server, paths) as app:
        context = app.context
        order = await trade(context, LOW)
        await until(lambda: kept(context, order.id).status is OrderStatus.WORKING)
        connections = len(server.upgrades)
        server.lose_frame()
        server.set_quote("NFLX", "79", "79.10")
        assert context.portfolio.position("NFLX") is None
        await app._reconcile()
        assert kept(context, order.id).status is OrderStatus.FILLED
        assert held(context) == 3
        assert len(server.upgrades) == connections
        assert RECONCILE <= 30


async def test_row_7_no_order_leaves_when_the_disk_is_full(server, paths):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at(server, paths) as app:
        context = app.context
        context.settings.change("trading", duplicate_seconds=0)
        await trade(context, LOW)
        disk = Disk(context.storage.user)
        disk.fill()
        refused, posted = None, 0
        for _ in range(60):
            posted = len(server.asked("POST", "/v2/orders"))
            try:
                await trade(context, LOW)
            except StoreError as error:
                refused = error
                break
        assert refused is not None
        assert "disk is full" in str(refused)
        assert len(server.asked("POST", "/v2/orders")) == posted
        disk.clear()
        await until(lambda: context.orders.ready)
        await app._reconcile()
        await trade(context, LOW)
        await agreed(context, server)


@pytest.mark.parametrize("ahead", [TEN_MINUTES, -TEN_MINUTES], ids=["ahead", "behind"])
async def test_row_8_a_clock_that_is_ten_minutes_off_is_said_and_the_market_keeps_time(
    server, paths, ahead
):
    async with desk_at(server, paths, ahead=ahead) as app:
        await app._reconcile()
        context = app.context
        kept = [each.text for each in context.notifications.all(50)]
        said = [each for each in kept if "of the exchange's" in each]
        assert len(said) == 1
        assert ("600 s ahead" if ahead > 0 else "600 s behind") in said[0]
        off = context.market.now() - server.now()
        assert abs(off.total_seconds()) < 2
        assert context.market.is_open() is server.book.is_open


@pytest.mark.slow
async def test_row_9_in_a_storm_of_refusals_the_desk_lives_and_asks_once_a_second(server, paths):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at(server, paths) as app:
        context = app.context
        context.quotes.want("NFLX")
        await until(lambda: context.quotes.last("NFLX") and context.orders.ready)
        server.answer_with(429, {"message": "too many requests."}, times=1_000)
        sweeps = [asyncio.create_task(app._reconcile()) for _ in range(4)]
        before, longest = len(server.requests), 0.0
        with Beside() as beside:
            begun = time.monotonic()
            while (tick := time.monotonic()) - begun < STORM:
                await asyncio.sleep(0.01)
                longest = max(longest, time.monotonic() - tick)
            asked = [each.at for each in server.requests[before:]]
            lasted = time.monotonic() - begun
        server.recover()
        assert len(asked) <= lasted + 2
        assert longest < LONGEST_SILENCE + 2 * beside.longest
        assert priced(context) == 90
        for each in sweeps:
            each.cancel()
        await asyncio.gather(*sweeps, return_exceptions=True)


async def test_row_18_a_status_that_nobody_knows_is_shown_as_it_is_and_spoils_no_other(
    server, paths
):
    server.set_quote("NFLX", "90", "90.10")
    async with desk_at(server, paths) as app:
        context = app.context
        odd = await trade(context, LOW)
        server.unknown_enum(odd.id)
        other = server.outside("IBM", "buy", "2", "50")
        await app._reconcile()
        assert kept(context, odd.id).status is OrderStatus.OTHER
        assert kept(context, odd.id).raw == "quantum_entangled"
        assert kept(context, other).status is OrderStatus.WORKING
        assert context.orders.ready


async def test_row_20_a_second_listener_is_told_who_holds_the_prices_and_orders_go_on(
    server, paths
):
    server.limit_connections(0)
    async with desk_at(server, paths) as app:
        await until(lambda: app.context.orders.ready)
        app.context.quotes.want("NFLX")
        await until(
            lambda: any(
                "another program holds it" in each.text
                for each in app.context.notifications.all(50)
            )
        )
        server.limit_connections(1)
        server.set_quote("NFLX", "90", "90.10")
        order = await trade(app.context, LOW)
        assert server.order(order.id).status == "new"
