"""The account's own book: its orders, fills and activities, as stored, and in memory."""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.broker.paper_orders import exits_of
from puffling.core.errors import UnknownOrderError
from puffling.services.transitions import fold
from puffling.store.order_events import intent_of

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.broker.base import Activity
    from puffin.types import Fill, Order
    from puffling.store.accounts import Account
    from puffling.store.order_events import OrderEvent
    from puffling.store.orders import OrderStore

RECENT = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What a message made of an order; `before` is None for one that was taken in by it."""

    before: Order | None
    now: Order
    fills: tuple[Fill, ...] = ()
    voided: tuple[Fill, ...] = ()


class Book:
    """What the limits and the portfolio look at many times a second, without asking the disk.

    Everything is stored first and remembered then; lives on the loop's thread.
    """

    def __init__(self, store: OrderStore) -> None:
        self.store = store
        self.account: Account | None = None
        self._open: dict[str, Order] = {}
        self._events: dict[str, list[OrderEvent]] = {}  # of the open orders
        self._recent: deque[Order] = deque(maxlen=RECENT)
        self._fills: list[Fill] = []
        self._activities: list[Activity] = []

    def load(self, account: Account) -> None:
        """Read what is stored of `account`."""
        self.account = account
        self._open = {each.id: each for each in self.store.open(account.id)}
        self._events = self.store.log.of_orders(self._open)
        latest = sorted(self.store.all(account.id, limit=RECENT), key=_created)
        self._recent = deque(latest, maxlen=RECENT)
        # Fills of the same minute stay in the order in which they were booked: the average cost
        # of what is left depends on it.
        self._fills = sorted(self.store.fills(account.id), key=_traded)
        self._activities = self.store.activities.all(account.id)

    def open(self) -> list[Order]:
        """Return the orders that may still fill, oldest first."""
        return list(self._open.values())

    def family(self) -> list[Order]:
        """Return the open orders, and the ended ones that they hang on, oldest first.

        A broker of our own takes up with these: an entry whose exits wait, an order whose place
        another took, and exits that were cancelled before their entry: they must not come back.
        """
        found = dict(self._open)
        asked = list(found.values())
        while asked:
            each = asked.pop()
            for order_id in filter(None, (each.parent, each.replaces)):
                known = None if order_id in found else self.get(order_id)
                if known is not None:
                    found[known.id] = known
                    asked.append(known)
        brought = [exit_.id for each in found.values() for exit_ in exits_of(each)]
        ended = [known for each in brought if (known := self.get(each)) is not None]
        found |= {each.id: each for each in ended}
        return sorted(found.values(), key=_created)

    def recent(self) -> list[Order]:
        """Return the latest orders, open or not, oldest first."""
        return list(self._recent)

    def fills(self) -> list[Fill]:
        """Return every fill of the account, oldest first."""
        return list(self._fills)

    def activities(self) -> list[Activity]:
        """Return what else changed the account, oldest first."""
        return list(self._activities)

    def get(self, order_id: str) -> Order | None:
        """Return an order by id, open or long finished."""
        return self._open.get(order_id) or self.store.get(order_id)

    def open_order(self, order_id: str) -> Order:
        """Return an order that may still fill.

        Raises:
            UnknownOrderError: No order has that id, or it has ended.
        """
        order = self.get(order_id)
        if order is None:
            raise UnknownOrderError(f"There is no order {order_id!r}.")
        if order.status.is_terminal:
            raise UnknownOrderError(f"Order {order_id} has ended: it is {order.status}.")
        return order

    def events(self, order_id: str) -> list[OrderEvent]:
        """Return everything that was asked and said of an order, as it came."""
        known = self._events.get(order_id)
        return list(known) if known is not None else self.store.log.of(order_id)

    def sent(self, order: Order) -> None:
        """Remember an order whose intent is stored."""
        self._events[order.id] = [intent_of(order)]
        self._remember(order)

    def take(self, event: OrderEvent) -> Change | None:
        """Store a message and what it makes of its order; None if it was known.

        Raises:
            UnknownOrderError: Nothing is known of the order, and the message does not tell it.
            StoreError: Nothing was stored, and nothing changed.
        """
        known = self.events(event.order_id)
        if any(each.key == event.key for each in known):
            return None
        made, earlier = fold([*known, event]), fold(known)
        if made is None:
            raise UnknownOrderError(f"Nothing is known of order {event.order_id}.")
        order, fills = made
        before, counted = earlier if earlier is not None else (None, ())
        fresh = tuple(each for each in fills if each not in counted)
        voided = tuple(each for each in counted if each not in fills)
        if not self.store.record(event, order, fresh, voided):
            return None
        self._events[order.id] = [*known, event]
        for each in voided:
            self._fills.remove(each)
        for each in fresh:
            insort(self._fills, each, key=_traded)
        self._remember(order)
        return Change(before, order, fresh, voided)

    def take_activity(self, activity: Activity) -> bool:
        """Store an activity; False if it was known."""
        if self.account is None or not self.store.activities.add(self.account.id, activity):
            return False
        insort(self._activities, activity, key=_happened)
        return True

    def rebuild(self) -> None:
        """Make every order and fill of the account anew from the log."""
        if self.account is None:
            return
        log = self.store.log.all(self.account.id)
        told: dict[str, list[OrderEvent]] = {}
        for each in log:
            told.setdefault(each.order_id, []).append(each)
        made = [each for each in map(fold, told.values()) if each is not None]
        counted = {fill for _, fills in made for fill in fills}
        booked = dict.fromkeys(each.fill for each in log if each.fill in counted)
        orders = [order for order, _ in made]
        self.store.rebuild(self.account.id, orders, filter(None, booked))
        self.load(self.account)

    def _remember(self, order: Order) -> None:
        if order.status.is_terminal:
            self._open.pop(order.id, None)
            self._events.pop(order.id, None)
        else:
            self._open[order.id] = order
        for place, each in enumerate(self._recent):
            if each.id == order.id:
                self._recent[place] = order
                return
        self._recent.append(order)


def _created(order: Order) -> tuple[object, str]:
    return order.created_at, order.id


def _traded(fill: Fill) -> datetime:
    return fill.at


def _happened(activity: Activity) -> datetime:
    return activity.at
