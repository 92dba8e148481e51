"""Start-up: the first painted window, the first usable chart, and memory, beside a bare window."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from typing_extensions import override

from tests.bench.measure import Row, at_most, in_child, resident

ROUNDS = 3
PATIENCE = 30.0


def rows() -> list[Row]:
    """Every row about starting."""
    in_child("tests.bench.start", "desk")  # the first one may have to write bytecode
    bare, desk = [], []
    for _ in range(ROUNDS):
        bare.append(in_child("tests.bench.start", "bare"))
        desk.append(in_child("tests.bench.start", "desk"))

    def of(runs: list[dict[str, float]], name: str) -> float:
        return median(each[name] for each in runs)

    return [
        Row(
            "start, a bare PySide6 window",
            f"{of(bare, 'painted'):.2f} s CPU, {of(bare, 'memory'):.0f} MB",
        ),
        at_most("start, first painted window", of(desk, "painted"), 0.8, "s CPU"),
        at_most("start, chart usable", of(desk, "usable"), 1.6, "s CPU"),
        at_most("start, memory 5 s later", of(desk, "memory"), 190, "MB"),
    ]


def bare() -> dict[str, float]:
    """Open a window with nothing in it."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.show()
    app.processEvents()
    return {"painted": time.process_time(), "memory": resident()}


def desk() -> dict[str, float]:
    """Open the desk on a fresh profile, as a person does."""
    import qasync

    from puffling.__main__ import build_app
    from puffling.core.paths import Paths
    from puffling.ui.shell.session import Session
    from puffling.ui.shell.start import make_application

    found: dict[str, float] = {}

    class Milestones(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage().startswith("First paint"):
                found["painted"] = time.process_time()

    watched = logging.getLogger("puffling.ui.shell.session")
    watched.addHandler(Milestones())
    watched.setLevel(logging.INFO)
    app = make_application()
    with tempfile.TemporaryDirectory() as folder, qasync.QEventLoop(app) as loop:
        session = Session(app, Paths(Path(folder)), build_app)

        async def watch() -> None:
            end = time.monotonic() + PATIENCE
            # Looked at from outside: what is measured must not know of it.
            while not _is_usable(session) and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            found["usable"] = time.process_time()
            await asyncio.sleep(5)
            found["memory"] = resident()
            session.end()

        watching = loop.create_task(watch())
        loop.run_until_complete(session.run())
        loop.run_until_complete(watching)
    return found


def _is_usable(session: object) -> bool:
    """Whether a chart with bars is on the screen."""
    kind = getattr(sys.modules.get("puffling.ui.charts.chart"), "PriceChart", None)
    window = getattr(session, "window", None)
    if kind is None or window is None:
        return False
    return any(each.count and each.isVisible() for each in window.findChildren(kind))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"bare": bare, "desk": desk}[sys.argv[1]]()) + "\n")
