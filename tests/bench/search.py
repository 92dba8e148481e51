"""Searches as the program runs them: asked for, told, stored, in processes, with all the CPU time."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from puffin.errors import CancelledError
from puffling.work.processes import warm_up
from tests.bench.measure import ROOT, Row, at_least, at_most, in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from puffling.commands.context import Context

    Search = Callable[[dict[str, str]], Coroutine[None, None, dict[str, Any]]]

WORDS = {"strategy": "momentum", "symbol": "AAPL", "start": "2002-05-31", "most": 100_000}
BARS = "2,520 bars"
LEAST = 40_000  # runs per second of CPU, the window's process and its workers together
ENOUGH = 5_000  # runs from which that holds, with everything else a search takes
ROUNDS = 9
COMPILED = ROOT / "build/compiled"
GRIDS = (
    {"short": "4:42:2", "long": "50:170:5"},
    {"short": "4:43:1", "long": "50:174:1"},
    {"short": "2:101:1", "long": "102:500:1"},
)
STOPPED_AFTER = (0.15, 0.2, 0.25, 0.3, 0.35)


def rows() -> list[Row]:
    """Every row about searches."""
    child = in_child("tests.bench.search")
    found = []
    for count, rate in child["rates"]:
        what = f"a search of {count:,} pairs, {BARS}, asked for, told and stored"
        goal = at_least(what, rate, LEAST, "runs/s")
        # Few runs take less than the four lines that are stored of their search and its job.
        found.append(goal if count >= ENOUGH else Row(what, goal.measured))
    return [*found, at_most("a search that is stopped is over after", child["over"], 100, "ms")]


def probe() -> dict[str, Any]:
    """Run searches in a whole program without a window."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_probe(Path(folder)))


async def _probe(folder: Path) -> dict[str, Any]:
    from puffling.app import build
    from puffling.commands import all_commands
    from puffling.core.paths import Paths

    COMPILED.mkdir(parents=True, exist_ok=True)  # compiling takes long, and is not what is measured
    (folder / "compiled").symlink_to(COMPILED, target_is_directory=True)
    app = build(Paths(folder))
    await app.start()
    try:
        context, command = app.context, all_commands()["optimise.run"]
        workers = (asyncio.to_thread(app.processes.call, warm_up, progress=_unheard) for _ in "12")
        await asyncio.gather(*workers)

        async def search(grid: dict[str, str]) -> dict[str, Any]:
            done: dict[str, Any] = await command.run_with(context, WORDS | {"ranges": grid})
            return done

        rates = [await _rate(search, grid) for grid in GRIDS]
        over = [await _over(search, context, seconds) for seconds in STOPPED_AFTER]
    finally:
        await app.stop()
    return {"rates": rates, "over": median(over) * 1_000}


async def _rate(search: Search, grid: dict[str, str]) -> tuple[int, float]:
    """Return how many runs there are, and how many are done in a second of CPU."""
    found, count = [], 0
    for _ in range(ROUNDS + 2):
        started = _cpu()
        count = (await search(grid))["done"]
        found.append(count / (_cpu() - started))
    return count, median(found[2:])


async def _over(search: Search, context: Context, seconds: float) -> float:
    """Return how long a search goes on after it was told to stop."""
    task = asyncio.create_task(search(GRIDS[-1]))
    await asyncio.sleep(seconds)
    (job,) = context.jobs.running()
    started = time.perf_counter()
    context.jobs.cancel(job.id)
    try:
        await task
    except CancelledError:
        return time.perf_counter() - started
    raise RuntimeError("It was over before it was stopped.")


def _cpu() -> float:
    """Seconds of CPU of this process and of its workers; Linux has a clock for each process."""
    ids = [each.pid for each in multiprocessing.active_children() if each.pid is not None]
    return time.process_time() + sum(time.clock_gettime((~each << 3) | 2) for each in ids)


def _unheard(_done: float) -> None:
    """Tell nobody."""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
