"""What of an order in the inbox may be changed, and how its limit follows the price."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.types import OrderType
from puffling.core import formats
from puffling.core.errors import BadValueError
from puffling.services.proposals import LARGEST_DRIFT

if TYPE_CHECKING:
    from decimal import Decimal

    from puffin.types import Ticket


def changed(
    ticket: Ticket,
    quantity: Decimal | None = None,
    limit_price: Decimal | None = None,
    stop_price: Decimal | None = None,
) -> Ticket:
    """Return `ticket` with another quantity, limit or stop; None leaves each as it is.

    Raises:
        BadValueError: The order is for an amount, or has no such price.
        OrderRejectedError: Such an order cannot exist: a target below the limit, say.
    """
    if quantity is not None and ticket.notional is not None:
        raise BadValueError("That order is for an amount.", hint="Reject it instead.")
    if limit_price is not None and ticket.limit_price is None:
        raise BadValueError("That order has no limit price.", hint="Reject it instead.")
    if stop_price is not None and ticket.stop_price is None:
        raise BadValueError("That order has no stop price.", hint="Reject it instead.")
    return replace(
        ticket,
        quantity=ticket.quantity if quantity is None else quantity,
        limit_price=ticket.limit_price if limit_price is None else limit_price,
        stop_price=ticket.stop_price if stop_price is None else stop_price,
    )


def repriced(ticket: Ticket, then: Decimal | None, now: Decimal | None) -> Ticket:
    """Return `ticket` with the price of now as its limit.

    The price may have moved against the trader by no more than a market order's may, counted
    from when the order was proposed: a limit is not led after a price step by step.

    Raises:
        BadValueError: It has no limit, there is no price, or the price ran away.
    """
    if ticket.type is not OrderType.LIMIT:
        raise BadValueError("That order names no limit that could follow the price.")
    if now is None or then is None:
        raise BadValueError(f"There is no price for {ticket.symbol} to follow.")
    against = ticket.side.sign * (now - then) / abs(then) if then else None
    if against is None or against > LARGEST_DRIFT:
        moved = formats.percent(against, places=1)
        raise BadValueError(
            f"The price of {ticket.symbol} moved {moved} against you since it was proposed; a "
            f"limit follows it by {formats.percent(LARGEST_DRIFT, places=0)} at most.",
            hint="Change the limit by hand, or reject it.",
        )
    return replace(ticket, limit_price=now)
