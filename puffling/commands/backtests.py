"""Commands about backtests: run, judge, explain, compare, and run again."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffin.backtest.result import BacktestResult
from puffling.commands.backtest_words import BacktestWords, Note, plan_of
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit, Name
from puffling.core.errors import BadValueError
from puffling.core.files import write_whole
from puffling.services.backtest_report import (
    CURVE,
    PRINTED,
    equity_csv,
    page,
    read_report,
    trades_csv,
)
from puffling.store.backtests import SavedBacktest
from puffling.store.strategies import SavedStrategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.services.backtest_report import (
        Report,
    )
    from puffling.services.backtests import Finished
    from puffling.services.plans import Plan
    from puffling.store.backtests import AnyResult

REPORTS = (".pdf", ".html", ".csv")
File = Annotated[Path, Field(title="File", description="A .pdf, .html or .csv.")]
Row = Annotated[int, Field(ge=0, title="Bar", description="Counted from 0, the first of the run.")]
Ids = Annotated[
    tuple[str, ...],
    Field(
        min_length=2, max_length=20, title="Ids", description="Two or more, as the list has them."
    ),
]


@command(
    "backtest.run", "Run backtest…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="test strategy"
)
async def run(context: Context, words: BacktestWords) -> dict[str, Any]:
    """Run a strategy over adjusted history, judge the result, and keep it.

    Decided on a bar's close, filled at the next bar's open unless you say otherwise, with the
    costs you name. Several symbols share the money. It runs as a job: the window stays free and
    it can be stopped.
    """
    plan = plan_of(context, words)
    finished = await context.jobs.run(
        plan.words, partial(context.backtests.run, plan), panel="backtest"
    )
    context.backtests.announce(finished.id)
    return _answer(plan, finished)


@command("backtest.rerun", "Run backtest again…", menu=None, effect=Effect.CHANGE, words="repeat")
async def rerun(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Run a stored backtest again on the same days, and say what is not as it was."""
    plan = context.backtests.plan(id)
    again = await context.jobs.run(
        plan.words, partial(context.backtests.rerun, id), panel="backtest"
    )
    context.backtests.announce(again.finished.id)
    return _answer(plan, again.finished) | {
        "identical": again.identical,
        "differences": again.differences,
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
        "symbols": context.backtests.get(id).symbols,
        **_of_many(result),
        "parameters": result.parameters,
        "first": result.first,
        "last": result.last,
        "metrics": result.metrics,
        "verdict": context.backtests.verdict(id),
        "assumptions": result.assumptions,
        "trades": list(result.trades),
    }


@command("backtest.verdict", "Verdict on a backtest…", menu=None, effect=Effect.LOOK, words="truth")
async def verdict(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Say why a stored backtest should, or should not, be believed; asks anew if need be."""
    found = context.backtests.verdict(id)
    if found is None:
        plan = context.backtests.plan(id)
        found = await context.jobs.run(
            f"Verdict on {plan.title}", partial(context.backtests.judge, id), panel="backtest"
        )
        context.backtests.announce(id)
    return {"sentence": found.sentence, **found.to_dict()}


@command("backtest.explain", "Explain a bar…", menu=None, effect=Effect.LOOK, words="why trade")
async def explain(context: Context, id: Id, row: Row) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Say what a strategy saw on a bar, what it wanted, and why an order filled or did not."""
    found = await context.jobs.run(
        "Explain a bar", lambda _: context.backtests.explain(id, row), panel="backtest"
    )
    return asdict(found)


@command("backtest.compare", "Compare backtests…", menu=None, effect=Effect.LOOK, words="diff")
async def compare(context: Context, ids: Ids) -> list[dict[str, Any]]:
    """Put the parameters and metrics of several stored backtests side by side."""
    return context.backtests.compare(ids)


@command(
    "backtest.save_strategy",
    "Save a backtest's strategy…",
    menu=None,
    effect=Effect.CHANGE,
    words="keep parameters mine",
)
async def save_strategy(context: Context, id: Id, name: Name) -> SavedStrategy:  # noqa: A002 - what the list calls it
    """Save the strategy of a stored backtest, with the parameters it ran with, as one of yours."""
    return context.strategies.save(
        name, context.backtests.plan(id).spec, note=f"From backtest {id}"
    )


@command(
    "backtest.export",
    "Export backtest…",
    menu=None,
    effect=Effect.CHANGE,
    words="report pdf html csv trades equity",
)
async def export(context: Context, id: Id, path: File) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Write a stored backtest as a report (.pdf or .html), or its trades and equity (.csv).

    CSV makes two files beside each other: one of trades, one of equity at every close.
    """
    path = path.expanduser()
    kind = path.suffix.lower()
    if kind not in REPORTS:
        raise BadValueError(
            f"{path.name} is no .pdf, .html or .csv.", hint="Give the file one of these endings."
        )
    report = await asyncio.to_thread(read_report, context.backtests, id)
    if kind == ".pdf":
        html = await asyncio.to_thread(page, report, picture=PRINTED)
        await context.desk.write_pdf(html, {CURVE: report.picture}, path)
        return {"paths": (path,)}
    for place, make in _files(path, kind).items():
        text = await asyncio.to_thread(make, report)
        await asyncio.to_thread(write_whole, place, text.encode())
    return {"paths": tuple(_files(path, kind))}


@command("backtest.note", "Note on a backtest…", menu=None, effect=Effect.CHANGE, words="rename")
async def set_note(context: Context, id: Id, note: Note = "") -> None:  # noqa: A002 - what the list calls it
    """Change what is noted about a stored backtest."""
    context.backtests.set_note(id, note)


@command("backtest.remove", "Remove backtest…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget a stored backtest."""
    context.backtests.remove(id)


def _answer(plan: Plan, finished: Finished) -> dict[str, Any]:
    result = finished.result
    return {
        "id": finished.id,
        "strategy": plan.strategy_id,
        "symbol": plan.symbol,
        "symbols": plan.symbols,
        "parameters": plan.parameters,
        "first": result.first,
        "last": result.last,
        "trades": len(result.trades),
        "metrics": result.metrics,
        "verdict": finished.verdict.sentence,
        "assumptions": result.assumptions,
        **_of_many(result),
    }


def _of_many(result: AnyResult) -> dict[str, Any]:
    """Return what only a run over many symbols has: what each brought, and what to know of it."""
    if isinstance(result, BacktestResult):
        return {}
    return {"attribution": result.attribution, "notes": result.notes}


def _files(path: Path, kind: str) -> dict[Path, Callable[[Report], str]]:
    """Return what is written where."""
    if kind == ".html":
        return {path: page}
    return {
        path.with_name(f"{path.stem}-trades.csv"): lambda report: trades_csv(report.result),
        path.with_name(f"{path.stem}-equity.csv"): lambda report: equity_csv(report.result),
    }


COMMANDS = (
    run,
    rerun,
    list_backtests,
    show,
    verdict,
    explain,
    compare,
    save_strategy,
    export,
    set_note,
    remove,
)
