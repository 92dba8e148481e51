"""Commands about size, the risk of a book, and how money could be split. None of them trades."""

from __future__ import annotations

from typing import Any

from puffling.commands.allocation_words import (
    AllocateWords,
    Fall,
    First,
    FrontierWords,
    Last,
    Market,
    Shocks,
    SizeWords,
    Target,
    Weights,
    asked_of,
    own_scenario,
)
from puffling.commands.context import Context
from puffling.commands.registry import Effect, command
from puffling.commands.words import Name
from puffling.core.errors import BadValueError
from puffling.services.periods import Period
from puffling.services.sizes import SizeAsked, SizeMethod
from puffling.store.allocations import SavedAllocation

NOTHING = "Nothing is held; name weights to measure them."


@command(
    "size.position", "Position size…", menu=None, effect=Effect.LOOK, words="kelly risk shares"
)
async def size(context: Context, words: SizeWords) -> dict[str, Any]:
    """Say how many shares to trade, and why not more; nothing is ordered."""
    entry, atr = words.entry, words.atr
    if entry is None:
        quote = context.quotes.last(words.symbol)
        if quote is None:
            raise BadValueError(
                f"There is no quote of {words.symbol}.", hint="Name an entry price."
            )
        entry = quote.last
    if words.method is SizeMethod.VOLATILITY and atr is None:
        atr = await context.jobs.run(
            f"Range of {words.symbol}", lambda _: context.allocation.atr(words.symbol), panel="risk"
        )
    asked = SizeAsked(
        entry,
        risk=words.risk,
        stop=words.stop,
        atr=atr,
        multiple=words.multiple,
        fraction=words.fraction,
        win_rate=words.win_rate,
        payoff=words.payoff,
    )
    found = context.allocation.size(words.method, asked, words.equity)
    return {
        "symbol": words.symbol,
        "entry": entry,
        "atr": atr,
        "side": found.side,
        "quantity": found.quantity,
        "value": found.value,
        "at_risk": found.at_risk,
        "capped": found.capped,
        "text": found.text,
    }


@command("portfolio.risk", "Portfolio risk", menu=None, effect=Effect.LOOK, words="var beta hhi")
async def risk(
    context: Context,
    weights: Weights = {},  # noqa: B006 - validated into a new one at each call
    start: First = None,
    end: Last = None,
    market: Market = "",
) -> dict[str, Any]:
    """Say what a book may lose: value at risk and shortfall, beta, correlation, concentration."""
    if not weights and not context.allocation.holdings():
        return {"symbols": (), "notes": [NOTHING]}
    period = Period(start=start, end=end)
    found = await context.jobs.run(
        "Portfolio risk",
        lambda _: context.allocation.portfolio_risk(weights or None, period=period, market=market),
        panel="risk",
    )
    return {
        "symbols": found.symbols,
        "weights": found.weights,
        "equity": found.equity,
        "returns": found.returns,
        "first": found.first,
        "last": found.last,
        "volatility": found.volatility,
        "max_drawdown": found.max_drawdown,
        "tails": list(found.book.tails),
        "market": found.market,
        "beta": found.beta,
        "betas": found.betas,
        "mean_correlation": found.mean_correlation,
        "herfindahl": found.book.herfindahl,
        "effective_positions": found.effective_positions,
        "largest": list(found.largest),
        "tests": found.tests,
        "notes": list(found.notes),
    }


@command("portfolio.stress", "Stress test", menu=None, effect=Effect.LOOK, words="crisis scenario")
async def stress(  # noqa: PLR0913 - a scenario has that many words
    context: Context,
    *,
    weights: Weights = {},  # noqa: B006 - validated into a new one at each call
    market_change: Fall = None,
    names: Shocks = {},  # noqa: B006 - the same
    start: First = None,
    end: Last = None,
    market: Market = "",
) -> dict[str, Any]:
    """Say what past crises, and one of your own, would cost a book; what is unknown is named."""
    if not weights and not context.allocation.holdings():
        return {"scenarios": [], "notes": [NOTHING]}
    period, own = Period(start=start, end=end), None
    if market_change is not None or names:
        own = own_scenario(market_change or 0.0, names)
    found = await context.jobs.run(
        "Stress test",
        lambda _: context.allocation.stress(weights or None, own=own, period=period, market=market),
        panel="risk",
    )
    return {
        "scenarios": [
            {
                "scenario": each.scenario.title,
                "profit": each.profit,
                "share": each.share,
                "profits": dict(each.profits),
                "unknown": each.unknown,
                "absent": each.absent,
                "source": each.scenario.source,
            }
            for each in found
        ],
        "notes": list(dict.fromkeys(note for each in found for note in each.notes)),
    }


