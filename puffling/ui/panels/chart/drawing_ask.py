"""Asks for a few words at a place of a chart: what is written at a drawing, a style's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject, QPoint
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

WIDE = 220


class DrawingAsk(QFrame):
    """A field over the chart: Return keeps, Esc leaves it as it was, so does a click elsewhere."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._done: Callable[[str], None] | None = None
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.field = QLineEdit()
        self.field.setMinimumWidth(theme.px(WIDE))
        self.field.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.px(4)] * 4)
        row.addWidget(self.words)
        row.addWidget(self.field)
        self.hide()

    def ask(
        self, at: QPoint, words: str, text: str, done: Callable[[str], None], *, longest: int = 400
    ) -> None:
        """Ask near a place; `done` gets what was written."""
        self._done = done
        self.words.setText(words)
        self.field.setAccessibleName(words)
        self.field.setMaxLength(longest)
        self.field.setText(text)
        self.field.selectAll()
        self.adjustSize()
        room = self._over.rect().adjusted(0, 0, -self.width(), -self.height())
        self.move(max(0, min(at.x(), room.right())), max(0, min(at.y(), room.bottom())))
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def put_away(self) -> None:
        """Close it; nothing is kept."""
        self._done = None
        if not self.isHidden():
            self._over.setFocus(Qt.FocusReason.PopupFocusReason)  # before it goes to another panel
            self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusOut and self.isVisible():
            self._done = None
            self.hide()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            done, text = self._done, self.field.text().strip()
            self.put_away()
            if done is not None:
                done(text)
        elif key is Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)
