"""How things are measured: CPU time of this thread, medians over rounds, a child for what must start fresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parents[2]
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `within` is None where there is no budget."""

    what: str
    measured: str
    budget: str = ""
    within: bool | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the slow end of many measurements, in milliseconds."""

    p50: float
    p95: float
    worst: float

    @classmethod
    def of(cls, times: Iterable[float]) -> Spread:
        """Sort measurements in seconds."""
        ordered = sorted(each * 1_000 for each in times)
        last = len(ordered) - 1
        return cls(ordered[last // 2], ordered[round(last * 0.95)], ordered[last])


def middle(spreads: Iterable[Spread]) -> Spread:
    """The median of several rounds, each number by itself."""
    known = list(spreads)
    return Spread(
        median(each.p50 for each in known),
        median(each.p95 for each in known),
        median(each.worst for each in known),
    )


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this thread's CPU that `work` takes."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def best_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of several rounds, in seconds, after one that does not count."""
    work()
    return median(cpu(work) for _ in range(rounds))


def at_most(what: str, value: float, budget: float, unit: str, *, extra: str = "") -> Row:
    """A row whose value should not be over its budget."""
    places = 0 if value >= 100 else 1
    said = f"{value:,.{places}f} {unit}{extra}"
    return Row(what, said, f"≤ {budget:g} {unit}", value <= budget)


def at_least(what: str, value: float, budget: float, unit: str) -> Row:
    """A row whose value should not be under its budget."""
    return Row(what, f"{value:,.0f} {unit}", f"≥ {budget:,.0f} {unit}", value >= budget)


def in_child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a probe in a process of its own and return what it prints, as JSON, on its last line."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "ignore"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def resident() -> float:
    """Megabytes of memory this process has; 0 where that cannot be read."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
