"""Commands about backtests and the strategies they test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from puffin.backtest.engine import BacktestSettings
from puffin.data.bars import Interval
from puffin.execution.costs import Costs
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit, Symbol
from puffling.services.backtests import StrategyCard
from puffling.store.backtests import SavedBacktest

StrategyId = Annotated[
    str, Field(min_length=1, title="Strategy", description="Such as momentum; see strategy.list.")
]
Parameters = Annotated[
    dict[str, Any],
    Field(title="Parameters", description="The strategy's own; left out ones keep their default."),
]
Bars = Annotated[Interval, Field(title="Interval", description="1d, 1w or 1mo; more for files.")]
First = Annotated[date | None, Field(title="First day", description="Empty: as far as it goes.")]
Last = Annotated[date | None, Field(title="Last day", description="Empty: up to now.")]
Capital = Annotated[
    float, Field(gt=0, le=1e12, title="Capital", description="What it begins with, in dollars.")
]
Percent = Annotated[
    Decimal,
    Field(ge=0, lt=100, title="Commission", description="Percent of each fill's value."),
]
PerOrder = Annotated[
    Decimal, Field(ge=0, title="Commission per fill", description="In dollars, for each fill.")
]
Slippage = Annotated[
    Decimal,
    Field(ge=0, lt=1000, title="Slippage", description="In hundredths of a percent, against you."),
]
Share = Annotated[
    float,
    Field(gt=0, le=1, title="Share of equity", description="Put into each trade: 1 is all of it."),
]
Short = Annotated[bool, Field(title="Short selling", description="Follow short signals too.")]
Note = Annotated[str, Field(max_length=200, title="Note", description="To know it again.")]


@command(
    "backtest.run", "Run backtest…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="test strategy"
)
async def run(  # noqa: PLR0913 - a backtest has that many words
    context: Context,
    *,
    strategy: StrategyId,
    symbol: Symbol,
    parameters: Parameters = {},  # noqa: B006 - validated into a new one at each call
    interval: Bars = Interval.D1,
    start: First = None,
    end: Last = None,
    capital: Capital = 100_000.0,
    commission_percent: Percent = Decimal(0),
    per_order: PerOrder = Decimal(0),
    slippage_bps: Slippage = Decimal(0),
    share: Share = 1.0,
    allow_short: Short = False,
    note: Note = "",
) -> dict[str, Any]:
    """Run a strategy over adjusted history, and keep what came of it.

    Decided on a bar's close, filled at the next bar's open, with the costs you name. It runs as
    a job: the window stays free and it can be stopped.
    """
    settings = BacktestSettings(
        capital=capital,
        costs=Costs(per_order=per_order, percent=commission_percent, slippage_bps=slippage_bps),
        sizing=share,
        allow_short=allow_short,
    )
    plan = context.backtests.prepare(
        strategy,
        symbol,
        parameters,
        settings,
        interval=interval,
        start=start,
        end=end,
        note=note,
    )
    finished = await context.jobs.run(
        f"Backtest {plan.title} on {symbol}",
        partial(context.backtests.run, plan),
        panel="backtest",
    )
    context.backtests.announce(finished.id)
    result = finished.result
    return {
        "id": finished.id,
        "strategy": plan.strategy_id,
        "symbol": symbol,
        "parameters": plan.parameters,
        "first": result.first,
        "last": result.last,
        "trades": len(result.trades),
        "metrics": result.metrics,
        "assumptions": result.assumptions,
    }


@command("backtest.list", "Backtests", menu=None, effect=Effect.LOOK, words="results history")
async def list_backtests(context: Context, limit: Limit = 50) -> list[SavedBacktest]:
    """List the stored backtests, newest first."""
    return context.backtests.all(limit)


@command("backtest.show", "Show backtest…", menu=None, effect=Effect.LOOK, words="open result")
async def show(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Show a stored backtest: in its panel and on the chart where there is a window."""
    result = context.backtests.load(id)
    if context.desk.has_window:
        context.desk.show_backtest(id)
    return {
        "id": id,
        "strategy": result.strategy_id,
        "symbol": result.symbol,
        "parameters": result.parameters,
        "first": result.first,
        "last": result.last,
        "metrics": result.metrics,
        "assumptions": result.assumptions,
        "trades": list(result.trades),
    }


@command("backtest.remove", "Remove backtest…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget a stored backtest."""
    context.backtests.remove(id)


@command("strategy.list", "Strategies", menu=None, effect=Effect.LOOK, words="momentum parameters")
async def strategies(context: Context) -> list[StrategyCard]:
    """List the strategies, with the parameters of each."""
    return context.backtests.strategies()


COMMANDS = (run, list_backtests, show, remove, strategies)
