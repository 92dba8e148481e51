"""What a split does to an order that is waiting."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import TYPE_CHECKING

from puffin.execution.costs import CENT, FINEST_PRICE
from puffin.execution.ledger import split_quantity
from puffin.types import ZERO, Side

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Ticket


def split_ticket(ticket: Ticket, ratio: Decimal, filled: Decimal = ZERO) -> Ticket:
    """Return `ticket` in new shares: `ratio` times the quantity, prices divided by it.

    A limit is rounded to a cent (below a dollar, a hundredth of one) in the trader's favour, a
    stop away from the market, a trail to a wider one. What was `filled` in old shares stays in
    the quantity as it is, so that the fills still add up to it.

    Raises:
        OrderRejectedError: If what comes out cannot be an order.
    """
    favour, away = _roundings(ticket.side)
    exits = ticket.side if ticket.one_cancels_other else ticket.side.opposite
    exit_favour, exit_away = _roundings(exits)
    return replace(
        ticket,
        quantity=filled + split_quantity(ticket.quantity - filled, ratio),
        limit_price=_divided(ticket.limit_price, ratio, favour),
        stop_price=_divided(ticket.stop_price, ratio, away),
        trail_price=_divided(ticket.trail_price, ratio, ROUND_CEILING),
        take_profit=_divided(ticket.take_profit, ratio, exit_favour),
        stop_loss=_divided(ticket.stop_loss, ratio, exit_away),
        stop_loss_limit=_divided(ticket.stop_loss_limit, ratio, exit_favour),
    )


def _roundings(side: Side) -> tuple[str, str]:
    """Return how a limit and how a stop to `side` are rounded."""
    if side is Side.BUY:
        return ROUND_FLOOR, ROUND_CEILING
    return ROUND_CEILING, ROUND_FLOOR


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
    parts = (
        ("stop", ticket.stop_price),
        ("limit", ticket.limit_price),
        ("trail", ticket.trail_price),
        ("target", ticket.take_profit),
        ("stop loss", ticket.stop_loss),
    )
    told = [f"{name} {price}" for name, price in parts if price is not None]
    return ", ".join([words, *told])
