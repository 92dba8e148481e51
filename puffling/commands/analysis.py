"""Commands that tell facts about a symbol and about the whole book."""

from __future__ import annotations

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol
from puffling.core.errors import BadValueError
from puffling.services.analysis_facts import Analysis


@command(
    "symbol.analyse",
    "Analyse symbol…",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    words="facts trend levels technical",
)
async def symbol(context: Context, symbol: AnySymbol = "") -> Analysis:
    """Tell the facts about a symbol: price, trend, momentum, volatility, levels, position, news.

    Each has its source and its time; what is not known says why. Needs no model.
    """
    chosen = symbol or context.desk.symbol or next(iter(context.watchlists.symbols()), "")
    if not chosen:
        raise BadValueError("Name a symbol.", hint="Such as symbol=AAPL")
    asked = context.analysis.ask_symbol(chosen)
    return await context.jobs.run(
        f"Analyse {chosen}", lambda _: context.analysis.symbol(asked), panel="assistant"
    )


@command(
    "portfolio.review",
    "Review my portfolio",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    words="health facts concentration risk drift",
)
async def review(context: Context) -> Analysis:
    """Tell the facts about the book: money, concentration, risk, limits, goals, and its health.

    The health is a rule that is shown, nothing more. Needs no model.
    """
    asked = context.analysis.ask_book()
    return await context.jobs.run(
        "Review the portfolio", lambda _: context.analysis.book(asked), panel="assistant"
    )


COMMANDS = (symbol, review)
