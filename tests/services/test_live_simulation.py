"""SIM as its settings say: what a margin call does, and what trades outside regular hours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from puffin.types import OrderStatus, OrderType, Side, Ticket, TimeInForce
from puffling.core.events import NoticePosted
from puffling.core.settings import Mode
from tests.fakes import until
from tests.outside import priced

HOURS = 3_600  # the clock begins at 10:00 in New York


@pytest.fixture
async def sim(puffling, world, clock, gate):
    """SIM with borrowed money, limits that allow everything, and a hand on the price."""
    context = puffling.context
    context.settings.change("paper", leverage="2")
    context.settings.change(
        "trading", largest_position="1", largest_order="1000000", daily_loss="1"
    )
    await context.modes.switch(Mode.SIM, "test")

    class Sim:
        async def price(self, last, symbol="NFLX"):
            context.quotes.want(symbol)
            await until(lambda: symbol in world.sources[-1].watched)
            quote = priced(symbol, last, clock.now())
            world.sources[-1].news.put_nowait(quote)
            await until(lambda: context.quotes.last(symbol) == quote)

        async def send(self, *words, symbol="NFLX", **more):
            proposal = context.orders.propose(Ticket(symbol, *words, **more), "test")
            return await context.orders.submit(proposal, gate.yes(proposal))

        async def pass_(self, hours):
            """Let time pass, as the timers of the program notice it."""
            clock.pass_(hours * HOURS)
            context.modes.here.tick()
            await context.modes.here.look()

        async def agree(self):
            await context.orders.reconcile()
            await context.orders.reconcile()
            assert context.orders.mismatch() == []

    return Sim()


async def test_equity_below_what_the_lender_asks_closes_everything_at_the_next_open(
    puffling, sim, context
):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    for symbol in ("NFLX", "IBM"):
        await sim.price("100", symbol)
        await sim.send(Side.BUY, Decimal(950), symbol=symbol)
    await until(lambda: len(context.portfolio.positions()) == 2)
    lasting = {"time_in_force": TimeInForce.GTC}
    waits = await sim.send(Side.SELL, Decimal(5), OrderType.LIMIT, Decimal(150), **lasting)
    await sim.price("63")
    await sim.price("63", "IBM")  # equity 29,700 of 119,700: less than three tenths
    await sim.pass_(6.5)  # the close
    await until(lambda: context.orders.get(waits.id).status.is_terminal)
    assert context.orders.get(waits.id).reason.startswith("Margin call")
    await until(lambda: len(context.orders.open()) == 2)
    for called in context.orders.open():
        assert (called.external, called.ticket.side) == (True, Side.SELL)
    assert any("Margin call" in f"{each.title} {each.text}" for each in notices)
    assert {each.quantity for each in context.portfolio.positions()} == {950}
    await sim.pass_(17.5)
    await sim.price("60")
    await sim.price("60", "IBM")
    await until(lambda: not context.portfolio.positions())
    await sim.agree()


async def test_outside_regular_hours_only_orders_for_it_fill(sim, context):
    await sim.price("100")
    await sim.pass_(6.5)
    limit = (Side.BUY, Decimal(1), OrderType.LIMIT)
    regular = await sim.send(*limit, Decimal(98))
    evening = await sim.send(*limit, Decimal(99), extended_hours=True)
    await sim.pass_(0.1)
    await sim.price("95")
    await until(lambda: context.orders.get(evening.id).status is OrderStatus.FILLED)
    assert context.orders.get(regular.id).status is OrderStatus.WORKING
    await sim.pass_(17)
    await sim.price("94")
    await until(lambda: context.orders.get(regular.id).status is OrderStatus.FILLED)
    await sim.agree()


@pytest.fixture
def context(puffling):
    return puffling.context
