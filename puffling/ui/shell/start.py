"""Opens the desk: Qt, the loop, the first paint, and the way out."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from puffling import __version__
from puffling.ui.shell.session import Session

if TYPE_CHECKING:
    from puffling.core.paths import Paths

log = logging.getLogger(__name__)

# A thread of pure Python hands over after this; the default is longer than a third of a frame.
SWITCH_SECONDS = 0.001


def make_application() -> QApplication:
    """Return the application, set up the one way it works with docks and a tray."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # A floating dock would turn its neighbours into system windows of their own, which flicker.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Puffling")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("puffling")
    # The last window may be in the tray, and the loop must end in its own order.
    app.setQuitOnLastWindowClosed(False)
    return app


def open_desk(paths: Paths) -> int:
    """Open the window of this profile and run until it is closed; return the exit code."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = make_application()
    with qasync.QEventLoop(app) as loop:
        code: int = loop.run_until_complete(Session(app, paths).run())
    return code
