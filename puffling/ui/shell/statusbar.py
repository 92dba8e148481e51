"""The status bar: mode, connections with their age, the market's clock, jobs and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStatusBar, QWidget
from typing_extensions import override

from puffling.core import formats
from puffling.core.events import FeedState
from puffling.core.modes import WORDS
from puffling.core.settings import Mode
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge, Dot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QMouseEvent

    from puffling.core.events import ConnectionChanged
    from puffling.ui.theme.theme import Theme

TICK = 500  # milliseconds between looks at the clock and at ages
_TONES = {
    FeedState.LIVE: Tone.SUCCESS,
    FeedState.CONNECTING: Tone.INFO,
    FeedState.STALE: Tone.WARNING,
    FeedState.BROKEN: Tone.DANGER,
    FeedState.STOPPED: Tone.FAINT,
}
_WORDS = {
    FeedState.LIVE: "connected",
    FeedState.CONNECTING: "connecting",
    FeedState.STALE: "no new prices",
    FeedState.BROKEN: "disconnected",
    FeedState.STOPPED: "stopped",
}
_OLD = 5.0  # seconds after which an age is worth a word


class Connection(QWidget):
    """A dot, a name, and how old its last word is when that matters."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._name = name
        self._dot = Dot(theme, Tone.FAINT, f"{name}: not started")
        self._label = QLabel(name)
        theme.set_role(self._label, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.px(8), 0)
        row.setSpacing(theme.px(5))
        row.addWidget(self._dot)
        row.addWidget(self._label)
        self.text = ""

    def show_state(self, event: ConnectionChanged) -> None:
        """Show how the connection is doing."""
        words = f"{self._name}: {event.provider}, {_WORDS[event.state]}"
        self.text = f"{words}. {event.text}" if event.text else words
        self._dot.show_tone(_TONES[event.state], self.text)
        self.setToolTip(self.text)

    def show_age(self, seconds: float | None) -> None:
        """Say how old the last word is, once that is worth saying."""
        old = seconds is not None and seconds >= _OLD
        self._label.setText(f"{self._name} {formats.age(seconds)}" if old else self._name)


class ModeChip(Badge):
    """The mode, in its colour; pressing it asks for the menu of modes.

    Signals:
        pressed: It was clicked.
    """

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.setFont(theme.font(Kind.STRONG))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.pressed.emit()


class StatusBar(QStatusBar):
    """What is always in view.

    Signals:
        activity_asked: The jobs or the messages were clicked (the tab's name).
        inbox_asked: The inbox was clicked.
        assistant_asked: What models used today was clicked.
    """

    activity_asked = Signal(str)
    inbox_asked = Signal()
    assistant_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizeGripEnabled(False)
        self.mode = ModeChip(theme)
        self.broker = Connection(theme, "Broker")
        self.data = Connection(theme, "Data")
        self.clock = QLabel()
        self.clock.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.clock, "muted")
        self.clock.setAccessibleName("Market clock")
        self.clock.setMinimumWidth(theme.px(80))
        self.clock.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.models = self._button("", "What models used today", "Assistant")
        self.models.clicked.connect(self.assistant_asked)
        self.models.hide()
        self.inbox = self._button("Inbox", "Proposals that wait for you", "Inbox")
        self.inbox.clicked.connect(self.inbox_asked)
        self.jobs = self._button("Jobs", "Running jobs", "Activity")
        self.jobs.clicked.connect(lambda: self.activity_asked.emit("jobs"))
        self.messages = self._button("Messages", "Unread messages", "Activity")
        self.messages.clicked.connect(lambda: self.activity_asked.emit("notifications"))
        self.addWidget(self.mode)
        self.addWidget(self.broker)
        self.addWidget(self.data)
        self.addWidget(self.clock, 1)
        self.addPermanentWidget(self.models)
        self.addPermanentWidget(self.inbox)
        self.addPermanentWidget(self.jobs)
        self.addPermanentWidget(self.messages)
        self.show_waiting(0)
        self.show_jobs(0)
        self.show_unread(0)
        self._timer = QTimer(self, interval=TICK)

    def tick(self, look: Callable[[], None]) -> None:
        """Call `look` now and then until the bar is stopped."""
        self._timer.timeout.connect(look)
        self._timer.start()

    def stop(self) -> None:
        """Stop looking at clocks."""
        self._timer.stop()

    def show_mode(self, mode: str) -> None:
        """Show the mode, in its colour."""
        self.mode.show_text(mode.upper(), mode)
        self.mode.setToolTip(f"{WORDS[Mode(mode)].about} Click to switch.")

    def show_connection(self, event: ConnectionChanged) -> None:
        """Show how the source of prices or the broker is doing."""
        bar = {"data": self.data, "broker": self.broker}.get(event.name)
        if bar is not None:
            bar.show_state(event)

    def show_clock(self, text: str) -> None:
        """Show what the market says of itself."""
        if text != self.clock.text():
            self.clock.setText(text)
            self.clock.setToolTip(text)

    def show_waiting(self, count: int) -> None:
        """Show how many proposals wait for a decision."""
        self.inbox.setText(f"Inbox {count}")
        self._theme.set_tone(self.inbox, Tone.ACCENT if count else "")

    def show_models(self, text: str, tip: str, tone: str = "") -> None:
        """Show what models used today; nothing hides it."""
        self.models.setText(text)
        self.models.setToolTip(tip)
        self.models.setAccessibleName(f"What models used today: {text}")
        self.models.setVisible(bool(text))
        self._theme.set_tone(self.models, tone)

    def show_jobs(self, count: int) -> None:
        """Show how many jobs run."""
        self.jobs.setText(f"Jobs {count}")
        self._theme.set_tone(self.jobs, Tone.ACCENT if count else "")

    def show_unread(self, count: int) -> None:
        """Show how many messages nobody has looked at."""
        self.messages.setText(f"Messages {count}")
        self._theme.set_tone(self.messages, Tone.WARNING if count else "")

    def _button(self, text: str, name: str, panel: str) -> QPushButton:
        button = QPushButton(text)
        self._theme.set_role(button, "flat")
        button.setAccessibleName(name)
        button.setToolTip(f"{name}: open them in {panel}")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button
