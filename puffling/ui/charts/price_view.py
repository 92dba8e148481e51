"""Prices of one symbol over time: series, scale, live bars, and places in time and price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QTimer, Signal
from typing_extensions import override

from puffling.ui.charts.axes import Tag
from puffling.ui.charts.candles import VolumeLayer
from puffling.ui.charts.chart_series import PriceSeries, SeriesType
from puffling.ui.charts.edges import GRIP
from puffling.ui.charts.pyramid import BarPyramid
from puffling.ui.charts.renko import Change
from puffling.ui.charts.scales import Reading, ScaleKind
from puffling.ui.charts.session_view import SessionView
from puffling.ui.charts.tools import ChartPoint

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from puffin.data.bars import Bars
    from puffling.ui.charts.pane import Bounds, Pane
    from puffling.ui.theme.theme import Theme

REACH = 8.0  # pixels from which a point snaps to a price


class PriceView(SessionView):
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
        self._asked = False  # whether there were ever bars
        self._name = ""
        self._scale = ScaleKind.LINEAR
        self._base_before: tuple[float | None] | None = None  # while it is dragged
        self.pane = self.add_pane(self._bounds)
        self.pane.room = (0.12, 0.16)
        self._series = PriceSeries(self.pane)
        self._volume = VolumeLayer(self.pane)
        self._volume.placing = self._series.candles.placing
        # The columns of a long history are copied one at a time once it is on the screen, so
        # that the first live bar does not have to wait for all of them.
        self._settle = QTimer(self, interval=0)
        self._settle.timeout.connect(self._take_over)
        self.setAccessibleName("Price chart")

    # -- what is shown -----------------------------------------------------------------------

    def set_bars(self, bars: Bars, *, keep_view: bool = False) -> None:
        """Show other bars. The last ones come into view, as many as before; or nothing moves."""
        followed, before = self.at_end, self.count
        self.take_times(bars.time, bars.interval)
        if self._name and not self._name.startswith(f"{bars.symbol} · "):
            self._series.base = None  # a price of another symbol says nothing here
        self._name = f"{bars.symbol} · {bars.interval.label}" if bars.symbol else ""
        self._grids[0].watermark = bars.symbol
        self._asked = True
        self._take(self.series, BarPyramid.of(bars))
        if keep_view and before:
            first, last = self.view_range
            step = self.count - before if followed else 0
            self.show_range(first + step, last + step)
        else:
            self.pane.manual = None
            self.show_last(self.visible_count)
        self.describe()

    def _take(self, kind: SeriesType, source: BarPyramid) -> None:
        """Draw other bars, or the same ones as another type of series."""
        self._series.take(kind, source)
        self.pyramid = self._volume.pyramid = self._series.bars
        self.time = self.pyramid.time
        self.cursor = None
        self.set_cursor_bar(None)
        self.bars_replaced.emit()
        self._settle.start()

    def update_last(self, bars: Bars) -> None:
        """Follow live bars: those with the last bar's time replace it, newer ones are added.

        Only the last column is painted again, unless other prices or bars come into view.
        """
        source = self._series.source
        if not self._asked or not len(bars):
            return
        if not len(source):
            self.set_bars(bars)
            return
        followed, before = self.at_end, self.count
        parts = self._tick_rects()
        changed = set()
        start = int(np.searchsorted(bars.time, source.time[-1]))
        for row in range(start, len(bars)):
            values = (
                float(bars.open[row]),
                float(bars.high[row]),
                float(bars.low[row]),
                float(bars.close[row]),
                float(bars.volume[row]),
            )
            if bars.time[row] == source.time[-1]:
                source.set_last(values)
            else:
                source.append(int(bars.time[row]), values)
            changed.add(self._follow_last())
        if self.count != before or Change.MORE in changed:
            first, last = self.view_range
            step = self.count - before if followed else 0
            self.show_range(first + step, last + step)
            self.describe()
        elif self.at_end and self._outgrown():
            self.refresh()
        else:
            self.prepare_last()
            self.repaint_parts(parts + self._tick_rects())

    def _follow_last(self) -> Change:
        """Let everything follow the last bar of the market."""
        change = self._series.follow()
        self.time = self.pyramid.time
        if change is Change.LAST:
            self.bar_updated.emit()
        elif change is Change.MORE:
            if self.cursor is not None and self.cursor >= self.count:
                self.set_cursor_bar(None)
            self.bars_replaced.emit()
        return change

    @property
    def last_price(self) -> float:
        """The last price of the market; 0 without one."""
        source = self._series.source
        return float(source.close[-1]) if len(source) else 0.0

    @property
    def series(self) -> SeriesType:
        """How the prices are drawn."""
        return self._series.kind

    def set_series(self, kind: SeriesType) -> None:
        """Draw the prices as another type of series; what is in view stays."""
        self._redraw(kind)

    @property
    def box(self) -> float | None:
        """The size of a Renko brick that was chosen; None: the mean true range of 14 bars."""
        return self._series.box

    def set_box(self, box: float | None) -> None:
        """Make Renko bricks of this size."""
        self._series.box = box if box and box > 0 else None
        if self.series is SeriesType.RENKO:
            self._redraw(self.series)

    def _redraw(self, kind: SeriesType) -> None:
        at_end, middle = self.at_end, self.time_at(sum(self.view_range) / 2)
        had_bars = self.count > 0
        self._take(kind, self._series.source)
        if not had_bars:
            self.refresh()
        elif at_end:
            self.show_last(self.visible_count)
        else:
            span = self.view_range[1] - self.view_range[0]
            place = self.place(middle)
            self.show_range(place - span / 2, place + span / 2)

    @property
    def base(self) -> float | None:
        """The price a baseline is drawn against; None: the middle of what is in view."""
        return self._series.base

    def set_base(self, price: float | None) -> None:
        """Draw a baseline against this price."""
        self._series.base = price
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

    @property
    def is_auto(self) -> bool:
        """Whether the price axis follows what is in view."""
        return self.pane.manual is None

    def set_auto(self, *, auto: bool) -> None:
        """Let the price axis follow what is in view, or stay as it is now."""
        self.pane.manual = None if auto else (self.pane.frame.y0, self.pane.frame.y1)
        self.refresh()

    def set_inverted(self, *, inverted: bool) -> None:
        """Put low prices at the top, or at the bottom again."""
        self.pane.inverted = inverted
        self.refresh()

    def set_watermark(self, below: str) -> None:
        """Write this under the symbol in the background, such as the name of the market."""
        self._grids[0].below = below
        self.viewport().update()

    # -- places ------------------------------------------------------------------------------

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

    @property
    @override
    def title(self) -> str:
        return " · ".join(each for each in (self._name, self._series.words) if each)

    @override
    def value_of(self, index: int) -> float:
        return float(self.pyramid.close[index])

    @override
    def value_at(self, pane: Pane, index: int | None) -> float | None:
        """The close of the bar, on the prices' own axis."""
        if pane is not self.pane or index is None or not self.count:
            return None
        return self.value_of(index)

    # -- what can be dragged -----------------------------------------------------------------

    def has_base_at(self, at: QPointF) -> bool:
        """Whether the base of a baseline can be taken here."""
        frame, base = self.pane.frame, self._series.baseline.base
        if (
            self.series is not SeriesType.BASELINE
            or base is None
            or self.pane not in self.seen_panes
        ):
            return False
        return abs(frame.y(base) - at.y()) <= GRIP and frame.left <= at.x() <= frame.right

    @override
    def grip(self, at: QPointF) -> bool:
        self._base_before = (self.base,) if self.has_base_at(at) else None
        return self._base_before is not None

    @override
    def move_grip(self, at: QPointF) -> None:
        if self._base_before is not None:
            frame = self.pane.frame
            self.set_base(frame.value_at(min(max(at.y(), frame.top), frame.bottom)))

    @override
    def drop_grip(self, at: QPointF | None) -> None:
        before, self._base_before = self._base_before, None
        if before is not None and at is None:
            self.set_base(before[0])

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
        self.mark_sessions(wanted=self.series is not SeriesType.RENKO)
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
        tone = colors.up if close >= float(self._series.source.open[-1]) else colors.down
        tags = [Tag(close, tone, colors.on_price)]
        if self.series is SeriesType.BASELINE and self._series.baseline.base is not None:
            tags.insert(0, Tag(self._series.baseline.base, colors.tag, colors.tag_text))
        return tags

    def _tick_rects(self) -> list[QRectF]:
        if not self.count:
            return []
        rects = [self._legends[pane].take_news() for pane in self.seen_panes]
        rects = [each for each in rects if not each.isEmpty()]
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
        last = range(self.count - 1, self.count)
        return any(pane.is_outgrown(last) for pane in self.seen_panes) or (
            self._volume.most(self.pane.frame, self.count - 1) > self._volume.peak
        )

    @override
    def retint(self) -> None:
        self._series.retint()

    @property
    def is_settling(self) -> bool:
        """Whether columns of a long history are still to be copied."""
        return self._settle.isActive()

    def _take_over(self) -> None:
        if not self._series.take_over():
            self._settle.stop()
