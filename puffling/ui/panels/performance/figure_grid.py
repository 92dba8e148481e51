"""Key figures as a grid of small cards: equally wide, as many side by side as there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from puffling.core.formats import UNKNOWN
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from puffling.ui.theme.theme import Theme

_LEAST, _GAP, _INSET = 86, 4, 6


@dataclass(slots=True)
class _Card:
    caption: str
    text: str = UNKNOWN
    tone: str = Tone.TEXT
    tip: str = ""


class FigureGrid(QWidget):
    """Named values in cards; each card has a tooltip that says what it is."""

    def __init__(self, theme: Theme, captions: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        self._cards = {key: _Card(caption) for key, caption in captions}
        self._small_font = theme.font(Kind.CAPTION)
        self._small = QFontMetrics(self._small_font)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_value(self, key: str, text: str, tone: str = Tone.TEXT, tip: str = "") -> None:
        """Show another value.

        Raises:
            KeyError: If there is no such card.
        """
        card = self._cards[key]
        if (card.text, card.tone, card.tip) == (text, tone, tip):
            return
        card.text, card.tone, card.tip = text, tone, tip
        self.setAccessibleName(", ".join(f"{c.caption} {c.text}" for c in self._cards.values()))
        self.update()

    def text(self, key: str) -> str:
        """Return what is shown for `key`."""
        return self._cards[key].text

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return max((each.bottom() + 1 for each, _ in self._places(width)), default=0)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_LEAST) * 6, self.heightForWidth(self._theme.px(_LEAST) * 6))

    @override
    def minimumSizeHint(self) -> QSize:
        least = self._theme.px(_LEAST)
        return QSize(2 * least, self.heightForWidth(max(self.width(), 4 * least)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for as many rows as the new width needs."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset, radius = self._theme.px(_INSET), self._theme.sizes.radius
        above = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        below = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        for place, card in self._places(self.width()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("inset"))
            painter.drawRoundedRect(place, radius, radius)
            inside = place.adjusted(inset, inset // 2, -inset // 2, -inset // 2)
            painter.setFont(self._small_font)
            painter.setPen(self._theme.color(Tone.MUTED))
            painter.drawText(inside, above, self._cut(painter, card.caption, inside.width()))
            painter.setFont(self.font())
            painter.setPen(self._theme.color(card.tone))
            painter.drawText(inside, below, self._cut(painter, card.text, inside.width()))

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for place, card in self._places(self.width()):
                if place.contains(event.pos()) and card.tip:
                    text = f"{card.caption}: {card.tip}"
                    QToolTip.showText(event.globalPos(), text, self, place)
                    return True
        return super().event(event)

    @staticmethod
    def _cut(painter: QPainter, text: str, width: int) -> str:
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _places(self, width: int) -> list[tuple[QRect, _Card]]:
        gap, inset = self._theme.px(_GAP), self._theme.px(_INSET)
        tall = self._small.height() + self.fontMetrics().height() + inset
        columns = max(1, (width + gap) // (self._theme.px(_LEAST) + gap))
        columns = _even(len(self._cards), columns)
        wide = (width - gap * (columns - 1)) / columns
        found = []
        for place, card in enumerate(self._cards.values()):
            row, column = divmod(place, columns)
            left = round(column * (wide + gap))
            right = round(column * (wide + gap) + wide)
            found.append((QRect(left, row * (tall + gap), right - left, tall), card))
        return found


def _even(count: int, most: int) -> int:
    """Return how many columns fill as many rows as `most` would need, the last one as well."""
    rows = -(-count // most)
    return -(-count // rows)
