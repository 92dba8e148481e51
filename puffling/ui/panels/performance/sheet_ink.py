"""What a tearsheet is drawn with: colours of a scheme, fonts, and words in a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPen

from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import read_tokens

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from puffling.ui.theme.theme import Theme

WIDTH, HEIGHT = 794.0, 1123.0  # A4 at 96 dots an inch
MARGIN = 40.0
_TITLE, _TEXT, _SMALL = 20, 12, 10
_NAMES = ("panel", "line", "text", "muted", "accent", "series_2", "up", "down")


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours and fonts of a page; on paper those of the light scheme."""

    ground: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    other: QColor
    up: QColor
    down: QColor
    family: QFont

    @classmethod
    def of(cls, theme: Theme) -> Ink:
        """Return the ink of the scheme on the screen."""
        return cls._of({name: theme.color(name) for name in _NAMES}, theme)

    @classmethod
    def of_paper(cls, theme: Theme) -> Ink:
        """Return the ink for a file: dark on white, whatever is on the screen."""
        tokens = read_tokens("light")
        return cls._of({name: QColor(tokens.named(name)) for name in _NAMES}, theme)

    @classmethod
    def _of(cls, colors: dict[str, QColor], theme: Theme) -> Ink:
        return cls(
            ground=colors["panel"],
            line=colors["line"],
            text=colors["text"],
            muted=colors["muted"],
            accent=colors["accent"],
            other=colors["series_2"],
            up=colors["up"],
            down=colors["down"],
            family=theme.font(Kind.TEXT),
        )

    def font(self, size: int = _TEXT, *, strong: bool = False) -> QFont:
        """Return the page's font in a size of the page."""
        font = QFont(self.family)
        font.setPixelSize(size)
        font.setBold(strong)
        return font

    def title(self) -> QFont:
        """Return the font of the page's title."""
        return self.font(_TITLE, strong=True)

    def small(self, *, strong: bool = False) -> QFont:
        """Return the font of captions."""
        return self.font(_SMALL, strong=strong)


LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


def write(
    painter: QPainter,
    box: QRectF,
    text: str,
    color: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """Write a line in a box; words that do not fit are cut with an ellipsis."""
    painter.setFont(font)
    painter.setPen(color)
    if align == LEFT:  # figures, which stand elsewhere, are never cut
        width = int(box.width())
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(box, align, text)


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two: `share` of the first."""
    rest = 1 - share
    return QColor.fromRgbF(
        one.redF() * share + other.redF() * rest,
        one.greenF() * share + other.greenF() * rest,
        one.blueF() * share + other.blueF() * rest,
    )


def thin(color: QColor, width: float = 1.0) -> QPen:
    """Return a pen of the page's own units."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