@command("portfolio.methods", "Ways to allocate", menu=None, effect=Effect.LOOK, words="optimiser")
async def methods(context: Context) -> list[dict[str, Any]]:
    """List the ways to split money over symbols, and when each is right."""
    return [
        {"id": each.id, "title": each.title, "summary": each.summary, "advice": each.advice}
        for each in context.allocation.methods()
    ]


@command("portfolio.allocate", "Allocate…", menu=None, effect=Effect.LOOK, words="optimise weights")
async def allocate(context: Context, words: AllocateWords) -> dict[str, Any]:
    """Split money over symbols by a method, within limits; an unknown method is an error."""
    asked = asked_of(context, words)
    found = await context.jobs.run(
        f"Allocate by {words.method}",
        lambda progress: context.allocation.allocate(words.method, words.symbols, asked, progress),
        panel="risk",
    )
    answer: dict[str, Any] = {
        "method": found.method,
        "weights": found.weights,
        "expected_return": found.expected_return,
        "volatility": found.volatility,
        "sharpe": found.sharpe,
        "risk_shares": found.risk_shares,
        "cost": found.cost,
        "words": found.words,
        "notes": list(found.notes),
    }
    if words.out_of_sample:
        tried = await context.jobs.run(
            f"Try {words.method} out of sample",
            lambda progress: context.allocation.out_of_sample(
                words.method, words.symbols, asked, progress
            ),
            panel="risk",
        )
        answer["out_of_sample"] = {
            "sentence": tried.sentence,
            "method": tried.record,
            "equal": tried.equal_record,
            "steps": tried.steps,
            "notes": list(tried.notes),
        }
    return answer


@command(
    "portfolio.frontier", "Efficient frontier…", menu=None, effect=Effect.LOOK, words="markowitz"
)
async def frontier(context: Context, words: FrontierWords) -> dict[str, Any]:
    """Say for each return the least risk that it takes."""
    asked = asked_of(context, words)
    found = await context.jobs.run(
        "Efficient frontier",
        lambda progress: context.allocation.frontier(
            words.symbols, asked, progress, points=words.points
        ),
        panel="risk",
    )
    rows = zip(found.returns, found.volatilities, found.sharpes, found.weights, strict=True)
    return {
        "symbols": found.symbols,
        "best": found.best,
        "points": [
            {
                "return": float(expected),
                "volatility": float(volatility),
                "sharpe": float(sharpe),
                "weights": dict(zip(found.symbols, weights.tolist(), strict=True)),
            }
            for expected, volatility, sharpe, weights in rows
        ],
    }


@command("portfolio.rebalance", "Rebalance preview…", menu=None, effect=Effect.LOOK, words="trades")
async def rebalance(context: Context, weights: Target) -> dict[str, Any]:
    """Show the trades that would bring the account to weights; nothing is ordered."""
    found = context.allocation.rebalance(weights)
    return {
        "trades": list(found.trades),
        "value": found.value,
        "cash": found.cash,
        "cash_after": found.cash_after,
        "cost": found.cost,
        "turnover": found.turnover,
        "notes": list(found.notes),
    }


@command(
    "portfolio.save", "Save weights…", menu=None, effect=Effect.CHANGE, words="allocation keep"
)
async def save(context: Context, name: Name, weights: Target) -> None:
    """Keep weights under a name, in the place of those that had it."""
    context.allocation.save(name, weights)


@command("portfolio.saved", "Saved weights", menu=None, effect=Effect.LOOK, words="allocations")
async def saved(context: Context) -> list[SavedAllocation]:
    """List the weights that were kept."""
    return context.allocation.saved()


@command("portfolio.forget", "Forget weights…", menu=None, effect=Effect.CHANGE, words="remove")
async def forget(context: Context, name: Name) -> None:
    """Forget weights that were kept."""
    context.allocation.remove(name)


COMMANDS = (
    size,
    risk,
    stress,
    methods,
    allocate,
    frontier,
    rebalance,
    save,
    saved,
    forget,
)
