"""Rolling figures of a run: return, volatility and Sharpe of a window that moves along."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from puffling.core.formats import UNKNOWN, number
from puffling.ui.charts.crosshair import LegendLayer, Said
from puffling.ui.charts.equity import wrapped
from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.ticks import DAY, Calendar

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from puffin.backtest.result import Rolling
    from puffling.ui.charts.pane import Bounds
    from puffling.ui.theme.theme import Theme

_SERIES = (("Return", " %", 0), ("Volatility a year", " %", 1), ("Sharpe", "", 3))


class RollingChart(ChartView):
    """Three panes over one time axis; each line has its zero in view."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._lines: list[LineLayer] = []
        self._legends: list[LegendLayer] = []
        self._panes = []
        for place, (_, unit, color) in enumerate(_SERIES):
            pane = self.add_pane(partial(self._bounds, place))
            pane.axis.unit, pane.axis.decimals = unit, 1
            pane.room = (0.26, 0.08)
            self._lines.append(LineLayer(pane, self.surface.colors.series(color)))
            self._legends.append(LegendLayer(pane))
            self._panes.append(pane)
        self._window = ""
        self.setAccessibleName("Rolling figures")

    def show_rolling(self, rolling: Rolling, window: str, calendar: Calendar | None = None) -> None:
        """Show these; `window` says how long it is, as "63 bars"."""
        self.time, self.calendar = rolling.time, calendar or Calendar(DAY)
        self._window = window
        values = (rolling.total_return * 100, rolling.volatility * 100, rolling.sharpe)
        for layer, each in zip(self._lines, values, strict=True):
            layer.line = LinePyramid(np.ascontiguousarray(each))
        self.cursor = None
        self.set_cursor_bar(None)
        self.fit()

    @override
    def say(self, index: int | None) -> None:
        at = (self.count - 1 if index is None else index) if self.count else -1
        for place, legend in enumerate(self._legends):
            layer, (title, unit, _) = self._lines[place], _SERIES[place]
            if at < 0 or layer.line is None:
                legend.say(())
                continue
            value = float(layer.line.values[at])
            written = number(value) + unit if isfinite(value) else UNKNOWN
            words = [Said(f"{title}, {self._window}", self.surface.colors.axis_text)]
            if place == 0:
                words.insert(0, Said(self.time_text(at), self.surface.colors.tag_text, strong=True))
            words.append(Said(written, layer.color))
            legend.say(wrapped(words, self.surface, self._panes[place].frame.width))

    @override
    def words_rects(self) -> list[QRectF]:
        return [each.area for each in self._legends]

    @override
    def prepare(self) -> None:
        self.say(self.cursor)

    @override
    def retint(self) -> None:
        for layer, (_, _, color) in zip(self._lines, _SERIES, strict=True):
            layer.color = self.surface.colors.series(color)

    def _bounds(self, place: int, bars: range) -> Bounds:
        line = self._lines[place].line if place < len(self._lines) else None
        if line is None:
            return float("nan"), float("nan")
        low, high = line.extremes(bars.start, bars.stop)
        if not (isfinite(low) and isfinite(high)):
            return float("nan"), float("nan")
        return min(low, 0.0), max(high, 0.0)
