"""What a search for the best parameters is asked to do, and how far it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from puffin.backtest.folds import Folds
from puffin.backtest.settings import BacktestSettings
from puffin.backtest.space import MOST, Space
from puffin.backtest.trials import NOTHING, Objective
from puffin.strategies.specs import rule_type
from puffling.core.errors import BadValueError
from puffling.services.periods import Period
from puffling.services.plans import settings_to_dict
from puffling.store.searches import SearchState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.backtest.recommend import Recommendation
    from puffin.backtest.search import Search
    from puffin.backtest.trials import Trial, Trials
    from puffin.backtest.walked import WalkForwardResult
    from puffin.strategies.specs import StrategySpec


class Kind(StrEnum):
    """What is searched for."""

    PARAMETERS = "parameters"  # the best ones of one strategy
    WALK_FORWARD = "walk forward"  # the same, chosen on one part and tried on the next
    STRATEGIES = "strategies"  # which strategy suits a symbol


class Method(StrEnum):
    """How the next combination is chosen."""

    GRID = "grid"
    RANDOM = "random"
    TPE = "tpe"


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """A search that makes sense. `count` is how many trials there will be, of `possible` ones.

    `folds` is how a walk forward cuts the period, `strategies` what is compared. `seconds` is
    what all of it is expected to take, None before that was measured; `values` has what each
    parameter is varied over, `dropped` those that would change nothing, with the reason.
    """

    spec: StrategySpec
    symbol: str
    settings: BacktestSettings = field(default_factory=BacktestSettings)
    period: Period = field(default_factory=Period)
    kind: Kind = Kind.PARAMETERS
    ranges: Mapping[str, Any] | None = None
    method: Method = Method.GRID
    objective: Objective = Objective.SHARPE
    runs: int = 100
    most: int = MOST
    seed: int = 0
    folds: Folds = field(default_factory=Folds)
    strategies: tuple[StrategySpec, ...] = ()
    note: str = ""
    count: int = 0
    possible: int = 0
    values: dict[str, list[Any]] = field(default_factory=dict)
    dropped: tuple[tuple[str, str], ...] = ()
    seconds: float | None = None

    @property
    def title(self) -> str:
        """What is done, for the list of jobs and that of searches."""
        if self.kind is Kind.STRATEGIES:
            return f"Compare strategies on {self.symbol}"
        verb = "Walk forward" if self.kind is Kind.WALK_FORWARD else "Optimise"
        return f"{verb} {self.spec.title} on {self.symbol}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        start, end = self.period.start, self.period.end
        return {
            "spec": self.spec.to_dict(),
            "symbol": self.symbol,
            "settings": settings_to_dict(self.settings),
            "interval": str(self.period.interval),
            "start": None if start is None else start.isoformat(),
            "end": None if end is None else end.isoformat(),
            "kind": str(self.kind),
            "ranges": None if self.ranges is None else dict(self.values),
            "method": str(self.method),
            "objective": str(self.objective),
            "runs": self.runs,
            "most": self.most,
            "seed": self.seed,
            "folds": asdict(self.folds) | {"window": str(self.folds.window)},
            "strategies": [each.to_dict() for each in self.strategies],
            "note": self.note,
            "values": self.values,
        }


@dataclass(frozen=True, slots=True, eq=False)
class LiveSearch:
    """A search at one moment: what was tried, and what is left.

    `done` counts trials, in all folds of a walk forward, or the strategies that were compared or
    skipped, of `total`; `share` of it is done; `left` is in seconds, None while nobody knows;
    `best` is None while no trial has a defined objective. `found` is what a walk forward or a
    comparison came to, of the latter what is known so far.
    """

    id: str
    title: str
    symbol: str
    plan: dict[str, Any]
    state: SearchState
    total: int
    share: float
    done: int = 0
    trials: Trials = NOTHING
    seconds: float = 0.0
    left: float | None = None
    best: Trial | None = None
    message: str = ""
    found: WalkForwardResult | Recommendation | None = None

    @property
    def kind(self) -> Kind:
        """What is searched for."""
        return Kind(self.plan["kind"])

    @property
    def objective(self) -> Objective:
        """What is looked for."""
        return Objective(self.plan["objective"])

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.state is not SearchState.RUNNING


def space_of(
    spec: StrategySpec, ranges: Mapping[str, Any] | None, settings: BacktestSettings
) -> Space:
    """Return what is varied of a strategy; what the spec sets and the ranges do not is fixed.

    Raises:
        ParameterError: A name or a value is not one of the strategy's, or nothing is possible.
    """
    fixed = {name: value for name, value in spec.parameters.items() if name not in (ranges or {})}
    if ranges is None:  # the strategy's own grid wins over values that were only defaults
        grid = rule_type(spec).grid
        fixed = {name: value for name, value in fixed.items() if name not in grid}
    return Space.of(rule_type(spec), ranges, fixed=fixed, settings=settings)


def search_of(space: Space, plan: SearchPlan) -> Search:
    """Return what says what to try next.

    Raises:
        ParameterError: There would be more trials than allowed.
    """
    from puffin.backtest.search import GridSearch, RandomSearch, TPESearch

    if plan.method is Method.GRID:
        return GridSearch(space, most=plan.most)
    if plan.method is Method.RANDOM:
        return RandomSearch(space, plan.runs, seed=plan.seed, most=plan.most)
    return TPESearch(space, plan.runs, objective=plan.objective, seed=plan.seed, most=plan.most)


def count_of(space: Space, plan: SearchPlan) -> int:
    """Return how many trials there will be.

    Raises:
        ParameterError: There would be more than allowed.
    """
    from puffin.backtest.search import RandomSearch

    if plan.method is Method.TPE:  # it counts like the others, and takes long to load
        return RandomSearch(space, plan.runs, most=plan.most).total
    return search_of(space, plan).total


def refuse_tpe(plan: SearchPlan) -> None:
    """Refuse what cannot be done with a strategy file.

    Raises:
        BadValueError: TPE would have to run the file inside the window.
    """
    if plan.method is Method.TPE:
        raise BadValueError("TPE is not there for strategy files.", hint="Choose grid or random.")


def found_of(kind: Kind, plain: dict[str, Any] | None) -> WalkForwardResult | Recommendation | None:
    """Return what a walk forward or a comparison came to, as it was stored."""
    if plain is None:
        return None
    if kind is Kind.WALK_FORWARD:
        from puffin.backtest.walked import WalkForwardResult

        return WalkForwardResult.from_dict(plain)
    from puffin.backtest.recommend import Recommendation

    return Recommendation.from_dict(plain)
