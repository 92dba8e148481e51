"""What the desk, the menus and the bars may ask of a chart panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from puffin.data.bars import DAY, Interval
from puffin.data.times import midnight, moment, nanoseconds
from puffin.errors import ParameterError
from puffling.core import formats
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.errors import BadValueError
from puffling.core.events import Level, NoticePosted
from puffling.services.study_specs import StudySpec
from puffling.ui.panels.chart.body import ChartBody
from puffling.ui.panels.chart.ordering import in_ticks
from puffling.ui.panels.chart.pictures import write_picture
from puffling.ui.panels.chart.study_desk import StudyDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from puffin.types import Side
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import Parts

SECOND = 1_000_000_000  # nanoseconds


class ChartDoing(ChartBody):
    """A chart panel that does what it is asked; `ChartPanel` adds the habits of panels."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.study_desk = StudyDesk(self, self)

    def set_interval(self, interval: str) -> None:
        """Show bars of another length.

        Raises:
            BadValueError: If the symbol has none, with the reason.
        """
        wanted = Interval(interval)
        if not self.bar.allows(wanted):
            self.bar.show_interval(self.interval)
            raise BadValueError(self.bar.why_not, hint="Choose 1 day or longer.")
        if wanted is not self.interval:
            self.take_interval(wanted)
            self.showing.load()
            self.linking.tell_interval(wanted)

    @override
    def follow_interval(self, interval: Interval) -> None:
        if self.bar.allows(interval):
            self.set_interval(interval)

    def choose_interval(self, interval: Interval) -> None:
        """Show bars of another length; say so if there are none."""
        self.attempt(lambda: self.set_interval(interval))

    def attempt(self, do: Callable[[], object]) -> None:
        """Do what a key or a button asks for; say so if it is not possible."""
        try:
            do()
        except BadValueError as error:
            self.parts.runner.report(error)

    def take_interval(self, interval: Interval) -> None:
        """Note that bars of another length are wanted, before they are asked for."""
        self.interval = interval
        self.bar.show_interval(interval)
        self.say_title()

    def say_title(self) -> None:
        """Say on the tab what is shown."""
        self.title_changed.emit(f"{self.symbol} {self.bar.words(self.interval)}".strip())

    # -- how prices are drawn ----------------------------------------------------------------

    @property
    def series(self) -> str:
        """How prices are drawn, such as "candles"."""
        return self._series if self.chart is None else self.chart.series.value

    def set_series(self, kind: str) -> None:
        """Draw the prices as another type of series."""
        from puffling.ui.charts.chart_series import SeriesType

        self._series = kind
        if self.chart is not None:
            self.chart.set_series(SeriesType(kind))
            self.data.renew()

    @property
    def scale(self) -> str:
        """What the price axis shows: linear, log, percent or indexed."""
        return self._scale if self.chart is None else self.chart.scale.value

    def set_scale(self, kind: str) -> None:
        """Show prices on another scale."""
        from puffling.ui.charts.scales import ScaleKind

        self._scale = kind
        if self.chart is not None:
            self.chart.set_scale(ScaleKind(kind))

    def toggle_log(self) -> None:
        """Show prices on a logarithmic scale, or on a linear one again."""
        self.set_scale("linear" if self.scale == "log" else "log")

    def draw(self, kind: str) -> None:
        """Take a tool to draw with into the hand; an empty name puts it away."""
        self.drawing.arm(DrawingKind(kind) if kind else None)

    # -- where it is -------------------------------------------------------------------------

    def ask_date(self) -> None:
        """Ask for a date to go to."""
        chart = self.chart
        if chart is None or not chart.count:
            raise BadValueError(
                "There is no chart to move yet.", hint="Choose a symbol with prices."
            )
        middle = min(max(sum(chart.view_range) / 2, 0), chart.count - 1)
        at = chart.cursor if chart.cursor is not None else middle
        days = (moment(int(chart.time[round(each)])).date() for each in (0, chart.count - 1, at))
        self.goto_bar.open(*days)

    def go_to(self, day: date) -> None:
        """Bring the bar of a day into view.

        Raises:
            BadValueError: There are no bars, or none that old.
        """
        if self.chart is None or not self.chart.count:
            raise BadValueError(
                "There is no chart to move yet.", hint="Choose a symbol with prices."
            )
        first = moment(int(self.chart.time[0]))
        if day < first.date():
            bars = self.interval.label.replace(" ", "-").removesuffix("s")
            oldest = formats.day(first, zone=first.tzinfo)
            raise BadValueError(
                f"No {bars} prices of {self.symbol} older than {oldest} from {self.showing.source}."
            )
        last_of_day = nanoseconds(midnight(day)) + (DAY - 1) * SECOND
        self.chart.show_time(last_of_day)

    def turn_data(self) -> None:
        """Show the data window beside the chart, or put it away; say so if there is no room."""
        self.show_data(shown=not self.data.wanted)
        if not self.data.wanted:
            self.primary_focus().setFocus()
        elif self.data.isHidden():
            words = "It appears beside the chart when that is wider; F11 gives it the whole window."
            self.parts.context.bus.publish(
                NoticePosted(Level.INFO, "No room for the data window", words, panel="chart")
            )

    def show_data(self, *, shown: bool) -> None:
        """Show the data window beside the chart where there is room, or not."""
        self.data.wanted = shown
        self.data.fit(self.width())
        self.bar.data.setChecked(shown)

    @override
    def on_chart(self, chart: PriceChart) -> None:
        self.study_desk.take(chart)
        super().on_chart(chart)

    # -- studies and marks -------------------------------------------------------------------

    @property
    def studies(self) -> tuple[StudySpec, ...]:
        """The studies drawn."""
        return self._studies

    def set_studies(self, studies: tuple[StudySpec, ...]) -> None:
        """Draw these studies."""
        self._studies = studies
        if self.chart is not None:
            self.chart.set_studies(studies)
            self.data.renew()

    def toggle_overlay(self, kind: str, window: int) -> None:
        """Add a moving average, or take it away if it is there.

        Raises:
            BadValueError: If the window is not one a chart can draw.
        """
        try:
            study = StudySpec(kind, {"window": window})
        except ParameterError as error:
            raise BadValueError(str(error)) from None
        self.study_desk.toggle(study)

    def ask_signals(self) -> None:
        """Ask for the strategy whose signals are to be marked."""
        self.signal_bar.open()
        self.marks.listing.ask()

    def fit(self) -> None:
        """Show all bars."""
        if self.chart is not None:
            self.chart.fit()

    def picture(self, path: Path) -> None:
        """Write a picture of the chart, without a word.

        Raises:
            BadValueError: If that did not work.
        """
        write_picture(self.chart, path)

    def export(self, path: Path) -> None:
        """Save the chart as a picture.

        Raises:
            BadValueError: If that did not work.
        """
        target = path if path.suffix else path.with_suffix(".png")
        self.picture(target)
        saved = NoticePosted(Level.SUCCESS, "Chart saved", str(target), panel="chart")
        self.parts.context.bus.publish(saved)

    def mark(self, what: str) -> None:
        """Mark "fills", "none", a backtest by its id, or signals by "signals:" and a strategy's."""
        self.marks.choose(what)

    def trade(self, side: Side) -> None:
        """Open the ticket for the symbol; that of the replay while it shows the past."""
        if self.replaying.place is not None:
            self.replaying.bar.ticket.open(side)
            return
        self.parts.context.desk.fill_ticket(side, self.symbol)

    def add_alert(self, price: Decimal) -> None:
        """Watch for the price to get there."""
        now = self.chart.last_price if self.chart is not None else 0.0
        kind = "above" if float(price) > now else "below"
        self.parts.runner.command("alert.add", symbol=self.symbol, kind=kind, price=price)

    def alert_at(self, price: Decimal | None) -> None:
        """Begin an alert at a price, or at that of the crosshair, or at the last one.

        Raises:
            BadValueError: There is no price, or it is not of the present.
        """
        chart = self.chart
        if self.replaying.place is not None:
            raise BadValueError("The chart shows the past.", hint="End the replay first: R.")
        if chart is None or not chart.count:
            raise BadValueError(
                "There is no price to watch for yet.", hint="Choose a symbol with prices."
            )
        pointed = chart.pane.axis.cursor
        wanted = price or in_ticks(chart.last_price if pointed is None else pointed)
        self.parts.context.desk.begin_alert(self.symbol, wanted)
