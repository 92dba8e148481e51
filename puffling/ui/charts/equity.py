"""The equity chart: what an account was worth, and how far below its peak."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.core.formats import UNKNOWN, money, percent
from puffling.ui.charts.crosshair import LegendLayer, Said
from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.ticks import DAY, Calendar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme


class EquityChart(ChartView):
    """Equity, another equity to compare it with, and the drawdown under water below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._theme = theme
        self._names = ("Equity", "")
        colors = self.surface.colors
        self._upper = self.add_pane(self._equity_bounds, share=0.68)
        self._lower = self.add_pane(self._drawdown_bounds, share=0.32)
        self._upper.axis.decimals, self._lower.axis.decimals = 0, 1
        self._upper.room, self._lower.room = (0.14, 0.08), (0.02, 0.08)
        self._lower.axis.unit = " %"
        self._benchmark = LineLayer(self._upper, colors.axis_text, width=1.0, height=4)
        self._equity = LineLayer(self._upper, colors.equity)
        self._drawdown = LineLayer(self._lower, colors.drawdown, width=1.0)
        self._drawdown.fill = colors.drawdown_fill
        self._legend = LegendLayer(self._upper)
        self.setAccessibleName("Equity and drawdown")

    def set_result(
        self,
        time: NDArray[np.int64],
        equity: NDArray[np.float64],
        drawdown: NDArray[np.float64],
        *,
        benchmark: tuple[str, NDArray[np.float64]] | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        """Show a run, all of it: `drawdown` as a negative share of the highest equity so far.

        `benchmark` is a name and another equity over the same time.
        """
        self.time = time
        self.calendar = calendar or Calendar(DAY)
        self._equity.line = LinePyramid(equity)
        self._drawdown.line = LinePyramid(drawdown * 100)
        self._names = ("Equity", "" if benchmark is None else benchmark[0])
        self._benchmark.line = None if benchmark is None else LinePyramid(benchmark[1])
        self.cursor = None
        self.set_cursor_bar(None)
        self.fit()

    def clear(self) -> None:
        """Show nothing."""
        self.time = self.time[:0]
        self._equity.line = self._drawdown.line = self._benchmark.line = None
        self.cursor = None
        self.set_cursor_bar(None)
        self.refresh()

    @override
    def say(self, index: int | None) -> None:
        at = self.count - 1 if index is None else index
        if at < 0:
            self._legend.say(())
            return
        colors = self.surface.colors
        words = [Said(self.time_text(at), colors.tag_text, strong=True)]
        for name, layer in zip(self._names, (self._equity, self._benchmark), strict=True):
            if layer.line is not None:
                words.append(Said(f"{name} {money(float(layer.line.values[at]))}", layer.color))
        fall = float("nan") if self._drawdown.line is None else self._drawdown.line.values[at] / 100
        text = percent(float(fall)) if isfinite(fall) else UNKNOWN
        self._legend.say([[*words, Said(f"Drawdown {text}", colors.drawdown)]])

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legend.area]

    @override
    def prepare(self) -> None:
        self.say(self.cursor)

    @override
    def value_of(self, index: int) -> float:
        return 0.0 if self._equity.line is None else float(self._equity.line.values[index])

    @override
    def retint(self) -> None:
        colors = self.surface.colors
        self._equity.color, self._benchmark.color = colors.equity, colors.axis_text
        self._drawdown.color, self._drawdown.fill = colors.drawdown, colors.drawdown_fill

    def _equity_bounds(self, bars: range) -> tuple[float, float]:
        ends = [
            each
            for layer in (self._equity, self._benchmark)
            if layer.line is not None
            for each in layer.line.extremes(bars.start, bars.stop)
            if isfinite(each)
        ]
        return (min(ends), max(ends)) if ends else (float("nan"), float("nan"))

    def _drawdown_bounds(self, bars: range) -> tuple[float, float]:
        if self._drawdown.line is None:
            return float("nan"), float("nan")
        low, _ = self._drawdown.line.extremes(bars.start, bars.stop)
        return min(low, -0.5), 0.0
