"""Commands about orders, and the ticket that writes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from puffin.types import Order, OrderType, Side, Ticket, TimeInForce
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol, Id, Limit, Price, Quantity, Symbol
from puffling.core.errors import NotConfirmedError

SideOf = Annotated[Side, Field(title="Side", description="buy or sell.")]
Kind = Annotated[OrderType, Field(title="Type", description="market, limit or stop.")]
LimitPrice = Annotated[
    Price | None, Field(title="Limit price", description="The worst price a limit order takes.")
]
StopPrice = Annotated[
    Price | None, Field(title="Stop price", description="The price that sets a stop order off.")
]
Lasting = Annotated[
    TimeInForce,
    Field(title="Time in force", description="day, or gtc: good until cancelled."),
]
AnyQuantity = Annotated[
    Quantity | None, Field(title="Quantity", description="How many shares; empty to type it.")
]
OnlyOpen = Annotated[bool, Field(title="Open only", description="Leave out what has ended.")]


@command("order.place", "Place order…", menu=Menu.TRADE, effect=Effect.TRADE, words="send trade")
async def place(  # noqa: PLR0913 - an order has that many words
    context: Context,
    *,
    symbol: Symbol,
    side: SideOf,
    quantity: Quantity,
    type: Kind = OrderType.MARKET,  # noqa: A002 - what traders call it
    limit_price: LimitPrice = None,
    stop_price: StopPrice = None,
    time_in_force: Lasting = TimeInForce.DAY,
) -> Order:
    """Check an order against every limit, ask for a yes to exactly it, and send it.

    Nothing is sent while a limit refuses, while trading is halted, or without a price.
    """
    ticket = Ticket(symbol, side, quantity, type, limit_price, stop_price, time_in_force)
    return await place_ticket(context, ticket)


async def place_ticket(context: Context, ticket: Ticket) -> Order:
    """Take a ticket through the one door: proposed, confirmed at the gate, submitted."""
    proposal = context.orders.propose(ticket, context.actor)
    approval = await context.gate.confirm(proposal)
    if approval is None:
        raise NotConfirmedError("Order not sent: nobody confirmed it.")
    return await context.orders.submit(proposal, approval)


@command("order.cancel", "Cancel order…", menu=Menu.TRADE, effect=Effect.TRADE, words="withdraw")
async def cancel(context: Context, id: Id) -> Order:  # noqa: A002 - what the list calls it
    """Cancel one open order; possible while trading is halted."""
    return await context.orders.cancel(id, context.actor)


@command(
    "order.cancel_all",
    "Cancel all orders",
    menu=Menu.TRADE,
    effect=Effect.TRADE,
    shortcut="Ctrl+Shift+Delete",
    words="withdraw everything",
)
async def cancel_all(context: Context) -> list[Order]:
    """Cancel every open order; possible while trading is halted."""
    return await context.orders.cancel_all(context.actor)


@command("order.list", "Orders", menu=None, effect=Effect.LOOK, words="blotter history")
async def list_orders(
    context: Context, *, open_only: OnlyOpen = False, limit: Limit = 100
) -> list[Order]:
    """List the account's orders, newest first, with what became of each."""
    if open_only:
        return list(reversed(context.orders.open()))[:limit]
    return context.orders.all(limit)


@command(
    "trade.buy",
    "Buy…",
    menu=Menu.TRADE,
    effect=Effect.LOOK,
    shortcut="F9",
    window_only=True,
    toolbar=True,
    words="long purchase ticket",
)
async def buy(context: Context, symbol: AnySymbol = "", quantity: AnyQuantity = None) -> None:
    """Open the ticket to buy; nothing is sent before you review and confirm it."""
    context.desk.fill_ticket(Side.BUY, symbol, quantity)


@command(
    "trade.sell",
    "Sell…",
    menu=Menu.TRADE,
    effect=Effect.LOOK,
    shortcut="Shift+F9",
    window_only=True,
    toolbar=True,
    words="short close ticket",
)
async def sell(context: Context, symbol: AnySymbol = "", quantity: AnyQuantity = None) -> None:
    """Open the ticket to sell; nothing is sent before you review and confirm it."""
    context.desk.fill_ticket(Side.SELL, symbol, quantity)


@command(
    "ticket.review",
    "Review or apply",
    menu=Menu.TRADE,
    effect=Effect.LOOK,
    shortcut="Ctrl+Return",
    window_only=True,
    words="confirm order form",
)
async def review(context: Context) -> None:
    """Do what the focused panel's main button does: review the order, apply the form."""
    context.desk.review_ticket()


COMMANDS = (buy, sell, review, place, cancel, cancel_all, list_orders)
