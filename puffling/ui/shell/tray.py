"""The tray icon: what the desk says while its window is hidden, where a tray exists."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from puffling.core.events import Level
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QAction

    from puffling.ui.theme.theme import Theme

RECHECK = 5_000  # milliseconds; a tray may come or go while we run
RECENT = 5
SNOOZES = (
    ("15 minutes", timedelta(minutes=15)),
    ("1 hour", timedelta(hours=1)),
    ("Until tomorrow", timedelta(hours=24)),
)
_SIZE = 64
_FRAME = 6


class TrayState(StrEnum):
    """What the icon says at a glance."""

    NORMAL = "normal"
    ALERT = "alert"
    HALTED = "halted"


_TONES = {TrayState.ALERT: "warning", TrayState.HALTED: "danger"}
_BALLOONS = {
    Level.WARNING: QSystemTrayIcon.MessageIcon.Warning,
    Level.ERROR: QSystemTrayIcon.MessageIcon.Critical,
}


class TrayIcon(QObject):
    """The icon and its menu.

    Qt says that trays take messages even where there is none, so `available` asks for the tray
    itself, again and again.

    Signals:
        show_asked: The window should be shown or hidden.
        panel_asked: The panel of a message that was clicked.
        command_asked: A command of the menu, by id.
        available_changed: A tray appeared or went.
    """

    show_asked = Signal()
    panel_asked = Signal(str)
    command_asked = Signal(str)
    available_changed = Signal(bool)

    def __init__(
        self, theme: Theme, now: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._quiet_until: datetime | None = None
        self._panel = ""
        self.state = TrayState.NORMAL
        self._mode = ""
        self._icon = QSystemTrayIcon(self)
        self._menu = QMenu()
        self._build_menu()
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(lambda: self.panel_asked.emit(self._panel))
        self._was_available = False
        self._timer = QTimer(self, interval=RECHECK)
        self._timer.timeout.connect(self.recheck)
        theme.changed.connect(self._paint)
        self._paint()

    def start(self) -> None:
        """Show the icon where there is a tray, and look for one from now on."""
        self.recheck()
        self._timer.start()

    def close(self) -> None:
        """Take the icon away."""
        self._timer.stop()
        self._icon.hide()
        self._menu.deleteLater()

    @property
    def available(self) -> bool:
        """Whether a tray exists to show the icon."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def snoozed(self) -> bool:
        """Whether alerts are to be kept quiet at the moment."""
        return self._quiet_until is not None and self._now() < self._quiet_until

    def recheck(self) -> None:
        """Show the icon if a tray has come; say so if one came or went."""
        available = self.available
        if available and not self._icon.isVisible():
            self._icon.show()
        if available != self._was_available:
            self._was_available = available
            self.available_changed.emit(available)

    def message(self, title: str, text: str, level: Level) -> None:
        """Show a balloon at the icon."""
        kind = _BALLOONS.get(level, QSystemTrayIcon.MessageIcon.Information)
        self._icon.showMessage(title, text, kind, 8_000)

    def remember_panel(self, panel: str) -> None:
        """Open this panel when the balloon in view is clicked."""
        self._panel = panel

    def set_state(self, state: TrayState) -> None:
        """Change what the icon says."""
        if state is not self.state:
            self.state = state
            self._paint()

    def show_mode(self, mode: str) -> None:
        """Wear the mode's colour while real money is traded."""
        if mode != self._mode:
            self._mode = mode
            self._paint()

    def set_profit(self, text: str) -> None:
        """Say the day's profit in the menu and the tooltip."""
        self._profit.setText(text)
        self._icon.setToolTip(f"Puffling · {text}")

    def set_window_visible(self, *, visible: bool) -> None:
        """Say what the first entry does."""
        self._show.setText("Hide Puffling" if visible else "Show Puffling")

    def set_recent(self, alerts: Sequence[str]) -> None:
        """List the alerts that fired last, newest first."""
        self._recent.clear()
        for text in alerts[:RECENT]:
            self._recent.addAction(text, lambda: self.panel_asked.emit("automation"))
        self._recent.setEnabled(bool(alerts))

    def snooze(self, time: timedelta) -> None:
        """Keep alerts off the desktop for a while; they still reach the notification centre."""
        self._quiet_until = self._now() + time
        self._wake.setVisible(True)

    def wake(self) -> None:
        """End the snooze."""
        self._quiet_until = None
        self._wake.setVisible(False)

    def _build_menu(self) -> None:
        menu = self._menu
        self._show: QAction = menu.addAction("Hide Puffling", self.show_asked.emit)
        menu.addSeparator()
        self._profit: QAction = menu.addAction("Day profit —")
        self._profit.setEnabled(False)
        self._recent = menu.addMenu("Recent alerts")
        self._recent.setEnabled(False)
        snooze = menu.addMenu("Snooze alerts")
        for text, time in SNOOZES:
            snooze.addAction(text, partial(self.snooze, time))
        self._wake: QAction = snooze.addAction("End the snooze", self.wake)
        self._wake.setVisible(False)
        menu.addSeparator()
        menu.addAction("Kill switch…", lambda: self.command_asked.emit("risk.halt"))
        menu.addSeparator()
        menu.addAction("Quit", lambda: self.command_asked.emit("desk.quit"))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_asked.emit()

    def _paint(self) -> None:
        """Draw the puffling, a frame while money is real, and a dot that says the state."""
        pixmap = QPixmap(self._theme.pixmap("puffling", "accent", _SIZE))
        tone = _TONES.get(self.state)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._mode == Tone.LIVE:
            painter.setPen(QPen(self._theme.color(Tone.LIVE), _FRAME))
            painter.drawRect(pixmap.rect().adjusted(_FRAME // 2, _FRAME // 2, -_FRAME, -_FRAME))
        if tone is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(tone))
            side = _SIZE * 3 // 8
            painter.drawEllipse(QRect(QPoint(_SIZE - side, _SIZE - side), pixmap.size() * 3 / 8))
        painter.end()
        self._icon.setIcon(QIcon(pixmap))
