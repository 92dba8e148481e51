"""A ticket in Alpaca's words, with every number as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.errors import OrderRejectedError
from puffin.types import OrderClass, OrderType

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Leg, Order, Ticket

TYPES = {
    OrderType.MARKET: "market",
    OrderType.LIMIT: "limit",
    OrderType.STOP: "stop",
    OrderType.STOP_LIMIT: "stop_limit",
    OrderType.TRAILING: "trailing_stop",
}
CLASSES = {
    OrderClass.BRACKET: "bracket",
    OrderClass.OTO: "oto",
    OrderClass.OCO: "oco",
    OrderClass.MULTI_LEG: "mleg",
}


def number(value: Decimal) -> str:
    """Return a number with the digits it has, never as 1E+2."""
    return f"{value:f}"


def order_body(order: Order) -> dict[str, object]:
    """Return what is sent for a new order."""
    ticket = order.ticket
    body: dict[str, object] = {
        "client_order_id": order.id,
        "type": TYPES[ticket.type],
        "time_in_force": ticket.time_in_force.value,
    }
    if ticket.notional is None:
        body["qty"] = number(ticket.quantity)
    else:
        body["notional"] = number(ticket.notional)
    if ticket.order_class in CLASSES:
        body["order_class"] = CLASSES[ticket.order_class]
    if ticket.legs:
        body["legs"] = [_leg(each) for each in ticket.legs]
    else:
        body["symbol"], body["side"] = ticket.symbol, ticket.side.value
    if ticket.extended_hours:
        body["extended_hours"] = True
    return body | _prices(ticket) | _exits(ticket)


def _leg(leg: Leg) -> dict[str, object]:
    return {
        "symbol": leg.symbol,
        "ratio_qty": str(leg.ratio),
        "side": leg.side.value,
        "position_intent": f"{leg.side.value}_to_{'open' if leg.opens else 'close'}",
    }


def _prices(ticket: Ticket) -> dict[str, object]:
    prices = {
        "limit_price": None if ticket.one_cancels_other else ticket.limit_price,
        "stop_price": ticket.stop_price,
        "trail_price": ticket.trail_price,
        "trail_percent": ticket.trail_percent,
    }
    return {name: number(price) for name, price in prices.items() if price is not None}


def _exits(ticket: Ticket) -> dict[str, object]:
    body: dict[str, object] = {}
    target = ticket.limit_price if ticket.one_cancels_other else ticket.take_profit
    if target is not None:
        body["take_profit"] = {"limit_price": number(target)}
    if ticket.stop_loss is not None:
        loss = {"stop_price": number(ticket.stop_loss)}
        if ticket.stop_loss_limit is not None:
            loss["limit_price"] = number(ticket.stop_loss_limit)
        body["stop_loss"] = loss
    return body if ticket.order_class in CLASSES else {}


def change_body(changed: Order) -> dict[str, object]:
    """Return what is sent to change an order: its whole ticket, under the new order's id.

    Raises:
        OrderRejectedError: Alpaca cannot change such an order.
    """
    ticket = changed.ticket
    if ticket.notional is not None:
        raise OrderRejectedError(
            "Alpaca cannot change an order for an amount; cancel it and place another."
        )
    body: dict[str, object] = {
        "client_order_id": changed.id,
        "qty": number(ticket.quantity),
        "time_in_force": ticket.time_in_force.value,
    }
    prices = {
        "limit_price": ticket.limit_price,
        "stop_price": ticket.stop_price,
        "trail": ticket.trail_percent if ticket.trail_price is None else ticket.trail_price,
    }
    return body | {name: number(price) for name, price in prices.items() if price is not None}
