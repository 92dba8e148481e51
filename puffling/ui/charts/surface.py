"""What all parts of one chart share: colours, fonts, sizes, and what is being painted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QStaticText

from puffling.ui.theme.charts import ChartColors
from puffling.ui.theme.theme import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter, QRegion

    from puffling.ui.charts.frame import Frame
    from puffling.ui.theme.theme import Theme

RADIUS = 2.0
MOST_WORDS = 2_000  # kept laid out


DASH = 6.0  # pixels from one dash of Qt's dashed pen to the next, at a width of 1


class Part(NamedTuple):
    """A part of a pane that is to be painted, in the widget's pixels."""

    left: float
    right: float
    top: float
    bottom: float

    def across(self, start: float, y: float) -> QLineF:
        """A dashed line through it, cut between two dashes of the one that begins at `start`."""
        return QLineF(start + (self.left - start) // DASH * DASH, y, self.right, y)

    def touched(self, boxes: NDArray[np.float64], ratio: float = 1.0) -> NDArray[np.float64]:
        """Those rows of left, top, width, height that reach into its height."""
        above = boxes[:, 1] < self.bottom * ratio
        return boxes[above & (boxes[:, 1] + boxes[:, 3] > self.top * ratio)]


class Surface:
    """The look of a chart in the theme in force, and the part of it now being painted."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.axis_width = 48.0
        self._region: QRegion | None = None  # None: everything
        self._parts: dict[tuple[float, float, float, float], list[Part]] = {}
        self._words: dict[tuple[str, bool], QStaticText] = {}
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take colours and fonts again."""
        self.colors = ChartColors(self._theme)
        self.small = self._theme.font(Kind.CAPTION)
        self.strong = self._theme.font(Kind.CAPTION)
        self.strong.setBold(True)
        self.large = self._theme.font(Kind.HEADLINE)
        self.tag_height = float(self._theme.px(18))
        self._words.clear()

    def begin(self, region: QRegion | None) -> None:
        """Take the part of the widget that is being painted; None: all of it."""
        self._region = region
        self._parts.clear()

    def is_exposed(self, rect: QRectF) -> bool:
        """Whether something of a rectangle is to be painted now."""
        return self._region is None or self._region.intersects(rect.toAlignedRect())

    def exposed(self, frame: Frame) -> list[Part]:
        """The parts of a frame that are to be painted now; no two share a column of pixels."""
        if self._region is None:
            return [Part(frame.left, frame.right, frame.top, frame.bottom)]
        area = (frame.left, frame.top, frame.width, frame.height)
        if area not in self._parts:
            self._parts[area] = self._parts_of(frame, self._region)
        return self._parts[area]

    @staticmethod
    def _parts_of(frame: Frame, region: QRegion) -> list[Part]:
        area = QRectF(frame.left, frame.top, frame.width, frame.height).toAlignedRect()
        parts: list[Part] = []
        within = cast("Iterable[QRect]", region.intersected(area))
        for rect in sorted(within, key=lambda each: each.left()):
            part = Part(rect.left(), rect.right() + 1, rect.top(), rect.bottom() + 1)
            if parts and part.left <= parts[-1].right:
                last = parts.pop()
                part = Part(
                    last.left,
                    max(part.right, last.right),
                    min(part.top, last.top),
                    max(part.bottom, last.bottom),
                )
            parts.append(part)
        return parts

    def words(self, text: str, *, strong: bool = False) -> QStaticText:
        """Return a text laid out once: most of what a chart says, it says again next frame."""
        key = (text, strong)
        if key not in self._words:
            if len(self._words) > MOST_WORDS:
                self._words.clear()
            made = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.prepare(font=self.strong if strong else self.small)
            self._words[key] = made
        return self._words[key]

    def width(self, text: str, *, strong: bool = False) -> float:
        """How wide a text is."""
        return self.words(text, strong=strong).size().width()

    def fitted(self, text: str, room: float, *, strong: bool = False) -> str:
        """Return as much of a text as has room, with an ellipsis where it is cut."""
        if self.width(text, strong=strong) <= room:
            return text
        metrics = QFontMetricsF(self.strong if strong else self.small)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))

    def write(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        *,
        align: float = 0.5,
        strong: bool = False,
    ) -> None:
        """Write in the middle of a height; `align` 0 is at the left of it, 1 at the right."""
        words = self.words(text, strong=strong)
        size = words.size()
        x = rect.left() + (rect.width() - size.width()) * align
        y = rect.top() + (rect.height() - size.height()) / 2
        painter.setFont(self.strong if strong else self.small)
        painter.drawStaticText(QPointF(round(x), round(y)), words)

    def tag(self, painter: QPainter, rect: QRectF, fill: QColor) -> None:
        """Fill the rounded background of a tag."""
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.restore()


def over(color: QColor, background: QColor) -> QColor:
    """Return a translucent colour as it looks on a background.

    Qt fills opaque rectangles ten times as fast as translucent ones.
    """
    return QColor(_mixed(color.rgba(), background.rgba()))


@lru_cache(maxsize=256)  # a chart has few colours, and asks for them at every paint
def _mixed(color: int, background: int) -> int:
    above, below = QColor.fromRgba(color), QColor.fromRgba(background)
    share = above.alphaF()

    def mixed(one: float, other: float) -> float:
        return one * share + other * (1 - share)

    return QColor.fromRgbF(
        mixed(above.redF(), below.redF()),
        mixed(above.greenF(), below.greenF()),
        mixed(above.blueF(), below.blueF()),
    ).rgba()
