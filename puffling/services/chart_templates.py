"""Chart templates: studies, type of series and scale under a name, to be put on any chart."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from puffling.core.errors import BadValueError
from puffling.services.study_specs import StudySpec, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.store.state import StateStore

KEY: Final = "chart_templates"
LONGEST: Final = 60
MOST: Final = 200
SERIES, SCALE = "candles", "linear"  # the usual ones


@dataclass(frozen=True, slots=True)
class ChartTemplate:
    """How a chart looks, whatever symbol it shows."""

    name: str
    studies: tuple[StudySpec, ...] = ()
    series: str = SERIES
    scale: str = SCALE


BUILT_IN: Final = (
    ChartTemplate("Plain"),
    ChartTemplate(
        "Trend",
        (
            StudySpec("ema", {"window": 20}),
            StudySpec("ema", {"window": 50}),
            StudySpec("sma", {"window": 200}),
            StudySpec("adx"),
        ),
    ),
    ChartTemplate("Momentum", (StudySpec("ema"), StudySpec("rsi"), StudySpec("macd"))),
    ChartTemplate("Bands", (StudySpec("bollinger"), StudySpec("rsi"), StudySpec("atr"))),
    ChartTemplate(
        "Volume",
        (StudySpec("vwap"), StudySpec("volume_profile"), StudySpec("obv")),
    ),
)


class ChartTemplates:
    """Keeps chart templates; the built-in ones cannot be changed."""

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def all(self) -> list[ChartTemplate]:
        """Return the built-in templates, then your own by name."""
        own = sorted(self._own().items(), key=lambda each: each[0].casefold())
        return [*BUILT_IN, *(_template(name, document) for name, document in own)]

    def get(self, name: str) -> ChartTemplate:
        """Return the template of that name, whatever its case.

        Raises:
            BadValueError: There is none; the nearest name is offered.
        """
        known = {each.name.casefold(): each for each in self.all()}
        found = known.get(name.strip().casefold())
        if found is not None:
            return found
        near = get_close_matches(name.strip().casefold(), known, n=1)
        hint = f"Did you mean {known[near[0]].name}?" if near else ""
        raise BadValueError(f"There is no chart template called {name.strip()}.", hint=hint)

    def save(self, template: ChartTemplate) -> ChartTemplate:
        """Keep a template in the place of the one that had its name.

        Raises:
            BadValueError: The name is empty, too long or a built-in one's, or there are too many.
        """
        name = " ".join(template.name.split())
        if not 0 < len(name) <= LONGEST:
            raise BadValueError(f"A template's name has 1 to {LONGEST} characters.")
        if self.is_built_in(name):
            raise BadValueError(f"{name} is built in. Choose another name.")
        own = {key: each for key, each in self._own().items() if key.casefold() != name.casefold()}
        if len(own) >= MOST:
            raise BadValueError(f"There are {MOST} templates already. Delete one first.")
        own[name] = {
            "studies": to_json(template.studies),
            "series": template.series,
            "scale": template.scale,
        }
        self._state.put(KEY, own)
        return ChartTemplate(name, template.studies, template.series, template.scale)

    def remove(self, name: str) -> ChartTemplate:
        """Forget a template of yours and return it.

        Raises:
            BadValueError: There is none of that name, or it is built in.
        """
        found = self.get(name)
        if self.is_built_in(found.name):
            raise BadValueError(f"{found.name} is built in and stays.")
        own = {key: each for key, each in self._own().items() if key != found.name}
        self._state.put(KEY, own or None)
        return found

    @staticmethod
    def is_built_in(name: str) -> bool:
        """Whether a name is a built-in template's."""
        return name.casefold() in {each.name.casefold() for each in BUILT_IN}

    def _own(self) -> dict[str, Mapping[str, Any]]:
        kept = self._state.get(KEY)
        if not isinstance(kept, dict):
            return {}
        return {str(name): each for name, each in kept.items() if isinstance(each, dict)}


def _template(name: str, kept: Mapping[str, Any]) -> ChartTemplate:
    series, scale = kept.get("series"), kept.get("scale")
    return ChartTemplate(
        name,
        from_json(kept.get("studies")),
        series if isinstance(series, str) else SERIES,
        scale if isinstance(scale, str) else SCALE,
    )
