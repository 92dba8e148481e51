"""The parts of a chart panel and their order: bars above, the chart below, built when it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from puffin.data.bars import Interval
from puffling.ui.charts import loading
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.chart.bar import ChartBar
from puffling.ui.panels.chart.data_window import DataWindow
from puffling.ui.panels.chart.drawing import ChartDrawings
from puffling.ui.panels.chart.framed import FRAME, FramedPlace
from puffling.ui.panels.chart.goto_bar import GotoBar
from puffling.ui.panels.chart.happenings import Happenings
from puffling.ui.panels.chart.linking import Linking
from puffling.ui.panels.chart.looks import Looks
from puffling.ui.panels.chart.marking import Marking
from puffling.ui.panels.chart.ordering import Ordering
from puffling.ui.panels.chart.replaying import Replaying
from puffling.ui.panels.chart.showing import Showing
from puffling.ui.panels.chart.signal_bar import SignalBar
from puffling.ui.widgets.ask_bar import AskBar
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from puffling.core.events import ReplayChanged
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.happenings import HappeningLayer
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.panel import Parts
    from puffling.ui.panels.chart.history import Answer

USUAL = 160  # bars in view
WIDE, TALL = 440, 360  # pixels from which on there is a column of tools


class ChartBody(PanelWidget):
    """Makes the parts of the panel; `ChartPanel` says what they do.

    The drawing library takes a third of a second to load, so the first chart loads it on a
    thread and appears when it is there; whatever was asked of it meanwhile is done then.
    """

    marks: Marking
    replaying: Replaying
    _happened: HappeningLayer

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.interval = Interval.D1
        self._studies: tuple[StudySpec, ...] = ()
        self._visible = USUAL
        self._series, self._scale = "candles", "linear"  # before there is a chart to ask
        self.bar = ChartBar(parts.theme)
        self.signal_bar, self.goto_bar = SignalBar(parts.theme), GotoBar(parts.theme)
        self.data = DataWindow(parts.theme)
        self._place = FramedPlace(parts.theme)
        self.states = StateStack(parts.theme, self._place)
        self.ordering = Ordering(self)
        self.drawing = ChartDrawings(self, self.ordering)
        self.showing = Showing(
            self,
            self.states,
            lambda: self.interval,
            marked=lambda: self.marks.note,
            past=lambda: self.replaying.place,
            replaced=self.drawing.follow,
            found=self._on_found,
        )
        self.marks = Marking(
            self,
            lambda: self.interval,
            self._show_marks,
            self.signal_bar.show_strategies,
            lambda: self.replaying.place,
        )
        self.replaying = Replaying(self, lambda: self.interval, self._on_replay)
        self.link_changed.connect(self._on_link)
        self.looks = Looks()
        self.asking = AskBar(parts.theme)
        self.happenings = Happenings(
            self, self.asking, lambda: self.replaying.place, self.marks.refresh
        )
        self.linking = Linking(self, self.follow_interval, self.data.renew)
        self._lay_out()

    @property
    def chart(self) -> PriceChart | None:
        """The chart; None until its library is loaded."""
        return self.showing.chart

    def begin(self) -> None:
        """Make the chart, now or when its library is there, and show the symbol in view."""
        if loading.is_loaded():
            self._take_chart()
        else:
            self.spawn(self._load_chart())
        self.on_symbol(self.symbol)

    @override
    def resizeEvent(self, event: object) -> None:
        """Leave out what there is no room for: the column of tools, notes over the prices."""
        theme = self.parts.theme
        roomy = self.width() >= theme.px(WIDE) and self.height() >= theme.px(TALL)
        self.drawing.bar.setVisible(roomy)
        self.data.fit(self.width())
        self.showing.say_notes()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.signal_bar)
        column.addWidget(self.goto_bar)
        column.addWidget(self.asking)
        column.addWidget(self.replaying.bar)
        column.addWidget(self.states, 1)
        self._inside = QHBoxLayout(self._place)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(0)
        self._inside.addWidget(self.drawing.bar)
        self._inside.addWidget(self.data)
        self.bar.show_interval(self.interval)

    @override
    async def ready(self) -> None:
        """Wait until there are bars on the chart, or a word why there are none."""
        await self.showing.settled.wait()

    async def _load_chart(self) -> None:
        await loading.load()
        self._take_chart()
        self.showing.load()

    def _take_chart(self) -> None:
        from puffling.ui.charts.chart import PriceChart

        chart = PriceChart(self.parts.theme)
        self.showing.chart = chart
        self._inside.insertWidget(1, chart, 1)
        self.setFocusProxy(chart)
        self.on_chart(chart)

    def on_chart(self, chart: PriceChart) -> None:
        """Give the new chart what was asked of it before there was one."""
        from puffling.ui.charts.chart_series import SeriesType
        from puffling.ui.charts.happenings import HappeningLayer
        from puffling.ui.charts.scales import ScaleKind

        chart.set_series(SeriesType(self._series))
        chart.set_scale(ScaleKind(self._scale))
        chart.show_last(self._visible)
        self._happened = HappeningLayer(chart)
        self.looks.take(chart)
        chart.set_studies(self._studies)
        self.looks.share_out()
        self.drawing.take(chart)
        self.linking.take(chart)
        self.replaying.take(chart)
        self.data.take(chart)

    def follow_interval(self, interval: Interval) -> None:
        """Show bars of another length because another chart does."""
        raise NotImplementedError

    def _on_link(self, *_: object) -> None:
        """Show what the charts of the new colour show: the present or the past."""
        self.bar.replay.setChecked(self.replaying.place is not None)
        self._frame_place()
        self.showing.load()
        self.marks.refresh()

    def _on_replay(self, event: ReplayChanged) -> None:
        """Show what the replay of these charts did, within a frame while it runs."""
        self.bar.replay.setChecked(self.replaying.place is not None)
        self._frame_place()
        self.showing.on_replay(event)
        self.marks.refresh()

    def _frame_place(self) -> None:
        """Frame the chart while it shows the past, so that nobody takes it for the present."""
        wide = 0 if self.replaying.place is None else FRAME
        self._inside.setContentsMargins(wide, wide, wide, wide)
        self._place.set_framed(framed=bool(wide))

    def _on_found(self, answer: Answer) -> None:
        self.bar.allow(answer.intervals, answer.why_not)
        self.happenings.ask()
        self.marks.ask()

    def _show_marks(self, marks: tuple[Mark, ...], lines: tuple[PriceLine, ...]) -> None:
        if self.chart is not None and not self.showing.is_empty:
            self.chart.set_marks(marks)
            self.chart.set_price_lines((*lines, *self.happenings.lines))
            self._happened.show_happenings(self.happenings.known)
            self.showing.say_notes()
