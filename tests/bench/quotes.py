"""Quotes: how many a watchlist of a thousand symbols takes in, painted as it goes."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.bench.measure import at_least, in_child

if TYPE_CHECKING:
    from tests.bench.measure import Row

SYMBOLS = 1_000
TICKS = 200_000
FLUSHES = 15  # a second
RATE = 50_000  # ticks a second they would come at


def rows() -> list[Row]:
    """Every row about quotes."""
    child = in_child("tests.bench.quotes")
    return [
        at_least(
            f"quotes, {SYMBOLS:,} live rows, with painting", child["rate"], 50_000, "ticks/CPU s"
        )
    ]


def probe() -> dict[str, float]:
    """Send ticks through the service, the bus and the table, and paint what is in sight."""
    import asyncio
    import tempfile
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from puffin.types import Quote
    from puffling.app import build
    from puffling.core.events import QuotesChanged
    from puffling.core.paths import Paths
    from puffling.core.settings import Appearance
    from puffling.ui.panels.watchlist.quotes import QuoteTable
    from puffling.ui.theme.theme import Theme

    app = QApplication([])
    theme = Theme()
    theme.apply(app, Appearance())
    names = [f"S{number:04}" for number in range(SYMBOLS)]
    start = datetime(2012, 6, 1, 14, 0, tzinfo=UTC)
    every = TICKS // SYMBOLS
    ticks = []
    for turn in range(every):
        at = start + timedelta(milliseconds=turn)
        for number, name in enumerate(names):
            last = Decimal(10_000 + (number * 7 + turn * 3) % 500) / 100
            ticks.append(
                Quote(
                    name, last - Decimal("0.01"), last + Decimal("0.01"), last, at, last, last, last
                )
            )
    with tempfile.TemporaryDirectory() as folder:
        opened = build(Paths(Path(folder)))
        context = opened.context
        table = QuoteTable(context, theme)
        table.view.resize(900, 700)
        table.view.show()
        table.show_symbols(names)
        context.bus.subscribe(QuotesChanged, lambda event: table.quotes_moved(event.symbols))
        app.processEvents()
        batch = RATE // FLUSHES
        began = time.thread_time()
        for place in range(0, len(ticks), batch):
            for tick in ticks[place : place + batch]:
                context.quotes.accept(tick)
            context.quotes.flush()
            table.refresh()
            app.processEvents()
        spent = time.thread_time() - began
        table.sleep()
        asyncio.run(opened.stop())
    return {"rate": len(ticks) / spent}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
