"""The prices of a chart as one of its types: which layer paints them, and from what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from puffling.ui.charts.baseline import BaselineLayer
from puffling.ui.charts.candles import CandleLayer, CandleStyle
from puffling.ui.charts.heikin_ashi import HeikinAshi
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.pyramid import BarPyramid, LinePyramid
from puffling.ui.charts.renko import Change, Renko, box_of, usual_box
from puffling.ui.charts.scales import quoted

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


_UNDER = -6.0  # below what was traded, which a filled line would hide
_STYLES = {SeriesType.HOLLOW: CandleStyle.HOLLOW, SeriesType.BARS: CandleStyle.BARS}


class PriceSeries:
    """Draws bars as a type of series.

    `source` holds the bars of the market, `bars` those that the chart counts (bricks, for Renko),
    `drawn` what is painted of them.
    """

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self.kind = SeriesType.CANDLES
        self.source = self.bars = self.drawn = BarPyramid.empty()
        self.box: float | None = None  # of Renko; None: as the true range says
        self.base: float | None = None  # of a baseline; None: the middle of what is in view
        self.candles = CandleLayer(pane)
        self.line = LineLayer(pane, pane.surface.colors.equity, height=_UNDER)
        self.line.base = None
        self.baseline = BaselineLayer(pane)
        self._tidy()
        self._made: HeikinAshi | Renko | None = None

    def take(self, kind: SeriesType, source: BarPyramid) -> None:
        """Draw other bars, or the same ones otherwise."""
        self.kind, self.source = kind, source
        self.bars = self.drawn = source
        self._made = self.baseline.base = None
        if kind is SeriesType.HEIKIN_ASHI:
            self._made = HeikinAshi(source)
            self.drawn = self._made.made
        elif kind is SeriesType.RENKO:
            self._made = Renko(source, box_of(source, self.box or usual_box(source)))
            self.bars = self.drawn = self._made.made
        self.candles.pyramid = None if kind.is_line else self.drawn
        self.candles.style = _STYLES.get(kind, CandleStyle.FILLED)
        closes = LinePyramid(source.close) if kind.is_line else None
        is_baseline = kind is SeriesType.BASELINE
        self.baseline.line = closes if is_baseline else None
        self.line.line = None if is_baseline else closes
        self._tidy()
        self.retint()

    def _tidy(self) -> None:
        """Let only what has something to paint be asked to."""
        self.candles.setVisible(not self.kind.is_line)
        self.line.setVisible(self.line.line is not None)
        self.baseline.setVisible(self.baseline.line is not None)

    def follow(self) -> Change:
        """Draw the last bar of the source as it is now, after it changed or was added."""
        if isinstance(self._made, Renko):
            return self._made.follow()
        if self._made is not None:
            self._made.follow()
        closes = self.closes
        if closes is not None and len(closes) < len(self.bars):
            closes.append(float(self.bars.close[-1]))
        elif closes is not None:
            closes.set_last(float(self.bars.close[-1]))
        return Change.LAST

    @property
    def closes(self) -> LinePyramid | None:
        """What a line is drawn through, if the series is one."""
        return self.baseline.line if self.line.line is None else self.line.line

    @property
    def words(self) -> str:
        """What the legend says of the type, when it is not to be seen at once."""
        if isinstance(self._made, Renko):
            return f"Renko {quoted(self._made.box)}"
        return "Heikin-Ashi" if self.kind is SeriesType.HEIKIN_ASHI else ""

    def extremes(self, start: int, stop: int) -> Bounds:
        """The lowest and the highest that is drawn of bars `start` up to `stop`."""
        closes = self.closes
        low, high = (self.drawn if closes is None else closes).extremes(start, stop)
        # A single bar is asked about when it may have outgrown what is seen: nothing moves then.
        if self.base is not None:
            self.baseline.base = self.base
        elif self.kind is SeriesType.BASELINE and (stop - start > 1 or self.baseline.base is None):
            self.baseline.base = (low + high) / 2
        return low, high

    def retint(self) -> None:
        """Take the colours of the theme again."""
        colors = self.pane.surface.colors
        self.line.color = colors.equity
        self.line.fill = colors.equity_fill if self.kind is SeriesType.AREA else None

    def take_over(self) -> bool:
        """Copy one of the columns that are only borrowed; whether there may be more to copy."""
        closes = self.closes
        if self.source.take_over() or self.drawn.take_over():
            return True
        return closes is not None and closes.take_over()
