"""Words over the docks: the red banner while trading is halted, and the DEMO watermark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from puffling.ui.theme.theme import Kind
from puffling.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

_FAINT = 0.16


class HaltBanner(QFrame):
    """Says who halted trading and why, as long as it is halted.

    Signals:
        resume_asked: The button was pressed.
    """

    resume_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        theme.set_role(self, "banner", "danger")
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.set_role(self._label, "strong", "danger")
        button = QPushButton("Resume trading…")
        button.clicked.connect(self.resume_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(4), theme.px(8), theme.px(4))
        row.setSpacing(theme.px(8))
        row.addWidget(Picture(theme, "kill", "danger"))
        row.addWidget(self._label, 1)
        row.addWidget(button)
        self.hide()

    def show_halt(self, text: str) -> None:
        """Show the banner with `text`; an empty one hides it."""
        self._label.setText(text)
        self._label.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class Watermark(QWidget):
    """A faint word in the corner of a widget, which it lets every click through to."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._theme, self._text, self._tone = theme, "", "demo"
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFont(theme.font(Kind.HEADLINE))
        over.installEventFilter(self)
        self.hide()

    def show_text(self, text: str, tone: str) -> None:
        """Show another word in the colour of a mode; an empty one hides it."""
        self._text, self._tone = text, tone
        self.setVisible(bool(text))
        self._place()
        self.update()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self._place()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._tone, _FAINT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def _place(self) -> None:
        over = self._over
        metrics = self.fontMetrics()
        self.resize(metrics.horizontalAdvance(self._text) + 8, metrics.height() + 4)
        self.move(
            (over.width() - self.width()) // 2, over.height() - self.height() - self._theme.px(2)
        )
        self.raise_()
