"""Opens the desk: Qt, the loop, the first paint, and the way out."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from puffling import __version__
from puffling.core.errors import StoreError
from puffling.ui.shell.memory import share_arenas
from puffling.ui.shell.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from puffling.core.paths import Paths
    from puffling.ui.shell.building import Build

log = logging.getLogger(__name__)

# A thread of pure Python hands over after this; the default is longer than a third of a frame.
SWITCH_SECONDS = 0.001
BLOCKING_THREADS = 8
PATIENCE = 3.0  # seconds a thread may keep a program that has ended


def make_application() -> QApplication:
    """Return the application, set up the one way it works with docks and a tray."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        share_arenas()
        # A floating dock would turn its neighbours into system windows of their own.
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Puffling")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("puffling")
    # The last window may be in the tray, and the loop must end in its own order.
    app.setQuitOnLastWindowClosed(False)
    return app


def open_desk(paths: Paths, build: Build, lines: Sequence[str] = ()) -> int:
    """Open the window of this profile and run until it is closed; return the exit code.

    `lines` of the command line are done once it is open.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    app = make_application()
    loop = make_loop(app)
    with fault_log(paths):
        code: int = loop.run_until_complete(Session(app, paths, build, lines).run())
    impatient = threading.Timer(PATIENCE, _leave, (code,))
    impatient.daemon = True
    impatient.start()
    loop.close()  # waits for its threads
    impatient.cancel()
    return code


def make_loop(app: QApplication) -> qasync.QEventLoop:
    """Return the loop of the window's thread; what blocks goes to plain threads, not to Qt's.

    Qasync's own threads are Qt objects with a Python half: nothing here needs that half, and
    what is not there cannot be freed in the wrong thread.
    """
    loop = qasync.QEventLoop(app)
    loop.set_default_executor(ThreadPoolExecutor(BLOCKING_THREADS, thread_name_prefix="blocking"))
    return loop


@contextmanager
def fault_log(paths: Paths) -> Iterator[None]:
    """Let a crash below Python leave its stacks in the folder of logs: nobody else could say it."""
    try:
        paths.make()
        file = (paths.logs / "faults.txt").open("ab")
    except (StoreError, OSError):
        yield  # the session says what is wrong with the folder
        return
    with file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()


def _leave(code: int) -> None:
    """End although a thread still waits, for a provider's answer say; all is stored by now."""
    log.warning("Ending although a thread has not answered for %s s", PATIENCE)
    logging.shutdown()
    os._exit(code)
