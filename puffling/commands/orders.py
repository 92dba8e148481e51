"""Commands about orders, and the ticket that writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_FLOOR
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import Leg, Order, OrderType, Side, Ticket, TimeInForce, multiplier_of
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol, Id, Limit, Price, Quantity, Traded
from puffling.core.errors import (
    BadValueError,
    NoPriceError,
    NotConfirmedError,
    UnknownOrderError,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

SideOf = Annotated[Side, Field(title="Side", description="buy or sell.")]
Kind = Annotated[
    OrderType,
    Field(title="Type", description="market, limit, stop, stop limit or trailing stop."),
]
LimitPrice = Annotated[
    Price | None, Field(title="Limit price", description="The worst price a limit order takes.")
]
StopPrice = Annotated[
    Price | None, Field(title="Stop price", description="The price that sets a stop order off.")
]
Lasting = Annotated[
    TimeInForce,
    Field(
        title="Time in force",
        description="day; gtc: until cancelled; ioc or fok: at once; opg or cls: in an auction.",
    ),
]
AnyQuantity = Annotated[
    Quantity | None, Field(title="Quantity", description="How many shares; empty to type it.")
]
HowMuch = Annotated[
    Quantity | None,
    Field(title="Quantity", description="How many shares; empty with an amount of dollars."),
]
Amount = Annotated[
    Price | None, Field(title="Amount", description="Dollars to spend or raise, not a quantity.")
]
TrailPrice = Annotated[
    Price | None, Field(title="Trail", description="How far a trailing stop follows, in dollars.")
]
TrailPercent = Annotated[
    Price | None,
    Field(title="Trail in percent", description="How far a trailing stop follows: 2.5 is 2.5 %."),
]
Extended = Annotated[
    bool, Field(title="Extended hours", description="May fill before the open, after the close.")
]
Target = Annotated[
    Price | None, Field(title="Target", description="The limit price at which to take profit.")
]
StopLoss = Annotated[
    Price | None, Field(title="Stop loss", description="The stop price that ends a loss.")
]
StopLossLimit = Annotated[
    Price | None,
    Field(title="Stop loss limit", description="The worst price the stop loss takes."),
]
Oco = Annotated[
    bool,
    Field(
        title="One cancels other",
        description="A target (the limit price) and a stop loss for what is held.",
    ),
]
Legs = Annotated[
    str,
    Field(
        max_length=400,
        title="Legs",
        description="Of a multi-leg order: buy 1 AAPL260116C00250000 open; sell 1 … open.",
    ),
]
OnlyOpen = Annotated[bool, Field(title="Open only", description="Leave out what has ended.")]
NewQuantity = Annotated[
    Quantity | None, Field(title="Quantity", description="How many in all; empty leaves it.")
]
Trail = Annotated[
    Price | None,
    Field(title="Trail", description="In dollars or in percent, as the order has it."),
]
NewLasting = Annotated[
    TimeInForce | None, Field(title="Time in force", description="Empty leaves it.")
]


@command("order.place", "Place order…", menu=Menu.TRADE, effect=Effect.TRADE, words="send trade")
async def place(  # noqa: PLR0913 - an order has that many words
    context: Context,
    *,
    symbol: Traded,
    side: SideOf,
    quantity: HowMuch = None,
    type: Kind = OrderType.MARKET,  # noqa: A002 - what traders call it
    limit_price: LimitPrice = None,
    stop_price: StopPrice = None,
    time_in_force: Lasting = TimeInForce.DAY,
    notional: Amount = None,
    trail_price: TrailPrice = None,
    trail_percent: TrailPercent = None,
    extended_hours: Extended = False,
    take_profit: Target = None,
    stop_loss: StopLoss = None,
    stop_loss_limit: StopLossLimit = None,
    one_cancels_other: Oco = False,
    legs: Legs = "",
) -> Order:
    """Check an order against every limit, ask for a yes to exactly it, and send it.

    Nothing is sent while a limit refuses, while trading is halted, or without a price.
    """
    if quantity is None:
        quantity = estimated_quantity(context, symbol, side, notional, limit_price)
    ticket = Ticket(
        symbol=symbol,
        side=side,
        quantity=quantity,
        type=type,
        limit_price=limit_price,
        stop_price=stop_price,
        time_in_force=time_in_force,
        notional=notional,
        trail_price=trail_price,
        trail_percent=trail_percent,
        extended_hours=extended_hours,
        take_profit=take_profit,
        stop_loss=stop_loss,
        stop_loss_limit=stop_loss_limit,
        one_cancels_other=one_cancels_other,
        legs=parse_legs(legs),
    )
    return await place_ticket(context, ticket)


def estimated_quantity(
    context: Context,
    symbol: str,
    side: Side,
    notional: Decimal | None,
    limit_price: Decimal | None,
) -> Decimal:
    """Return what an amount buys or sells at the prices of now, rounded down.

    Raises:
        BadValueError: There is no amount either, or it is too small.
        NoPriceError: There is no quote.
    """
    if notional is None:
        raise BadValueError("An order needs a quantity, or an amount.")
    quote = context.quotes.last(symbol)
    price = limit_price or (None if quote is None else quote.price_for(side))
    if price is None or price <= 0:
        raise NoPriceError(f"There is no price for {symbol}, so an amount cannot be sized.")
    units = notional / (price * multiplier_of(symbol))
    quantity = units.quantize(FINEST_QUANTITY, ROUND_FLOOR)
    if not quantity:
        raise BadValueError(f"{notional:,} dollars buy less than a millionth of {symbol}.")
    return quantity


def parse_legs(text: str) -> tuple[Leg, ...]:
    """Return the legs of a multi-leg order: "buy 1 AAPL260116C00250000 open; sell 1 … close".

    Raises:
        BadValueError: A line is not of that form.
    """
    lines = [each.split() for each in text.replace("\n", ";").split(";") if each.strip()]
    legs: list[Leg] = []
    for words in lines:
        form = re.fullmatch(r"(buy|sell) (\d{1,3}) (\S+)( open| close)?", " ".join(words).lower())
        if form is None:
            raise BadValueError(
                f"{' '.join(words)!r} is no leg.", hint="Write: buy 1 AAPL260116C00250000 open"
            )
        side, ratio, symbol, end = form.groups()
        legs.append(Leg(symbol.upper(), Side(side), int(ratio), opens=end != " close"))
    return tuple(legs)


async def place_ticket(
    context: Context, ticket: Ticket, *, replaces: str = "", cancels: Collection[str] = ()
) -> Order:
    """Take a ticket through the one door: proposed, confirmed at the gate, submitted."""
    await context.risk.prepare(ticket)
    proposal = context.orders.propose(ticket, context.actor, replaces=replaces, cancels=cancels)
    approval = await context.gate.confirm(proposal)
    if approval is None:
        raise NotConfirmedError("Order not sent: nobody confirmed it.")
    return await context.orders.submit(proposal, approval)


@command("order.replace", "Change order…", menu=Menu.TRADE, effect=Effect.TRADE, words="amend move")
async def change(  # noqa: PLR0913 - what can be changed
    context: Context,
    id: Id,  # noqa: A002 - what the list calls it
    *,
    quantity: NewQuantity = None,
    limit_price: LimitPrice = None,
    stop_price: StopPrice = None,
    trail: Trail = None,
    time_in_force: NewLasting = None,
) -> Order:
    """Put a changed order in the place of one that waits; what is not given stays as it is.

    The change is checked against every limit and confirmed like a new order.
    """
    order = context.orders.get(id)
    if order is None:
        raise UnknownOrderError(f"There is no order {id!r}.")
    before = order.ticket
    in_percent = before.trail_percent is not None
    ticket = replace(
        before,
        quantity=quantity or before.quantity,
        limit_price=before.limit_price if limit_price is None else limit_price,
        stop_price=before.stop_price if stop_price is None else stop_price,
        trail_price=before.trail_price if trail is None or in_percent else trail,
        trail_percent=trail if trail is not None and in_percent else before.trail_percent,
        time_in_force=time_in_force or before.time_in_force,
    )
    return await place_ticket(context, ticket, replaces=id)


@command("order.events", "Log of an order", menu=None, effect=Effect.LOOK, words="history audit")
async def events(context: Context, id: Id) -> list[dict[str, object]]:  # noqa: A002 - as above
    """List everything that was asked and said of an order, as it came."""
    return [
        {
            "at": each.at,
            "received": each.received_at,
            "kind": each.kind,
            "status": each.status,
            "raw": each.raw,
            "quantity": None if each.fill is None else each.fill.quantity,
            "price": None if each.fill is None else each.fill.price,
            "reason": each.reason,
        }
        for each in context.orders.events(id)
    ]


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


COMMANDS = (buy, sell, review, place, change, cancel, cancel_all, list_orders, events)
