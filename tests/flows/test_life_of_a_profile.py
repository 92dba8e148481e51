"""Closed and opened again, or killed and opened again: everything is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from puffin.types import OrderStatus
from puffling.core.errors import ProfileInUseError
from puffling.services.orders import NEVER_LEFT
from tests.fakes import NoNetwork

if TYPE_CHECKING:
    from puffling.commands.context import Context

ROOT = Path(__file__).parents[2]
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from puffling.app import build
from puffling.core.events import FillBooked, OrderChanged
from puffling.core.paths import Paths
from tests.fakes import FakeGate, NoNetwork

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

async def main(root, point):
    app = build(Paths(Path(root)), online=NoNetwork())
    context = app.use(app.context.desk, FakeGate(app.context.clock))
    await app.start()
    run = lambda id_, **values: app.registry[id_].run_with(context, values)
    await run("watchlist.create", name="Mine")
    await run("alert.add", symbol="AAPL", kind="above", price="900")
    await run("order.place", symbol="IBM", side="buy", quantity="3", type="limit",
              limit_price="150", time_in_force="gtc")
    broker = context.orders.broker
    if point == "before the row":
        context.orders._book.store.add_intent = die
    elif point == "after the row":
        broker.submit = die
    elif point == "after the post":
        submit = broker.submit
        async def post(order):
            await submit(order)
            die()
        broker.submit = post
    elif point == "at the fill":
        app.bus.subscribe(FillBooked, die)
    else:
        app.bus.subscribe(OrderChanged, lambda each: each.order.status == "filled" and die())
    await run("order.place", symbol="AAPL", side="buy", quantity="7")
    await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


def everything(context: Context) -> dict[str, Any]:
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

        async def run(id_: str, **values: object) -> None:
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
def killed(paths, request):
    """Run a Puffling that is killed at a certain moment of its second order."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(paths.root), request.param],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return request.param


@pytest.mark.parametrize(
    "killed",
    [
        pytest.param("before the row", marks=pytest.mark.slow),
        "after the row",
        pytest.param("after the post", marks=pytest.mark.slow),
        "at the fill",
        pytest.param("after the fill", marks=pytest.mark.slow),
    ],
    indirect=True,
)
async def test_killed_at_any_moment_nothing_is_lost_or_doubled(paths, killed):
    from puffling.app import build

    app = build(paths, online=NoNetwork())
    try:
        await app.start()
        context = app.context
        fills, orders = context.orders.fills(), context.orders.all()
        apple = [each for each in orders if each.ticket.symbol == "AAPL"]
        if "fill" in killed:
            assert [each.quantity for each in fills] == [7]
            assert apple[0].status is OrderStatus.FILLED
            assert context.market.now() >= fills[0].at
        else:
            assert fills == []
            assert [each.status for each in apple] == (
                [] if killed == "before the row" else [OrderStatus.REJECTED]
            )
            assert all(each.reason == NEVER_LEFT for each in apple)
        assert context.portfolio.cash == 100_000 - sum(7 * each.price for each in fills)
        assert await context.orders.broker.cash() == context.portfolio.cash
        assert await context.orders.broker.positions() == context.portfolio.positions()
        assert [each.ticket.symbol for each in context.orders.open()] == ["IBM"]
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
