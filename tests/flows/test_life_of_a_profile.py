"""Closed and opened again, or killed and opened again: everything is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from puffin.types import OrderStatus
from puffling.core.errors import ProfileInUseError
from tests.fakes import NoNetwork

ROOT = Path(__file__).parents[2]
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from puffling.app import build
from puffling.core.events import FillBooked
from puffling.core.paths import Paths
from tests.fakes import FakeClock, FakeGate, NoNetwork

async def main():
    app = build(Paths(Path(sys.argv[1])), online=NoNetwork())
    app.use(app.context.desk, FakeGate(app.context.clock))
    await app.start()
    run = lambda id_, **values: app.registry[id_].run_with(app.context, values)
    await run("watchlist.create", name="Mine")
    await run("alert.add", symbol="AAPL", kind="above", price="900")
    await run("order.place", symbol="IBM", side="buy", quantity="3", type="limit",
              limit_price="150", time_in_force="gtc")
    app.bus.subscribe(FillBooked, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    await run("order.place", symbol="AAPL", side="buy", quantity="7")
    await asyncio.Event().wait()

asyncio.run(main())
"""


def everything(context):
    """Return all that a person would miss."""
    return {
        "account": context.portfolio.account,
        "cash": context.portfolio.cash,
        "positions": context.portfolio.positions(),
        "orders": context.orders.all(),
        "fills": context.orders.fills(),
        "open": context.orders.open(),
        "alerts": context.alerts.all(),
        "firings": context.alerts.history(),
        "lists": context.watchlists.all(),
        "backtests": context.backtests.all(),
        "notices": context.notifications.all(),
        "jobs": context.jobs.recent(),
        "position": context.demo.replay.position,
        "settings": context.settings.current,
        "audit": context.audit.all(),
    }


async def test_closed_and_opened_again_everything_is_as_it_was(opening, registry, stepper):
    async with opening() as app:

        async def run(id_, **values):
            await registry[id_].run_with(app.context, values)

        await run("order.place", symbol="AAPL", side="buy", quantity="10")
        await run(
            "order.place",
            symbol="IBM",
            side="buy",
            quantity="2",
            type="limit",
            limit_price="150",
            time_in_force="gtc",
        )
        await run("alert.add", symbol="AAPL", kind="above", price="1")
        await run("alert.add", symbol="AAPL", kind="below", price="568.5")
        await run("watchlist.create", name="Mine")
        await run("backtest.run", strategy="momentum", symbol="IBM")
        await run("risk.adopt")
        await stepper.step(120)
        before = everything(app.context)
    async with opening() as again:
        assert everything(again.context) == before
        await stepper.step(5)
        assert again.context.market.now() > before["fills"][0].at


@pytest.fixture
def killed(paths):
    """Run a Puffling that is killed at the moment its fill has been booked."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(paths.root)],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.usefixtures("killed")
async def test_killed_in_the_middle_of_a_fill_nothing_is_lost_or_doubled(paths):
    from puffling.app import build

    app = build(paths, online=NoNetwork())
    try:
        await app.start()
        context = app.context
        (fill,) = context.orders.fills()
        assert context.portfolio.position("AAPL").quantity == 7
        assert context.portfolio.cash == 100_000 - 7 * fill.price
        assert context.market.now() >= fill.at
        states = {each.ticket.symbol: each.status for each in context.orders.all()}
        assert states == {"AAPL": OrderStatus.FILLED, "IBM": OrderStatus.WORKING}
        assert await context.orders.broker.cash() == context.portfolio.cash
        assert [each.price for each in context.alerts.all()] == [Decimal(900)]
        assert [each.name for each in context.watchlists.all()] == ["Starter", "Mine"]
    finally:
        await app.stop()


async def test_a_second_puffling_on_the_same_profile_is_refused(opening, paths):
    from puffling.app import build

    async with opening():
        with pytest.raises(ProfileInUseError, match="open already"):
            build(paths)
    async with opening():
        pass
