"""How an order moves: its state is made from everything that was said of it, in whatever order.

The state is a fold over the set of messages, sorted by the broker's time, then by rank, then by
fingerprint. So any permutation and any repetition of the same messages gives the same order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.types import ZERO, OrderStatus
from puffling.store.order_events import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from decimal import Decimal

    from puffin.types import Fill, Order, Ticket
    from puffling.store.order_events import OrderEvent

# Among messages of the same moment the later one here is taken for the later word. Among those
# that end an order it wins whenever it came: a fill that follows a cancellation still happened.
RANK = {
    each: place
    for place, each in enumerate(
        (
            OrderStatus.DRAFT,
            OrderStatus.SENT,
            OrderStatus.UNKNOWN,
            OrderStatus.PENDING,
            OrderStatus.HELD,
            OrderStatus.WORKING,
            OrderStatus.PARTIAL,
            OrderStatus.SUSPENDED,
            OrderStatus.DONE_FOR_DAY,
            OrderStatus.PENDING_REPLACE,
            OrderStatus.PENDING_CANCEL,
            OrderStatus.OTHER,
            OrderStatus.REJECTED,
            OrderStatus.EXPIRED,
            OrderStatus.CANCELLED,
            OrderStatus.REPLACED,
            OrderStatus.FILLED,
        )
    )
}
# Not the broker's words: it has the order, or it has not.
_OURS = frozenset({OrderStatus.DRAFT, OrderStatus.SENT, OrderStatus.UNKNOWN})
# What an order that has filled in part cannot be any more.
_UNFILLED = _OURS | {OrderStatus.PENDING, OrderStatus.HELD, OrderStatus.WORKING}


def fold(events: Iterable[OrderEvent]) -> tuple[Order, tuple[Fill, ...]] | None:
    """Return the order that these messages make, and the fills that count; None without an order.

    What has ended never opens again. A conclusion of our own (an answer was lost, an order never
    left) holds only as long as the broker has said nothing of the order. Executions count once
    each, and not at all when they were taken back.
    """
    first: dict[str, OrderEvent] = {}
    for each in events:
        first.setdefault(each.key, each)
    told = sorted(first.values(), key=_place)
    base = _base(told)
    if base is None:
        return None
    fills = _counted(told)
    ticket, since = _ticket(base, told)
    filled, average = _filled(ticket, fills)
    if ticket.legs and not fills:
        filled, average = _told_of_legs(told)
    status, said = _said(told)
    reason, raw = said.reason or _reason(told, status), said.raw
    if filled >= ticket.quantity and ticket.notional is None:
        if status is not OrderStatus.FILLED:
            status, reason, raw = OrderStatus.FILLED, "", ""
    elif fills and (status in _UNFILLED or said.kind is Kind.NOTE):
        # A fill disproves what we concluded ourselves, and our ignorance.
        reason = "" if status in _OURS or said.kind is Kind.NOTE else reason
        status = OrderStatus.PARTIAL
    order = replace(
        base,
        ticket=ticket,
        market_time=since,
        status=status,
        reason=reason,
        raw=raw,
        filled_quantity=filled,
        average_price=average,
        broker_id=_last([each.broker_id for each in told], base.broker_id),
        parent=base.parent or _last([each.order.parent for each in told if each.order], ""),
        updated_at=max(each.received_at for each in told),
    )
    return order, fills


def _place(event: OrderEvent) -> tuple[datetime, int, str]:
    return event.at, -1 if event.status is None else RANK[event.status], event.key


def _base(told: Sequence[OrderEvent]) -> Order | None:
    """Return the order as it was sent from here, or else as the broker first told it."""
    whole = [(each.kind, each.order) for each in told if each.order is not None]
    ours = [order for kind, order in whole if kind is Kind.INTENT]
    return next(iter(ours), None) or next((order for _, order in whole), None)


def _ticket(base: Order, told: Sequence[OrderEvent]) -> tuple[Ticket, datetime]:
    """Return the ticket as the broker last changed it, and since when it is so.

    An order that took another's place is for as much as the broker says: what the other filled
    on the way is not traded again.
    """
    said = [
        each.order.ticket
        for each in told
        if each.order is not None and each.kind is not Kind.INTENT
    ]
    if base.replaces and said and base.ticket.notional is None and not base.ticket.legs:
        base = replace(base, ticket=replace(base.ticket, quantity=said[-1].quantity))
    changed = [
        (each.ticket, each.at)
        for each in told
        if each.ticket is not None and each.at > base.market_time
    ]
    return changed[-1] if changed else (base.ticket, base.market_time)


def _counted(told: Sequence[OrderEvent]) -> tuple[Fill, ...]:
    """Return the executions that count, oldest first.

    The stream's word on one is taken before that of the broker's list, so that what was booked
    does not change when the list is read. One that was taken back does not count; the same amount
    filled again later has its id, and counts.
    """
    void = {each.voids: each.at for each in told if each.voids}  # the latest, as `told` is in order
    found: dict[str, Fill] = {}
    for each in sorted(told, key=lambda each: each.kind is Kind.FILL):
        if each.fill is None:
            continue
        taken_back = void.get(each.fill.id)
        if taken_back is None or each.fill.at > taken_back:
            found.setdefault(each.fill.id, each.fill)
    return tuple(sorted(found.values(), key=lambda fill: fill.at))


def _filled(ticket: Ticket, fills: Sequence[Fill]) -> tuple[Decimal, Decimal | None]:
    """Return how much of `ticket` is filled and at what average price, net for several legs."""
    value = sum((each.quantity * each.price for each in fills), start=ZERO)
    if not ticket.legs:
        quantity = sum((each.quantity for each in fills), start=ZERO)
        return quantity, value / quantity if quantity else None
    done = [
        sum((each.quantity for each in fills if each.symbol == leg.symbol), start=ZERO) / leg.ratio
        for leg in ticket.legs
    ]
    quantity = min(done)
    if not quantity or max(done) != quantity:
        return quantity, None
    return quantity, sum((x.side.sign * x.quantity * x.price for x in fills), ZERO) / quantity


def _told_of_legs(told: Sequence[OrderEvent]) -> tuple[Decimal, Decimal | None]:
    """Return how much of a multi-leg order is filled where its legs are orders with own fills."""
    orders = [each.order for each in told if each.order is not None]
    last = max(orders, key=lambda each: each.filled_quantity)
    return last.filled_quantity, last.average_price


def _said(told: Sequence[OrderEvent]) -> tuple[OrderStatus, OrderEvent]:
    """Return the word that counts: an end, the broker's last, or what we concluded ourselves."""
    words = [(each.status, each) for each in told if each.status is not None]
    brokers = [
        (status, each)
        for status, each in words
        if each.kind is not Kind.NOTE and status not in _OURS
    ]
    ends = [(status, each) for status, each in brokers or words if status.is_terminal]
    if brokers and not ends:
        return brokers[-1]
    return max(ends or words, key=lambda each: RANK[each[0]])


def _reason(told: Sequence[OrderEvent], status: OrderStatus) -> str:
    return next((each.reason for each in told if each.status is status and each.reason), "")


def _last(values: Sequence[str], otherwise: str) -> str:
    return next((each for each in reversed(values) if each), otherwise)
