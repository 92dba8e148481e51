"""Prices of one symbol over time: series, scale, live bars, and places in time and price."""

from __future__ import annotations

from itertools import chain
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QTimer, Signal
from typing_extensions import override

from puffling.ui.charts.axes import Tag
from puffling.ui.charts.candles import VolumeLayer
from puffling.ui.charts.chart_series import PriceSeries
from puffling.ui.charts.chart_words import described, price_words
from puffling.ui.charts.crosshair import LegendLayer, Said
from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.pyramid import BarPyramid
from puffling.ui.charts.scales import Reading, ScaleKind
from puffling.ui.charts.ticks import SECOND, Calendar
from puffling.ui.charts.tools import ChartPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QWidget

    from puffin.data.bars import Bars
    from puffling.ui.charts.chart_series import SeriesType
    from puffling.ui.charts.chart_words import Voice
    from puffling.ui.charts.pane import Bounds, Pane
    from puffling.ui.theme.theme import Theme

REACH = 8.0  # pixels from which a point snaps to a price


class PriceView(ChartView):
    """The bars of a symbol, in the first pane, with what was traded.

    `pyramid` holds the bars that the index of the chart counts; it is empty until there are some.

    Signals:
        bars_replaced: `pyramid` is another one.
        bar_updated: The last bar of `pyramid` changed, or one was added. Once for each.
    """

    bars_replaced = Signal()
    bar_updated = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._legends: dict[Pane, LegendLayer] = {}
        self.voices: list[Voice] = []  # what else the legends say of a bar
        self.pyramid = BarPyramid.empty()
        self._asked = False  # whether there were ever bars
        self._name = ""
        self._notes: tuple[str, ...] = ()
        self._scale = ScaleKind.LINEAR
        self.pane = self.add_pane(self._bounds)
        self.pane.room = (0.12, 0.16)
        self._series = PriceSeries(self.pane)
        self._volume = VolumeLayer(self.pane)
        # The columns of a long history are copied one at a time once it is on the screen, so
        # that the first live bar does not have to wait for all of them.
        self._settle = QTimer(self, interval=0)
        self._settle.timeout.connect(self._take_over)
        self.setAccessibleName("Price chart")

    @override
    def add_pane(self, bounds: Callable[[range], Bounds], *, share: float = 1.0) -> Pane:
        """Add a pane below the others; `share` is of the height, against the others' shares."""
        pane = super().add_pane(bounds, share=share)
        self._legends[pane] = LegendLayer(pane)
        return pane

    @override
    def remove_pane(self, pane: Pane) -> None:
        """Take a pane away with all that is in it; the first one stays."""
        legend = self._legends.pop(pane, None)
        super().remove_pane(pane)
        del legend

    # -- what is shown -----------------------------------------------------------------------

    def set_bars(self, bars: Bars, *, keep_view: bool = False) -> None:
        """Show other bars. The last ones come into view, as many as before; or nothing moves."""
        followed, before = self.at_end, self.count
        self.calendar = Calendar(bars.interval.seconds * SECOND)
        self._name = f"{bars.symbol} · {bars.interval.label}" if bars.symbol else ""
        self._grids[0].watermark = bars.symbol
        self._asked = True
        self._take(BarPyramid.of(bars))
        if keep_view and before:
            first, last = self.view_range
            step = self.count - before if followed else 0
            self.show_range(first + step, last + step)
        else:
            self.pane.manual = None
            self.show_last(self.visible_count)
        self.describe()

    def _take(self, pyramid: BarPyramid) -> None:
        """Hold other bars."""
        self.pyramid = self._volume.pyramid = pyramid
        self._series.take(self._series.kind, pyramid)
        self.time = pyramid.time
        self.cursor = None
        self.set_cursor_bar(None)
        self.bars_replaced.emit()
        self._settle.start()

    def update_last(self, bars: Bars) -> None:
        """Follow live bars: those with the last bar's time replace it, newer ones are added.

        Only the last column is painted again, unless other prices or bars come into view.
        """
        pyramid = self.pyramid
        if not self._asked or not len(bars):
            return
        if not len(pyramid):
            self.set_bars(bars)
            return
        followed, before = self.at_end, len(pyramid)
        parts = self._tick_rects()
        start = int(np.searchsorted(bars.time, pyramid.time[-1]))
        for row in range(start, len(bars)):
            values = (
                float(bars.open[row]),
                float(bars.high[row]),
                float(bars.low[row]),
                float(bars.close[row]),
                float(bars.volume[row]),
            )
            if bars.time[row] == pyramid.time[-1]:
                pyramid.set_last(values)
            else:
                pyramid.append(int(bars.time[row]), values)
            self.time = pyramid.time
            self._series.follow()
            self.bar_updated.emit()
        if len(pyramid) != before:
            first, last = self.view_range
            step = len(pyramid) - before if followed else 0
            self.show_range(first + step, last + step)
            self.describe()
        elif self.at_end and self._outgrown():
            self.refresh()
        else:
            self.prepare_last()
            self.repaint_parts(parts + self._tick_rects())

    @property
    def last_price(self) -> float:
        """The close of the last bar; 0 without one."""
        return float(self.pyramid.close[-1]) if self.count else 0.0

    @property
    def series(self) -> SeriesType:
        """How the prices are drawn."""
        return self._series.kind

    def set_series(self, kind: SeriesType) -> None:
        """Draw the prices as another type of series."""
        self._series.take(kind, self.pyramid)
        self.refresh()

    @property
    def scale(self) -> ScaleKind:
        """What the price axis shows."""
        return self._scale

    def set_scale(self, kind: ScaleKind) -> None:
        """Show prices on another scale."""
        self._scale = kind
        self.pane.scale = kind.scale
        self.pane.manual = None
        self.refresh()

    def set_inverted(self, *, inverted: bool) -> None:
        """Put low prices at the top, or at the bottom again."""
        self.pane.inverted = inverted
        self.refresh()

    def set_notes(self, notes: Sequence[str]) -> None:
        """Say these things about the data, below the first line of the legend."""
        self._notes = tuple(each for each in notes if each)
        self.say(self.cursor)
        self.refresh()

    def set_watermark(self, below: str) -> None:
        """Write this under the symbol in the background, such as the name of the market."""
        self._grids[0].below = below
        self.viewport().update()

    # -- places ------------------------------------------------------------------------------

    def place(self, time: int) -> float:
        """Where a moment is among the bars; beyond them in steps of the interval."""
        count = self.count
        if not count:
            return 0.0
        step = float(self.calendar.bar)
        index = int(np.searchsorted(self.time, time, side="right")) - 1
        if index < 0:
            return -(int(self.time[0]) - time) / step
        start = int(self.time[index])
        width = step if index == count - 1 else float(self.time[index + 1] - start)
        return index + (time - start) / width

    def time_at(self, index: float) -> int:
        """The moment, in nanoseconds UTC, of a place among the bars."""
        count = self.count
        if not count:
            return 0
        whole = min(max(floor(index), 0), count - 1)
        start = int(self.time[whole])
        inside = index >= 0 and whole < count - 1
        width = int(self.time[whole + 1]) - start if inside else self.calendar.bar
        return start + round((index - whole) * width)

    def point_at(self, at: QPointF) -> ChartPoint:
        """The bar, the time and the value at a point of the widget."""
        pane = self.pane_at(at.y())
        index = pane.frame.index_at(at.x())
        return ChartPoint(pane, index, self.time_at(index), pane.frame.value_at(at.y()))

    def snap(self, at: QPointF, reach: float = REACH) -> ChartPoint | None:
        """The nearest open, high, low or close that is drawn, if one is so near."""
        frame, drawn = self.pane.frame, self._series.drawn
        if self.pane_at(at.y()) is not self.pane or not self.count:
            return None
        bars = frame.bars(self.count, at.x() - reach, at.x() + reach)
        if not bars:
            return None
        columns = drawn.columns(0, bars.start, bars.stop)
        # Within its own width a bar is not far off sideways.
        aside = np.abs(frame.x(np.arange(bars.start, bars.stop, dtype=np.float64)) - at.x())
        aside = np.maximum(aside - frame.bar_width / 2, 0)
        prices = [columns.open, columns.high, columns.low, columns.close]
        if self.series.is_line:
            prices = [columns.close]
        far = np.array([np.hypot(aside, frame.y(each) - at.y()) for each in prices])
        which, bar = np.unravel_index(int(np.argmin(far)), far.shape)
        if not far[which, bar] <= reach:
            return None
        index = bars.start + int(bar)
        value = float(prices[int(which)][int(bar)])
        return ChartPoint(self.pane, float(index), int(self.time[index]), value)

    # -- what is said ------------------------------------------------------------------------

    @property
    def _legend(self) -> LegendLayer:
        return self._legends[self.pane]

    @override
    def say(self, index: int | None) -> None:
        colors = self.surface.colors
        lines: dict[Pane, list[list[Said]]] = {pane: [] for pane in self._legends}
        own = lines[self.pane]
        if self._name:
            own.append([Said(self._name, colors.tag_text, strong=True)])
        if self.count:
            at = self.count - 1 if index is None else index
            if own:
                own[0] += price_words(self.pyramid, at, colors)
            for pane, line in chain.from_iterable(voice(at) for voice in self.voices):
                lines[pane].append(line)
        own += [[Said(each, colors.axis_text)] for each in self._notes]
        for pane, legend in self._legends.items():
            legend.say(lines[pane])

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legends[pane].area for pane in self.seen_panes]

    def describe(self) -> None:
        """Put the bar of the crosshair, or the last one, into words for a screen reader."""
        at = self.count - 1 if self.cursor is None else self.cursor
        time = self.time_text(at) if self.count else ""
        said = described(self._name, self.pyramid, at, time)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    @override
    def put_cursor(self, index: int) -> None:
        super().put_cursor(index)
        self.describe()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say how things stand now: not every tick is spoken of."""
        self.describe()
        super().focusInEvent(event)

    @override
    def value_of(self, index: int) -> float:
        return float(self.pyramid.close[index])

    # -- how it is painted -------------------------------------------------------------------

    def _bounds(self, bars: range) -> Bounds:
        if not bars:
            return float("nan"), float("nan")
        # When a pixel stands for many bars, those at the edges may reach out of view.
        spare = round(1 / self.bar_width)
        start = max(0, bars.start - spare)
        return self._series.extremes(start, min(bars.stop + spare, self.count))

    @override
    def ready(self, bars: range) -> None:
        base = float(self.pyramid.close[bars.start]) if bars else 0.0
        if base > 0 and self._scale is ScaleKind.PERCENT:
            self.pane.axis.reading = Reading(base)
        elif base > 0 and self._scale is ScaleKind.INDEXED:
            self.pane.axis.reading = Reading(base, 100.0)
        else:
            self.pane.axis.reading = Reading()

    @override
    def prepare(self) -> None:
        self._volume.peak = self._volume.most(self.pane.frame)
        self.prepare_last()

    def prepare_last(self) -> None:
        """Bring what follows the last bar up to date: its words and its tag."""
        self.say(self.cursor)
        self.pane.axis.tags = self.price_tags()

    def price_tags(self) -> list[Tag]:
        """The tags of the price axis, the most important one last."""
        if not self.count:
            return []
        colors, close = self.surface.colors, self.last_price
        tone = colors.up if close >= float(self.pyramid.open[-1]) else colors.down
        return [Tag(close, tone, colors.on_price)]

    def _tick_rects(self) -> list[QRectF]:
        if not self.count:
            return []
        rects = self.words_rects()
        beside = self.surface.tag_height  # a label that was covered comes back
        for pane in self.seen_panes:
            frame = pane.frame
            # From the bar before: lines are drawn from its middle to the last one's.
            left = frame.x(self.count - 2.0) - 2
            right = frame.x(self.count - 0.5) + 2
            rects.append(QRectF(left, frame.top, right - left, frame.height))
            rects += [each.adjusted(0, -beside, 0, beside) for each in pane.axis.tag_rects()]
        return rects

    def _outgrown(self) -> bool:
        """Whether the last bar needs other values in view, or a lower volume scale."""
        bars = self._bars_in_view()
        if any(pane.fitted(bars) != (pane.frame.y0, pane.frame.y1) for pane in self.seen_panes):
            return True
        return self._volume.most(self.pane.frame) != self._volume.peak

    @override
    def retint(self) -> None:
        self._series.retint()

    def _take_over(self) -> None:
        if not self._series.take_over():
            self._settle.stop()
