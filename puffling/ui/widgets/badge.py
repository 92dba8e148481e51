"""A small coloured word, and a dot that says how something is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

_FILL = 0.16


class Badge(QWidget):
    """A word on a tinted ground: a mode, a state, a count."""

    def __init__(
        self, theme: Theme, text: str = "", tone: str = Tone.MUTED, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._text, self._tone = theme, text, tone
        self.setFont(theme.font(Kind.CAPTION))
        self.setAccessibleName(text)
        self.setSizePolicy(self.sizePolicy().Policy.Fixed, self.sizePolicy().Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The word."""
        return self._text

    @property
    def tone(self) -> str:
        """What its colour means."""
        return self._tone

    def show_text(self, text: str, tone: str | None = None) -> None:
        """Say something else, in another colour if one is given."""
        if (text, tone or self._tone) == (self._text, self._tone):
            return
        self._text, self._tone = text, tone or self._tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._text) + self._theme.px(12)
        return QSize(width, metrics.height() + self._theme.px(4))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._tone, _FILL))
        radius = self._theme.px(3)
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(self._theme.color(self._tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class Dot(QWidget):
    """A dot in the colour of a state; its accessible name says the state in words."""

    def __init__(
        self, theme: Theme, tone: str = Tone.FAINT, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._tone = theme, tone
        self.setFixedSize(theme.px(8), theme.px(8))
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_tone(self, tone: str, name: str = "") -> None:
        """Take another colour; `name` says in words what it means."""
        self._tone = tone
        if name:
            self.setAccessibleName(name)
            self.setToolTip(name)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._tone))
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
