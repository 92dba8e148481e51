"""The main window: bars around the docks, the banner, and its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QMainWindow, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.ui.shell.banner import HaltBanner
from puffling.ui.shell.bare import BareDesk
from puffling.ui.shell.live_frame import LiveFrame
from puffling.ui.shell.statusbar import StatusBar
from puffling.ui.shell.toolbar import ToolBar
from puffling.ui.shell.workspace import Workspace
from puffling.ui.widgets.toast import Toasts

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QShowEvent

    from puffling.ui.theme.theme import Theme

NAME = "Puffling"


class MainWindow(QMainWindow):
    """The frame of the desk. It paints before anything is loaded that takes long.

    Signals:
        painted: It was painted for the first time.
        close_asked: Somebody wants it closed; it stays until the desk has decided.
        visible_changed: It was shown, hidden, minimised or brought back.
    """

    painted = Signal()
    close_asked = Signal()
    visible_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(NAME)
        self.setWindowIcon(theme.icon("puffling", "accent"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.theme = theme
        self._mode, self._layout, self._halted = "", "", False
        self._was_painted = False
        self._may_close = False
        self.tools = ToolBar(theme)
        self.addToolBar(self.tools)
        self.status = StatusBar(theme)
        self.setStatusBar(self.status)
        middle, docks = QWidget(), QWidget()
        self.banner = HaltBanner(theme)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(docks, 1)
        self.setCentralWidget(middle)
        self.workspace = Workspace(self, docks, theme)
        inside = QGridLayout(docks)  # the sentence of an empty desk lies on top of the docks
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.workspace.docks.manager, 0, 0)
        inside.addWidget(BareDesk(theme, self.workspace, docks), 0, 0)
        self.frame = LiveFrame(self, theme)
        self.toasts = Toasts(theme, self)
        self.toasts.bottom_margin += self.status.sizeHint().height()

    # What it says

    def show_mode(self, mode: str) -> None:
        """Show the mode in the title, the status bar, and in LIVE around everything."""
        self._mode = mode
        self.status.show_mode(mode)
        self.frame.show_mode(mode)
        self._title()

    def show_layout(self, name: str) -> None:
        """Show the layout in use."""
        self._layout = name
        self.tools.show_layout(name)
        self._title()

    def show_halt(self, text: str) -> None:
        """Show why trading is halted; an empty text says that it is not."""
        self._halted = bool(text)
        self.banner.show_halt(text)
        self._title()

    def bring_to_front(self) -> None:
        """Show the window, wherever it is hidden."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def turn_full_screen(self) -> None:
        """Fill the screen, or go back to the window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close_for_good(self) -> None:
        """Close without asking again; the program is ending."""
        self._may_close = True
        self.close()

    # What Qt asks

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.visible_changed.emit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.visible_changed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu bar with F10; the ticket takes that key first while it has the focus."""
        if event.key() == Qt.Key.Key_F10.value and not event.modifiers():
            actions = self.menuBar().actions()
            if actions:
                self.menuBar().setFocus(Qt.FocusReason.MenuBarFocusReason)
                self.menuBar().setActiveAction(actions[0])
            return
        if event.key() == Qt.Key.Key_Escape.value and self.toasts.dismiss():
            return
        super().keyPressEvent(event)

    def _title(self) -> None:
        words = [NAME, self._layout, self._mode.upper()]
        title = " · ".join(each for each in words if each)
        self.setWindowTitle(f"HALTED · {title}" if self._halted else title)
