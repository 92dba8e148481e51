"""The loop: how long the window stands still while backtests and a sweep run in processes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.measure import Row, at_most, in_child

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffin.backtest.result import BacktestResult
    from puffin.data.bars import Bars

RUNS, BARS, THREADS = 500, 2_148, 2
SWEEPS = 100  # of 500 runs, in each of the processes: a few seconds of both cores
BEAT = 0.005


def rows() -> list[Row]:
    """Every row about the loop."""
    child = in_child("tests.bench.loop")
    idle, found = child["idle"], []
    for name, words in (("busy", f"{RUNS} backtests"), ("sweep", f"sweeps of {RUNS} runs")):
        late, what = child[name], f"loop stall, {words} on both cores (wall)"
        p99, worst = f" (idle {idle['p99']:.1f})", f" (idle {idle['worst']:.1f})"
        found += [
            at_most(f"{what}, p99", late["p99"], 33, "ms", extra=p99),
            at_most(f"{what}, longest", late["worst"], 100, "ms", extra=worst),
            Row(f"the {words} took", f"{late['seconds']:.1f} s wall"),
        ]
    return found


def probe() -> dict[str, object]:
    """Let a loop on Qt beat while the processes work."""
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    with qasync.QEventLoop(app) as loop:
        answer: dict[str, object] = loop.run_until_complete(_probe())
        return answer


async def _probe() -> dict[str, object]:
    from puffling.work.processes import ProcessLane
    from tests.bench.chart import walk

    lane, bars = ProcessLane(THREADS), walk(BARS)

    def busy(work: Callable[..., object], count: int) -> Awaitable[object]:
        def calls() -> None:
            for _ in range(count):
                lane.call(work, bars, progress=lambda _: None)

        return asyncio.gather(*(asyncio.to_thread(calls) for _ in range(THREADS)))

    await busy(sweep, 1)  # warm
    found: dict[str, object] = {
        "idle": await _beating(asyncio.sleep(2)),
        "busy": await _beating(busy(backtest, RUNS // THREADS)),
        "sweep": await _beating(busy(sweep, SWEEPS)),
    }
    await asyncio.to_thread(lane.close)
    return found


def backtest(bars: Bars, *, progress: Callable[[float], None]) -> BacktestResult:
    """Run one backtest in a process of the application."""
    from puffin.backtest.engine import Backtester
    from puffin.strategies.momentum import Momentum

    return Backtester(Momentum()).run(bars, progress=progress)


def sweep(bars: Bars, *, progress: Callable[[float], None]) -> int:
    """Run 500 pairs of averages in a process of the application."""
    from puffin.backtest.engine import BacktestSettings, warm_up
    from puffin.backtest.quick import quick_runs
    from puffin.strategies.momentum import Momentum, MomentumParameters

    warm_up()
    pairs = [(fast, slow) for fast in range(4, 44, 2) for slow in range(50, 175, 5)]
    progress(0.1)
    sets = [MomentumParameters(short=fast, long=slow) for fast, slow in pairs]
    return len(quick_runs(Momentum, bars, sets, BacktestSettings()))


async def _beating(work: Awaitable[object]) -> dict[str, float]:
    """How late the loop's beats were while `work` ran, and how long that took."""
    doing, late, start = asyncio.ensure_future(work), [], time.perf_counter()
    while not doing.done():
        began = time.perf_counter()
        await asyncio.sleep(BEAT)
        late.append(max(0.0, time.perf_counter() - began - BEAT))
    await doing
    seconds, ordered = time.perf_counter() - start, sorted(late)
    p99 = ordered[round((len(ordered) - 1) * 0.99)] * 1_000
    return {"p99": p99, "worst": ordered[-1] * 1_000, "seconds": seconds}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
