"""Commands about prices: import, history, quotes, sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from puffin.data.bars import Interval
from puffin.types import Instrument, Quote
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import ImportAs, Symbol
from puffling.core.errors import NoPriceError
from puffling.services.bars import Imported, Source

File = Annotated[Path, Field(title="File", description="CSV with date, open, high, low, close.")]
Bars = Annotated[Interval, Field(title="Interval", description="Such as 1d, 1w or 1mo.")]
Last = Annotated[int, Field(ge=1, le=100_000, title="Bars", description="How many of the newest.")]
Text = Annotated[str, Field(max_length=60, title="Text", description="Part of a symbol or name.")]


@command(
    "data.import_csv", "Import prices…", menu=Menu.DATA, effect=Effect.CHANGE, words="csv load file"
)
async def import_csv(context: Context, path: File, symbol: ImportAs = "") -> Imported:
    """Read a CSV of prices and keep it; the whole file or nothing.

    A row that cannot be trusted is named by its line. Without a symbol the file's name is used.
    """
    path = path.expanduser()
    chosen = context.bars.symbol_for(path, symbol)
    imported = await context.jobs.run(
        f"Import {path.name}",
        lambda progress: context.bars.import_csv(path, chosen, progress),
        panel="activity",
    )
    context.bars.announce(imported.symbol)
    return imported


@command("data.bars", "History", menu=None, effect=Effect.LOOK, words="prices ohlc candles")
async def bars(
    context: Context, symbol: Symbol, interval: Bars = Interval.D1, last: Last = 20
) -> dict[str, Any]:
    """Show the newest bars of a symbol, adjusted, and where they come from."""
    found = (await context.bars.fetch(symbol, interval)).tail(last)
    return {
        "symbol": symbol,
        "interval": interval,
        "source": context.bars.source(symbol),
        "adjusted": found.adjusted,
        "bars": [found.bar(row) for row in range(len(found))],
    }


@command("data.quote", "Quote", menu=None, effect=Effect.LOOK, words="price last bid ask")
async def quote(context: Context, symbol: Symbol) -> Quote:
    """Show the latest quote of a symbol, unadjusted, with its market time."""
    found = context.quotes.last(symbol)
    if found is None:
        raise NoPriceError(
            f"There is no quote of {symbol}.",
            hint=f"This market quotes {', '.join(sorted(context.market.symbols))}.",
        )
    return found


@command("data.search", "Find symbols…", menu=None, effect=Effect.LOOK, words="look up company")
async def search(context: Context, text: Text) -> list[Instrument]:
    """Find symbols by a part of their symbol or name."""
    return await context.bars.lookup(text)


@command("data.sources", "Data sources", menu=None, effect=Effect.LOOK, words="provider yahoo")
async def sources(context: Context) -> list[Source]:
    """Show where prices come from, and what each source has."""
    return context.bars.sources()


@command("data.remove", "Remove imported prices…", menu=Menu.DATA, effect=Effect.CHANGE)
async def remove(context: Context, symbol: Symbol) -> None:
    """Forget what was imported under a symbol."""
    context.bars.remove(symbol)


COMMANDS = (import_csv, bars, quote, search, sources, remove)
