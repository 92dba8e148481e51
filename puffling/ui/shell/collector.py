"""Python's garbage collector, kept to the window's thread.

A collection runs in whichever thread happens to allocate. When it frees a widget or a pixmap in a
worker's thread, Qt's part of it is destroyed there, and the program crashes some time later. So
the automatic collector is off from before the window is made until the program has ended (threads
may outlive the window for a moment), and this one looks on the window's thread.
"""

from __future__ import annotations

import gc
import linecache

from PySide6.QtCore import QObject, QTimer

LOOK_MILLISECONDS = 1_000


class Collector(QObject):
    """Collects what Python's own thresholds ask for, never more, once a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what was made while starting stays: looking through it only takes time
        linecache.clearcache()  # Qt for Python read the source of what was imported: 5 MB
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation whose threshold is passed, and the younger ones with it."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()
