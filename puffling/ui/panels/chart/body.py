"""The parts of a chart panel and their order: bars above, the chart below, built when it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffin.data.bars import Interval
from puffling.ui.charts import loading
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.chart.bar import ChartBar, StudyBar
from puffling.ui.panels.chart.marking import Marking
from puffling.ui.panels.chart.ordering import Ordering
from puffling.ui.panels.chart.showing import Showing
from puffling.ui.panels.chart.signal_bar import SignalBar
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.charts.studies import Study
    from puffling.ui.panel import Parts
    from puffling.ui.panels.chart.history import Answer

USUAL = 160  # bars in view


class ChartBody(PanelWidget):
    """Makes the parts of the panel; `ChartPanel` says what they do.

    The drawing library takes a third of a second to load, so the first chart loads it on a
    thread and appears when it is there; whatever was asked of it meanwhile is done then.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.interval = Interval.D1
        self._studies: tuple[Study, ...] = ()
        self._visible = USUAL
        self.bar, self.study_bar = ChartBar(parts.theme), StudyBar(parts.theme)
        self.signal_bar = SignalBar(parts.theme)
        self._place = QWidget()
        self.states = StateStack(parts.theme, self._place)
        self.ordering = Ordering(self)
        self.showing = Showing(
            self,
            self.states,
            lambda: self.interval,
            marked=lambda: self.marks.note,
            found=self._on_found,
        )
        self.marks = Marking(
            self, lambda: self.interval, self._show_marks, self.signal_bar.show_strategies
        )
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

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.study_bar)
        column.addWidget(self.signal_bar)
        column.addWidget(self.states, 1)
        self._inside = QVBoxLayout(self._place)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self.bar.show_interval(self.interval)

    async def _load_chart(self) -> None:
        await loading.load()
        self._take_chart()
        self.showing.load()

    def _take_chart(self) -> None:
        from puffling.ui.charts.chart import PriceChart

        chart = PriceChart(self.parts.theme)
        self.showing.chart = chart
        self._inside.addWidget(chart)
        self.setFocusProxy(chart)
        self.on_chart(chart)

    def on_chart(self, chart: PriceChart) -> None:
        """Give the new chart what was asked of it before there was one."""
        chart.show_last(self._visible)
        chart.set_studies(self._studies)

    def _on_found(self, answer: Answer) -> None:
        self.bar.allow(answer.intervals, answer.why_not)
        self.marks.ask()

    def _show_marks(self, marks: tuple[Mark, ...], lines: tuple[PriceLine, ...]) -> None:
        if self.chart is not None and not self.showing.is_empty:
            self.chart.set_marks(marks)
            self.chart.set_price_lines(lines)
            self.showing.say_notes()
