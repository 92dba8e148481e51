"""What a person says to have a backtest run, and the plan that it comes to: both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffin.backtest.schedule import Every, Schedule
from puffling.commands.assumptions import Assumptions, settings_words
from puffling.commands.words import AnySymbol, Symbols  # noqa: TC001 - pydantic reads them
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from puffling.commands.context import Context
    from puffling.services.plans import Plan

StrategyId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        title="Strategy",
        description="Such as momentum, or one of yours; see strategy.list.",
    ),
]
Parameters = Annotated[
    dict[str, Any],
    Field(title="Parameters", description="The strategy's own; left out ones keep their default."),
]
Note = Annotated[str, Field(max_length=200, title="Note", description="To know it again.")]


class BacktestWords(Assumptions):
    """Everything that can be said of a backtest."""

    strategy: StrategyId
    symbol: AnySymbol = ""
    symbols: Symbols = ()
    parameters: Parameters = Field(default_factory=dict)
    benchmark: Annotated[
        AnySymbol,
        Field(
            title="Benchmark",
            description="A symbol to compare with; empty compares with buying and holding.",
        ),
    ] = ""
    schedule: Every = Field(
        default=Every.CHANGE,
        title="Restore weights",
        description="With several symbols: when they are brought back to their weights.",
    )
    rebalance_bars: int = Field(
        default=21,
        ge=1,
        le=5000,
        title="Bars between restoring",
        description="When weights are restored every so many bars.",
    )
    rebalance_band: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        title="Drift allowed",
        description="When weights are restored by drift: 0.05 is five points.",
    )
    note: Note = ""

    @property
    def traded(self) -> tuple[str, ...]:
        """The symbols, however they were named."""
        first = (self.symbol,) if self.symbol else ()
        return first + tuple(each for each in self.symbols if each not in first)


def plan_of(context: Context, words: BacktestWords) -> Plan:
    """Return the plan that words come to; nothing is read.

    Raises:
        BadValueError: No symbol is named, or they are too few for the strategy.
        ParameterError: There is no such strategy, or something does not fit.
        SymbolNotFoundError: Nobody in use lists a symbol.
    """
    if not words.traded:
        raise BadValueError("Name a symbol.", hint="Such as symbol=AAPL")
    card = context.strategies.card(words.strategy)
    return context.backtests.prepare(
        context.strategies.spec(words.strategy, words.parameters),
        words.traded,
        words.settings(),
        period=words.period,
        benchmark=words.benchmark or None,
        schedule=Schedule(words.schedule, words.rebalance_bars, words.rebalance_band),
        note=words.note,
        saved_strategy=card.id if card.is_yours else "",
    )


def words_of(plan: Plan) -> dict[str, Any]:
    """Return a plan as `backtest.run` takes it, so that a form can show it again."""
    return settings_words(plan.settings) | {
        "strategy": plan.saved_strategy or plan.spec.id,
        "symbols": plan.symbols,
        "parameters": dict(plan.parameters),
        "interval": plan.interval,
        "start": plan.start,
        "end": plan.end,
        "benchmark": plan.benchmark or "",
        "schedule": plan.schedule.every,
        "rebalance_bars": plan.schedule.bars,
        "rebalance_band": plan.schedule.band,
        "note": plan.note,
    }
