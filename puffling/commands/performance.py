"""Commands about performance: what the account made, where it came from, and its export."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffin.execution.lots import Matching
from puffin.monitor.attribution import By, attribute
from puffin.monitor.behaviour import behaviour
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol
from puffling.core.errors import BadValueError
from puffling.services.performance_files import Part, Written, write_csv
from puffling.services.reports import span_of
from puffling.services.spans import Reach

if TYPE_CHECKING:
    from puffling.services.reports import Report

Period = Annotated[
    Reach,
    Field(title="Period", description="1d, 1w, 1m, 3m, ytd, 1y or all; days make it custom."),
]
First = Annotated[
    date | None, Field(title="From", description="Its end is what the period begins with.")
]
Last = Annotated[date | None, Field(title="To", description="Empty: up to now.")]
Lots = Annotated[Matching, Field(title="Lots", description="Which of what is held is sold first.")]
Group = Annotated[By, Field(title="By", description="What trades are sorted by.")]
File = Annotated[
    Path, Field(title="File", description="A .csv; or a .pdf or .png of the tearsheet in view.")
]
What = Annotated[Part, Field(title="What", description="Which part a .csv has.")]
Backtest = Annotated[
    str, Field(max_length=40, title="Backtest", description="The id of one; empty: the account.")
]
Own = Annotated[
    Path | None, Field(title="CSV", description="Dates with equity or returns, instead.")
]
PICTURES = (".pdf", ".png")


async def _report(
    context: Context, period: Reach, start: date | None, end: date | None, lots: Matching
) -> Report:
    service = context.performance
    moment, span = service.now(), span_of(period.value, start, end)
    return await asyncio.to_thread(service.report, moment, span, matching=lots)


@command(
    "performance.show",
    "Performance figures…",
    menu=None,
    effect=Effect.LOOK,
    words="pnl profit return sharpe",
)
async def show(
    context: Context,
    period: Period = Reach.ALL,
    start: First = None,
    end: Last = None,
    lots: Lots = Matching.FIFO,
) -> dict[str, Any]:
    """Show what the account made in a period, from its fills and session ends alone."""
    found = await _report(context, period, start, end, lots)
    made, closed = found.statement, found.closed
    return {
        "account": found.moment.account.id,
        "mode": found.moment.mode,
        "equity": found.moment.equity,
        "sessions": found.sessions,
        "first": found.first,
        "last": found.last,
        "curve": found.why or "known",
        "profit": found.profit,
        "time_weighted_return": found.time_weighted,
        "money_weighted_return_a_year": found.money_weighted,
        "money_weighted_return": found.money_weighted_period,
        "exposure": found.exposure,
        "figures": {} if found.sheet is None else found.sheet.figures,
        "trades": len(closed),
        "net_of_trades": sum(each.net for each in closed),
        "all_time": {
            "realised": made.realised,
            "commissions": made.commissions,
            "dividends": made.dividends,
            "interest": made.interest,
            "fees": made.fees,
            "transfers": made.transfers,
            "unrealised": made.unrealised(found.moment.prices),
        },
        "notes": list(found.notes),
    }


@command(
    "performance.trades", "Trades…", menu=None, effect=Effect.LOOK, words="round trips mae mfe"
)
async def trades(
    context: Context,
    *,
    period: Period = Reach.ALL,
    start: First = None,
    end: Last = None,
    symbol: AnySymbol = "",
    lots: Lots = Matching.FIFO,
) -> list[dict[str, Any]]:
    """List the round trips that ended in a period, and those that are open."""
    found = await _report(context, period, start, end, lots)
    return [
        {
            "id": each.trip.key,
            "symbol": each.trip.symbol,
            "side": each.trip.side,
            "opened": each.trip.opened_at,
            "closed": each.trip.closed_at,
            "quantity": each.trip.entered,
            "entry_price": each.trip.entry_price,
            "exit_price": each.trip.exit_price,
            "net": each.trip.net,
            "fees": each.trip.fees,
            "dividends": each.trip.dividends,
            "return": each.trip.ratio,
            "unrealised": each.unrealised,
            "mae": None if each.excursion is None else each.excursion.worst,
            "mfe": None if each.excursion is None else each.excursion.best,
            "asked_by": each.source,
        }
        for each in found.trades
        if symbol in {"", each.trip.symbol}
    ]


@command(
    "performance.attribution",
    "Attribution…",
    menu=None,
    effect=Effect.LOOK,
    words="where profit came from symbol weekday hour",
)
async def attribution(
    context: Context,
    by: Group = By.SYMBOL,
    period: Period = Reach.ALL,
    start: First = None,
    end: Last = None,
) -> dict[str, Any]:
    """Show where the profit of closed trades came from, and what the benchmark explains."""
    found = await _report(context, period, start, end, Matching.FIFO)
    groups = attribute(found.closed, by, sources=found.sources)
    return {
        "by": by,
        "groups": list(groups),
        "against": None if found.sheet is None else found.sheet.against,
    }


@command(
    "performance.behaviour",
    "Trading behaviour…",
    menu=None,
    effect=Effect.LOOK,
    words="streaks holding time after a loss",
)
async def habits(
    context: Context, period: Period = Reach.ALL, start: First = None, end: Last = None
) -> dict[str, Any]:
    """Show how trades were held, in which streaks they came, and what followed a loss."""
    found = await _report(context, period, start, end, Matching.FIFO)
    told = behaviour(found.closed)
    return {
        "trades": told.trades,
        "held": list(told.held),
        "winners_held": told.winners,
        "losers_held": told.losers,
        "longest_win": told.longest_win,
        "longest_loss": told.longest_loss,
        "streak": told.streak,
        "after_win": told.after_win,
        "after_loss": told.after_loss,
        "busiest_day": told.busiest,
        "a_day": told.a_day,
    }


@command(
    "performance.tearsheet",
    "Tearsheet figures…",
    menu=None,
    effect=Effect.LOOK,
    words="report statistics backtest csv",
)
async def tearsheet(context: Context, backtest: Backtest = "", path: Own = None) -> dict[str, Any]:
    """Show all figures of the account, of a stored backtest, or of a CSV of yours."""
    service = context.performance
    if path is not None:
        sheet = await asyncio.to_thread(service.of_file, path)
    elif backtest:
        sheet = await asyncio.to_thread(service.of_backtest, backtest)
    else:
        found = await _report(context, Reach.ALL, None, None, Matching.FIFO)
        if found.sheet is None:
            return {"title": "Account", "why": found.why}
        sheet = found.sheet
    return {
        "title": sheet.title,
        "figures": sheet.figures,
        "months": list(sheet.months),
        "drawdowns": list(sheet.drawdowns),
        "against": sheet.against,
        "notes": list(sheet.notes),
    }


@command(
    "performance.export",
    "Export performance…",
    menu=Menu.FILE,
    effect=Effect.CHANGE,
    words="csv pdf png trades tearsheet save",
)
async def export(
    context: Context,
    *,
    path: File,
    what: What = Part.TRADES,
    period: Period = Reach.ALL,
    start: First = None,
    end: Last = None,
) -> Written:
    """Write trades, session ends, fills or figures as CSV; or the tearsheet as PDF or PNG."""
    path = path.expanduser()
    if path.suffix.lower() in PICTURES:
        context.desk.save_tearsheet(path)
        return Written(path, "tearsheet", 1)
    if path.suffix.lower() != ".csv":
        raise BadValueError(
            f"{path.name} is no .csv, .pdf or .png.", hint="Give the file one of these endings."
        )
    found = await _report(context, period, start, end, Matching.FIFO)
    return await asyncio.to_thread(write_csv, found, what, path)


COMMANDS = (show, trades, attribution, habits, tearsheet, export)
