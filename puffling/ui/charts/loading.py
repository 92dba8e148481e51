"""Loads the drawing library in small steps: what knows Qt on the window's thread, the rest beside.

Qt's classes come to life in Python when they are first touched. Done in another thread, that
crashed the program now and then while the window's thread was handling events, so it is done here.
The library would touch every one of them, for names it copies and never uses: it is given modules
that look a name up when it is asked for, which spares 9 MB and a third of the time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from puffin.factors.library import talib

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = "pyqtgraph"
CHARTS = ("puffling.ui.charts.chart", "puffling.ui.charts.equity")
STEP = 0.005  # seconds of work between two looks at what the person does
# What the library imports besides Qt; most of its time goes into these.
_PLAIN = ("numpy.typing", "urllib.request", "multiprocessing.connection", "cProfile", "pstats")
_MORE_PLAIN = ("xml.etree.ElementTree", "colorama", "pydoc", "html", "importlib.resources")
_QT = ("QtSvg", "QtOpenGL", "QtOpenGLWidgets", "QtTest")
_COPIED = ("QtCore", "QtGui", "QtWidgets")  # by the library, name by name


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
    talib()


def _pieces() -> Iterator[str]:
    """Import everything, piece by piece; yield the name of what is there."""
    for each in _QT:
        import_module(f"PySide6.{each}")
        yield each
    with _looked_up_when_asked():
        import_module(LIBRARY)
    yield LIBRARY
    for each in CHARTS:
        import_module(each)
        yield each


@contextmanager
def _looked_up_when_asked() -> Iterator[None]:
    """Let the library find nothing to copy while it is imported, and every name later."""
    sources = [import_module(f"PySide6.{each}") for each in _COPIED]
    listing = [vars(each).get("__dir__") for each in sources]
    for name, source in zip(_COPIED, sources, strict=True):
        mirror = ModuleType(f"{LIBRARY}.Qt.{name}")
        vars(mirror)["__getattr__"] = partial(getattr, source)
        sys.modules.setdefault(mirror.__name__, mirror)
        vars(source)["__dir__"] = list  # what `dir` lists is what is copied
    try:
        yield
    finally:
        for source, names in zip(sources, listing, strict=True):
            del vars(source)["__dir__"]
            if names is not None:
                vars(source)["__dir__"] = names
