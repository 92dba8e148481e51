"""Commands about searches: optimise, walk forward, compare strategies, Monte Carlo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.optimise_words import (
    CompareWords,
    OptimiseWords,
    comparison_plan_of,
    search_plan_of,
)
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit
from puffling.services.monte_carlo import Chance, ChanceKind
from puffling.store.searches import SavedSearch

if TYPE_CHECKING:
    from puffling.services.search_plans import LiveSearch, SearchPlan

SHOWN = 20
Top = Annotated[
    int, Field(ge=1, le=1_000, title="Lines", description="How many of the best are shown.")
]
Drawn = Annotated[
    ChanceKind,
    Field(
        title="Drawn anew",
        description="The order of trades, returns in blocks, or parameters nearby.",
    ),
]
Runs = Annotated[
    int, Field(ge=0, le=50_000, title="Runs", description="How many; 0 is as many as usual.")
]
Seed = Annotated[
    int, Field(ge=0, le=2**31, title="Seed", description="The same one draws the same.")
]
Block = Annotated[
    float | None,
    Field(gt=0, title="Block (bars)", description="Of returns; empty follows from the returns."),
]
Noise = Annotated[
    float,
    Field(gt=0, lt=1, title="Noise", description="How far parameters are moved: 0.1 is 10 %."),
]
Replace = Annotated[
    bool, Field(title="With repetition", description="A trade may come twice and another not.")
]
Ruin = Annotated[
    float,
    Field(gt=0, lt=1, title="Ruin", description="Share of the capital at which all is lost."),
]
Drawdown = Annotated[
    float, Field(gt=0, lt=1, title="Drawdown", description="How deep: 0.2 is 20 %.")
]


@command(
    "optimise.run",
    "Optimise…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    words="grid search parameters walk forward tpe",
)
async def run(context: Context, words: OptimiseWords) -> dict[str, Any]:
    """Search for the parameters that did best, as a job that can be stopped at any time.

    What was tried when it is stopped is kept. The best of many is partly luck: look at the
    walk forward, and at the verdict of a backtest with the parameters it found.
    """
    plan = await asyncio.to_thread(search_plan_of, context, words)  # counting many takes a while
    return await _run(context, plan)


@command("optimise.estimate", "Estimate search…", menu=None, effect=Effect.LOOK, words="how long")
async def estimate(context: Context, words: OptimiseWords) -> dict[str, Any]:
    """Say how many combinations a search would try, and how long it would take."""
    plan = await asyncio.to_thread(search_plan_of, context, words)
    measured = await context.jobs.run(
        f"Estimate {plan.title}",
        lambda progress: context.searches.estimate(plan, progress),
        panel="backtest",
    )
    return {
        "count": measured.count,
        "possible": measured.possible,
        "seconds": measured.seconds,
        "values": measured.values,
        "dropped": measured.dropped,
    }


@command(
    "optimise.compare",
    "Compare strategies…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    words="which best sweep recommendation",
)
async def compare(context: Context, words: CompareWords) -> dict[str, Any]:
    """Walk every strategy forward on a symbol and say which did best where it was not fitted."""
    return await _run(context, comparison_plan_of(context, words))


@command("optimise.list", "Searches", menu=None, effect=Effect.LOOK, words="optimisation history")
async def list_searches(context: Context, limit: Limit = 50) -> list[SavedSearch]:
    """List the stored searches, newest first."""
    return context.searches.all(limit)


@command("optimise.show", "Show search…", menu=None, effect=Effect.LOOK, words="leaderboard trials")
async def show(context: Context, id: Id, top: Top = SHOWN) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Show a search, running or stored: its best trials, folds, or strategies."""
    return _answer(context.searches.live(id), top)


@command("optimise.remove", "Remove search…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget a search that has ended."""
    context.searches.remove(id)


@command(
    "montecarlo.run", "Monte Carlo…", menu=None, effect=Effect.LOOK, words="luck shuffle bootstrap"
)
async def monte_carlo(  # noqa: PLR0913 - a draw has that many words
    context: Context,
    *,
    id: Id,  # noqa: A002 - what the list calls it
    kind: Drawn = ChanceKind.RETURNS,
    runs: Runs = 0,
    seed: Seed = 0,
    block: Block = None,
    noise: Noise = 0.1,
    replace: Replace = False,
    ruin: Ruin = 0.5,
    drawdown: Drawdown = 0.2,
) -> dict[str, Any]:
    """Draw a stored backtest's trades, returns or parameters anew, and say what might have been.

    The same seed gives the same numbers.
    """
    asked = Chance(kind, runs, seed, block, noise, replace)
    saved = context.backtests.get(id)
    name = saved.strategy_id.replace("_", " ")
    fan = await context.jobs.run(
        f"Monte Carlo of {name} on {saved.symbol}",
        lambda progress: context.searches.monte_carlo(id, asked, progress),
        panel="backtest",
    )
    return {
        "words": fan.words,
        "runs": fan.runs,
        "seed": fan.seed,
        "capital": fan.capital,
        "final": {f"{each} %": fan.quantile(each) for each in (5, 25, 50, 75, 95)},
        "probability_of_loss": fan.probability_of_loss(),
        "probability_of_ruin": fan.probability_of_ruin(ruin),
        "probability_of_drawdown": fan.probability_of_drawdown(drawdown),
        "fan": fan.to_dict(),
    }


async def _run(context: Context, plan: SearchPlan) -> dict[str, Any]:
    """Carry a search out as a job, and tell everyone about it while it runs."""
    loop, searches = asyncio.get_running_loop(), context.searches
    id_ = await asyncio.to_thread(searches.begin, plan)  # a busy disk takes its time
    searches.announce(id_)

    def tell(changed: str) -> None:
        loop.call_soon_threadsafe(searches.announce, changed)

    done = await context.jobs.run(
        plan.title, lambda progress: searches.run(id_, progress, tell), panel="backtest"
    )
    return _answer(done, SHOWN)


def _answer(search: LiveSearch, top: int) -> dict[str, Any]:
    from puffin.backtest.ranking import leaderboard

    best = leaderboard(search.trials, search.objective, top)
    return {
        "id": search.id,
        "title": search.title,
        "symbol": search.symbol,
        "state": search.state,
        "done": search.done,
        "total": search.total,
        "share": search.share,
        "seconds": search.seconds,
        "best": None if search.best is None else search.best.to_dict(),
        "trials": [each.to_dict() for each in best],
        "found": _without_curves(search),
        "message": search.message,
    }


def _without_curves(search: LiveSearch) -> dict[str, Any] | None:
    if search.found is None:
        return None
    plain = search.found.to_dict()
    return {name: value for name, value in plain.items() if name not in {"time", "equity"}}


COMMANDS = (run, estimate, compare, list_searches, show, remove, monte_carlo)
