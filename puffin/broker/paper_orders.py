"""Orders that wait at the paper broker, and how those of a bracket or an OCO hang together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from puffin.types import (
    ZERO,
    OrderClass,
    OrderStatus,
    OrderType,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from puffin.types import Fill, Order

TARGET, STOP = "target", "stop"
CAN_FILL = frozenset({OrderStatus.WORKING, OrderStatus.PARTIAL})


class Change(NamedTuple):
    """A cancellation, or an order for the place of another, that is on its way.

    `filled` is how much of the old order had filled when it was sent; None when nobody knows.
    """

    due: datetime
    order: Order | None = None
    filled: Decimal | None = None


@dataclass(slots=True, eq=False)
class Family:
    """A bracket's orders, or an OCO's.

    Args:
        room: What was entered and not left again, in the shares of today: all that the exits may
            still trade.
        entry: The order that enters, while it can still fill.
        exits: The target and the stop, while they can still fill.
    """

    room: Decimal = ZERO
    entry: Resting | None = None
    exits: list[Resting] = field(default_factory=list)

    @property
    def due(self) -> Decimal:
        """What the exits are to trade in all once the entry is done."""
        return self.room + (ZERO if self.entry is None else self.entry.left)


@dataclass(slots=True, eq=False)
class Resting:
    """An order at the broker.

    Args:
        order: As it was placed.
        ticket: As it stands now, and `since` when that ticket holds.
        status: Where it is, but for a change that is on its way.
        filled: How much of it filled, `value` at which prices in sum, in `count` fills.
        legs: How much of each leg of a multi-leg order filled.
        mark: The best price since a trailing stop was placed.
        set_off: Whether its stop was met.
        due: When it reaches the exchange, while it is on its way.
        expires: When it ends, if that is not the end of a session.
        change: What is on its way to change it.
        told: When the latest word on it was.
    """

    order: Order
    ticket: Ticket
    since: datetime
    status: OrderStatus
    filled: Decimal = ZERO
    value: Decimal = ZERO
    count: int = 0
    legs: dict[str, Decimal] = field(default_factory=dict)
    mark: Decimal | None = None
    set_off: bool = False
    due: datetime | None = None
    expires: datetime | None = None
    change: Change | None = None
    family: Family | None = None
    told: datetime | None = None

    @property
    def id(self) -> str:
        """Our own id of the order."""
        return self.order.id

    @property
    def left(self) -> Decimal:
        """What is still to be filled; of a notional order, the dollars."""
        if self.ticket.notional is not None:
            return max(self.ticket.notional - self.value, ZERO)
        return max(self.ticket.quantity - self.filled, ZERO)

    @property
    def is_exit(self) -> bool:
        """Whether it closes what another order of its family opened."""
        return self.family is not None and self.family.entry is not self

    @property
    def free(self) -> Decimal:
        """What may fill of it now: of an exit, only what was entered."""
        if self.family is None or not self.is_exit:
            return self.left
        return min(self.left, self.family.room)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols whose prices matter to it."""
        legs = tuple(leg.symbol for leg in self.ticket.legs)
        return legs or (self.ticket.symbol,)

    @property
    def said(self) -> OrderStatus:
        """Its status as it is told."""
        if self.change is None:
            return self.status
        if self.change.order is None:
            return OrderStatus.PENDING_CANCEL
        return OrderStatus.PENDING_REPLACE

    def take(self, fill: Fill) -> None:
        """Count a fill in."""
        self.count += 1
        if self.ticket.legs:
            self.legs[fill.symbol] = self.legs.get(fill.symbol, ZERO) + fill.quantity
            whole = min(self.legs.get(leg.symbol, ZERO) / leg.ratio for leg in self.ticket.legs)
            self.filled = whole
            return
        self.filled += fill.quantity
        self.value += fill.quantity * fill.price

    def as_order(self) -> Order:
        """Return it as the broker tells it."""
        average = None if not self.value else self.value / self.filled
        return replace(
            self.order,
            ticket=self.ticket,
            status=self.said,
            market_time=self.since,
            filled_quantity=self.filled,
            average_price=average,
        )


def exits_of(order: Order) -> list[Order]:
    """Return the exits that an order with a target or a stop loss brings; else none.

    They have its id with "-target" or "-stop" added, and it as their parent. Of an OCO, the order
    itself is the target.
    """
    ticket = order.ticket
    oco = ticket.order_class is OrderClass.OCO
    if not oco and ticket.take_profit is None and ticket.stop_loss is None:
        return []
    plain = Ticket(
        ticket.symbol,
        ticket.side if oco else ticket.side.opposite,
        ticket.quantity,
        time_in_force=TimeInForce.GTC
        if ticket.time_in_force is TimeInForce.GTC
        else TimeInForce.DAY,
    )
    found = []
    if ticket.take_profit is not None:
        limit = replace(plain, type=OrderType.LIMIT, limit_price=ticket.take_profit)
        found.append(_exit(order, TARGET, limit))
    if ticket.stop_loss is not None:
        kind = OrderType.STOP if ticket.stop_loss_limit is None else OrderType.STOP_LIMIT
        stop = replace(
            plain, type=kind, stop_price=ticket.stop_loss, limit_price=ticket.stop_loss_limit
        )
        found.append(_exit(order, STOP, stop))
    return found


def _exit(order: Order, name: str, ticket: Ticket) -> Order:
    return replace(
        order,
        id=f"{order.id}-{name}",
        ticket=ticket,
        status=OrderStatus.WORKING if order.ticket.one_cancels_other else OrderStatus.HELD,
        filled_quantity=ZERO,
        average_price=None,
        reason="",
        broker_id="",
        raw="",
        parent=order.id,
        replaces="",
    )
