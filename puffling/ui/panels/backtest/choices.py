"""The strategies that can be tried, as a list and a form show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from puffin.backtest.ranges import default_ranges, read_range
from puffin.errors import PuffinError
from puffin.strategies.base import Parameters
from puffin.strategies.registry import STRATEGIES
from puffin.strategies.specs import rule_type
from puffling.ui.forms.schema import model_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from puffling.services.strategy_cards import StrategyCard

BUILT_IN, SAVED, FILES = "Built in", "Yours", "Your files"
_NEEDS = {
    "two symbols": "Needs two symbols.",
    "many symbols": "Needs several symbols.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy: `id` is what commands call it, `problem` why it cannot be run."""

    id: str
    title: str
    summary: str
    group: str = BUILT_IN
    parameters: type[Parameters] = Parameters
    needs: str = "one symbol"
    problem: str = ""
    usual: Mapping[str, Any] = field(default_factory=dict)  # what was saved of the parameters
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)  # what is tried by default

    def ranges(self) -> dict[str, tuple[Any, ...]]:
        """Return what is tried of each parameter when nobody says otherwise."""
        if self.grid:
            return {name: tuple(values) for name, values in self.grid.items()}
        return default_ranges(self.parameters)

    def range_of(self, name: str, text: str) -> tuple[Any, ...]:
        """Return the values that a text such as "5, 10" or "5:50:5" means.

        Raises:
            ParameterError: It cannot be read, or a value lies outside the parameter's bounds.
        """
        return read_range(self.parameters, name, text).values

    @property
    def words(self) -> str:
        """What it does, and what it needs."""
        return self.problem or " ".join(
            each for each in (self.summary, _NEEDS.get(self.needs, "")) if each
        )


def built_in() -> list[Choice]:
    """Return the strategies that come with Puffling."""
    return [
        Choice(
            each.id,
            each.title,
            each.summary,
            BUILT_IN,
            each.Parameters,
            each.needs,
            grid={name: tuple(values) for name, values in each.grid.items()},
        )
        for each in STRATEGIES
    ]


def from_cards(cards: Iterable[StrategyCard]) -> list[Choice]:
    """Return the library's strategies; a file is never loaded here, its card describes it."""
    groups = {"builtin": BUILT_IN, "rules": SAVED, "file": FILES}
    found = []
    for card in cards:
        group = SAVED if card.is_yours else groups.get(card.kind, SAVED)
        model, problem = _parameters(card)
        found.append(
            Choice(
                card.id,
                card.title,
                card.summary,
                group,
                model,
                card.needs,
                problem,
                card.parameters,
                card.grid,
            )
        )
    order = (BUILT_IN, SAVED, FILES)
    return sorted(found, key=lambda each: order.index(each.group))


def _parameters(card: StrategyCard) -> tuple[type[Parameters], str]:
    if card.error:
        return Parameters, card.error
    if card.kind == "file":
        return model_of(card.schema, Parameters, card.parameters), ""
    try:
        model = rule_type(card.spec).Parameters
    except PuffinError as error:
        return Parameters, str(error)
    return model, ""
