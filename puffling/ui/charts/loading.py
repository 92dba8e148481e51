"""Loads the drawing library in small steps: what knows Qt on the window's thread, the rest beside.

Qt's classes come to life in Python when they are first touched, and the drawing library touches
all of them while it is imported. Done in another thread, that crashed the program now and then
while the window's thread was handling events. So it is done here, a few milliseconds at a time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = "pyqtgraph"
CHARTS = ("puffling.ui.charts.chart", "puffling.ui.charts.equity")
STEP = 0.005  # seconds of work between two looks at what the person does
# What the library imports besides Qt; most of its time goes into these.
_PLAIN = ("numpy.typing", "urllib.request", "multiprocessing.connection", "cProfile", "pstats")
_MORE_PLAIN = ("xml.etree.ElementTree", "colorama", "pydoc", "html", "importlib.resources")
_QT = ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtOpenGL", "QtOpenGLWidgets", "QtTest")


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
    for each in (*_PLAIN, *_MORE_PLAIN):
        import_module(each)


def _pieces() -> Iterator[str]:
    """Import everything, piece by piece; yield the name of what is there."""
    for each in _QT:
        module = import_module(f"PySide6.{each}")
        for name in dir(module):
            getattr(module, name)
            yield name
    for each in (LIBRARY, *CHARTS):
        import_module(each)
        yield each
