"""What Alpaca takes, as it documents it, by kind of asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.broker.venue import Venue
from puffin.types import AssetClass, OrderClass, OrderType, TimeInForce

if TYPE_CHECKING:
    from puffin.types import Ticket

DAY, GTC, IOC, FOK = TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
OPG, CLS = TimeInForce.OPG, TimeInForce.CLS
STOCK, CRYPTO, OPTION = AssetClass.STOCK, AssetClass.CRYPTO, AssetClass.OPTION
MARKET, LIMIT, STOP = OrderType.MARKET, OrderType.LIMIT, OrderType.STOP
STOP_LIMIT, TRAILING = OrderType.STOP_LIMIT, OrderType.TRAILING
LASTING = frozenset({DAY, GTC})
CENT = 2  # decimals of a share's price from a dollar on
FINE = 4  # and below it
FINEST_QUANTITY = 9


def _lasts(ticket: Ticket) -> str:
    """Stops and what hangs together must be able to wait."""
    waits = ticket.type in {STOP, STOP_LIMIT, TRAILING} and ticket.asset is STOCK
    if waits and ticket.time_in_force not in LASTING:
        return f"{ticket.type.capitalize()} orders in stocks must be day or GTC orders."
    if ticket.order_class is not OrderClass.SIMPLE and ticket.time_in_force not in LASTING:
        return f"{ticket.order_class.capitalize()} orders must be day or GTC orders."
    return ""


def _fractions(ticket: Ticket) -> str:
    """Fractions and amounts of stocks are simple orders for the day."""
    whole = ticket.quantity == ticket.quantity.to_integral_value()
    if ticket.asset is not STOCK or (whole and ticket.notional is None):
        return ""
    if ticket.time_in_force is not DAY:
        return "Fractions and amounts of stocks must be day orders."
    if ticket.type is TRAILING or ticket.order_class is not OrderClass.SIMPLE:
        return "Fractions and amounts of stocks take no trail, target or stop loss."
    return ""


def _extended(ticket: Ticket) -> str:
    """Outside regular hours only plain limit orders that last are taken."""
    if not ticket.extended_hours:
        return ""
    if ticket.time_in_force not in LASTING:
        return "Orders outside regular hours must be day or GTC orders."
    if ticket.order_class is not OrderClass.SIMPLE:
        return "Orders outside regular hours take no target or stop loss."
    return ""


def _steps(ticket: Ticket) -> str:
    """Shares are priced in cents, below a dollar in hundredths of one."""
    prices = {
        "limit price": ticket.limit_price,
        "stop price": ticket.stop_price,
        "target": ticket.take_profit,
        "stop loss": ticket.stop_loss,
        "stop loss's limit": ticket.stop_loss_limit,
    }
    for name, price in prices.items():
        if price is None or ticket.asset is not STOCK:
            continue
        most = CENT if price >= 1 else FINE
        if price != round(price, most):
            return f"The {name} has more than {most} decimals."
    if ticket.quantity != round(ticket.quantity, FINEST_QUANTITY) and ticket.notional is None:
        return f"The quantity has more than {FINEST_QUANTITY} decimals."
    if ticket.notional is not None and ticket.notional != round(ticket.notional, CENT):
        return "The amount has fractions of a cent."
    return ""


VENUE = Venue(
    types={
        STOCK: frozenset({MARKET, LIMIT, STOP, STOP_LIMIT, TRAILING}),
        CRYPTO: frozenset({MARKET, LIMIT, STOP_LIMIT}),
        OPTION: frozenset({MARKET, LIMIT, STOP, STOP_LIMIT}),
    },
    lasting={
        STOCK: frozenset({DAY, GTC, IOC, FOK, OPG, CLS}),
        CRYPTO: frozenset({GTC, IOC}),
        OPTION: frozenset({DAY}),
    },
    classes={
        STOCK: frozenset({OrderClass.BRACKET, OrderClass.OTO, OrderClass.OCO}),
        OPTION: frozenset({OrderClass.MULTI_LEG}),
    },
    notional=frozenset({STOCK, CRYPTO}),
    fractional=frozenset({STOCK, CRYPTO}),
    extended_hours=frozenset({STOCK}),
    short=True,
    rules=(_lasts, _fractions, _extended, _steps),
)
