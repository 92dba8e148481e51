"""The equity chart: what an account was worth, and how far below its peak."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt, Signal
from typing_extensions import override

from puffling.core.formats import UNKNOWN, money, percent
from puffling.ui.charts.crosshair import GAP, LEGEND, LegendLayer, Said
from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pane import Layer
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.ticks import DAY, Calendar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF, QRectF
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.surface import Part, Surface
    from puffling.ui.theme.theme import Theme

_CLEAR, _MOST_CLEAR = 0.02, 0.4  # between words and curve; shares of the pane
_STILL = 4.0  # pixels a click may move and be one all the same
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class EquityChart(ChartView):
    """Equity, another equity to compare it with, and the drawdown under water below.

    Signals:
        bar_chosen: A bar was clicked, or Return was pressed on the crosshair's (its index).
    """

    bar_chosen = Signal(int)

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
        self._pointers = (PointerLayer(self._upper), PointerLayer(self._lower))
        self._legend = LegendLayer(self._upper)
        self._pressed: QPointF | None = None
        self.setAccessibleName("Equity and drawdown")

    def set_result(
        self,
        time: NDArray[np.int64],
        equity: NDArray[np.float64],
        drawdown: NDArray[np.float64],
        *,
        benchmark: tuple[str, NDArray[np.float64]] | None = None,
        calendar: Calendar | None = None,
        fit: bool = True,
    ) -> None:
        """Show a run: `drawdown` as a negative share of the highest equity so far.

        `benchmark` is a name and another equity over the same time. With `fit` all of it comes
        into view; without, the view stays where it is.
        """
        same = len(time) == self.count
        self.time = time
        self.calendar = calendar or Calendar(DAY)
        self._equity.line = LinePyramid(equity)
        self._drawdown.line = LinePyramid(drawdown * 100)
        self._names = ("Equity", "" if benchmark is None else benchmark[0])
        self._benchmark.line = None if benchmark is None else LinePyramid(benchmark[1])
        if same and not fit:
            self.refresh()
            return
        self.point_at(None)
        self.cursor = None
        self.set_cursor_bar(None)
        self.fit()

    def point_at(self, index: int | None) -> None:
        """Keep a line at the bar that is being explained; None takes it away."""
        for each in self._pointers:
            each.index = index
        self.viewport().update()

    def clear(self) -> None:
        """Show nothing."""
        self.time = self.time[:0]
        self._equity.line = self._drawdown.line = self._benchmark.line = None
        self.point_at(None)
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
        words.append(Said(f"Drawdown {text}", colors.drawdown))
        frame = self._upper.frame
        lines = wrapped(words, self.surface, frame.width)
        self._legend.say(lines)
        above = (LEGEND.y() + len(lines) * self.surface.tag_height) / max(frame.height, 1.0)
        self._upper.room = (min(above + _CLEAR, _MOST_CLEAR), 0.08)

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legend.area]

    @override
    def prepare(self) -> None:
        before = self._upper.room
        self.say(self.cursor)
        if self._upper.room != before:  # the words need another height: the curve goes below them
            self._place(self._bars_in_view())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the crosshair's bar; everything else moves the chart."""
        if Qt.Key(event.key()) in _ENTER and not event.modifiers() and self.cursor is not None:
            self.bar_chosen.emit(self.cursor)
            event.accept()
            return
        super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold; it may become a click."""
        self._pressed = event.position()
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; what did not move was a click."""
        before, self._pressed = self._pressed, None
        super().mouseReleaseEvent(event)
        if before is None or self.cursor is None or self._part_at(before) != "pane":
            return
        if (event.position() - before).manhattanLength() <= _STILL:
            self.bar_chosen.emit(self.cursor)

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


class PointerLayer(Layer):
    """A line through the bar that something else on the screen speaks about."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, 12)
        self.index: int | None = None

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint the line."""
        if self.index is None:
            return
        x = round(frame.x(float(self.index))) + 0.5
        if part.left - 1 <= x <= part.right + 1:
            painter.setPen(self.surface.colors.pen(self.surface.colors.tag_text, frame.ratio))
            painter.drawLine(QLineF(x, frame.top, x, frame.bottom))


def wrapped(words: list[Said], surface: Surface, width: float) -> list[list[Said]]:
    """Return the words in as many lines as the width needs."""
    lines: list[list[Said]] = [[]]
    room = width - 2 * LEGEND.x()
    used = 0.0
    for each in words:
        long = surface.width(each.text, strong=each.strong) + GAP
        if lines[-1] and used + long > room:
            lines.append([])
            used = 0.0
        lines[-1].append(each)
        used += long
    return lines
