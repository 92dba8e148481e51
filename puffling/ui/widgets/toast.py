"""Messages that leave by themselves, stacked at the foot of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)
from typing_extensions import override

from puffling.core.events import Level
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import (
        QWidget,
    )

    from puffling.core.events import NoticePosted
    from puffling.ui.theme.theme import Theme

MOST = 4
_STAYS_MS = {Level.SUCCESS: 4_000, Level.INFO: 4_000, Level.WARNING: 8_000}
_LOOK = {
    Level.SUCCESS: ("check", Tone.SUCCESS),
    Level.INFO: ("info", Tone.INFO),
    Level.WARNING: ("warning", Tone.WARNING),
    Level.ERROR: ("error", Tone.DANGER),
}
_WIDTH = 340
_GAP = 8
_MOVE_MS = 120
_DISMISS = (Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Toast(QFrame):
    """One message. It waits while it is looked at: hovered or focused.

    Signals:
        left: Its time is over or somebody closed it.
        opened: It was clicked, or Return was pressed on it.
        details_asked: Its Details button was pressed.
    """

    left = Signal()
    opened = Signal()
    details_asked = Signal()

    def __init__(self, theme: Theme, notice: NoticePosted, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._times = 1
        icon, tone = _LOOK[notice.level]
        theme.set_role(self, "toast", tone)
        self.setFixedWidth(theme.px(_WIDTH))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title, self._text = QLabel(notice.title), QLabel(notice.text)
        theme.set_role(self._text, "muted")
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setVisible(bool(label.text()))
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            words.addWidget(label)
        self._buttons(theme, words)
        words.addStretch(1)
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        close.setToolTip("Close this message (Esc)")
        close.setAccessibleName("Close this message")
        close.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(8), theme.px(6), theme.px(8))
        row.setSpacing(theme.px(8))
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Picture(theme, icon, tone), 0, top)
        row.addLayout(words, 1)
        row.addWidget(close, 0, top)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.left)
        self._name()
        self._wait()

    @property
    def is_sticky(self) -> bool:
        """Whether it stays until somebody closes it."""
        return self.notice.level not in _STAYS_MS

    def count_again(self) -> None:
        """Say that the same thing happened once more."""
        self._times += 1
        self._title.setText(f"{self.notice.title} (×{self._times})")
        self._name()
        self._wait()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _DISMISS:
            self.left.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    @override
    def enterEvent(self, event: object) -> None:
        self._timer.stop()

    @override
    def leaveEvent(self, event: object) -> None:
        self._wait()

    @override
    def focusInEvent(self, event: object) -> None:
        self._timer.stop()
        self.update()

    @override
    def focusOutEvent(self, event: object) -> None:
        self._wait()
        self.update()

    def _buttons(self, theme: Theme, words: QVBoxLayout) -> None:
        if not self.notice.details:
            return
        details = QPushButton("Details")
        theme.set_role(details, "link")
        details.clicked.connect(self.details_asked)
        words.addWidget(details, 0, Qt.AlignmentFlag.AlignLeft)

    def _wait(self) -> None:
        if not self.is_sticky:
            self._timer.start(_STAYS_MS[self.notice.level])

    def _name(self) -> None:
        self.setAccessibleName(
            f"{self.notice.level.value.capitalize()}: {self._title.text()}. {self.notice.text}"
        )


class Toasts(QObject):
    """The stack of messages of one window: newest at the bottom, never more than four.

    In the middle, not in a corner: the right one has the ticket's button, the left one the lists.

    Signals:
        opened: A message was clicked (the notice).
        details_asked: The details of a message are wanted (the notice).
    """

    opened = Signal(object)
    details_asked = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._toasts: list[Toast] = []
        self.bottom_margin = _GAP  # the shell raises it above its status bar
        window.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The messages in sight, oldest first."""
        return tuple(self._toasts)

    def post(self, notice: NoticePosted) -> None:
        """Show a notice; the same one again only counts."""
        for each in self._toasts:
            if each.notice == notice:
                each.count_again()
                return
        if len(self._toasts) >= MOST:
            passing = [each for each in self._toasts if not each.is_sticky]
            self._remove((passing or self._toasts)[0])
        toast = Toast(self._theme, notice, self._window)
        toast.left.connect(lambda: self._remove(toast))
        toast.opened.connect(lambda: self._open(toast))
        toast.details_asked.connect(lambda: self.details_asked.emit(toast.notice))
        self._toasts.append(toast)
        toast.ensurePolished()
        self._place(entering=toast)  # before it is shown: it must not appear below the pointer
        toast.show()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def dismiss(self) -> bool:
        """Close the newest message; whether there was one."""
        if self._toasts:
            self._remove(self._toasts[-1])
            return True
        return False

    def clear(self) -> None:
        """Close all of them."""
        while self.dismiss():
            pass

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._place()
        return False

    def _open(self, toast: Toast) -> None:
        self.opened.emit(toast.notice)
        if toast in self._toasts and not toast.is_sticky:
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        toast.hide()
        toast.deleteLater()
        self._place()

    def _place(self, entering: Toast | None = None) -> None:
        gap = self._theme.px(_GAP)
        bottom = self._window.height() - self._theme.px(self.bottom_margin)
        for toast in reversed(self._toasts):
            toast.resize(toast.width(), toast.heightForWidth(toast.width()))
            bottom -= toast.height()
            target = QPoint((self._window.width() - toast.width()) // 2, bottom)
            self._move(toast, target, entering=toast is entering)
            toast.raise_()
            bottom -= gap

    def _move(self, toast: Toast, target: QPoint, *, entering: bool) -> None:
        for moving in toast.findChildren(QPropertyAnimation):
            moving.stop()
        if not entering or self._theme.reduced_motion:
            toast.move(target)
            return
        toast.move(target + QPoint(0, self._theme.px(12)))
        motion = QPropertyAnimation(toast, b"pos", toast)
        motion.setDuration(_MOVE_MS)
        motion.setEndValue(target)
        motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        motion.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
