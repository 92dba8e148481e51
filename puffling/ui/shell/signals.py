"""Ctrl+C and the system's request to end, brought to Qt's loop at once."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


class SystemSignals(QObject):
    """Calls `end` when the process is asked to end.

    Python runs its handlers between two of its own instructions; while Qt waits there are none,
    so each signal also writes a byte that wakes Qt.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        super().__init__()
        self._end = end
        self._here, self._there = socket.socketpair()
        for each in (self._here, self._there):
            each.settimeout(0)
        self._before_fd = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        self._before = {
            each: signal.signal(each, self._handle) for each in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

    def close(self) -> None:
        """Put back what was there before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._here.close()
        self._there.close()

    def _drain(self) -> None:
        try:
            self._here.recv(64)
        except BlockingIOError:
            return

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self._end()
