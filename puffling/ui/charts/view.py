"""Panes stacked over one time axis: what is in view, and one paint for each change of it."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView
from typing_extensions import override

from puffling.ui.charts.axes import TimeAxis
from puffling.ui.charts.crosshair import CrosshairLayer, GridLayer
from puffling.ui.charts.edges import Edges
from puffling.ui.charts.frame import Frame
from puffling.ui.charts.pane import Pane
from puffling.ui.charts.plotting import GraphicsView
from puffling.ui.charts.surface import Surface
from puffling.ui.charts.ticks import DAY, Calendar, time_ticks
from puffling.ui.widgets.frames import Painting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.pane import Bounds
    from puffling.ui.theme.theme import Theme

FEWEST = 5.0  # bars in view
ROOM = 0.04  # free space at the right of the last bar, as a share of the view
TICK_ROOM = 76.0  # pixels from one date to the next
STEP = 8  # the price axis widens in such steps


class PaneView(GraphicsView):
    """Panes over one time axis.

    Signals:
        range_changed: Other bars are in view.
        cursor_moved: The crosshair stands on this bar now (an index, or None).
    """

    range_changed = Signal()
    cursor_moved = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.surface = Surface(theme)
        self.panes: list[Pane] = []
        self.time: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.calendar = Calendar(DAY)
        self.cursor: int | None = None
        self._view = (-0.5, 99.5)
        self._wanted = 160.0  # bars in view, kept from symbol to symbol
        self._grids: list[GridLayer] = []
        self._crosshairs: list[CrosshairLayer] = []
        self._alone: Pane | None = None  # has all the room
        self.tag_sources: list[Callable[[int | None], None]] = []  # what writes on the axes
        super().__init__(parent, background=self.surface.colors.background)
        self.setCentralItem(None)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.time_axis = TimeAxis(self.surface)
        self.scene().addItem(self.time_axis)
        self.edges = Edges(self.surface)
        self.scene().addItem(self.edges)
        theme.changed.connect(self._follow_theme)

    def add_pane(self, bounds: Callable[[range], Bounds], *, share: float = 1.0) -> Pane:
        """Add a pane below the others; `share` is of the height, against the others' shares."""
        pane = Pane(self.surface, self.scene(), bounds, share=share)
        self._grids.append(GridLayer(pane))
        self._crosshairs.append(CrosshairLayer(pane))
        self.panes.append(pane)
        self._see_panes()
        return pane

    def remove_pane(self, pane: Pane) -> None:
        """Take a pane away with all that is in it; the first one stays."""
        number = self.panes.index(pane)
        if number == 0:
            raise ValueError("The first pane of a chart stays.")
        if self._alone is pane:
            self._alone = None
        for each in list(pane.layers):
            pane.remove(each)
        del self.panes[number], self._grids[number], self._crosshairs[number]
        self.scene().removeItem(pane.box)
        self.scene().removeItem(pane.axis)
        self._see_panes()
        self.refresh()

    @property
    def seen_panes(self) -> list[Pane]:
        """The panes in view, from the top."""
        return self.panes if self._alone is None else [self._alone]

    @property
    def maximised(self) -> Pane | None:
        """The pane that has all the room, if one has."""
        return self._alone

    def maximise(self, pane: Pane | None) -> None:
        """Give one pane all the room; None gives each its own again."""
        self._alone = pane if pane in self.panes and len(self.panes) > 1 else None
        self._see_panes()
        self.refresh()

    def _see_panes(self) -> None:
        seen = self.seen_panes
        self.edges.panes = seen
        for pane in self.panes:
            pane.show(shown=pane in seen)
        if self.edges.chosen not in seen:
            self.edges.chosen = None

    @property
    def count(self) -> int:
        """How many bars there are."""
        return len(self.time)

    @property
    def view_range(self) -> tuple[float, float]:
        """The first and the last bar in view, with fractions."""
        return self._view

    @property
    def visible_count(self) -> int:
        """How many bars are in view, or would be if there were so many."""
        return round(self._wanted)

    @property
    def bar_width(self) -> float:
        """Pixels from one bar to the next."""
        width: float = max(1.0, self.viewport().width() - self.surface.axis_width)
        return width / (self._view[1] - self._view[0])

    @property
    def at_end(self) -> bool:
        """Whether the last bar is in view."""
        return self._view[0] <= self.count - 1 <= self._view[1]

    def show_range(self, first: float, last: float) -> None:
        """Bring these bars into view, as far as there are any."""
        span = min(max(last - first, FEWEST), max(self.count * (1 + 3 * ROOM), 30.0))
        middle = (first + last) / 2
        first = middle - span / 2 if span != last - first else first
        first = min(max(first, 3.0 - span), self.count - 3.0) if self.count else first
        self._view = (first, first + span)
        self._wanted = span
        self.refresh()

    def show_last(self, bars: float) -> None:
        """Bring the last so many bars into view, with a little room at the right."""
        wanted = max(bars, FEWEST)
        span = min(wanted, max(self.count * (1 + ROOM) + 2, 30.0))
        last = self.count - 0.5 + max(2.0, span * ROOM)
        self._view = (last - span, last)
        self._wanted = wanted
        self.refresh()

    def fit(self) -> None:
        """Bring all bars into view, and let each pane choose its values."""
        for pane in self.panes:
            pane.manual = None
        room = max(2.0, self.count * ROOM)
        self.show_range(-0.5 - room / 4, self.count - 0.5 + room)

    def refresh(self) -> None:
        """Lay everything out for what is in view, and paint it all once."""
        area = self.viewport().rect()
        if not self.panes or min(area.width(), area.height()) < 2 * self.surface.tag_height:
            return
        bars = self._bars_in_view()
        panes = self.seen_panes
        self.ready(bars)
        self._place(bars)
        needed = max(pane.axis.width_needed for pane in panes)
        if not needed <= self.surface.axis_width < needed + 4 * STEP:
            self.surface.axis_width = ceil(needed / STEP) * float(STEP)
            self._place(bars)
        frame = panes[0].frame
        ticks = time_ticks(self.time, bars, frame.bar_width, TICK_ROOM, self.calendar)
        self.time_axis.frame, self.time_axis.ticks = frame, ticks
        self.time_axis.corner = self.calendar.zone_name(int(self.time[bars[-1]])) if bars else ""
        for grid in self._grids:
            grid.ticks = ticks
        self.prepare()
        for pane in panes:
            pane.commit()
        self.viewport().update()
        self.range_changed.emit()

    def ready(self, bars: range) -> None:
        """Do what a chart must do before these bars are laid out."""

    def prepare(self) -> None:
        """Do what a chart must do before a full paint; the frames are laid out."""

    def say(self, index: int | None) -> None:
        """Put what is known of a bar (None: of the last one) into words."""

    def _bars_in_view(self) -> range:
        return Frame(x0=self._view[0], x1=self._view[1]).bars(self.count)

    def _place(self, bars: range) -> None:
        area = self.viewport().rect()
        self.time_axis.top = area.height() - self.time_axis.height
        width = max(1.0, area.width() - self.surface.axis_width)  # the axis may be wider than all
        panes = self.seen_panes
        shares = sum(pane.share for pane in panes)
        top, used = 0.0, 0.0
        for pane in panes:
            used += pane.share
            height = max(1.0, round(self.time_axis.top * used / shares) - top)
            where = QRectF(0.0, top, width, height)
            pane.place(where, self._view, pane.fitted(bars), self.devicePixelRatioF())
            top += height

    def time_text(self, index: int) -> str:
        """Name a bar's time in full."""
        return self.calendar.text(int(self.time[index]))

    def pane_at(self, y: float) -> Pane:
        """The pane at a height, or the nearest one."""
        panes = self.seen_panes
        return next((each for each in panes if y < each.frame.bottom), panes[-1])

    def set_cursor_bar(self, index: int | None, at: QPointF | None = None) -> None:
        """Put the crosshair on a bar, and on the value at a point; None takes it away."""
        before = self._cursor_rects()
        if index is not None:
            index = min(max(index, 0), self.count - 1) if self.count else None
        pane = self.pane_at(at.y()) if at is not None else None
        for each, crosshair in zip(self.panes, self._crosshairs, strict=True):
            value = None
            if at is not None and each is pane and index is not None:
                value = each.frame.value_at(at.y())
            marked = self.value_at(each, index) if value is None else value
            if marked != each.axis.cursor and each in self.seen_panes:
                before.append(each.axis.boundingRect())
            crosshair.index, crosshair.value, each.axis.cursor = index, value, marked
        self.time_axis.cursor = None if index is None else (index, self.time_text(index))
        if index != self.cursor:
            self.cursor = index
            before += self.words_rects()
            self.say(index)
            before += self.words_rects()
            for mark in self.tag_sources:
                mark(index)
            before += [each.axis.boundingRect() for each in self.seen_panes]
            self.cursor_moved.emit(index)
        self.repaint_parts(before + self._cursor_rects())

    def set_cursor_time(self, time: int | None) -> None:
        """Put the crosshair on the bar of a moment, as another chart asks; no signal follows."""
        index = None
        if time is not None and self.count:
            index = int(np.searchsorted(self.time, time, side="right")) - 1
            index = index if index >= 0 and time <= self.time[-1] + self.calendar.bar else None
        blocked = self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.set_cursor_bar(index)
        self.blockSignals(blocked)

    def value_at(self, pane: Pane, index: int | None) -> float | None:
        """What the crosshair marks on the axis of a pane that the pointer is not in."""
        del pane, index
        return None

    def words_rects(self) -> list[QRectF]:
        """Where the words about a bar are."""
        return []

    def _cursor_rects(self) -> list[QRectF]:
        rects = []
        for pane, crosshair in zip(self.panes, self._crosshairs, strict=True):
            if pane not in self.seen_panes:
                continue
            frame = pane.frame
            if crosshair.index is not None:
                x = frame.x(float(crosshair.index))
                rects.append(QRectF(x - 1, frame.top, 3, frame.height))
            if crosshair.value is not None:
                y = frame.y(crosshair.value)
                rects.append(QRectF(frame.left, y - 1, frame.width, 3))
                beside = self.surface.tag_height  # a label it covered comes back
                tag = pane.axis.tag_rect(crosshair.value)
                rects.append(tag.adjusted(0, -beside, 0, beside))
        if self.time_axis.cursor is not None:
            rects.append(self.time_axis.tag_rect(*self.time_axis.cursor))
        return rects

    def repaint_parts(self, rects: Iterable[QRectF]) -> None:
        """Paint only these parts of the widget again."""
        for rect in rects:
            self.viewport().update(rect.toAlignedRect().adjusted(-1, -1, 1, 1))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, telling the layers which part is needed."""
        with Painting(self):
            self.surface.begin(event.region())
            super().paintEvent(event)
            self.surface.begin(None)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again."""
        super().resizeEvent(event)
        self.refresh()

    @override
    def close(self) -> bool:
        """Close as any widget does; pyqtgraph would take the viewport away, and Qt crash."""
        return QGraphicsView.close(self)

    def _follow_theme(self) -> None:
        self.surface.follow_theme()
        self.setBackground(self.surface.colors.background)
        self.retint()
        self.say(self.cursor)
        self.refresh()

    def retint(self) -> None:
        """Take the theme's colours again where layers hold their own."""
