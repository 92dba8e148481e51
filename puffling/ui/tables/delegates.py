"""How a cell is drawn: words, chips, dots, bars, small lines, and the flash of a change.

Cells are drawn straight from the records instead of through Qt's delegates, which ask the model
for six roles a cell: with a thousand moving symbols that is the difference between 2 and 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QElapsedTimer, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics

from puffling.core.language import Verbatim
from puffling.ui.tables.columns import Align, Draw
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.sparkline import draw_sparkline

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from PySide6.QtGui import QColor, QPainter

    from puffling.ui.tables.columns import Column
    from puffling.ui.theme.theme import Theme

FLASH_MS = 400
_FLASH_ALPHA, _CHIP_ALPHA, _BAR_ALPHA = 0.30, 0.16, 0.20
_MOST_WIDTHS = 20_000
_DOT = 7


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a cell said when it was last drawn."""

    text: str
    value: Any


class Flashes:
    """Remembers what the visible cells said, and which of them have just changed."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._seen: dict[str, dict[str, _Seen]] = {}
        self._lit: dict[tuple[str, str], tuple[int, Tone]] = {}

    def look(self, key: str, column: Column[Any], record: object, text: str) -> None:
        """Note what the cell says now; light it up if it said something else before."""
        cells = self._seen.setdefault(key, {})
        before = cells.get(column.id)
        if before is not None and before.text == text:
            return
        value = column.sort(record) if column.sort is not None else None
        cells[column.id] = _Seen(text, value)
        if before is not None:
            self._lit[key, column.id] = (self._clock.elapsed(), _direction(before.value, value))

    def strength(self, key: str, column: str) -> tuple[float, Tone]:
        """Return how brightly the cell is lit, from 0 to 1, and in which tone."""
        lit = self._lit.get((key, column))
        if lit is None:
            return 0.0, Tone.ACCENT
        left = 1 - (self._clock.elapsed() - lit[0]) / FLASH_MS
        return max(left, 0.0), lit[1]

    def expire(self) -> bool:
        """Forget flashes that are over; whether any is left."""
        now = self._clock.elapsed()
        self._lit = {cell: lit for cell, lit in self._lit.items() if now - lit[0] < FLASH_MS}
        return bool(self._lit)

    @property
    def active(self) -> bool:
        """Whether any cell is lit."""
        return bool(self._lit)

    def keep_only(self, keys: set[str]) -> None:
        """Forget the cells of rows that are out of sight: they must not flash on their return."""
        for key in [each for each in self._seen if each not in keys]:
            del self._seen[key]

    def forget(self) -> None:
        """Forget everything."""
        self._seen.clear()
        self._lit.clear()


class CellPainter:
    """Draws cells in the theme in force."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._font, self._strong = theme.font(), theme.font(Kind.STRONG)
        self._metrics = {False: QFontMetrics(self._font), True: QFontMetrics(self._strong)}
        self._widths: dict[bool, dict[str, int]] = {False: {}, True: {}}
        self.padding = theme.px(8)
        self.scale = theme.scale / 100
        self._colors: dict[str, QColor] = {}
        self._ascent = self._metrics[False].ascent()
        self._height = self._metrics[False].height()
        self._draw: dict[Draw, Callable[[QPainter, QRect, Column[Any], Any, str], None]] = {
            Draw.TEXT: self._words,
            Draw.STRONG: self._strong_words,
            Draw.CHIP: self._chip,
            Draw.DOT: self._dot,
            Draw.BAR: self._bar,
            Draw.SPARK: self._spark,
        }

    def rebuild(self) -> None:
        """Take over the colours of another theme."""
        self._colors.clear()

    def color(self, name: str) -> QColor:
        """Return a token's colour."""
        if name not in self._colors:
            self._colors[name] = self._theme.color(name)
        return self._colors[name]

    def start(self, painter: QPainter) -> None:
        """Set the painter up for a run of cells."""
        painter.setFont(self._font)

    def paint(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        """Draw one cell."""
        self._draw[column.draw](painter, rect, column, record, text)

    def flash(self, painter: QPainter, rect: QRect, strength: float, tone: Tone) -> None:
        """Light a cell's ground."""
        painter.fillRect(rect, self._theme.color(tone, _FLASH_ALPHA * strength))

    def width_of(self, text: str, *, strong: bool = False) -> int:
        """Return how wide `text` is, in pixels."""
        widths = self._widths[strong]
        found = widths.get(text)
        if found is None:
            if len(widths) > _MOST_WIDTHS:
                widths.clear()
            found = widths[text] = self._metrics[strong].horizontalAdvance(text)
        return found

    def _tone(self, column: Column[Any], record: object) -> str:
        return Tone.TEXT if column.tone is None else column.tone(record)

    def _words(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        painter.setPen(self.color(self._tone(column, record)))
        self._put(painter, rect, column.align, text)

    def _strong_words(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        painter.setFont(self._strong)
        painter.setPen(self.color(self._tone(column, record)))
        self._put(painter, rect, column.align, text, strong=True)
        painter.setFont(self._font)

    def _chip(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        if not text:
            return
        tone = self._tone(column, record)
        width = min(self.width_of(text) + 2 * self.padding - 4, rect.width() - 4)
        left = rect.left() + self.padding - 4
        if column.align is Align.RIGHT:
            left = rect.right() - width - 3
        chip = QRect(left, rect.top() + 2, width, rect.height() - 5)
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(tone, _CHIP_ALPHA))
        painter.drawRoundedRect(QRectF(chip), 3, 3)
        painter.restore()
        painter.setPen(self.color(tone))
        self._put(painter, chip.adjusted(-3, 0, 3, 0), Align.CENTER, text)

    def _dot(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.color(self._tone(column, record)))
        side = self._theme.px(_DOT)
        top = rect.top() + (rect.height() - side) / 2
        painter.drawEllipse(QRectF(rect.left() + self.padding, top, side, side))
        painter.restore()
        painter.setPen(self.color(Tone.TEXT))
        self._put(painter, rect.adjusted(side + self.padding - 2, 0, 0, 0), column.align, text)

    def _bar(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, text: str
    ) -> None:
        share = column.amount(record) if column.amount is not None else None
        if share is not None:
            long = round(min(abs(share), 1.0) * (rect.width() - 4))
            tone = self._tone(column, record)
            ground = self._theme.color(Tone.ACCENT if tone == Tone.TEXT else tone, _BAR_ALPHA)
            painter.fillRect(
                rect.right() - long - 2, rect.top() + 3, long, rect.height() - 7, ground
            )
        self._words(painter, rect, column, record, text)

    def _spark(
        self, painter: QPainter, rect: QRect, column: Column[Any], record: object, _text: str
    ) -> None:
        values = column.series(record) if column.series is not None else ()
        if values:
            tone = self._theme.sign_tone(values[-1] - values[0])
            inner = QRectF(rect).adjusted(self.padding, 4, -self.padding, -5)
            draw_sparkline(painter, inner, values, self.color(tone))

    def _put(
        self, painter: QPainter, rect: QRect, align: Align, text: str, *, strong: bool = False
    ) -> None:
        room = rect.width() - 2 * self.padding
        width = self.width_of(text, strong=strong)
        if width > room:
            own = isinstance(text, Verbatim)
            text = self._metrics[strong].elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
            text = Verbatim(text) if own else text
            width = self.width_of(text, strong=strong)
        left = rect.left() + self.padding
        if align is Align.RIGHT:
            left = rect.right() + 1 - self.padding - width
        elif align is Align.CENTER:
            left = rect.left() + (rect.width() - width) // 2
        base = rect.top() + (rect.height() - 1 - self._height) // 2 + self._ascent
        painter.drawText(left, base, text)


def _direction(before: object, after: object) -> Tone:
    older, newer = cast("Decimal", before), cast("Decimal", after)
    try:
        return Tone.UP if newer > older else Tone.DOWN if newer < older else Tone.ACCENT
    except TypeError:  # one of them is not known, or they are words
        return Tone.ACCENT
