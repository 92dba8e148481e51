"""What the desk, the menus and the bars may ask of a chart panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffling.core.errors import BadValueError
from puffling.core.events import Level, NoticePosted
from puffling.ui.charts.studies import Study, StudyKind
from puffling.ui.panels.chart.body import ChartBody
from puffling.ui.panels.chart.pictures import write_picture

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from puffin.types import Side


class ChartDoing(ChartBody):
    """A chart panel that does what it is asked; `ChartPanel` adds the habits of panels."""

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

    def choose_interval(self, interval: Interval) -> None:
        """Show bars of another length; say so if there are none."""
        try:
            self.set_interval(interval)
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

    @property
    def studies(self) -> tuple[Study, ...]:
        """The averages drawn."""
        return self._studies

    def set_studies(self, studies: tuple[Study, ...]) -> None:
        """Draw these averages."""
        self._studies = studies
        if self.chart is not None:
            self.chart.set_studies(studies)

    def toggle_overlay(self, kind: str, window: int) -> None:
        """Add a moving average, or take it away if it is there.

        Raises:
            BadValueError: If the window is not one a chart can draw.
        """
        try:
            study = Study(StudyKind(kind), window)
        except ValueError as error:
            raise BadValueError(str(error)) from None
        kept = tuple(each for each in self._studies if each != study)
        self.set_studies(kept if study in self._studies else (*kept, study))

    def ask_study(self) -> None:
        """Ask for a moving average of any window."""
        self.study_bar.open()

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
        """Open the ticket for the symbol."""
        self.parts.context.desk.fill_ticket(side, self.symbol)

    def add_alert(self, price: Decimal) -> None:
        """Watch for the price to get there."""
        now = self.chart.last_price if self.chart is not None else 0.0
        kind = "above" if float(price) > now else "below"
        self.parts.runner.command("alert.add", symbol=self.symbol, kind=kind, price=price)
