"""The one presenter: toasts in the window, messages on the desktop, details on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from puffling.core.events import NoticePosted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.core.events import Level
    from puffling.core.settings_store import SettingsStore
    from puffling.ui.bridge import Signals
    from puffling.ui.run import Runner
    from puffling.ui.shell.notify import Notifier
    from puffling.ui.shell.tray import TrayIcon
    from puffling.ui.shell.window import MainWindow

_KEPT = 5


class Notices(QObject):
    """Shows every notice that is posted; the notification centre keeps them by itself.

    Signals:
        panel_asked: A message was clicked (the panel it is about, or "activity").
        details_asked: The details of a message are wanted (the notice).
    """

    panel_asked = Signal(str)
    details_asked = Signal(object)

    def __init__(
        self, window: MainWindow, tray: TrayIcon, notifier: Notifier, settings: SettingsStore
    ) -> None:
        super().__init__(window)
        self._window, self._tray, self._notifier = window, tray, notifier
        self._settings = settings
        self._runner: Runner | None = None
        self._recent: list[str] = []
        self.sent_by: list[str] = []
        window.toasts.opened.connect(self._opened)
        window.toasts.details_asked.connect(self.details_asked)
        tray.panel_asked.connect(self.panel_asked)

    def listen(self, signals: Signals, runner: Runner) -> None:
        """Hear the notices from now on."""
        self._runner = runner
        signals.notice_posted.connect(self.show)
        signals.alert_fired.connect(lambda event: self._remember(event.message))

    def show(self, notice: NoticePosted) -> None:
        """Show a notice in the window, and outside it if it asks for that."""
        self._window.toasts.post(notice)
        if notice.sound:
            QApplication.beep()
        if not notice.desktop:
            return
        if not self._window.isActiveWindow():
            QApplication.alert(self._window)
        wanted = self._settings.current.general.desktop_notifications
        if wanted and self._runner is not None:
            self._tray.remember_panel(notice.panel)
            self._runner.spawn(self._send(notice), self, name="desktop message")

    def say(self, level: Level, title: str, text: str = "", *, details: str = "") -> None:
        """Show something that only concerns the window."""
        self.show(NoticePosted(level, title, text, details=details))

    async def _send(self, notice: NoticePosted) -> None:
        words = notice.text or ("" if notice.title else "Puffling")
        self.sent_by.append(await self._notifier.send(notice.title, words, notice.level))
        del self.sent_by[:-_KEPT]

    def recall(self, messages: Iterable[str]) -> None:
        """List these alerts of earlier runs in the tray's menu, the newest first."""
        for each in reversed(list(messages)):
            self._remember(each)

    def _remember(self, message: str) -> None:
        self._recent.insert(0, message)
        del self._recent[_KEPT:]
        self._tray.set_recent(self._recent)

    def _opened(self, notice: NoticePosted) -> None:
        self.panel_asked.emit(notice.panel or "activity")
