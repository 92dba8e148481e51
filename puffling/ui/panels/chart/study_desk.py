"""What is done to the studies of a chart panel: added, set, removed, undone, kept as a template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from shiboken6 import isValid

from puffin.errors import ParameterError
from puffling.core.errors import BadValueError
from puffling.services.chart_templates import ChartTemplate, ChartTemplates
from puffling.services.study_offers import COMPARE
from puffling.services.study_specs import MOST_STUDIES, StudySpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QColor

    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.chart.study_dialog import StudyDialog


class Charted(Protocol):
    """The chart panel, as far as its studies need it."""

    @property
    def studies(self) -> tuple[StudySpec, ...]:
        """The studies drawn."""
        ...

    def set_studies(self, studies: tuple[StudySpec, ...]) -> None:
        """Draw these studies."""
        ...

    @property
    def series(self) -> str:
        """How prices are drawn."""
        ...

    def set_series(self, kind: str) -> None:
        """Draw prices as another type of series."""
        ...

    @property
    def scale(self) -> str:
        """What the price axis shows."""
        ...

    def set_scale(self, kind: str) -> None:
        """Show prices on another scale."""
        ...


class StudyDesk:
    """The studies of one chart panel.

    Args:
        panel: The panel's widget.
        charted: The same panel, as what has studies.
    """

    def __init__(self, panel: PanelWidget, charted: Charted) -> None:
        self._panel, self._charted = panel, charted
        self._dialog: StudyDialog | None = None
        self._chart: PriceChart | None = None
        self.templates = ChartTemplates(panel.parts.context.state)

    def take(self, chart: PriceChart) -> None:
        """Serve a chart: long sums beside the window, other symbols' bars, and its legends."""
        from puffling.ui.panels.chart.study_feed import CompareFeed

        self._chart = chart
        host = chart.studied
        host.spawn = self._panel.spawn
        host.asked.connect(self.edit)
        self._feed = CompareFeed(self._panel, host)

    @property
    def there(self) -> tuple[StudySpec, ...]:
        """The studies on the chart."""
        return self._charted.studies

    # -- one study -------------------------------------------------------------------------------

    def add(self, spec: StudySpec) -> None:
        """Draw one more study.

        Raises:
            BadValueError: It is there already, or there are too many.
        """
        if spec in self.there:
            raise BadValueError(f"{spec.title} is on the chart already.")
        if len(self.there) >= MOST_STUDIES:
            raise BadValueError(f"A chart has {MOST_STUDIES} studies at most.")
        self._set((*self.there, spec))

    def change(self, place: int, spec: StudySpec) -> None:
        """Draw another study in the place of one."""
        studies = list(self.there)
        studies[place] = spec
        self._set(tuple(dict.fromkeys(studies)))

    def remove(self, place: int) -> None:
        """Take a study away."""
        self._set(tuple(each for at, each in enumerate(self.there) if at != place))

    def clear(self) -> None:
        """Take all studies away."""
        self._set(())

    def toggle(self, spec: StudySpec) -> None:
        """Draw a study, or take it away if it is there."""
        if spec in self.there:
            self.remove(self.there.index(spec))
        else:
            self.add(spec)

    def place_of(self, words: str) -> int:
        """Find a study on the chart by its number from 1, its title, or its kind.

        Raises:
            BadValueError: There is none like that, or there are several.
        """
        wanted = words.strip().casefold()
        if wanted.isdecimal() and 0 < int(wanted) <= len(self.there):
            return int(wanted) - 1
        told = [each.title.casefold() for each in self.there]
        if wanted in told:
            return told.index(wanted)
        found = [
            place
            for place, each in enumerate(self.there)
            if wanted in {each.indicator, each.offer.short.casefold(), each.offer.title.casefold()}
        ]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(each.title for each in self.there) or "none"
        many = "several" if found else "no"
        raise BadValueError(
            f"There are {many} studies called {words.strip()} on the chart.",
            hint=f"On the chart: {listed}.",
        )

    def compare(self, symbol: str) -> None:
        """Draw another symbol beside this one, or take it away if it is there.

        Raises:
            BadValueError: It is the chart's own symbol, or none.
        """
        if symbol.strip().upper() == self._panel.symbol:
            raise BadValueError(f"The chart shows {self._panel.symbol} already.")
        try:
            spec = StudySpec(COMPARE, {"symbol": symbol})
        except ParameterError as error:
            raise BadValueError(str(error)) from None
        self.toggle(spec)

    def _set(self, studies: tuple[StudySpec, ...]) -> None:
        before = self.there
        if studies == before:
            return
        self._show(studies)
        self._panel.parts.context.undo.note(
            f"Studies of the chart of {self._panel.symbol}".strip(),
            partial(self._put_back, before),
            partial(self._put_back, studies),
        )

    def _put_back(self, studies: tuple[StudySpec, ...]) -> None:
        if isValid(self._panel):  # a chart that was closed has nothing to take back
            self._show(studies)

    def _show(self, studies: tuple[StudySpec, ...]) -> None:
        self._charted.set_studies(studies)
        if self._dialog is not None:
            self._dialog.show_studies(studies)

    # -- asking ----------------------------------------------------------------------------------

    def ask(self) -> None:
        """Let the person search a study to add, or choose one to change."""
        self._open(None)

    def edit(self, place: int) -> None:
        """Show the settings of a study on the chart."""
        self._open(place)

    def _open(self, place: int | None) -> None:
        from puffling.ui.panels.chart.study_dialog import StudyDialog

        if self._dialog is None:
            made = StudyDialog(self._panel.parts.theme, self._panel)
            made.added.connect(self._add)
            made.changed.connect(self.change)
            made.removed.connect(self.remove)
            made.finished.connect(self._closed)
            made.drawn = self._colors
            self._dialog = made
        self._dialog.show_studies(self.there)
        self._dialog.open_at(place)

    def _colors(self, place: int) -> Mapping[str, QColor]:
        """The colours in which a study is drawn now."""
        views = () if self._chart is None else self._chart.studied.views
        return views[place].colors if place < len(views) else {}

    def _closed(self) -> None:
        self._panel.primary_focus().setFocus()

    def _add(self, spec: StudySpec) -> None:
        self._attempt(lambda: self.add(spec))

    # -- templates -------------------------------------------------------------------------------

    def template(self, name: str = "") -> ChartTemplate:
        """Return how the chart looks now, under a name."""
        charted = self._charted
        return ChartTemplate(name, self.there, charted.series, charted.scale)

    def apply(self, template: ChartTemplate) -> None:
        """Give the chart the studies, the series and the scale of a template."""
        from puffling.ui.charts.chart_series import SeriesType
        from puffling.ui.charts.scales import ScaleKind

        if template.series in list(SeriesType):
            self._charted.set_series(template.series)
        if template.scale in list(ScaleKind):
            self._charted.set_scale(template.scale)
        self._set(template.studies)

    def _attempt(self, do: Callable[[], object]) -> None:
        """Do what a button asks for; say so if it is not possible."""
        try:
            do()
        except BadValueError as error:
            self._panel.parts.runner.report(error)
