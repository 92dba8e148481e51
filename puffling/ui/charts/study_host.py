"""The studies of a chart: their panes and layers, worked out beside the window, and kept live."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Signal
from PySide6.QtGui import QMouseEvent
from typing_extensions import override

from puffling.ui.charts.study_kinds import (
    CompareView,
    IndicatorView,
    PatternView,
    ProfileView,
    kind_of,
)
from puffling.ui.charts.study_track import Track, bars_of, interval_of
from puffling.ui.charts.study_view import NONE, StudyReading

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF

    from puffin.data.bars import Bars, Interval
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.crosshair import Said
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.price_view import PriceView
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.study_view import StudyView

SHARE = 0.28  # of the prices' height that a pane of a study has at first
PROFILE_EVERY = 1.0  # second between two counts of a live bar's volume
AT_ONCE = 40_000  # bars times studies that are worked out without leaving the window's thread


class StudyHost(QObject):
    """Owns the studies of one chart.

    With `spawn` set, long histories are worked out on another thread, and the lines appear when
    they are there; without it everything is worked out at once.

    Signals:
        changed: Other studies are on the chart.
        compared: Other symbols are to be compared with; give their bars to `show_compared`.
        asked: A study was double-clicked in a legend (its place among `specs`).
    """

    changed = Signal()
    compared = Signal()
    asked = Signal(int)

    def __init__(self, chart: PriceView) -> None:
        super().__init__(chart)
        self._chart = chart
        self._views: list[StudyView] = []
        self._profiled = float("-inf")
        self._named: list[QRectF] = []  # where names of patterns are at the live bar
        self._question = 0  # what is being worked out; answers to earlier ones are passed over
        self.spawn: Callable[[Coroutine[object, object, None]], object] | None = None
        chart.voices.insert(0, self._say)
        chart.column_sources.append(self.columns)
        chart.tag_sources.append(self._mark)
        chart.bars_replaced.connect(self._replace)
        chart.bar_updated.connect(self._follow)
        chart.viewport().installEventFilter(self)

    # -- which studies there are ---------------------------------------------------------------

    @property
    def specs(self) -> tuple[StudySpec, ...]:
        """The studies on the chart, in order."""
        return tuple(each.spec for each in self._views)

    @property
    def views(self) -> tuple[StudyView, ...]:
        """What draws them."""
        return tuple(self._views)

    def set_specs(self, specs: Iterable[StudySpec]) -> None:
        """Draw these studies; those that are there already stay as they are."""
        wanted = list(dict.fromkeys(specs))
        if tuple(wanted) == self.specs:
            return
        compared = self.symbols
        gone = [each for each in self._views if each.spec not in wanted]
        kept = {each.spec: each for each in self._views if each.spec in wanted}
        self._views = list(kept.values())  # before a pane goes: what is left is laid out then
        for view in gone:
            self._remove(view)
        self._views = [kept.get(spec) or self._made(spec) for spec in wanted]
        self._compute()
        self.retint()
        self._show()
        self.changed.emit()
        if self.symbols != compared:
            self.compared.emit()

    def _made(self, spec: StudySpec) -> StudyView:
        chart = self._chart
        if spec.on_price:
            view = kind_of(spec)(spec, chart.pane, owns_pane=False)
        else:
            pane = chart.add_pane(lambda _: NONE, share=SHARE)
            pane.axis.reading = StudyReading()
            view = kind_of(spec)(spec, pane, owns_pane=True)
            pane.bounds = view.bounds
        view.take(chart.pyramid, self.interval)
        return view

    def _remove(self, view: StudyView) -> None:
        view.remove()
        if view.owns_pane and view.pane in self._chart.panes:
            self._chart.remove_pane(view.pane)

    @property
    def interval(self) -> Interval:
        """How long the bars are."""
        return interval_of(self._chart.calendar.bar)

    # -- working out ---------------------------------------------------------------------------

    def _replace(self) -> None:
        for view in self._views:
            view.take(self._chart.pyramid, self.interval)
        self._compute()
        for compared in self._compares():
            if compared.theirs is not None and compared.theirs.interval is self.interval:
                self._put(compared, compared.theirs)
        if any(each.is_behind for each in self._compares()):
            self.compared.emit()

    def _compute(self) -> None:
        """Work out what is not yet: at once if it is quick, else beside the window."""
        waiting = [
            each for each in self._views if isinstance(each, IndicatorView) and not each.is_ready
        ]
        self._question += 1
        if not waiting:
            return
        bars = bars_of(self._chart.pyramid, self.interval)
        if self.spawn is None or len(bars) * len(waiting) <= AT_ONCE:
            for view in waiting:
                view.show(Track(view.spec, bars))
            return
        self.spawn(self._work(self._question, bars, waiting))

    async def _work(self, question: int, bars: Bars, waiting: list[IndicatorView]) -> None:
        for view in waiting:
            track = await asyncio.to_thread(Track, view.spec, bars)
            if question != self._question:
                return
            view.show(track)
            if not view.follow():  # bars that came meanwhile
                view.show(None)
            self._show()

    def _follow(self) -> None:
        late = [each for each in self._views if not each.follow()]
        for view in late:
            view.take(self._chart.pyramid, self.interval)
        if late:
            self._compute()
        self._profile()
        self._name_patterns()
        self._tag()

    def _name_patterns(self) -> None:
        """Paint the name at the live bar where it is and where it was."""
        shown = (each for each in self._views if isinstance(each, PatternView))
        before, self._named = self._named, [rect for each in shown for rect in each.live_area()]
        self._chart.repaint_parts(before + self._named)

    def _profile(self) -> None:
        """Let profiles count the live bar, and paint them whole, now and then."""
        shown = [each for each in self._views if isinstance(each, ProfileView)]
        if shown and monotonic() - self._profiled >= PROFILE_EVERY:
            self._profiled = monotonic()
            for view in shown:
                view.layer.renew()
            self._chart.viewport().update()

    # -- other symbols -------------------------------------------------------------------------

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are compared with."""
        return tuple(each.symbol for each in self._compares())

    def show_compared(self, symbol: str, bars: Bars | None, why: str = "") -> None:
        """Draw a symbol's bars, or say in its line why there are none."""
        for view in self._compares():
            if view.symbol == symbol:
                view.theirs = bars
                self._put(view, bars, why)
        self._show()

    def _put(self, view: CompareView, bars: Bars | None, why: str = "") -> None:
        if bars is None or not self._chart.count:
            view.show(None, why)
        elif self.spawn is None or self._chart.count <= AT_ONCE:
            view.show(view.placed(self._chart.pyramid.time, bars))
        else:
            self.spawn(self._place(view, self._chart.pyramid, bars))

    async def _place(self, view: CompareView, pyramid: BarPyramid, bars: Bars) -> None:
        line = await asyncio.to_thread(view.placed, pyramid.time, bars)
        if view.pyramid is pyramid and view in self._views:
            view.show(line)
            self._show()

    def price_compared(self, symbol: str, close: float) -> None:
        """Follow the live price of a symbol that is compared with."""
        for view in self._compares():
            if view.symbol == symbol:
                view.price(close)
        chart, frame = self._chart, self._chart.pane.frame
        chart.say(chart.cursor)
        left = frame.x(chart.count - 2.0) - 2  # the line comes from the bar before
        right = frame.x(chart.count - 0.5) + 2
        column = QRectF(left, frame.top, right - left, frame.height)
        chart.repaint_parts([column, *chart.words_rects()])

    def _compares(self) -> Iterator[CompareView]:
        return (each for each in self._views if isinstance(each, CompareView))

    # -- showing -------------------------------------------------------------------------------

    def retint(self) -> None:
        """Take colours: in each pane from the theme's first on."""
        free: dict[Pane, int] = {}
        for view in self._views:
            free[view.pane] = view.tint(free.get(view.pane, 0))
        self._tag()

    def _tag(self) -> None:
        for view in self._views:
            if view.owns_pane:
                view.pane.axis.tags = view.tags(self._chart.cursor)

    def _show(self) -> None:
        self._tag()
        self._chart.say(self._chart.cursor)
        self._chart.refresh()

    def _mark(self, _index: int | None) -> None:
        """Write the values of the bar under the crosshair on the axes of the studies."""
        self._tag()

    def _say(self, at: int) -> Iterator[tuple[Pane, list[Said]]]:
        for view in self._views:
            yield view.pane, view.words(at)

    def columns(self) -> list[tuple[str, NDArray[np.float64]]]:
        """What is exported beside the bars: each output of each study, a value for each bar."""
        return [each for view in self._views for each in view.columns()]

    # -- the legends -----------------------------------------------------------------------------

    def study_at(self, at: QPointF) -> int | None:
        """The place of the study whose line of a legend is at a point."""
        chart = self._chart
        for pane, words in zip(chart.seen_panes, chart.words_rects(), strict=True):
            if words.contains(at):
                line = int((at.y() - words.top()) / self._chart.surface.tag_height)
                places = [place for place, each in enumerate(self._views) if each.pane is pane]
                line -= pane is chart.pane  # the symbol's own line is above
                return places[line] if 0 <= line < len(places) else None
        return None

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take a double click on a study in a legend."""
        if event.type() is QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            place = self.study_at(event.position())
            if place is not None:
                self.asked.emit(place)
                return True
        return False
