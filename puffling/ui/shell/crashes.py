"""The last net: what nobody caught is logged, shown once, and the desk keeps running."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler

from puffling.core.log import redact

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

    from PySide6.QtCore import QMessageLogContext

log = logging.getLogger(__name__)
qt_log = logging.getLogger("puffling.qt")

KEPT = 20
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashNet(QObject):
    """Catches what reached nobody: on this thread, on others, on the loop, and Qt's own words.

    Signals:
        caught: A crash, as a redacted traceback; once for each different one.
    """

    caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recent: deque[str] = deque(maxlen=KEPT)
        self.count = 0
        self._known: set[str] = set()
        self._before: tuple[Any, Any, Any] | None = None

    def install(self) -> None:
        """Stand under everything that runs from now on."""
        if self._before is None:
            self._before = (
                sys.excepthook,
                threading.excepthook,
                qInstallMessageHandler(_from_qt),
            )
            sys.excepthook = self._hook
            threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Put back what was there before."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, qt_handler = self._before
            qInstallMessageHandler(qt_handler)
            self._before = None

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Catch what the loop's tasks and callbacks let fall."""
        loop.set_exception_handler(self._from_loop)

    def report(self, error: BaseException) -> None:
        """Log a crash, keep it, and announce it if it is a new one."""
        text = redact("".join(traceback.format_exception(error)))
        self.count += 1
        self.recent.append(text)
        log.critical("Crash %d\n%s", self.count, text)
        where = _place(error)
        if where not in self._known:
            self._known.add(where)
            self.caught.emit(text)

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value)

    def _from_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            log.error("The loop says: %s", redact(str(context.get("message", context))))


def _place(error: BaseException) -> str:
    """Return what makes two crashes the same one: their kind and where they were raised."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(error).__name__} {last.filename}:{last.lineno}" if last else repr(error)


def _from_qt(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, redact(text or ""))
