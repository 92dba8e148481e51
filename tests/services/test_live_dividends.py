"""Dividends in SIM: each is paid once, on what was held before its day, whenever it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from puffin.errors import ProviderUnavailableError
from puffin.types import Dividend, Side, Split, Ticket
from puffling.core.errors import StoreFullError
from puffling.core.settings import Mode
from tests.fakes import NoNetwork, until
from tests.outside import priced

HOURS = 3_600
DUE = Dividend("NFLX", datetime(2026, 1, 6, tzinfo=UTC), Decimal("0.50"))  # a day after the start


class Paying:
    """A source of history that tells these dividends, and of one split."""

    def __init__(self) -> None:
        self.known: list[Dividend] = []
        self.splits: list[Split] = []
        self.down = False

    def dividends(self, symbol):
        if self.down:
            raise ProviderUnavailableError("Nobody is there.")
        return [each for each in self.known if each.symbol == symbol]


@pytest.fixture
def source(monkeypatch):
    made = Paying()
    monkeypatch.setattr(NoNetwork, "dividends", lambda _, symbol: made.dividends(symbol))
    monkeypatch.setattr(NoNetwork, "splits", lambda _, __: made.splits)
    return made


@pytest.fixture
def sim(world, clock, gate):
    """Enter SIM, and trade."""

    class Sim:
        async def enter(self, app):
            self.context, self.live = app.context, app.context.live
            app.context.settings.change(
                "trading", largest_position="1", duplicate_seconds=0, allow_short=True
            )
            await app.context.modes.switch(Mode.SIM, "test")

        async def trade(self, side, quantity):
            context = self.context
            await until(lambda: world.sources[-1].watched)
            world.sources[-1].news.put_nowait(priced("NFLX", "90.00", clock.now()))
            await until(lambda: context.quotes.late("NFLX", clock.now()) == 0)
            count = len(context.orders.fills())
            proposal = context.orders.propose(Ticket("NFLX", side, Decimal(quantity)), "test")
            await context.orders.submit(proposal, gate.yes(proposal))
            await until(lambda: len(context.orders.fills()) > count)

        async def paid(self):
            """Look again, and return what was paid; both books must say the same."""
            await self.live.look()
            context = self.context
            await context.orders.reconcile()
            await context.orders.reconcile()
            assert context.orders.mismatch() == []
            assert await context.orders.broker.cash() == context.portfolio.cash
            return [each.amount for each in context.orders._book.activities()]

    return Sim()


async def test_a_dividend_is_paid_once_and_not_again_after_a_restart(opening, sim, source, clock):
    async with opening() as app:
        await sim.enter(app)
        await sim.trade(Side.BUY, 10)
        before = app.context.portfolio.cash
        source.known = [DUE]
        assert await sim.paid() == []  # not before its day
        clock.pass_(24 * HOURS)
        assert await sim.paid() == [5]
        assert await sim.paid() == [5]
        assert app.context.portfolio.cash == before + 5
        assert app.context.portfolio.snapshot().realised == 5
    clock.pass_(24 * HOURS)
    async with opening() as app:
        await sim.enter(app)
        assert await sim.paid() == [5]
        assert app.context.portfolio.cash == before + 5


async def test_a_dividend_whose_day_passed_while_nobody_looked_is_paid_at_the_start(
    opening, sim, source, clock
):
    async with opening() as app:
        await sim.enter(app)
        await sim.trade(Side.BUY, 10)
    source.known = [DUE]
    clock.pass_(60 * 24 * HOURS)
    async with opening() as app:
        await sim.enter(app)
        assert await sim.paid() == [5]


async def test_a_dividend_that_is_told_late_counts_what_was_held_before_its_day(
    puffling, sim, source, clock
):
    await sim.enter(puffling)
    await sim.trade(Side.BUY, 10)
    clock.pass_(24 * HOURS)
    source.down = True
    assert await sim.paid() == []
    await sim.trade(Side.SELL, 10)  # on its day: the dividend is the seller's all the same
    clock.pass_(24 * HOURS)
    source.down, source.known = False, [DUE]
    assert await sim.paid() == [5]


async def test_who_is_short_pays(puffling, sim, source, clock):
    await sim.enter(puffling)
    await sim.trade(Side.SELL, 4)
    clock.pass_(24 * HOURS)
    source.known = [DUE]
    assert await sim.paid() == [-2]


async def test_who_buys_on_the_day_gets_nothing(puffling, sim, source, clock):
    await sim.enter(puffling)
    clock.pass_(24 * HOURS)
    assert await sim.paid() == []
    await sim.trade(Side.BUY, 10)
    clock.pass_(24 * HOURS)
    source.known = [DUE]
    assert await sim.paid() == []


async def test_a_source_that_fails_is_asked_again_within_the_day(puffling, sim, source, clock):
    await sim.enter(puffling)
    await sim.trade(Side.BUY, 10)
    clock.pass_(24 * HOURS)
    source.down, source.known = True, [DUE]
    assert await sim.paid() == []
    source.down = False
    assert await sim.paid() == []  # not at every turn
    clock.pass_(HOURS)
    assert await sim.paid() == [5]


async def test_a_dividend_in_shares_of_today_counts_what_a_split_made_of_those_held(
    opening, sim, source, clock
):
    async with opening() as app:
        await sim.enter(app)
        await sim.trade(Side.BUY, 10)
    source.splits = [Split("NFLX", datetime(2026, 1, 7, tzinfo=UTC), Decimal(10))]
    source.known = [replace(DUE, per_share=Decimal("0.05"))]  # restated for the split
    clock.pass_(3 * 24 * HOURS)
    async with opening() as app:
        await sim.enter(app)
        assert app.context.portfolio.position("NFLX").quantity == 100
        assert await sim.paid() == [5]


async def test_what_the_disk_does_not_take_is_booked_with_the_next_comparison(
    puffling, sim, source, clock, monkeypatch
):
    await sim.enter(puffling)
    await sim.trade(Side.BUY, 10)
    clock.pass_(24 * HOURS)
    source.known = [DUE]

    def full(*_):
        raise StoreFullError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(sim.context.orders._book, "take_activity", full)
        await sim.live.look()
    assert await sim.paid() == [5]
