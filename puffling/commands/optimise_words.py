"""What a person says to have parameters searched for, and the plan that it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from puffin.backtest.folds import Folds, Window
from puffin.backtest.space import MOST
from puffin.backtest.trials import Objective
from puffin.strategies.specs import StrategySpec
from puffling.commands.assumptions import Assumptions
from puffling.commands.backtest_words import (
    Note,  # noqa: TC001 - pydantic reads it, and the next ones
    Parameters,  # noqa: TC001
    StrategyId,  # noqa: TC001
)
from puffling.commands.words import Symbol  # noqa: TC001 - the same
from puffling.services.search_plans import Kind, Method, SearchPlan

if TYPE_CHECKING:
    from puffling.commands.context import Context


def _several(value: object) -> object:
    """Let people write several strategies with commas between; a name may have spaces."""
    if isinstance(value, str):
        return [each.strip() for each in value.split(",") if each.strip()]
    return value


Ranges = Annotated[
    dict[str, Any],
    Field(
        title="Ranges",
        description='By parameter: values, or "from:to:step". Empty takes the usual ones.',
    ),
]


class FoldWords(Assumptions):
    """What is assumed, and how a period is cut for a walk forward."""

    splits: int = Field(
        default=5, ge=1, le=20, title="Folds", description="How often parameters are chosen anew."
    )
    train: float = Field(
        default=0.7,
        ge=0.5,
        le=0.9,
        title="Train part",
        description="Share of a fold in which parameters are chosen.",
    )
    window: Window = Field(
        default=Window.ROLLING,
        title="Train window",
        description="As many bars each time, or from the first bar each time.",
    )
    purge: int = Field(
        default=0,
        ge=0,
        le=500,
        title="Gap (bars)",
        description="Left out between the train and the test part.",
    )
    most: int = Field(
        default=MOST,
        ge=1,
        le=100_000,
        title="Most combinations",
        description="Refuse more; raise it on purpose.",
    )
    seed: int = Field(
        default=0, ge=0, le=2**31, title="Seed", description="The same one draws the same."
    )

    @property
    def folds(self) -> Folds:
        """How the period is cut."""
        return Folds(self.window, self.train, self.splits, self.purge)


class OptimiseWords(FoldWords):
    """Everything that can be said of a search for parameters."""

    strategy: StrategyId
    symbol: Symbol
    ranges: Ranges = Field(default_factory=dict)
    parameters: Parameters = Field(default_factory=dict)
    method: Method = Field(
        default=Method.GRID,
        title="Method",
        description="Every combination, some at random, or where the good ones seem to be (tpe).",
    )
    objective: Objective = Field(
        default=Objective.SHARPE, title="Objective", description="What is looked for."
    )
    runs: int = Field(
        default=100,
        ge=1,
        le=100_000,
        title="Runs",
        description="How many are tried at random or by tpe.",
    )
    walk_forward: bool = Field(
        default=False,
        title="Walk forward",
        description="Choose on the train part of each fold and report on its test part.",
    )
    note: Note = ""


class CompareWords(FoldWords):
    """Everything that can be said of a comparison of strategies."""

    symbol: Symbol
    strategies: Annotated[
        tuple[str, ...],
        BeforeValidator(_several),
        Field(
            max_length=50,
            title="Strategies",
            description="Their ids, with commas; empty compares all that are built in.",
        ),
    ] = ()
    note: Note = ""


def search_plan_of(context: Context, words: OptimiseWords) -> SearchPlan:
    """Return the search that words come to, counted; nothing is read.

    Raises:
        ParameterError: There is no such strategy, a range makes no sense, or nothing is possible.
        SymbolNotFoundError: Nobody in use lists the symbol.
    """
    return context.searches.prepare(
        SearchPlan(
            spec=context.strategies.spec(words.strategy, words.parameters),
            symbol=words.symbol,
            settings=words.settings(),
            period=words.period,
            kind=Kind.WALK_FORWARD if words.walk_forward else Kind.PARAMETERS,
            ranges=words.ranges or None,
            method=words.method,
            objective=words.objective,
            runs=words.runs,
            most=words.most,
            seed=words.seed,
            folds=words.folds,
            note=words.note,
        )
    )


def comparison_plan_of(context: Context, words: CompareWords) -> SearchPlan:
    """Return the comparison that words come to; nothing is read.

    Raises:
        ParameterError: There is no such strategy.
        SymbolNotFoundError: Nobody in use lists the symbol.
    """
    ids = words.strategies or tuple(
        each.id for each in context.strategies.cards() if each.state == "built in"
    )
    return context.searches.prepare(
        SearchPlan(
            spec=StrategySpec("builtin", "", "Strategies"),
            symbol=words.symbol,
            settings=words.settings(),
            period=words.period,
            kind=Kind.STRATEGIES,
            most=words.most,
            seed=words.seed,
            folds=words.folds,
            strategies=tuple(context.strategies.spec(each) for each in ids),
            note=words.note,
        )
    )
