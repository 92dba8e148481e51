"""Loads the drawing library in small steps: what knows Qt on the window's thread, the rest beside.

Qt's classes come to life in Python when they are first touched. Done in another thread, that
crashed the program now and then while the window's thread was handling events, so it is done here.
The library would touch every one of them, for names it copies and never uses: `library.py` sees
to that.
"""

from __future__ import annotations

import asyncio
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

from puffin.factors.library import talib
from puffling.ui.charts.library import import_library

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARTS = ("puffling.ui.charts.chart", "puffling.ui.charts.equity")
STEP = 0.005  # seconds of work between two looks at what the person does
# What the library imports besides Qt; most of its time goes into these.
_PLAIN = ("numpy", "cProfile", "colorama", "importlib.resources", "xml.etree.ElementTree")


async def load() -> None:
    """Have the charts ready to be made; at once if they are."""
    if not is_loaded():
        await asyncio.to_thread(_import_plain)
        until = time.perf_counter() + STEP
        for _ in _pieces():
            if time.perf_counter() > until:
                await asyncio.sleep(0)
                until = time.perf_counter() + STEP


def is_loaded() -> bool:
    """Whether a chart can be made without waiting."""
    return all(each in sys.modules for each in CHARTS)


def _import_plain() -> None:
    for each in _PLAIN:
        import_module(each)
    talib()


def _pieces() -> Iterator[str]:
    """Import everything, piece by piece; yield the name of what is there."""
    import_module("PySide6.QtSvg")
    yield "Qt's part"
    import_library()
    yield "library"
    for each in CHARTS:
        import_module(each)
        yield each
