"""Killed again and again in the middle of trading over a split: what was told stays true."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from puffin.types import OrderStatus
from tests.books import books_agree

ROOT = Path(__file__).parents[2]
ROUNDS = 8
EACH = 3  # orders that each round sends at least, however busy the computer is
TRADER = """
import asyncio, random, sys
from datetime import date
from pathlib import Path
from puffin.errors import PuffinError
from puffling.app import build
from puffling.core.errors import PufflingError
from puffling.core.events import AlertFired, OrderChanged
from puffling.core.paths import Paths
from tests.fakes import FakeGate, NoNetwork

async def main(root, seed):
    dice = random.Random(seed)
    app = build(Paths(Path(root)), online=NoNetwork())
    context = app.use(app.context.desk, FakeGate(app.context.clock))
    context.settings.change("demo", start=date(2005, 2, 22), day_seconds=2)
    context.settings.change("trading", duplicate_seconds=0, largest_position="0.5",
                            most_positions=9, largest_order="50000")
    say = lambda *words: print(*words, flush=True)
    app.bus.subscribe(OrderChanged, lambda each: say("order", each.order.id, each.order.status))
    app.bus.subscribe(AlertFired, lambda each: say("alert", each.alert_id))
    await app.start()
    say("ready")
    while True:
        symbol = dice.choice(["AAPL", "AAPL", "IBM", "MSFT"])
        quote = context.quotes.last(symbol)
        try:
            await act(dice, app.registry, context, symbol, quote)
        except (PufflingError, PuffinError):
            pass
        await asyncio.sleep(dice.random() / 20)

async def act(dice, registry, context, symbol, quote):
    run = lambda id_, **values: registry[id_].run_with(context, values)
    side, quantity = dice.choice(["buy", "buy", "sell"]), dice.randint(1, 40)
    lasting = dice.choice(["day", "gtc"])
    match dice.randint(0, 6):
        case 0 | 1:
            await run("order.place", symbol=symbol, side=side, quantity=quantity)
        case 2 if quote:
            away = quote.last * dice.randint(990, 1005) / 1000
            await run("order.place", symbol=symbol, side=side, quantity=quantity, type="limit",
                      limit_price=round(away, 2), time_in_force=lasting)
        case 3 if quote:
            step = 1 if side == "buy" else -1
            away = quote.last * (1000 + step * dice.randint(1, 8)) / 1000
            await run("order.place", symbol=symbol, side=side, quantity=quantity, type="stop",
                      stop_price=round(away, 2), time_in_force=lasting)
        case 4 if context.orders.open():
            await run("order.cancel", id=dice.choice(context.orders.open()).id)
        case 5:
            await run("position.close", symbol=symbol)
        case 6 if quote:
            await run("alert.add", symbol=symbol, kind=dice.choice(["above", "below"]),
                      price=round(quote.last * dice.randint(995, 1005) / 1000, 2))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def trade_until_killed(root: Path, seed: int, seconds: float, known: set[str]) -> list[list[str]]:
    """Run a trader, kill it so many seconds after its first orders; return what it was told."""
    child = subprocess.Popen(
        [sys.executable, "-c", TRADER, str(root), str(seed)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    told: list[list[str]] = []
    while len({each[1] for each in told if each[0] == "order"} - known) < EACH:
        line = child.stdout.readline()
        if not line:
            break  # it ended by itself, and says below why
        told.append(line.split())
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    rest, trouble = child.communicate()
    assert child.returncode == -signal.SIGKILL, trouble
    assert "Traceback" not in trouble, trouble
    told += [line.split() for line in rest.splitlines()]
    return told[told.index(["ready"]) + 1 :]


@pytest.mark.slow
async def test_whenever_it_is_killed_the_books_agree_and_what_was_told_is_true(opening, paths):
    dice = random.Random(20)
    ended: dict[str, str] = {}
    sent: set[str] = set()
    latest = None
    for turn in range(ROUNDS):
        fired: list[str] = []
        for what, id_, *rest in trade_until_killed(
            paths.root, turn, 0.2 + 2 * dice.random(), set(sent)
        ):
            if what == "alert":
                fired.append(id_)
                continue
            sent.add(id_)
            if OrderStatus(rest[0]).is_terminal:
                assert ended.setdefault(id_, rest[0]) == rest[0]
        assert len(fired) == len(set(fired)), "An alert for once fired twice"
        async with opening() as app:
            context = app.context
            await books_agree(context)
            stored = {each.id: each for each in context.orders.all(limit=10_000)}
            assert sent <= stored.keys()
            for id_, status in ended.items():
                assert stored[id_].status.value == status
            ended |= {
                each.id: each.status.value for each in stored.values() if each.status.is_terminal
            }
            assert latest is None or context.market.now() >= latest
            latest = max(each.market_time for each in stored.values()) if stored else None
            once = [each.alert_id for each in context.alerts.history(10_000)]
            assert len(once) == len(set(once))
            assert set(fired) <= set(once)
    assert len(sent) >= EACH * ROUNDS
