"""What happened to a company, as letters at the foot of the prices, told where the crosshair is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from typing_extensions import override

from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.pane import Layer
from puffling.ui.charts.placed_view import place_of
from puffling.ui.charts.surface import RADIUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtGui import QPainter

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.marks import Happening
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.price_view import PriceView
    from puffling.ui.charts.surface import Part

ABOVE = 4.0  # pixels between a letter and the foot


class HappeningLayer(Layer):
    """One letter for each; the legend tells of it when the crosshair is on its bar."""

    def __init__(self, chart: PriceView) -> None:
        super().__init__(chart.pane, 9)
        self._chart = chart
        self._known: tuple[Happening, ...] = ()
        self._bars: list[tuple[int, Happening]] = []
        chart.voices.append(self._say)
        chart.bars_replaced.connect(self._place)
        chart.bar_updated.connect(self._follow)

    def show_happenings(self, known: Iterable[Happening]) -> None:
        """Show these from now on."""
        self._known = tuple(known)
        self._place()
        self._chart.viewport().update()

    def _follow(self) -> None:
        last = self._chart.count - 1
        if any(place > last for place, _ in self._bars) or len(self._bars) < len(self._known):
            self._place()

    def _place(self) -> None:
        """Put each on its bar; beyond the bars there are, only what is known to come is shown."""
        chart = self._chart
        self._bars = []
        if not chart.count:
            return
        end = int(chart.time[-1]) + chart.calendar.bar
        for each in self._known:
            place = int(np.searchsorted(chart.time, each.time, side="right")) - 1
            if place >= 0 and each.time < end:
                self._bars.append((place, each))
            elif each.ahead and each.time >= end:
                step = chart.calendar.bar
                self._bars.append((round(place_of(each.time, chart.time, step)), each))

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        colors = self.surface.colors
        high = self.surface.tag_height
        for place, each in self._bars:
            wide = self.surface.width(each.letter) + 8
            left = frame.x(float(place)) - wide / 2
            if left > part.right or left + wide < part.left:
                continue
            box = QRectF(left, frame.bottom - high - ABOVE, wide, high)
            painter.setBrush(colors.background)
            painter.setPen(colors.axis_text)
            painter.drawRoundedRect(box, RADIUS, RADIUS)
            self.surface.write(painter, box, each.letter)

    def _say(self, at: int) -> Iterator[tuple[Pane, list[Said]]]:
        colors = self.surface.colors
        for place, each in self._bars:
            if place == at:
                yield (
                    self.pane,
                    [Said(each.name, colors.axis_text), Said(each.text, colors.tag_text)],
                )
