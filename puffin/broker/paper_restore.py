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
        self._gone: set[str] = set()  # families of which a fill of the first order left
        self._entered: set[str] = set()  # families of which a fill entered
        parented = (each for each in orders if self._first(each).parent)
        self._sides = {self._name_of(each.id): each.ticket.side for each in parented}
        for order in orders:
            if order.status in _NEVER_ARRIVED:
                continue
            if exits_of(order) and not order.replaces:
                self._families.setdefault(order.id, Family())
            if not order.status.is_terminal and not self._waits_to_replace(order):
                self._put_back(order)

    def knows(self, order: Order) -> bool:
        """Whether an order is on the desk, or on its way to replace one that is."""
        return self._desk.get(order.id) is not None or self._waits_to_replace(order)

    def fill(self, fill: Fill) -> OrderUpdate:
        """Count a stored fill in; return the word on its order."""
        name = self._name_of(fill.order_id)
        family = self._families.get(name)
        if family is not None:
            if self._leaves(fill, family):
                family.room -= fill.quantity
                self._gone |= {name} & {fill.order_id}
            else:
                family.room += fill.quantity
                self._entered.add(name)
        resting = self._desk.get(fill.order_id)
        if resting is None:
            return OrderUpdate(fill.order_id, OrderStatus.FILLED, fill.at, fill=fill)
        status = self._desk.count(resting, fill)
        return OrderUpdate(fill.order_id, status, fill.at, fill=fill)

    def _leaves(self, fill: Fill, family: Family) -> bool:
        """Whether a fill is on the side of the exits."""
        if family.exits:
            return fill.side is family.exits[0].ticket.side
        return bool(_parent_by_name(self._root(fill.order_id)))

    def finish(self) -> None:
        """Bring back exits that were never stored, and let every family fit what it holds."""
        for order in list(self._stored.values()):
            if order.status not in _NEVER_ARRIVED:
                self._bring_exits(order)
        for name, family in self._families.items():
            self._settle(name, family)

    def _put_back(self, order: Order) -> None:
        first, name = self._first(order), self._name_of(order.id)
        parent = "" if name == self._root(order.id) else name
        family = None
        if parent or exits_of(first) or name in self._sides:
            family = self._families.setdefault(name, Family())
        resting = self._desk.add(replace(order, parent=first.parent or parent), family)
        if order.status is OrderStatus.PENDING:
            resting.due = self._now
        elif order.status in _CHANGING:
            resting.status = OrderStatus.WORKING
            successor = self._successor(order)
            if successor is not None:
                successor = replace(successor, parent=resting.order.parent)
            if successor is not None or order.status is OrderStatus.PENDING_CANCEL:
                resting.change = Change(self._now, successor)
        if family is None:
            return
        if order.ticket.side is self._sides.get(name) or first.ticket.one_cancels_other:
            family.exits.append(resting)
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
        family.exits.sort(key=lambda each: each.ticket.stop_price is not None)  # the target first
        chain = [each for each in self._stored.values() if self._name_of(each.id) == name]
        exits = [each for each in chain if self._root(each.id) != name or self._is_oco(name)]
        ended = {each.status for each in exits if each.status.is_terminal and self._stood(each)}
        gone = name in self._gone and self._desk.get(name) is None
        if OrderStatus.FILLED in ended or gone:
            family.room = ZERO if self._is_oco(name) or gone else max(family.room, ZERO)
        elif self._is_oco(name) or (name not in self._stored and name not in self._entered):
            family.room = min((each.left for each in family.exits), default=ZERO)
        if ended & _WITHDRAWN:
            for each in list(family.exits):
                self._desk.end(each, OrderStatus.CANCELLED, OTHER_ENDED)
        else:
            self._desk.fit(family, self._now, OTHER_FILLED)

    def _stood(self, order: Order) -> bool:
        """Whether an order ever stood at the market: one that was to replace another may not."""
        old = self._stored.get(order.replaces)
        if old is None:
            return not order.replaces or order.status is not OrderStatus.REJECTED
        return old.status is OrderStatus.REPLACED

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

    def _root(self, order_id: str) -> str:
        """Return the id of the order whose place this one took; it need not be stored itself."""
        order = self._stored.get(order_id)
        if order is None:
            return order_id
        first = self._first(order)
        return first.replaces or first.id

    def _name_of(self, order_id: str) -> str:
        """Return the name of the family that an order is of: the first id of its entry."""
        order, root = self._stored.get(order_id), self._root(order_id)
        parent = "" if order is None else self._first(order).parent
        return self._root(parent or _parent_by_name(root)) or root


def _parent_by_name(order_id: str) -> str:
    """Return the id of the order whose exit bears this id; empty for other ids."""
    parent, _, name = order_id.rpartition("-")
    return parent if name in {TARGET, STOP} else ""
