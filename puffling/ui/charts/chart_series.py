"""The prices of a chart as one of its types: which layer paints them, and from what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from puffling.ui.charts.candles import CandleLayer
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pyramid import BarPyramid, LinePyramid

if TYPE_CHECKING:
    from puffling.ui.charts.pane import Bounds, Pane


class SeriesType(StrEnum):
    """How the prices of a chart are drawn."""

    CANDLES = "candles"
    HOLLOW = "hollow"
    HEIKIN_ASHI = "heikin_ashi"
    BARS = "bars"
    LINE = "line"
    AREA = "area"
    BASELINE = "baseline"
    RENKO = "renko"

    @property
    def label(self) -> str:
        """What a menu calls it."""
        return _LABELS[self]

    @property
    def is_line(self) -> bool:
        """Whether it draws closes only."""
        return self in _LINES


_LABELS = {
    SeriesType.CANDLES: "Candles",
    SeriesType.HOLLOW: "Hollow candles",
    SeriesType.HEIKIN_ASHI: "Heikin-Ashi",
    SeriesType.BARS: "Bars",
    SeriesType.LINE: "Line",
    SeriesType.AREA: "Area",
    SeriesType.BASELINE: "Baseline",
    SeriesType.RENKO: "Renko",
}
_LINES = (SeriesType.LINE, SeriesType.AREA, SeriesType.BASELINE)


class PriceSeries:
    """Draws the bars of a pyramid as a type of series."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.kind = SeriesType.CANDLES
        self.bars = BarPyramid.empty()
        self.drawn = self.bars  # what is painted: the bars themselves, or made from them
        self.candles = CandleLayer(pane)
        self.line = LineLayer(pane, pane.surface.colors.equity, height=0)

    def take(self, kind: SeriesType, bars: BarPyramid) -> None:
        """Draw other bars, or the same ones otherwise."""
        self.kind, self.bars = kind, bars
        self.drawn = bars
        self.candles.pyramid = None if kind.is_line else self.drawn
        self.line.line = LinePyramid(bars.close) if kind.is_line else None

    def follow(self) -> None:
        """Draw the last bar as it is now, after it changed or was added."""
        line = self.line.line
        if line is not None and len(line) < len(self.bars):
            line.append(float(self.bars.close[-1]))
        elif line is not None:
            line.set_last(float(self.bars.close[-1]))

    def extremes(self, start: int, stop: int) -> Bounds:
        """The lowest and the highest that is drawn of bars `start` up to `stop`."""
        if self.line.line is not None:
            return self.line.line.extremes(start, stop)
        return self.drawn.extremes(start, stop)

    def retint(self) -> None:
        """Take the colours of the theme again."""
        self.line.color = self.pane.surface.colors.equity

    def take_over(self) -> bool:
        """Copy one of the columns that are only borrowed; whether there may be more to copy."""
        return self.bars.take_over() or (self.line.line is not None and self.line.line.take_over())
