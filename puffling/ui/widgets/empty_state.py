"""The honest states of a panel: its content, nothing yet, on the way, and gone wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.core.formats import duration
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.hairline import Hairline
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

_DIMMED = 0.6
_TICK_MS = 250
_NARROW = 380
_LOW = 150  # a panel lower than this has no room for the icon
_ABOVE, _BELOW = 2, 3  # two parts above, three below: the message sits at 40 % of the height


class State(StrEnum):
    """Which of its states a panel is in."""

    CONTENT = "content"
    EMPTY = "empty"
    LOADING = "loading"
    ERROR = "error"


class StateStack(QWidget):
    """Shows a panel's content, or why there is none and what to do about it.

    Loading keeps the old content, dimmed; an error keeps it under a slim banner.

    Signals:
        acted: The empty state's button was pressed.
        cancelled: Cancel was pressed while loading.
        retried: Retry was pressed after an error.
        details_asked: Details was pressed after an error (the details).
    """

    acted = Signal()
    cancelled = Signal()
    retried = Signal()
    details_asked = Signal(str)

    def __init__(self, theme: Theme, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State.CONTENT
        self.content = content
        self._banner = _Banner(theme)
        self._banner.retry.clicked.connect(self.retried)
        self._banner.more.clicked.connect(lambda: self.details_asked.emit(self._banner.details))
        self._line = Hairline(theme)
        self._empty = _Empty(theme)
        self._empty.action.clicked.connect(self.acted)
        self._pages = QStackedLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._line)
        column.addWidget(self._banner)
        column.addLayout(self._pages, 1)
        # Only now: a layout without a widget shows what is added to it as a window of its own.
        self._pages.addWidget(content)
        self._pages.addWidget(self._empty)
        self._veil = _Veil(theme, self)
        self._veil.cancel.clicked.connect(self.cancelled)
        self._line.hide()
        self._banner.hide()
        self._veil.hide()

    @property
    def state(self) -> State:
        """Which state is shown."""
        return self._state

    @property
    def way_out(self) -> QPushButton | None:
        """The button that leads out of the empty state; None without one."""
        action = self._empty.action
        return action if self._state is State.EMPTY and not action.isHidden() else None

    def show_content(self) -> None:
        """Show the content and nothing else."""
        self._enter(State.CONTENT)
        self._pages.setCurrentWidget(self.content)

    def show_empty(self, sentence: str, action: str = "", icon: str = "info") -> None:
        """Say in one sentence what the panel is for, with one button if `action` names it."""
        self._empty.say(sentence, action, icon)
        self._enter(State.EMPTY)
        self._pages.setCurrentWidget(self._empty)

    def show_loading(
        self, text: str, progress: float | None = None, *, cancellable: bool = True
    ) -> None:
        """Say what is on its way; again with another `progress` as it comes along."""
        fresh = self._state is not State.LOADING
        if fresh:
            self._enter(State.LOADING)
        self._line.show_progress(progress)
        self._line.show()
        self._veil.say(text, fresh=fresh, cancellable=cancellable)
        self._cover()
        self._veil.show()
        self._veil.raise_()

    def show_error(
        self, sentence: str, hint: str = "", *, details: str = "", retry: bool = True
    ) -> None:
        """Say plainly what went wrong, above what was shown before."""
        self._banner.say(sentence, hint, details, retry=retry)
        self._enter(State.ERROR)
        self._banner.show()

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}:
            self._cover()
        return done

    def _cover(self) -> None:
        if (page := self._pages.currentWidget()) is not None:
            self._veil.setGeometry(page.geometry())

    def _enter(self, state: State) -> None:
        self._state = state
        self._line.setVisible(state is State.LOADING)
        self._veil.setVisible(state is State.LOADING)
        self._banner.setVisible(state is State.ERROR)


class _Empty(QWidget):
    """One icon, one sentence, one button."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = Picture(theme, "info", Tone.FAINT, theme.px(28))
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setMaximumWidth(theme.px(360))
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.set_role(self.sentence, "muted")
        self.action = QPushButton()
        self._column = column = QVBoxLayout(self)
        column.setSpacing(theme.px(12))
        column.addStretch(_ABOVE)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.sentence, 4)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addWidget(self.action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(_BELOW)

    def say(self, sentence: str, action: str, icon: str) -> None:
        self._icon.show_icon(icon)
        self.sentence.setText(sentence)
        self.action.setText(action)
        self.action.setVisible(bool(action))

    @override
    def resizeEvent(self, event: object) -> None:
        """Leave out the icon in a low panel: sentence and button must stay readable."""
        low = self.height() < self._theme.px(_LOW)
        self._icon.setVisible(not low)
        self._column.setSpacing(self._theme.px(4 if low else 12))


class _Veil(QWidget):
    """Dims the old content and says what is on its way, for how long, and how to stop it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._what, self._elapsed = QLabel(), QLabel()
        theme.set_role(self._what, "", Tone.TEXT)
        theme.set_role(self._elapsed, "caption")
        self.cancel = QPushButton("Cancel")
        card = QFrame()
        theme.set_role(card, "card")
        words = QVBoxLayout(card)
        words.setContentsMargins(*[theme.px(12)] * 4)
        words.setSpacing(theme.px(6))
        for each in (self._what, self._elapsed, self.cancel):
            words.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch(_ABOVE)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(_BELOW)
        theme.changed.connect(self.update)

    def say(self, text: str, *, fresh: bool, cancellable: bool) -> None:
        self._what.setText(text)
        self.cancel.setVisible(cancellable)
        if fresh:
            self._clock.restart()
        self._tick()

    @override
    def showEvent(self, event: object) -> None:
        self._timer.start()

    @override
    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("panel", _DIMMED))

    def _tick(self) -> None:
        self._elapsed.setText(duration(self._clock.elapsed() / 1000))


class _Banner(QFrame):
    """What went wrong, in a line, with Retry and Details."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "banner", Tone.DANGER)
        self.details = ""
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.retry, self.more = QPushButton("Retry"), QPushButton("Details")
        self._narrow = theme.px(_NARROW)
        words, buttons = QHBoxLayout(), QHBoxLayout()
        words.addWidget(Picture(theme, "error", Tone.DANGER), 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._sentence, 1)
        buttons.addStretch(1)
        for each in (self.more, self.retry):
            theme.set_role(each, "flat")
            buttons.addWidget(each)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(theme.px(8), theme.px(4), theme.px(4), theme.px(4))
        self._row.setSpacing(theme.px(4))
        self._row.addLayout(words, 1)
        self._row.addLayout(buttons)

    @override
    def resizeEvent(self, event: object) -> None:
        """Put the buttons below the words where the panel is narrow."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(down if self.width() < self._narrow else across)

    def say(self, sentence: str, hint: str, details: str, *, retry: bool) -> None:
        self.details = details
        self._sentence.setText(f"{sentence} {hint}".strip())
        self._sentence.setAccessibleName(f"Error: {self._sentence.text()}")
        self.retry.setVisible(retry)
        self.more.setVisible(bool(details))
