"""The one fill model: at which price an order fills, against a bar or against a quote.

A bar is met in this order: its open, then anywhere between its high and its low. An order that
the open already goes through fills at the open, whether that is better (a limit) or worse (a
stop) than the price it names. Slippage is added by `puffin.execution.costs`, never to limits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from puffin.types import OrderType, Side

if TYPE_CHECKING:
    from puffin.types import Quote, Ticket

Price = TypeVar("Price", float, Decimal)


def limit_fill(side: Side, limit: Price, opened: Price, high: Price, low: Price) -> Price | None:
    """Return where a limit order fills: at the limit or better, or None."""
    if side is Side.BUY:
        if opened <= limit:
            return opened
        return limit if low <= limit else None
    if opened >= limit:
        return opened
    return limit if high >= limit else None


def stop_fill(side: Side, stop: Price, opened: Price, high: Price, low: Price) -> Price | None:
    """Return where a stop order fills: at the stop, at the open after a gap, or None."""
    if side is Side.BUY:
        if opened >= stop:
            return opened
        return stop if high >= stop else None
    if opened <= stop:
        return opened
    return stop if low <= stop else None


def fill_on_bar(ticket: Ticket, opened: Decimal, high: Decimal, low: Decimal) -> Decimal | None:
    """Return the price at which `ticket`, waiting since before the bar, fills on it, or None."""
    if ticket.limit_price is not None:
        return limit_fill(ticket.side, ticket.limit_price, opened, high, low)
    if ticket.stop_price is not None:
        return stop_fill(ticket.side, ticket.stop_price, opened, high, low)
    return opened


def fill_on_quote(ticket: Ticket, quote: Quote) -> Decimal | None:
    """Return the price at which `ticket` fills on `quote`, or None.

    Buyers pay the ask and sellers get the bid. A stop is set off by the last price, as exchanges
    do it, and then takes the market's price.
    """
    price = quote.price_for(ticket.side)
    if ticket.limit_price is not None:
        return limit_fill(ticket.side, ticket.limit_price, price, price, price)
    if ticket.stop_price is not None:
        last = quote.last
        set_off = stop_fill(ticket.side, ticket.stop_price, last, last, last) is not None
        return price if set_off else None
    return price


def slips(kind: OrderType) -> bool:
    """Whether orders of this kind take the market's price, and so may slip."""
    return kind is not OrderType.LIMIT
