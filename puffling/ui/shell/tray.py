"""The tray icon: what the desk says while its window is hidden, where a tray exists."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from puffling.core.events import Level
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from puffling.ui.theme.theme import Theme

RECHECK = 5_000  # milliseconds; a tray may come or go while we run
RECENT = 5
SNOOZES = {"15 minutes": "15 minutes", "1 hour": "1 hour", "today": "Today"}
_SIZE = 64
_FRAME = 6
_TINT = 0.75  # of the colour over the bird's own
_MOST = 9  # what is waited for beyond it is shown as "9+"


class TrayState(StrEnum):
    """What the icon says at a glance."""

    NORMAL = "normal"
    ALERT = "alert"
    APPROVALS = "approvals"
    STALE = "stale"
    HALTED = "halted"


_BODIES = {TrayState.STALE: "faint", TrayState.HALTED: "danger"}
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
        snooze_asked: Alerts are to be kept quiet (for how long), or no longer (empty).
        available_changed: A tray appeared or went.
    """

    show_asked = Signal()
    panel_asked = Signal(str)
    command_asked = Signal(str)
    snooze_asked = Signal(str)
    available_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._panel = ""
        self.state, self.waiting = TrayState.NORMAL, 0
        self._paused = False
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

    def set_state(self, state: TrayState, waiting: int = 0) -> None:
        """Change what the icon says; `waiting` is how many approvals are waited for."""
        if (state, waiting) != (self.state, self.waiting):
            self.state, self.waiting = state, waiting
            self._inbox.setText(f"Inbox ({waiting})" if waiting else "Inbox")
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

    def set_quiet(self, until: str) -> None:
        """Say until when alerts are kept off the desktop; empty when they are not."""
        self._wake.setVisible(bool(until))
        self._wake.setText(f"End the snooze (until {until})")

    def set_paused(self, *, paused: bool) -> None:
        """Say whether automation is paused."""
        self._paused = paused
        self._pause.setText("Resume automation…" if paused else "Pause automation")

    def _build_menu(self) -> None:
        menu = self._menu
        self._show: QAction = menu.addAction("Hide Puffling", self.show_asked.emit)
        menu.addSeparator()
        self._profit: QAction = menu.addAction("Day profit —")
        self._profit.setEnabled(False)
        self._inbox: QAction = menu.addAction("Inbox", lambda: self.panel_asked.emit("inbox"))
        self._recent = menu.addMenu("Recent alerts")
        self._recent.setEnabled(False)
        snooze = menu.addMenu("Snooze alerts")
        for span, text in SNOOZES.items():
            snooze.addAction(text, partial(self.snooze_asked.emit, span))
        self._wake: QAction = snooze.addAction("", lambda: self.snooze_asked.emit(""))
        self._wake.setVisible(False)
        menu.addSeparator()
        self._pause: QAction = menu.addAction("Pause automation", self._pause_or_resume)
        menu.addAction("Kill switch…", lambda: self.command_asked.emit("risk.halt"))
        menu.addSeparator()
        menu.addAction("Quit", lambda: self.command_asked.emit("desk.quit"))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_asked.emit()

    def _pause_or_resume(self) -> None:
        self.command_asked.emit("automation.resume" if self._paused else "automation.pause")

    def _paint(self) -> None:
        """Draw the puffling in the state's colour, a frame while money is real, and a mark."""
        pixmap = QPixmap(self._theme.pixmap("puffling", "accent", _SIZE))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.state in _BODIES:
            body = self._theme.color(_BODIES[self.state])
            body.setAlphaF(_TINT)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
            painter.fillRect(pixmap.rect(), body)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._mode == Tone.LIVE:
            painter.setPen(QPen(self._theme.color(Tone.LIVE), _FRAME))
            painter.drawRect(pixmap.rect().adjusted(_FRAME // 2, _FRAME // 2, -_FRAME, -_FRAME))
        if self.waiting:
            text = str(self.waiting) if self.waiting <= _MOST else f"{_MOST}+"
            self._mark(painter, "warning", _SIZE * 5 // 8, text)
        elif self.state is TrayState.ALERT:
            self._mark(painter, "warning", _SIZE * 3 // 8)
        elif self.state is TrayState.HALTED:
            self._mark(painter, "danger", _SIZE * 3 // 8)
        painter.end()
        self._icon.setIcon(QIcon(pixmap))

    def _mark(self, painter: QPainter, tone: str, side: int, text: str = "") -> None:
        """Draw a dot in the corner, with a number on it if there is one."""
        place = QRect(QPoint(_SIZE - side, _SIZE - side), QSize(side, side))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(tone))
        painter.drawEllipse(place)
        if text:
            font = painter.font()
            font.setBold(True)
            font.setPixelSize(side * (3 if len(text) == 1 else 2) // 4)
            painter.setFont(font)
            painter.setPen(self._theme.color("window"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
