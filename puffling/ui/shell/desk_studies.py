"""What commands ask of the studies of the chart in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.errors import ParameterError
from puffling.core.errors import BadValueError
from puffling.services.study_specs import values_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.services.chart_templates import ChartTemplate
    from puffling.services.study_specs import StudySpec
    from puffling.ui.panels.chart.panel import ChartPanel


class DeskStudies:
    """Carries out what commands ask of the focused chart's studies.

    Args:
        focused: Gives the chart that is meant: the focused one, or the first.
    """

    def __init__(self, focused: Callable[[], ChartPanel]) -> None:
        self._focused = focused

    def there(self) -> tuple[StudySpec, ...]:
        """Return the studies on the chart."""
        return self._focused().study_desk.there

    def ask(self) -> None:
        """Let the person search a study to add."""
        self._focused().study_desk.ask()

    def add(self, spec: StudySpec) -> None:
        """Draw one more study."""
        self._focused().study_desk.add(spec)

    def remove(self, words: str) -> None:
        """Take a study away, by its number, title or kind; empty takes all."""
        desk = self._focused().study_desk
        if words.strip():
            desk.remove(desk.place_of(words))
        else:
            desk.clear()

    def edit(self, words: str, values: str) -> None:
        """Change values of a study; without any, show its settings."""
        desk = self._focused().study_desk
        place = desk.place_of(words)
        if not values.strip():
            desk.edit(place)
            return
        spec = desk.there[place]
        try:
            desk.change(place, spec.with_parameters(values_of(spec.offer, values.split())))
        except ParameterError as error:
            raise BadValueError(str(error)) from None

    def compare(self, symbol: str) -> None:
        """Draw another symbol beside this one, or take it away."""
        self._focused().study_desk.compare(symbol)

    def template(self, name: str) -> ChartTemplate:
        """Return how the chart looks, under a name."""
        return self._focused().study_desk.template(name)

    def apply(self, template: ChartTemplate) -> None:
        """Give the chart the look of a template."""
        self._focused().study_desk.apply(template)
