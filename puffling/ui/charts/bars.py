"""Bars above and below zero: what each day made, how often something came, who made how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from typing_extensions import override

from puffling.core.formats import number
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.plot import Plot
from puffling.ui.charts.surface import over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor, QPainter
    from PySide6.QtWidgets import QWidget

    from puffin.measures import Floats
    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.plot import Bounds
    from puffling.ui.charts.ticks import PriceTicks
    from puffling.ui.theme.theme import Theme

_WIDE = 0.78  # of the room of one bar
_THIN = 1.0  # pixels: as thin as a bar gets


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Heights with names. `signs` colour them where a height does not tell: up, down or neither.

    `write` says a height in words; `title` says what the bars are.
    """

    title: str
    names: Sequence[str]
    heights: Floats
    write: Callable[[float | None], str] = number
    signs: Floats | None = None


class BarChart(Plot):
    """Shows `Bars`; the arrow keys and the pointer read one out."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.bars: Bars | None = None

    def show_bars(self, bars: Bars | None) -> None:
        """Show these; None shows nothing."""
        self.bars = bars
        self.refresh()

    @property
    @override
    def count(self) -> int:
        return 0 if self.bars is None else len(self.bars.names)

    @override
    def bounds(self) -> Bounds | None:
        if self.bars is None or not self.count:
            return None
        known = self.bars.heights[np.isfinite(self.bars.heights)]
        low, high = min(0.0, float(known.min(initial=0))), max(0.0, float(known.max(initial=0)))
        if low == high:
            high = 1.0
        return -0.5, self.count - 0.5, low, high

    @override
    def nearest(self, at: QPointF) -> int | None:
        place = round(self.frame.index_at(at.x()))
        return place if 0 <= place < self.count else None

    @override
    def words(self, index: int | None) -> Sequence[Said]:
        if self.bars is None or not self.count:
            return ()
        colors = self.surface.colors
        if index is None:
            return (Said(self.bars.title, colors.axis_text),)
        height = float(self.bars.heights[index])
        said = self.bars.write(height if np.isfinite(height) else None)
        return (
            Said(self.bars.names[index], colors.tag_text, strong=True),
            Said(said, self._color(index)),
        )

    @override
    def draw(self, painter: QPainter, frame: Frame) -> None:
        bars = self.bars
        if bars is None:
            return
        zero = round(frame.y(0.0))
        colors = [self._fill(place) for place in (0, 1, -1)]  # by the sign, -1 being the last
        signs = np.sign(bars.heights if bars.signs is None else bars.signs)
        wide = max(_THIN, frame.bar_width * _WIDE)
        rows = np.flatnonzero(np.isfinite(bars.heights) & (bars.heights != 0))
        ends = np.round(frame.y(bars.heights[rows])).astype(int).tolist()
        lefts = (frame.x(rows.astype(np.float64)) - wide / 2).tolist()
        marked: QRectF | None = None
        for row, left, end in zip(rows.tolist(), lefts, ends, strict=True):
            box = QRectF(left, min(zero, end), wide, max(abs(end - zero), 1))
            painter.fillRect(box, colors[int(signs[row])])
            marked = box if row == self.looked_at else marked
        if marked is not None:
            painter.setPen(self.theme.color("text"))
            painter.drawRect(marked)
        painter.setPen(self.surface.colors.axis_line)
        painter.drawLine(QLineF(frame.left, zero + 0.5, frame.right, zero + 0.5))

    @override
    def _x_text(self, value: float, ticks: PriceTicks) -> str:
        place = round(value)
        whole = abs(value - place) < 1e-6  # noqa: PLR2004 - between two bars there is no name
        inside = self.bars is not None and 0 <= place < self.count
        return self.bars.names[place] if self.bars is not None and whole and inside else ""

    @override
    def _y_text(self, value: float, ticks: PriceTicks) -> str:
        return number(value, places=ticks.decimals) + self.y_unit

    def _fill(self, sign: int) -> QColor:
        token = ("info", "up", "down")[sign]
        return over(self.theme.color(token), self.surface.colors.background)

    def _color(self, place: int) -> QColor:
        colors = self.surface.colors
        if self.bars is None:
            return colors.axis_text
        sign = self.bars.heights[place] if self.bars.signs is None else self.bars.signs[place]
        if sign == 0:
            return self.theme.color("info")
        return self.theme.color("up" if sign > 0 else "down")
