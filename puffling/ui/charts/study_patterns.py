"""Candle patterns, marked at the bar that completes them and named where there is room."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.factors.patterns import PATTERNS, PREFIX, Found, find_patterns
from puffling.ui.charts.pane import Layer
from puffling.ui.charts.study_track import bars_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.surface import Part

USUAL = frozenset(
    PREFIX + each
    for each in (
        "engulfing",
        "hammer",
        "inverted_hammer",
        "hanging_man",
        "shooting_star",
        "doji",
        "morning_star",
        "evening_star",
        "harami",
        "piercing",
        "dark_cloud_cover",
        "three_white_soldiers",
        "three_black_crows",
    )
)
ALL = frozenset(each.id for each in PATTERNS)
NEEDED = 64  # bars before the first one in view, so that each pattern knows what is usual
NARROWEST = 3.0  # pixels of a bar below which nothing is marked
APART = 4.0
TICK = 5.0


class PatternLayer(Layer):
    """The patterns of the bars in view. Only those are looked at, so any history costs the same."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 9)
        self.pyramid: BarPyramid | None = None
        self.interval = Interval.D1
        self.ids = USUAL
        self.names = True
        self._key: tuple[object, ...] = ()
        self._found: dict[int, list[Found]] = {}

    def forget(self) -> None:
        """Look anew: bars or settings are others."""
        self._key = ()

    @property
    def is_near(self) -> bool:
        """Whether bars are wide enough to be marked."""
        return self.pane.frame.bar_width >= NARROWEST

    def at(self, index: int) -> list[Found]:
        """The patterns that a bar in view completes."""
        return self._in_view().get(index, [])

    def _in_view(self) -> dict[int, list[Found]]:
        pyramid = self.pyramid
        if pyramid is None or not len(pyramid) or not self.is_near:
            return {}
        bars = self.pane.frame.bars(len(pyramid))
        last = tuple(float(each[-1]) for each in (pyramid.high, pyramid.low, pyramid.close))
        key = (bars.start, bars.stop, len(pyramid), last)
        if key != self._key:
            first = max(0, bars.start - NEEDED)
            seen = bars_of(pyramid, self.interval, first).head(bars.stop - first)
            found = [
                Found(each.row + first, each.id, each.title, each.strength)
                for each in find_patterns(seen, self.ids)
                if each.row + first >= bars.start
            ]
            rows = groupby(found, key=lambda each: each.row)
            self._key, self._found = key, {row: list(each) for row, each in rows}
        return self._found

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint a tick beyond each bar that completes one, and its name."""
        pyramid = self.pyramid
        if pyramid is None:
            return
        colors, height = self.surface.colors, self.surface.tag_height
        taken: list[QRectF] = []
        for row, found in self._in_view().items():
            rises = sum(each.strength for each in found) > 0
            x = frame.x(float(row))
            end = frame.y(float(pyramid.low[row] if rises else pyramid.high[row]))
            side = 1 if rises else -1
            painter.setPen(colors.pen(colors.up if rises else colors.down, 2 * frame.ratio))
            painter.drawLine(
                round(x), round(end + side * 3), round(x), round(end + side * (3 + TICK))
            )
            if not self.names:
                continue
            text = found[0].title + (f" +{len(found) - 1}" if len(found) > 1 else "")
            wide = self.surface.width(text)
            top = end + side * (4 + TICK) - (0 if rises else height)
            box = QRectF(x - wide / 2, top, wide, height)
            if not any(box.adjusted(-APART, 0, APART, 0).intersects(each) for each in taken):
                taken.append(box)
                self.surface.write(painter, box, text)
