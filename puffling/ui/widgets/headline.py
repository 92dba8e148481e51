"""A panel's one large number, and a strip of small ones with their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core.formats import UNKNOWN
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme


class Headline(QWidget):
    """A caption, and below it the number that matters most here."""

    def __init__(self, theme: Theme, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._caption, self._number, self._note = QLabel(caption), QLabel(UNKNOWN), QLabel()
        theme.set_role(self._caption, "caption")
        theme.set_role(self._number, "headline")
        theme.set_role(self._note, "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for each in (self._caption, self._number, self._note):
            column.addWidget(each)
        self._note.hide()

    def show_number(self, text: str, tone: str = "", note: str = "", note_tone: str = "") -> None:
        """Show the number, and in a smaller line what else belongs to it."""
        self._number.setText(text)
        self._theme.set_tone(self._number, tone)
        self._note.setText(note)
        self._theme.set_tone(self._note, note_tone)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._caption.text()}: {text} {note}".strip())


@dataclass(slots=True)
class _Value:
    caption: str
    text: str = UNKNOWN
    tone: str = Tone.TEXT
    tip: str = ""


class KeyValueStrip(QWidget):
    """Named values side by side, in as many rows as the width needs."""

    def __init__(
        self, theme: Theme, captions: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Take (key, caption) of each value, in the order they are shown."""
        super().__init__(parent)
        self._theme = theme
        self._values = {key: _Value(caption) for key, caption in captions}
        self._caption_font = theme.font(Kind.CAPTION)
        self._small = QFontMetrics(self._caption_font)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_value(self, key: str, text: str, tone: str = Tone.TEXT, tip: str = "") -> None:
        """Show another value.

        Raises:
            KeyError: If the strip has no such key.
        """
        value = self._values[key]
        if (value.text, value.tone, value.tip) == (text, tone, tip):
            return
        wider = self._width_of(_Value(value.caption, text)) != self._width_of(value)
        value.text, value.tone, value.tip = text, tone, tip
        self.setAccessibleName(", ".join(f"{v.caption} {v.text}" for v in self._values.values()))
        if wider:
            self.updateGeometry()
        self.update()

    def text(self, key: str) -> str:
        """Return what is shown for `key`."""
        return self._values[key].text

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return max((each.bottom() + 1 for each, _ in places), default=0)

    @override
    def sizeHint(self) -> QSize:
        width = sum(self._width_of(each) + self._gap for each in self._values.values())
        return QSize(width, self._row)

    @override
    def minimumSizeHint(self) -> QSize:
        widest = max((self._width_of(each) for each in self._values.values()), default=0)
        return QSize(widest, self.heightForWidth(self.width() or widest))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        above = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        below = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        for place, value in self._places(self.width()):
            painter.setFont(self._caption_font)
            painter.setPen(self._theme.color(Tone.MUTED))
            painter.drawText(place, above, value.caption)
            painter.setFont(self.font())
            painter.setPen(self._theme.color(value.tone))
            painter.drawText(place, below, value.text)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for place, value in self._places(self.width()):
                if place.contains(event.pos()) and value.tip:
                    QToolTip.showText(event.globalPos(), value.tip, self, place)
                    return True
        return super().event(event)

    @property
    def _gap(self) -> int:
        return self._theme.px(20)

    @property
    def _row(self) -> int:
        return self._small.height() + self.fontMetrics().height() + self._theme.px(2)

    def _width_of(self, value: _Value) -> int:
        words = self._small.horizontalAdvance(value.caption)
        return max(words, self.fontMetrics().horizontalAdvance(value.text))

    def _places(self, width: int) -> list[tuple[QRect, _Value]]:
        places: list[tuple[QRect, _Value]] = []
        left = top = 0
        for value in self._values.values():
            wide = self._width_of(value)
            if left and left + wide > width:
                left, top = 0, top + self._row + self._theme.px(6)
            places.append((QRect(left, top, wide + 1, self._row), value))
            left += wide + self._gap
        return places
