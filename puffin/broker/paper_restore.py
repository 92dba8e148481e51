"""Putting the paper broker's desk back as it was: from stored orders, fills, splits and a state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.broker.paper_floor import OTHER_ENDED, OTHER_FILLED
from puffin.broker.paper_orders import STOP, TARGET, Change, Family, exits_of
from puffin.types import ZERO, OrderStatus, OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from puffin.broker.paper_floor import Floor
    from puffin.types import Fill, Order

_NEVER_ARRIVED = frozenset({OrderStatus.DRAFT, OrderStatus.SENT, OrderStatus.UNKNOWN})
_WITHDRAWN = frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED})
_CHANGING = frozenset({OrderStatus.PENDING_CANCEL, OrderStatus.PENDING_REPLACE})


class Restorer:
    """Rebuilds orders and families; what was said but never stored is made up for.

    Args:
        desk: The empty desk.
        orders: Every stored order that has not ended, and ended ones that hang on it.
        now: The market's time.
    """

    def __init__(self, desk: Floor, orders: Sequence[Order], now: datetime) -> None:
        self._desk = desk
        self._stored = {order.id: order for order in orders}
        self._now = now
        self._families: dict[str, Family] = {}  # by the id of the first order of the entry
        self._exits: set[str] = set()  # the orders whose fills leave
        for order in orders:
            if order.status in _NEVER_ARRIVED:
                continue
            if exits_of(order) and not order.replaces:
                self._families.setdefault(order.id, Family())
            if not order.status.is_terminal and not self._waits_to_replace(order):
                self._put_back(order)

    def family_of(self, order_id: str) -> Family | None:
        """Return the family that an order belongs to, or belonged to; None when it has none."""
        order = self._stored.get(order_id)
        if order is None:
            return self._families.get(order_id) or self._families.get(_parent_by_name(order_id))
        first = self._first(order)
        return self._families.get(self._first_id(first.parent) if first.parent else first.id)

    def fill(self, fill: Fill) -> OrderUpdate:
        """Count a stored fill in; return the word on its order."""
        resting = self._desk.get(fill.order_id)
        family = self.family_of(fill.order_id)
        if family is not None:
            leaves = fill.order_id in self._exits or bool(_parent_by_name(fill.order_id))
            family.room += -fill.quantity if leaves else fill.quantity
        if resting is None:
            return OrderUpdate(fill.order_id, OrderStatus.FILLED, fill.at, fill=fill)
        status = self._desk.count(resting, fill)
        return OrderUpdate(fill.order_id, status, fill.at, fill=fill)

    def finish(self) -> None:
        """Bring back exits that were never stored, and let every family fit what it holds."""
        for order in list(self._stored.values()):
            if order.status not in _NEVER_ARRIVED:
                self._bring_exits(order)
        for name, family in self._families.items():
            self._settle(name, family)

    def _put_back(self, order: Order) -> None:
        family = None
        first = self._first(order)
        if first.parent or exits_of(first):
            name = self._first_id(first.parent) if first.parent else first.id
            family = self._families.setdefault(name, Family())
        resting = self._desk.add(replace(order, parent=first.parent), family)
        if order.status is OrderStatus.PENDING:
            resting.due = self._now
        elif order.status in _CHANGING:
            resting.status = OrderStatus.WORKING
            successor = self._successor(order)
            if successor is not None or order.status is OrderStatus.PENDING_CANCEL:
                resting.change = Change(self._now, successor)
        if family is None:
            return
        if first.parent or first.ticket.one_cancels_other:
            family.exits.append(resting)
            self._exits.add(order.id)
        else:
            family.entry = resting

    def _bring_exits(self, order: Order) -> None:
        """Put exits on the desk of which nothing was stored; the stop came before."""
        known = {each.id for each in map(self._first, self._stored.values()) if each.parent}
        missing = [each for each in exits_of(order) if each.id not in known]
        if order.replaces or not missing:
            return
        resting = self._desk.get(order.id)
        family = self._families[order.id]
        if resting is not None:
            self._desk.add_exits(resting, missing)
        elif family.room > 0 and not order.ticket.one_cancels_other:
            self._desk.add_orphans(missing, family)

    def _settle(self, name: str, family: Family) -> None:
        chain = [each for each in self._stored.values() if self.family_of(each.id) is family]
        exits = [each for each in chain if self._first(each).parent or self._is_oco(name)]
        ended = {each.status for each in exits if each.status.is_terminal}
        if self._is_oco(name):
            left = [each.left for each in family.exits]
            family.room = ZERO if OrderStatus.FILLED in ended else min(left, default=ZERO)
        if ended & _WITHDRAWN:
            for each in list(family.exits):
                self._desk.end(each, OrderStatus.CANCELLED, OTHER_ENDED)
        else:
            self._desk.fit(family, self._now, OTHER_FILLED)

    def _is_oco(self, name: str) -> bool:
        order = self._stored.get(name)
        return order is not None and order.ticket.one_cancels_other

    def _successor(self, order: Order) -> Order | None:
        found = (each for each in self._stored.values() if each.replaces == order.id)
        return next(filter(self._waits_to_replace, found), None)

    def _waits_to_replace(self, order: Order) -> bool:
        old = self._stored.get(order.replaces)
        changing = old is not None and old.status is OrderStatus.PENDING_REPLACE
        return changing and order.status is OrderStatus.PENDING

    def _first(self, order: Order) -> Order:
        """Return the order whose place this one took, directly or not."""
        while order.replaces in self._stored:
            order = self._stored[order.replaces]
        return order

    def _first_id(self, order_id: str) -> str:
        order = self._stored.get(order_id)
        return order_id if order is None else self._first(order).id


def _parent_by_name(order_id: str) -> str:
    """Return the id of the order whose exit bears this id; empty for other ids."""
    parent, _, name = order_id.rpartition("-")
    return parent if name in {TARGET, STOP} else ""
