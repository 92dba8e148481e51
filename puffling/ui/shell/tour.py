"""A tour of the window: a card beside one real part of it after the other, walked by keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.ui.shell.focus import FocusKeeper
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

_WIDTH, _GAP, _LINE = 340, 10, 2
_FORWARD = {Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown}
_BACKWARD = {Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: what is said, and the part of the window it is about."""

    title: str
    text: str
    place: Callable[[], QWidget | None]


class Tour(QFrame):
    """The card; it goes when the last stop is left, or at Esc.

    A stop whose part is not in view is left out, so that nothing is pointed at that is not there.
    """

    def __init__(self, theme: Theme, window: QWidget, stops: Sequence[Stop]) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._stops = [each for each in stops if _in_view(each.place(), window)]
        self._at = 0
        self._ring = _Ring(theme, window)
        FocusKeeper(self)
        theme.set_role(self, "popup")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Tour of the window")
        self.setFixedWidth(theme.px(_WIDTH))
        self.title, self.text, self.count = QLabel(), QLabel(), QLabel()
        theme.set_role(self.title, "heading")
        theme.set_role(self.count, "caption")
        self.text.setWordWrap(True)
        self.skip, self.back, self.next = QPushButton("Skip"), QPushButton("Back"), QPushButton()
        theme.set_role(self.skip, "flat")
        theme.set_role(self.next, "primary")
        self._lay_out()
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.next.clicked.connect(lambda: self.turn(1))
        window.installEventFilter(self)

    def start(self) -> None:
        """Begin at the first stop; a window without any part in view has no tour."""
        if not self._stops:
            self.end()
            return
        self._ring.show()
        self.show()
        self.turn(0)

    def turn(self, step: int) -> None:
        """Go on, or back; past the last stop it ends."""
        self._at = max(self._at + step, 0)
        if self._at >= len(self._stops):
            self.end()
            return
        stop, last = self._stops[self._at], self._at == len(self._stops) - 1
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.count.setText(f"{self._at + 1} of {len(self._stops)}")
        self.back.setEnabled(self._at > 0)
        self.next.setText("Done" if last else "Next")
        self.setAccessibleDescription(f"{stop.title}. {stop.text}")
        self._place()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Take card and ring away; the keyboard goes back to where it was."""
        self._window.removeEventFilter(self)
        self._ring.hide()
        self._ring.deleteLater()
        self.hide()
        self.deleteLater()

    @property
    def pointed_at(self) -> QWidget | None:
        """The part of the window that the ring is around."""
        return self._stops[self._at].place() if self._at < len(self._stops) else None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.end()
        elif step := _step_of(event):
            self.turn(step)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            at = self.focusWidget()
            (at if isinstance(at, QPushButton) else self.next).click()
        else:
            super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep Tab among the buttons of the card."""
        buttons = [each for each in (self.skip, self.back, self.next) if each.isEnabled()]
        at = self.focusWidget()
        place = buttons.index(at) if isinstance(at, QPushButton) and at in buttons else 0
        step = 1 if next else -1
        buttons[(place + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        step = _step_of(event)
        if step:  # before the buttons take the arrows to go from one to the other
            self.turn(step)
        return bool(step)

    def _lay_out(self) -> None:
        theme = self._theme
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addStretch(1)
        for each in (self.skip, self.back, self.next):
            each.setAutoDefault(False)
            each.installEventFilter(self)
            foot.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(12)] * 4)
        column.setSpacing(theme.px(8))
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(foot)

    def _place(self) -> None:
        """Put the ring around the part, and the card where it hides the least of it."""
        part = self.pointed_at
        if part is None:
            return
        around = QRect(part.mapTo(self._window, QPoint(0, 0)), part.size())
        room = self._window.rect()
        self._ring.setGeometry(around.adjusted(-_LINE, -_LINE, _LINE, _LINE) & room)
        self._ring.raise_()
        self.setFixedHeight(self.heightForWidth(self.width()))
        size, gap = self.size(), self._theme.px(_GAP)
        inside = room.adjusted(gap, gap, -gap - size.width(), -gap - size.height())
        places = (
            QPoint(around.right() + gap, around.top()),
            QPoint(around.left() - gap - size.width(), around.top()),
            QPoint(around.left(), around.bottom() + gap),
            QPoint(around.left(), around.top() - gap - size.height()),
        )
        held = [
            QPoint(
                min(max(each.x(), inside.left()), max(inside.right(), inside.left())),
                min(max(each.y(), inside.top()), max(inside.bottom(), inside.top())),
            )
            for each in (*places, around.center() - self.rect().center())
        ]
        free = (each for each in held if not QRect(each, size).intersects(around))
        self.move(next(free, held[-1]))
        self.raise_()


class _Ring(QWidget):
    """A line around a part of the window; clicks go through it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.color(Tone.ACCENT), 2 * _LINE))
        painter.drawRect(self.rect())


def _step_of(event: QEvent) -> int:
    """Return 1 for a key that goes on, -1 for one that goes back, 0 for anything else."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
        return 0
    key = Qt.Key(event.key())
    return 1 if key in _FORWARD else -1 if key in _BACKWARD else 0


def _in_view(part: QWidget | None, window: QWidget) -> bool:
    """Whether a part is to be seen in this window: not closed, behind a tab or floating."""
    return (
        part is not None
        and part.window() is window
        and part.isVisible()
        and not part.visibleRegion().isEmpty()
    )
