"""The loop: how long the window stands still while 500 backtests run in processes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.measure import Row, Spread, at_most, in_child

if TYPE_CHECKING:
    from collections.abc import Awaitable

RUNS, BARS, THREADS = 500, 2_148, 2
BEAT = 0.005


def rows() -> list[Row]:
    """Every row about the loop."""
    child = in_child("tests.bench.loop")
    idle, busy = child["idle"], child["busy"]
    what = f"loop stall, {RUNS} backtests in the process lane (wall)"
    return [
        at_most(f"{what}, p99", busy["p99"], 33, "ms", extra=f" (idle {idle['p99']:.1f})"),
        at_most(f"{what}, longest", busy["worst"], 100, "ms", extra=f" (idle {idle['worst']:.1f})"),
        Row("the 500 backtests took", f"{child['seconds']:.1f} s wall"),
    ]


def probe() -> dict[str, object]:
    """Let a loop on Qt beat while the processes work."""
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    with qasync.QEventLoop(app) as loop:
        answer: dict[str, object] = loop.run_until_complete(_probe())
        return answer


async def _probe() -> dict[str, object]:
    from puffin.backtest.engine import BacktestSettings
    from puffling.services.backtest_run import run_backtest
    from puffling.work.processes import ProcessLane
    from tests.bench.chart import walk

    lane, bars = ProcessLane(), walk(BARS)

    def work(count: int) -> None:
        for _ in range(count):
            lane.call(
                run_backtest, "momentum", {}, BacktestSettings(), bars, progress=lambda _: None
            )

    await asyncio.gather(*(asyncio.to_thread(work, 1) for _ in range(THREADS)))  # warm
    idle = await _beating(asyncio.sleep(2))
    began = time.perf_counter()
    runs = (asyncio.to_thread(work, RUNS // THREADS) for _ in range(THREADS))
    busy = await _beating(asyncio.gather(*runs))
    seconds = time.perf_counter() - began
    await asyncio.to_thread(lane.close)
    return {"idle": idle, "busy": busy, "seconds": seconds}


async def _beating(work: Awaitable[object]) -> dict[str, float]:
    """How late the loop's beats were while `work` ran."""
    doing = asyncio.ensure_future(work)
    late = []
    while not doing.done():
        began = time.perf_counter()
        await asyncio.sleep(BEAT)
        late.append(max(0.0, time.perf_counter() - began - BEAT))
    await doing
    spread = Spread.of(late)
    ordered = sorted(late)
    return {"p99": ordered[round((len(ordered) - 1) * 0.99)] * 1_000, "worst": spread.worst}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
