"""What a split does to an order that is waiting."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import TYPE_CHECKING

from puffin.execution.costs import CENT, FINEST_PRICE
from puffin.execution.ledger import split_quantity
from puffin.types import Side

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Ticket


def split_ticket(ticket: Ticket, ratio: Decimal) -> Ticket:
    """Return `ticket` in new shares: `ratio` times the quantity, prices divided by it.

    A limit is rounded to a cent (below a dollar, a hundredth of one) in the trader's favour, a
    stop away from the market.

    Raises:
        OrderRejectedError: If what comes out cannot be an order.
    """
    rounding = ROUND_FLOOR if ticket.side is Side.BUY else ROUND_CEILING
    away = ROUND_CEILING if ticket.side is Side.BUY else ROUND_FLOOR
    return replace(
        ticket,
        quantity=split_quantity(ticket.quantity, ratio),
        limit_price=_divided(ticket.limit_price, ratio, rounding),
        stop_price=_divided(ticket.stop_price, ratio, away),
    )


def _divided(price: Decimal | None, ratio: Decimal, rounding: str) -> Decimal | None:
    if price is None:
        return None
    exact = price / ratio
    return exact.quantize(CENT if exact >= 1 else FINEST_PRICE, rounding)


def split_words(ratio: Decimal) -> str:
    """Return how traders call a split: "The 2-for-1 split"."""
    simple = Fraction(ratio).limit_denominator(1_000)
    return f"The {simple.numerator}-for-{simple.denominator} split"


def ticket_words(ticket: Ticket) -> str:
    """Return a ticket in a few words: "buy 200 AAPL, limit 51.25"."""
    words = f"{ticket.side} {ticket.quantity.normalize():f} {ticket.symbol}"
    if ticket.limit_price is not None:
        return f"{words}, limit {ticket.limit_price}"
    if ticket.stop_price is not None:
        return f"{words}, stop {ticket.stop_price}"
    return words
