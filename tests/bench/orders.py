"""Orders: from the click to the intent being on the disk."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from puffin.types import OrderStatus
from puffling.app import build
from puffling.core.events import OrderChanged
from puffling.core.paths import Paths
from tests.bench.measure import Spread, at_most
from tests.fakes import FakeClock, FakeGate, NoNetwork, Stepper

if TYPE_CHECKING:
    from tests.bench.measure import Row

ORDERS = 60
APART = 20.0  # seconds; the same order again at once would be refused as a slip


def rows() -> list[Row]:
    """Every row about orders."""
    spread = asyncio.run(_measure())
    what = "order, click to intent durable (wall)"
    return [at_most(what, spread.p95, 15, "ms", extra=f" p95 (p50 {spread.p50:.1f})")]


async def _measure() -> Spread:
    clock, stepper = FakeClock(), Stepper()
    times: list[float] = []
    began = 0.0
    with tempfile.TemporaryDirectory() as folder:
        app = build(
            Paths(Path(folder)),
            clock=clock,
            gate=FakeGate(clock),
            online=NoNetwork(),
            sleep=stepper,
        )

        def sent(event: OrderChanged) -> None:
            # An order is announced as sent once its intent is stored, and before it leaves.
            if event.order.status is OrderStatus.SENT:
                times.append(time.perf_counter() - began)

        app.bus.subscribe(OrderChanged, sent)
        app.context.settings.change("trading", duplicate_seconds=0)
        await app.start()
        await stepper.step(2)
        place = app.registry["order.place"]
        for turn in range(ORDERS):
            clock.pass_(APART)
            side = "buy" if turn % 2 == 0 else "sell"
            began = time.perf_counter()
            await place.run_with(app.context, {"symbol": "AAPL", "side": side, "quantity": 1})
            await stepper.step(1)
        await app.stop()
    return Spread.of(times)
