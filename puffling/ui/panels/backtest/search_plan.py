"""From what the forms say to the words of a search, and to the plan they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from puffin.backtest.space import MOST
from puffling.commands.backtest_words import BacktestWords, plan_of
from puffling.commands.optimise_words import CompareWords, OptimiseWords, search_plan_of
from puffling.core.errors import BadValueError
from puffling.ui.forms.wording import sentence
from puffling.ui.panels.backtest.search_form import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.commands.context import Context
    from puffling.services.plans import Plan
    from puffling.services.search_plans import SearchPlan

W = TypeVar("W", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything the Optimise tab asks: the Run tab's words, the ranges, how to search and cut."""

    run: Mapping[str, Any]
    ranges: Mapping[str, str]
    search: Mapping[str, Any]
    walk: Mapping[str, Any]

    def words(self) -> dict[str, Any]:
        """Return the words of the command."""
        search, walk = self.search, self.walk
        said = _first(self.run) | {
            "ranges": dict(self.ranges),
            "method": str(search["method"]),
            "objective": search["objective"],
            "most": search.get("most", MOST) if search.get("raise_most") else MOST,
            "walk_forward": bool(walk.get("on")),
            "splits": walk.get("splits", 5),
            "train": walk.get("train", 0.7),
            "window": str(walk.get("window", "rolling")),
            "purge": walk.get("purge", 0),
        }
        if search["method"] is not Method.GRID:
            said |= {"runs": search.get("runs", 100), "seed": search.get("seed", 0)}
        return _known(said, OptimiseWords)


def compared(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a comparison: the first symbol, period and assumptions of the Run tab."""
    return _known(_first(run), CompareWords)


def search_of(context: Context, asked: Asked) -> SearchPlan:
    """Return the plan that the forms come to, counted; nothing is read.

    Raises:
        BadValueError: The words make no sense.
        ParameterError: There is no such strategy, or nothing is possible.
    """
    return search_plan_of(context, _checked(OptimiseWords, asked.words()))


def sliding(context: Context, run: Mapping[str, Any]) -> Plan:
    """Return the plan of a single run with the Run tab's words.

    Raises:
        BadValueError: The words make no sense.
        ParameterError: There is no such strategy, or something does not fit.
    """
    return plan_of(context, _checked(BacktestWords, run))


def count_words(plan: SearchPlan, raw: int, folds: int = 1) -> str:
    """Return how many combinations are tried of the `raw` ones that the ranges have."""
    count, possible = plan.count // max(folds, 1), plan.possible
    many = f"{count:,} combinations" if count != 1 else "1 combination"
    if count < possible:
        many = f"{count:,} of {possible:,} combinations"
    if raw > possible:
        gone = raw - possible
        many = f"{many} ({gone:,} of {raw:,} make no sense or come to the same)"
    return f"{many} in {folds} folds" if folds > 1 else many


def _first(run: Mapping[str, Any]) -> dict[str, Any]:
    return dict(run) | {"symbol": run["symbols"][0]}


def _known(said: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    return {name: each for name, each in said.items() if name in model.model_fields}


def _checked(model: type[W], values: Mapping[str, Any]) -> W:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise BadValueError(sentence(error.errors(include_url=False)[0])) from None
