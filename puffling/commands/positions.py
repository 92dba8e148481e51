"""Commands about what is held."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import Annotated

from pydantic import Field

from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import Order, Side, Ticket
from puffling.commands.context import Context
from puffling.commands.orders import place_ticket
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Symbol
from puffling.core.errors import BadValueError
from puffling.services.positions import Portfolio, PositionRow

Share = Annotated[
    Decimal,
    Field(gt=0, le=1, title="Share", description="Which part of it: 1 is all, 0.5 is half."),
]


@command(
    "position.close", "Close position…", menu=Menu.TRADE, effect=Effect.TRADE, words="flatten exit"
)
async def close(context: Context, symbol: Symbol, share: Share = Decimal(1)) -> Order:
    """Sell what is held of a symbol, or buy back what was sold short, at the market.

    Possible while trading is halted. A part of whole shares is rounded down to whole shares.
    """
    position = context.portfolio.position(symbol)
    if position is None:
        raise BadValueError(f"Nothing is held of {symbol}.", hint="position.list shows what is.")
    held = abs(position.quantity)
    quantity = held * share
    if held == held.to_integral_value():
        quantity = quantity.to_integral_value(ROUND_FLOOR)
    else:
        quantity = quantity.quantize(FINEST_QUANTITY, ROUND_FLOOR)
    if not quantity:
        raise BadValueError(f"{share} of {held:f} shares is less than one share.")
    side = Side.SELL if position.quantity > 0 else Side.BUY
    return await place_ticket(context, Ticket(symbol, side, quantity))


@command("position.list", "Positions", menu=None, effect=Effect.LOOK, words="holdings")
async def list_positions(context: Context) -> list[PositionRow]:
    """List what is held, at the prices of now; what has no quote has no value."""
    return list(context.portfolio.snapshot().rows)


@command("account.show", "Account", menu=None, effect=Effect.LOOK, words="cash equity balance")
async def account(context: Context) -> Portfolio:
    """Show cash, equity, the day's profit, buying power and positions."""
    return context.portfolio.snapshot()


COMMANDS = (close, list_positions, account)
