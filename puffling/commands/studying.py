"""What can be asked of the desk about the studies of the chart in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from puffling.services.chart_templates import ChartTemplate
    from puffling.services.study_specs import StudySpec


class StudyMoves(Protocol):
    """Adds, changes and takes away the studies of the focused chart."""

    def there(self) -> tuple[StudySpec, ...]:
        """Return the studies on the chart."""
        ...

    def ask(self) -> None:
        """Let the person search a study to add."""
        ...

    def add(self, spec: StudySpec) -> None:
        """Draw one more study."""
        ...

    def remove(self, words: str) -> None:
        """Take a study away, by its number, title or kind; empty takes all."""
        ...

    def edit(self, words: str, values: str) -> None:
        """Change values of a study; without any, show its settings."""
        ...

    def compare(self, symbol: str) -> None:
        """Draw another symbol beside this one, or take it away."""
        ...

    def template(self, name: str) -> ChartTemplate:
        """Return how the chart looks, under a name."""
        ...

    def apply(self, template: ChartTemplate) -> None:
        """Give the chart the look of a template."""
        ...
