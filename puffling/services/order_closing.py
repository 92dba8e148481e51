"""Which orders close what is held: all of it, a part, or into the other direction."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from puffin.execution.ledger import FINEST_QUANTITY
from puffin.types import Side, Ticket
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffin.types import Order, Position


def closing_ticket(position: Position, share: Decimal = Decimal(1)) -> Ticket:
    """Return the order that closes this share of a position at the market.

    All of it is exactly what is held, however fine. A part of whole shares is rounded down to
    whole shares.

    Raises:
        BadValueError: That share is less than anything that can be traded.
    """
    held = abs(position.quantity)
    quantity = held * share
    if share < 1:
        whole = held == held.to_integral_value()
        quantity = quantity.quantize(Decimal(1) if whole else FINEST_QUANTITY, ROUND_FLOOR)
    if not quantity:
        raise BadValueError(f"{share} of {held:f} shares is less than one share.")
    return Ticket(position.symbol, _way_out(position), quantity)


def closing_tickets(positions: Iterable[Position]) -> list[Ticket]:
    """Return the orders that close every position at the market."""
    return [Ticket(each.symbol, _way_out(each), abs(each.quantity)) for each in positions]


def reversing_ticket(position: Position) -> Ticket:
    """Return the order that closes a position and opens as much in the other direction."""
    return Ticket(position.symbol, _way_out(position), 2 * abs(position.quantity))


def in_the_way(position: Position, waiting: Iterable[Order]) -> tuple[str, ...]:
    """Return the waiting orders that sell, or buy back, the same holding: its stops and targets.

    They must be cancelled before it is closed, or it would be sold twice.
    """
    return tuple(
        each.id
        for each in waiting
        if each.ticket.symbol == position.symbol
        and each.ticket.side is _way_out(position)
        and not each.external
    )


def _way_out(position: Position) -> Side:
    return Side.SELL if position.quantity > 0 else Side.BUY
