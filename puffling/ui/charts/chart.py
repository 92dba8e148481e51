"""The price chart: candles, volume, studies, trades, and what the pointer is on."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolTip
from typing_extensions import override

from puffling.core.formats import UNKNOWN, number, percent, signed
from puffling.ui.charts.axes import Tag
from puffling.ui.charts.candles import CandleLayer, VolumeLayer
from puffling.ui.charts.crosshair import LegendLayer, Said
from puffling.ui.charts.navigation import ChartView
from puffling.ui.charts.overlays import LineLayer, MarkLayer, PriceLineLayer
from puffling.ui.charts.pyramid import BarPyramid, Columns, LinePyramid
from puffling.ui.charts.ticks import SECOND, Calendar, compact, price_decimals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from puffin.data.bars import Bars
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.charts.studies import Study
    from puffling.ui.theme.theme import Theme


MOST_TEXTS = 8  # in a tooltip of marks
GRIP = 5.0  # how far from a line, in pixels, the pointer may be to take hold of it


class PriceChart(ChartView):
    """Prices of one symbol.

    Signals:
        line_dropped: A price line was dragged to another price (its key, the price).
    """

    line_dropped = Signal(str, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._theme = theme
        self._pyramid: BarPyramid | None = None
        self._name = ""
        self._notes: tuple[str, ...] = ()
        self._studies: list[tuple[Study, LineLayer]] = []
        self._marks: list[Mark] = []
        self._price_lines: tuple[PriceLine, ...] = ()
        self._gripped: PriceLine | None = None
        self._before_grip: PriceLine | None = None
        self.pane = self.add_pane(self._bounds)
        self.pane.room = (0.12, 0.16)
        self._candles = CandleLayer(self.pane)
        self._volume = VolumeLayer(self.pane)
        self._mark_layer = MarkLayer(self.pane)
        self._line_layer = PriceLineLayer(self.pane)
        self._legend = LegendLayer(self.pane)
        # The columns of a long history are copied one at a time once it is on the screen, so
        # that the first live bar does not have to wait for all of them.
        self._settle = QTimer(self, interval=0)
        self._settle.timeout.connect(self._take_over)
        self.setAccessibleName("Price chart")

    # -- what is shown -----------------------------------------------------------------------

    def set_bars(self, bars: Bars, *, keep_view: bool = False) -> None:
        """Show other bars. The last ones come into view, as many as before; or nothing moves."""
        followed, before = self.at_end, self.count
        columns = Columns(bars.open, bars.high, bars.low, bars.close, bars.volume)
        self._pyramid = BarPyramid(bars.time, columns)
        self._candles.pyramid = self._volume.pyramid = self._pyramid
        self.time = self._pyramid.time
        self.calendar = Calendar(bars.interval.seconds * SECOND)
        self._name = f"{bars.symbol} · {bars.interval.label}" if bars.symbol else ""
        self._grids[0].watermark = bars.symbol
        self.cursor = None
        self.set_cursor_bar(None)
        for study, layer in self._studies:
            layer.line = LinePyramid(study.over(self._pyramid.close))
        self._place_marks()
        self._settle.start()
        if keep_view and before:
            first, last = self.view_range
            step = self.count - before if followed else 0
            self.show_range(first + step, last + step)
        else:
            self.pane.manual = None
            self.show_last(self.visible_count)

    def update_last(self, bars: Bars) -> None:
        """Follow live bars: those with the last bar's time replace it, newer ones are added.

        Only the last column is painted again, unless other prices or bars come into view.
        """
        pyramid = self._pyramid
        if pyramid is None or not len(bars):
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
            self._follow_studies()
        self.time = pyramid.time
        if len(pyramid) != before:
            first, last = self.view_range
            step = len(pyramid) - before if followed else 0
            self.show_range(first + step, last + step)
        elif self.at_end and self._outgrown():
            self.refresh()
        else:
            self.prepare_last()
            self.repaint_parts(parts + self._tick_rects())

    def set_studies(self, studies: Iterable[Study]) -> None:
        """Draw these studies, in the colours of their order."""
        for _, layer in self._studies:
            self.pane.remove(layer)
        self._studies = []
        for index, study in enumerate(studies):
            layer = LineLayer(self.pane, self.surface.colors.series(index))
            if self._pyramid is not None:
                layer.line = LinePyramid(study.over(self._pyramid.close))
            self._studies.append((study, layer))
        self._settle.start()
        self.say(self.cursor)
        self.refresh()

    @property
    def last_price(self) -> float:
        """The close of the last bar; 0 without one."""
        return float(self._pyramid.close[-1]) if self.count and self._pyramid is not None else 0.0

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies drawn."""
        return tuple(study for study, _ in self._studies)

    def set_notes(self, notes: Sequence[str]) -> None:
        """Say these things about the data, below the first line of the legend."""
        self._notes = tuple(each for each in notes if each)
        self.say(self.cursor)
        self.refresh()

    def set_watermark(self, below: str) -> None:
        """Write this under the symbol in the background, such as the name of the market."""
        self._grids[0].below = below
        self.viewport().update()

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """Mark these trades."""
        self._marks = list(marks)
        self._place_marks()
        self.viewport().update()

    def set_price_lines(self, lines: Iterable[PriceLine]) -> None:
        """Draw lines at these prices, with tags on the axis; one that is held stays where it is."""
        self._price_lines = tuple(
            self._gripped if self._gripped and each.key == self._gripped.key else each
            for each in lines
        )
        self.retint()
        self.refresh()

    def export(self, path: Path) -> bool:
        """Save the chart as a picture; whether that worked."""
        return bool(self.grab().save(str(path)))

    # -- what is said ------------------------------------------------------------------------

    @override
    def say(self, index: int | None) -> None:
        lines: list[list[Said]] = []
        if self._name:
            lines.append([Said(self._name, self.surface.colors.tag_text, strong=True)])
        pyramid = self._pyramid
        if pyramid is not None and len(pyramid):
            lines[:1] = [lines[0] + self._prices(pyramid, index)] if lines else []
            at = len(pyramid) - 1 if index is None else index
            for study, layer in self._studies:
                value = float("nan") if layer.line is None else float(layer.line.values[at])
                text = number(value, places=price_decimals(abs(value)) if isfinite(value) else 2)
                lines.append(
                    [Said(study.title, self.surface.colors.axis_text), Said(text, layer.color)]
                )
        lines += [[Said(each, self.surface.colors.axis_text)] for each in self._notes]
        self._legend.say(lines)

    def _prices(self, pyramid: BarPyramid, index: int | None) -> list[Said]:
        at = len(pyramid) - 1 if index is None else index
        bar = pyramid.columns(0, at, at + 1)
        opened, high, low, close = (
            float(each[0]) for each in (bar.open, bar.high, bar.low, bar.close)
        )
        before = float(pyramid.close[at - 1]) if at else None
        colors = self.surface.colors
        tone = colors.axis_text
        if before is not None and close != before:
            tone = colors.up if close > before else colors.down
        places = price_decimals(close)
        prices = "  ".join(
            f"{name} {number(value, places=places)}"
            for name, value in (("O", opened), ("H", high), ("L", low), ("C", close))
        )
        change = UNKNOWN
        if before:
            ratio = percent(close / before - 1, sign=True)
            change = f"{signed(close - before, places=places)} ({ratio})"
        volume = f"Vol {compact(float(bar.volume[0]))}"
        return [Said(f"{prices}  {change}", tone), Said(volume, colors.axis_text)]

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legend.area]

    @override
    def hovered(self, at: QPointF) -> None:
        grips = self._line_at(at) is not None
        self.viewport().setCursor(
            Qt.CursorShape.SizeVerCursor if grips else Qt.CursorShape.ArrowCursor
        )
        texts = self._mark_layer.texts_near(self.pane.frame, at.x(), at.y())
        if texts:
            shown, more = texts[:MOST_TEXTS], len(texts) - MOST_TEXTS
            shown += [f"… and {more} more"] if more > 0 else []
            QToolTip.showText(self.mapToGlobal(at.toPoint()), "\n".join(shown), self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    @override
    def grip(self, at: QPointF) -> bool:
        self._gripped = self._before_grip = self._line_at(at)
        return self._gripped is not None

    @override
    def move_grip(self, at: QPointF) -> None:
        frame = self.pane.frame
        price = frame.value_at(min(max(at.y(), frame.top), frame.bottom))
        if self._gripped is not None and price > 0:
            self._gripped = replace(self._gripped, price=price)
            self.set_price_lines(self._price_lines)

    @override
    def drop_grip(self, at: QPointF | None) -> None:
        moved, before = self._gripped, self._before_grip
        self._gripped = self._before_grip = None
        if moved is None or before is None:
            return
        # It goes back at once: the order is as it was until somebody agrees to its change.
        self.set_price_lines(
            before if each.key == moved.key else each for each in self._price_lines
        )
        if at is not None and moved.price != before.price:
            self.line_dropped.emit(moved.key, moved.price)

    def _line_at(self, at: QPointF) -> PriceLine | None:
        """The nearest line that can be dragged from here."""
        frame = self.pane.frame
        near = [
            (abs(frame.y(each.price) - at.y()), place)
            for place, each in enumerate(self._price_lines)
            if each.key and frame.left <= at.x() <= frame.right
        ]
        distance, place = min(near, default=(GRIP + 1, 0))
        return self._price_lines[place] if distance <= GRIP else None

    @override
    def value_of(self, index: int) -> float:
        return float(self._pyramid.close[index]) if self._pyramid is not None else 0.0

    # -- how it is painted -------------------------------------------------------------------

    def _bounds(self, bars: range) -> tuple[float, float]:
        if self._pyramid is None or not bars:
            return float("nan"), float("nan")
        # When a pixel stands for many bars, those at the edges may reach out of view.
        spare = round(1 / self.bar_width)
        start = max(0, bars.start - spare)
        return self._pyramid.extremes(start, min(bars.stop + spare, len(self._pyramid)))

    @override
    def prepare(self) -> None:
        self._volume.peak = self._volume.most(self.pane.frame)
        self.prepare_last()

    def prepare_last(self) -> None:
        """Bring what follows the last bar up to date: its words and its tag."""
        self.say(self.cursor)
        colors, pyramid = self.surface.colors, self._pyramid
        tags = [Tag(line.price, color, colors.on_price) for line, color in self._line_layer.lines]
        if pyramid is not None and len(pyramid):
            last = pyramid.columns(0, len(pyramid) - 1)
            close = float(last.close[0])
            tone = colors.up if close >= float(last.open[0]) else colors.down
            tags.append(Tag(close, tone, colors.on_price))
        self.pane.axis.tags = tags

    def _tick_rects(self) -> list[QRectF]:
        frame, pyramid = self.pane.frame, self._pyramid
        if pyramid is None or not len(pyramid):
            return []
        # From the bar before: lines are drawn from its middle to the last one's.
        left = frame.x(len(pyramid) - 2.0) - 2
        right = frame.x(len(pyramid) - 0.5) + 2
        rects = [QRectF(left, frame.top, right - left, frame.height), *self.words_rects()]
        beside = self.surface.tag_height  # a label that was covered comes back
        tags = self.pane.axis.tag_rects()
        return rects + [each.adjusted(0, -beside, 0, beside) for each in tags]

    def _outgrown(self) -> bool:
        """Whether the last bar needs other values in view, or a lower volume scale."""
        values = self.pane.fitted(self._bars_in_view())
        frame = self.pane.frame
        return values != (frame.y0, frame.y1) or self._volume.most(frame) != self._volume.peak

    def _follow_studies(self) -> None:
        pyramid = self._pyramid
        if pyramid is None:
            return
        close = pyramid.close
        for study, layer in self._studies:
            line = layer.line
            if line is None:
                continue
            if len(line) < len(close):
                line.append(float("nan"))
            line.set_last(study.last(close, line.values))

    def _place_marks(self) -> None:
        pyramid = self._pyramid
        if pyramid is None or not len(pyramid):
            return
        placed = [
            (int(np.searchsorted(pyramid.time, each.time, side="right")) - 1, each)
            for each in self._marks
        ]
        columns = pyramid.columns(0)
        kept = [(index, each) for index, each in placed if index >= 0]
        self._mark_layer.show_marks(kept, columns.low, columns.high)

    @override
    def retint(self) -> None:
        for index, (_, layer) in enumerate(self._studies):
            layer.color = self.surface.colors.series(index)
        self._line_layer.lines = tuple(
            (line, self._theme.color(line.tone)) for line in self._price_lines
        )

    def _take_over(self) -> None:
        held = [self._pyramid, *(layer.line for _, layer in self._studies)]
        if not any(each.take_over() for each in held if each is not None):
            self._settle.stop()
