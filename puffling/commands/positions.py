"""Commands about what is held."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from puffin.types import Order
from puffling.commands.context import Context
from puffling.commands.orders import place_ticket
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Traded
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.services.order_closing import closing_ticket, in_the_way, reversing_ticket
from puffling.services.positions import Portfolio, PositionRow
from puffling.store.baskets import Basket

if TYPE_CHECKING:
    from puffin.types import Position

FLATTEN_WORD = "FLATTEN"
Share = Annotated[
    Decimal,
    Field(gt=0, le=1, title="Share", description="Which part of it: 1 is all, 0.5 is half."),
]
Word = Annotated[
    str, Field(title="Word", description=f"{FLATTEN_WORD}, typed; the window asks for it.")
]


@command(
    "position.close", "Close position…", menu=Menu.TRADE, effect=Effect.TRADE, words="flatten exit"
)
async def close(context: Context, symbol: Traded, share: Share = Decimal(1)) -> Order:
    """Sell what is held of a symbol, or buy back what was sold short, at the market.

    Possible while trading is halted. A part of whole shares is rounded down to whole shares.
    Stops and targets that wait for the same shares are cancelled first.
    """
    position = _held(context, symbol)
    ticket = closing_ticket(position, share)
    waiting = in_the_way(position, context.orders.open())
    return await place_ticket(context, ticket, cancels=waiting)


@command(
    "position.reverse", "Reverse position…", menu=Menu.TRADE, effect=Effect.TRADE, words="turn flip"
)
async def reverse(context: Context, symbol: Traded) -> Order:
    """Close what is held of a symbol and open as much in the other direction, at the market.

    Stops and targets that wait for the same shares are cancelled first.
    """
    position = _held(context, symbol)
    waiting = in_the_way(position, context.orders.open())
    return await place_ticket(context, reversing_ticket(position), cancels=waiting)


@command(
    "position.flatten",
    "Close every position…",
    menu=Menu.TRADE,
    effect=Effect.TRADE,
    shortcut="Ctrl+Alt+F",
    words="exit everything liquidate",
)
async def flatten(context: Context, word: Word = "") -> Basket:
    """Cancel every order and close every position at the market; asks for a word.

    Nothing is cancelled before the orders that close are confirmed too, so that a no leaves every
    stop in its place. Possible while trading is halted.
    """
    if not word:
        text = "Every open order is cancelled and every position is closed at the market."
        if not await context.desk.ask_word("Close every position", text, FLATTEN_WORD):
            raise NotConfirmedError("Nothing was closed.")
        word = FLATTEN_WORD
    if word.strip() != FLATTEN_WORD:
        raise BadValueError(f"Type {FLATTEN_WORD} to close every position.")
    if not context.portfolio.positions():
        await context.orders.cancel_all(context.actor)
    proposal = context.baskets.close_all(context.actor)
    approval = await context.gate.confirm(proposal)
    if approval is None:
        raise NotConfirmedError("Nothing was closed: nobody confirmed it.")
    return await context.baskets.run(proposal, approval)


@command("position.list", "Positions", menu=None, effect=Effect.LOOK, words="holdings")
async def list_positions(context: Context) -> list[PositionRow]:
    """List what is held, at the prices of now; what has no quote has no value."""
    return list(context.portfolio.snapshot().rows)


@command("account.show", "Account", menu=None, effect=Effect.LOOK, words="cash equity balance")
async def account(context: Context) -> Portfolio:
    """Show cash, equity, the day's profit, buying power and positions."""
    return context.portfolio.snapshot()


def _held(context: Context, symbol: str) -> Position:
    position = context.portfolio.position(symbol)
    if position is None:
        raise BadValueError(f"Nothing is held of {symbol}.", hint="position.list shows what is.")
    return position


COMMANDS = (close, reverse, flatten, list_positions, account)
