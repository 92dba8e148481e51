"""Paints drawings: lines of one pen in one call, areas, words and handles; finds what is hit."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen, QPolygonF
from typing_extensions import override

from puffling.ui.charts.drawings.sheet import DASHES, Sheet
from puffling.ui.charts.pane import Layer
from puffling.ui.charts.primitives import draw_lines, draw_rects
from puffling.ui.charts.surface import MOST_WORDS, over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter, QStaticText

    from puffling.ui.charts.drawings.plan import Pen, Plan
    from puffling.ui.charts.drawings.sheet import Laid, Said
    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Part
    from puffling.ui.theme.theme import Theme

HEIGHT = 7.0  # above price lines, below the marks of trades
REACH = 6.0  # pixels from which a line is hit
GRIP = 4.0  # half the width of a handle
PAD = 4.0  # pixels around words in a box
MOST_HANDLES = 60  # a stroke of the brush has none
FINEST = 1e-9
BELL = 14


class Words(NamedTuple):
    """Lines of a label as they are painted: their size, and each with its place inside it."""

    width: float
    height: float
    lines: tuple[tuple[QStaticText, float, float], ...]


class DrawingLayer(Layer):
    """All drawings of a pane. `chosen` have handles; so has `hovered`, but fainter."""

    def __init__(self, pane: Pane, theme: Theme) -> None:
        super().__init__(pane, HEIGHT)
        self._theme = theme
        self._sheet = Sheet(())
        self._laid: tuple[Frame, Laid] | None = None
        self._boxes: list[QRectF] | None = None
        self._boxes_of: object = None
        self._words: dict[str, Words] = {}
        self._colors: dict[tuple[str, float], QColor] = {}
        self._colors_of: object = None
        self.chosen: tuple[int, ...] = ()
        self.hovered: int | None = None
        self.belled: tuple[int, ...] = ()  # those with an alert
        self.hint = ""  # what a person may do next, or where what is moved is now
        self.handle: int | None = None  # of the first chosen one, when the keys act on it

    def show_plans(self, plans: Sequence[Plan]) -> None:
        """Show these, the taken first."""
        self._sheet = Sheet(plans)
        self.forget()

    def forget(self) -> None:
        """Lay everything out anew the next time."""
        self._laid = self._boxes = None

    def laid(self) -> Laid:
        """Where everything is in the pane as it is now."""
        frame = self.pane.frame
        if self._laid is None or self._laid[0] != frame:
            self._laid = frame, self._sheet.lay(frame)
            self._boxes = None
        return self._laid[1]

    # -- what is hit -------------------------------------------------------------------------

    def offset(self, owner: int) -> int:
        """The number of the first point of a drawing."""
        return self._sheet.offsets[owner]

    def handles(self, owner: int) -> NDArray[np.float64]:
        """Where the handles of a drawing are."""
        count = self._sheet.anchors[owner]
        start = self.offset(owner)
        return self.laid().points[start : start + (count if count <= MOST_HANDLES else 0)]

    def handle_at(self, owner: int, at: QPointF) -> int | None:
        """The handle of a drawing at a point."""
        places = self.handles(owner)
        if not len(places):
            return None
        far = np.hypot(places[:, 0] - at.x(), places[:, 1] - at.y())
        nearest = int(far.argmin())
        return nearest if far[nearest] <= REACH + GRIP else None

    def hit(self, at: QPointF) -> int | None:
        """The number of the drawing at a point; of several that are as near the highest."""
        laid = self.laid()
        for box, said in zip(reversed(self._label_boxes()), reversed(laid.labels), strict=True):
            if said.label.share > 0 and box.contains(at):
                return said.owner
        lines = laid.lines
        if not len(lines):
            return self._word_at(at)
        far = distances(lines, at.x(), at.y())
        nearest = float(far.min())
        if nearest > REACH:
            return self._word_at(at)
        return int(laid.owners[far <= min(nearest + 1.0, REACH)].max())

    def _word_at(self, at: QPointF) -> int | None:
        found = [
            said.owner
            for box, said in zip(self._label_boxes(), self.laid().labels, strict=True)
            if box.contains(at)
        ]
        return found[-1] if found else None

    def _label_boxes(self) -> list[QRectF]:
        laid = self.laid()
        if self._boxes_of is not self.surface.colors:  # another theme has other fonts
            self._boxes_of, self._boxes = self.surface.colors, None
            self._words.clear()
        if self._boxes is None:
            self._boxes = []
            taken: dict[int, list[QRectF]] = {}
            for said in laid.labels:
                box = self._box(said)
                mine = taken.setdefault(said.owner, [])
                # Words of one drawing that would cover others of it are not said.
                if any(box.intersects(other) for other in mine):
                    box = QRectF()
                else:
                    mine.append(box)
                self._boxes.append(box)
        return self._boxes

    def _box(self, said: Said) -> QRectF:
        label = said.label
        words = self._measured(label.text)
        pad = PAD if label.share > 0 else 0.0
        width, height = words.width + 2 * pad, words.height + pad
        x = said.x - (1.0 if label.pinned else label.align) * width
        return QRectF(x, said.y - label.rise * height, width, height)

    def _measured(self, text: str) -> Words:
        if text not in self._words:
            if len(self._words) > MOST_WORDS:
                self._words.clear()
            lines = text.split("\n")
            widths = [self.surface.width(each) for each in lines]
            widest, high = max(widths), self._line_height()
            self._words[text] = Words(
                widest,
                high * len(lines),
                tuple(
                    (self.surface.words(each), (widest - width) / 2, number * high)
                    for number, (each, width) in enumerate(zip(lines, widths, strict=True))
                ),
            )
        return self._words[text]

    def _line_height(self) -> float:
        return float(self.surface.words("0").size().height())

    # -- painting ----------------------------------------------------------------------------

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint what touches the part."""
        laid = self.laid()
        if not len(laid.points):
            self._draw_hint(painter, frame)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for name, share, rows in laid.boxes:
            painter.setBrush(self._color(name, share))
            draw_rects(painter, part.touched(rows))
        self._draw_areas(painter, laid, part)  # their edges are lines: smooth ones cost thrice
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        lines, pens = laid.lines, laid.pens
        if part.right - part.left < frame.width or part.bottom - part.top < frame.height:
            low = np.minimum(lines[:, :2], lines[:, 2:])
            high = np.maximum(lines[:, :2], lines[:, 2:])
            touches = (high[:, 0] >= part.left - REACH) & (low[:, 0] <= part.right + REACH)
            touches &= (high[:, 1] >= part.top - REACH) & (low[:, 1] <= part.bottom + REACH)
            lines, pens = lines[touches], pens[touches]
        for number in np.unique(pens):
            self._draw_lines(painter, frame, self._sheet.pens[number], lines[pens == number])
        for _, pen, corners in laid.heads:
            color = self._color(pen.color)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(_polygon(corners))
        self._draw_bells(painter, frame)
        self._draw_handles(painter)
        painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)
        self._draw_words(painter, laid, part)
        self._draw_hint(painter, frame)

    def _draw_lines(
        self, painter: QPainter, frame: Frame, pen: Pen, lines: NDArray[np.float64]
    ) -> None:
        """Draw lines of one pen; level and upright ones as boxes, which are sharp and quick."""
        made = self._pen(pen, frame.ratio)
        if made.style() is Qt.PenStyle.SolidLine:
            straight = (lines[:, 0] == lines[:, 2]) | (lines[:, 1] == lines[:, 3])
            wide = max(1.0, ceil(pen.width * frame.ratio - 0.5)) / frame.ratio
            painter.setRenderHint(painter.RenderHint.Antialiasing, on=False)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(made.color())
            draw_rects(painter, boxed(lines[straight], wide, frame.ratio))
            painter.setRenderHint(painter.RenderHint.Antialiasing)
            lines = lines[~straight]
        painter.setPen(made)
        draw_lines(painter, lines)

    def _draw_areas(self, painter: QPainter, laid: Laid, part: Part) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for area, corners in laid.areas:
            low, high = corners.min(axis=0), corners.max(axis=0)
            if high[0] < part.left or low[0] > part.right:
                continue
            painter.setBrush(self._color(area.color, area.share))
            painter.drawPolygon(_polygon(corners))

    def _draw_words(self, painter: QPainter, laid: Laid, part: Part) -> None:
        shown = QRectF(part.left, part.top, part.right - part.left, part.bottom - part.top)
        background = self.surface.colors.background
        painter.setFont(self.surface.small)
        for said, box in zip(laid.labels, self._label_boxes(), strict=True):
            if not box.intersects(shown):
                continue
            color, label, pad = self._color(said.label.color), said.label, 0.0
            if label.share > 0:
                pad = PAD
                painter.setPen(color)
                painter.setBrush(over(self._color(label.color, label.share), background))
                painter.drawRect(box.toAlignedRect().adjusted(0, 0, -1, -1))
                color = self.surface.colors.tag_text
            painter.setPen(color)
            left, top = box.left() + pad, box.top() + pad / 2
            for line, inset, drop in self._measured(label.text).lines:
                painter.drawStaticText(QPointF(round(left + inset), round(top + drop)), line)

    def _draw_bells(self, painter: QPainter, frame: Frame) -> None:
        """Mark what has an alert with a bell, beside its first point or at the edge near it."""
        points = self.laid().points
        for owner in self.belled:
            x, y = points[self.offset(owner)]
            if not frame.top <= y <= frame.bottom or x > frame.right:
                continue
            bell = self._theme.pixmap("bell", "warning", BELL, frame.ratio)
            place = QPointF(max(x, frame.left) + GRIP + 2, y - BELL - 2)
            painter.drawPixmap(place, bell)

    def _draw_hint(self, painter: QPainter, frame: Frame) -> None:
        if not self.hint:
            return
        colors, height = self.surface.colors, self._line_height() + PAD
        width = self.surface.width(self.hint) + 2 * PAD
        box = QRectF(frame.left + PAD, frame.bottom - height - PAD, width, height)
        painter.setPen(colors.tag)
        painter.setBrush(colors.background)
        painter.drawRect(box.toAlignedRect())
        painter.setPen(colors.tag_text)
        self.surface.write(painter, box, self.hint)

    def _draw_handles(self, painter: QPainter) -> None:
        shown = list(self.chosen)
        if self.hovered is not None and self.hovered not in shown:
            shown.append(self.hovered)
        for owner in shown:
            if owner >= len(self._sheet.anchors):
                continue
            color = self._theme.color("accent" if owner in self.chosen else "muted")
            painter.setPen(QPen(color, 1.5))
            for number, (x, y) in enumerate(self.handles(owner)):
                active = self.chosen[:1] == (owner,) and number == self.handle
                painter.setBrush(color if active else self.surface.colors.background)
                side = GRIP + (1.5 if active else 0.0)
                painter.drawRect(QRectF(x - side, y - side, 2 * side, 2 * side))

    def _pen(self, pen: Pen, ratio: float) -> QPen:
        made = self.surface.colors.pen(self._color(pen.color), pen.width * ratio)
        pattern = DASHES[pen.dash]
        if pattern:
            # A thin pen's dashes count in pixels, a thick one's in its widths.
            factor = max(pen.width, 1.0) / pen.width
            made.setDashPattern([each * factor for each in pattern])
        made.setCapStyle(Qt.PenCapStyle.FlatCap)  # round ones cost ten times as much
        return made

    def _color(self, name: str, share: float = 1.0) -> QColor:
        if self._colors_of is not self.surface.colors:  # another theme
            self._colors_of = self.surface.colors
            self._colors.clear()
        key = name, share
        if key not in self._colors:
            self._colors[key] = self._theme.color(name, share)
        return self._colors[key]


def boxed(lines: NDArray[np.float64], wide: float, ratio: float) -> NDArray[np.float64]:
    """Return level and upright lines as rows of left, top, width, height, on whole pixels."""
    start = np.minimum(lines[:, :2], lines[:, 2:])
    size = np.abs(lines[:, 2:] - lines[:, :2])
    thin = size == 0
    start = np.round(np.where(thin, start - wide / 2, start) * ratio) / ratio
    size = np.where(thin, wide, np.round(size * ratio) / ratio + 1 / ratio)
    return np.hstack([start, size])


def distances(lines: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """Return how far a point is from each line."""
    start, step = lines[:, :2], lines[:, 2:] - lines[:, :2]
    away = np.array([x, y]) - start
    length = np.maximum((step * step).sum(axis=1), FINEST)
    along = np.clip((away * step).sum(axis=1) / length, 0.0, 1.0)
    rest = away - step * along[:, None]
    return np.asarray(np.hypot(rest[:, 0], rest[:, 1]))


def _polygon(corners: NDArray[np.float64]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in corners.tolist()])
