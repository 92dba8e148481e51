"""Commands about the lists of symbols you follow."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Name, Symbol
from puffling.store.watchlists import Watchlist

ListName = Annotated[
    str, Field(max_length=60, title="List", description="Its name; empty for the first list.")
]
Place = Annotated[int, Field(ge=0, title="Place", description="Counted from 0, the top.")]


@command("watchlist.create", "New watchlist…", menu=Menu.EDIT, effect=Effect.CHANGE)
async def create(context: Context, name: Name) -> Watchlist:
    """Make an empty list."""
    return context.watchlists.create(name)


@command("watchlist.rename", "Rename watchlist…", menu=Menu.EDIT, effect=Effect.CHANGE)
async def rename(context: Context, list: ListName, name: Name) -> Watchlist:  # noqa: A002
    """Give a list another name."""
    return context.watchlists.rename(list, name)


@command("watchlist.delete", "Delete watchlist…", menu=Menu.EDIT, effect=Effect.CHANGE)
async def delete(context: Context, list: Name) -> None:  # noqa: A002 - what the form calls it
    """Remove a list; the last one stays."""
    context.watchlists.delete(list)


@command("watchlist.add", "Add to watchlist…", menu=Menu.EDIT, effect=Effect.CHANGE, words="follow")
async def add(context: Context, symbol: Symbol, list: ListName = "") -> Watchlist:  # noqa: A002
    """Put a symbol on a list."""
    return context.watchlists.add(list, symbol)


@command("watchlist.remove", "Remove from watchlist…", menu=None, effect=Effect.CHANGE)
async def remove(context: Context, symbol: Symbol, list: ListName = "") -> Watchlist:  # noqa: A002
    """Take a symbol off a list."""
    return context.watchlists.remove(list, symbol)


@command("watchlist.move", "Move in watchlist…", menu=None, effect=Effect.CHANGE, words="reorder")
async def move(
    context: Context,
    symbol: Symbol,
    place: Place,
    list: ListName = "",  # noqa: A002
) -> Watchlist:
    """Put a symbol at another place of its list."""
    return context.watchlists.move(list, symbol, place)


@command("watchlist.show", "Show watchlist", menu=None, effect=Effect.LOOK, words="quotes prices")
async def show(context: Context, list: ListName = "") -> dict[str, Any]:  # noqa: A002
    """Show a list with the last price of each symbol; a dash where there is none."""
    chosen = context.watchlists.get(list)
    quotes = [(symbol, context.quotes.last(symbol)) for symbol in chosen.symbols]
    return {
        "name": chosen.name,
        "symbols": [
            {
                "symbol": symbol,
                "last": quote.last if quote else None,
                "change": quote.change if quote else None,
                "change ratio": quote.change_ratio if quote else None,
                "at": quote.at if quote else None,
            }
            for symbol, quote in quotes
        ],
    }


COMMANDS = (create, rename, delete, add, remove, move, show)
