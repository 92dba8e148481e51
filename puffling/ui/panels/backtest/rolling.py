"""A rolling figure of a run: return, volatility or Sharpe of a window that moves along."""

from __future__ import annotations

from enum import StrEnum
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


class Figure(StrEnum):
    """What is shown of the window."""

    RETURN = "return"
    VOLATILITY = "volatility"
    SHARPE = "sharpe"

    @property
    def label(self) -> str:
        """The figure in words."""
        return {"return": "Return", "volatility": "Volatility a year", "sharpe": "Sharpe"}[self]


_COLOURS = {Figure.RETURN: 0, Figure.VOLATILITY: 1, Figure.SHARPE: 3}


class RollingChart(ChartView):
    """One line; its zero is always in view."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._figure, self._window = Figure.RETURN, ""
        self._pane = self.add_pane(self._bounds)
        self._pane.axis.decimals = 1
        self._pane.room = (0.2, 0.08)
        self._line = LineLayer(self._pane, self.surface.colors.series(0))
        self._legend = LegendLayer(self._pane)
        self.setAccessibleName("Rolling figures")

    def show_rolling(
        self, rolling: Rolling, figure: Figure, window: str, calendar: Calendar | None = None
    ) -> None:
        """Show this; `window` says how long it is, as "63 bars"."""
        self.time, self.calendar = rolling.time, calendar or Calendar(DAY)
        self._figure, self._window = figure, window
        values = {
            Figure.RETURN: rolling.total_return * 100,
            Figure.VOLATILITY: rolling.volatility * 100,
            Figure.SHARPE: rolling.sharpe,
        }[figure]
        self._pane.axis.unit = self._unit
        self._line.line = LinePyramid(np.ascontiguousarray(values))
        self.retint()
        self.cursor = None
        self.set_cursor_bar(None)
        self.fit()

    @property
    def _unit(self) -> str:
        return "" if self._figure is Figure.SHARPE else " %"

    @override
    def say(self, index: int | None) -> None:
        line = self._line.line
        if not self.count or line is None:
            self._legend.say(())
            return
        at = self.count - 1 if index is None else index
        value = float(line.values[at])
        colors = self.surface.colors
        words = [
            Said(self.time_text(at), colors.tag_text, strong=True),
            Said(f"{self._figure.label} over {self._window}", colors.axis_text),
            Said(number(value) + self._unit if isfinite(value) else UNKNOWN, self._line.color),
        ]
        self._legend.say(wrapped(words, self.surface, self._pane.frame.width))

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legend.area]

    @override
    def prepare(self) -> None:
        self.say(self.cursor)

    @override
    def retint(self) -> None:
        self._line.color = self.surface.colors.series(_COLOURS[self._figure])

    def _bounds(self, bars: range) -> Bounds:
        line = self._line.line
        low, high = (float("nan"),) * 2 if line is None else line.extremes(bars.start, bars.stop)
        if not (isfinite(low) and isfinite(high)):
            return float("nan"), float("nan")
        return min(low, 0.0), max(high, 0.0)
