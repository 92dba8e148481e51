"""How an order moves: the same state from the same words of the broker, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.types import ZERO, OrderStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from puffin.types import Fill, Order, OrderUpdate

# Later ones win. The broker's word beats UNKNOWN, which is only our own ignorance; what has ended
# never opens again; and a fill that comes after a cancellation still happened.
RANK = {
    each: place
    for place, each in enumerate(
        (
            OrderStatus.DRAFT,
            OrderStatus.SENT,
            OrderStatus.UNKNOWN,
            OrderStatus.WORKING,
            OrderStatus.PARTIAL,
            OrderStatus.REJECTED,
            OrderStatus.EXPIRED,
            OrderStatus.CANCELLED,
            OrderStatus.FILLED,
        )
    )
}


def after(order: Order, update: OrderUpdate, fills: Sequence[Fill], at: datetime) -> Order:
    """Return `order` as `update` leaves it; `fills` are all its fills, the new one among them.

    Because the higher rank wins and quantities are summed from distinct fills, any order and any
    repetition of the same updates gives the same result.
    """
    quantity = sum((each.quantity for each in fills), start=ZERO)
    value = sum((each.quantity * each.price for each in fills), start=ZERO)
    changed = replace(
        _restated(order, update),
        filled_quantity=quantity,
        average_price=value / quantity if quantity else None,
    )
    status, reason = changed.status, changed.reason
    if RANK[update.status] > RANK[status]:
        status, reason = update.status, update.reason
    elif update.status is status:
        reason = reason or update.reason
    implied = _implied(changed, quantity)
    if RANK[implied] > RANK[status]:
        status, reason = implied, ""
    changed = replace(changed, status=status, reason=reason)
    return changed if changed == order else replace(changed, updated_at=at)


def _restated(order: Order, update: OrderUpdate) -> Order:
    """Take over a ticket that the broker changed; `market_time` says since when it holds."""
    if update.ticket in {None, order.ticket} or update.at <= order.market_time:
        return order
    return replace(order, ticket=update.ticket, market_time=update.at, reason=update.reason)


def _implied(order: Order, filled: Decimal) -> OrderStatus:
    if not filled:
        return OrderStatus.DRAFT
    return OrderStatus.FILLED if filled >= order.ticket.quantity else OrderStatus.PARTIAL
