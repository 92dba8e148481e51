"""The account's own book, in memory: its open orders, recent orders and fills, as stored."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.types import Fill, Order
    from puffling.store.accounts import Account
    from puffling.store.orders import OrderStore

RECENT = 100


class Book:
    """What the limits and the portfolio look at many times a second, without asking the disk.

    Everything is stored first and remembered then; lives on the loop's thread.
    """

    def __init__(self, store: OrderStore) -> None:
        self.store = store
        self.account: Account | None = None
        self._open: dict[str, Order] = {}
        self._recent: deque[Order] = deque(maxlen=RECENT)
        self._fills: list[Fill] = []

    def load(self, account: Account) -> None:
        """Read what is stored of `account`."""
        self.account = account
        self._open = {each.id: each for each in self.store.open(account.id)}
        latest = sorted(self.store.all(account.id, limit=RECENT), key=_created)
        self._recent = deque(latest, maxlen=RECENT)
        # Fills of the same minute stay in the order in which they were booked: the average cost
        # of what is left depends on it.
        self._fills = sorted(self.store.fills(account.id), key=_traded)

    def open(self) -> list[Order]:
        """Return the orders that may still fill, oldest first."""
        return list(self._open.values())

    def recent(self) -> list[Order]:
        """Return the latest orders, open or not, oldest first."""
        return list(self._recent)

    def fills(self) -> list[Fill]:
        """Return every fill of the account, oldest first."""
        return list(self._fills)

    def get(self, order_id: str) -> Order | None:
        """Return an order by id, open or long finished."""
        return self._open.get(order_id) or self.store.get(order_id)

    def keep(self, order: Order) -> None:
        """Store `order` as it is now."""
        self.store.save(order)
        self.remember(order)

    def keep_fill(self, order: Order, fill: Fill) -> bool:
        """Store `fill` together with what it made of `order`; False if it was known."""
        fresh = self.store.book(order, fill)
        if fresh:
            self._fills.append(fill)
            self.remember(order)
        return fresh

    def remember(self, order: Order) -> None:
        """Put an order that is already stored in its place."""
        if order.status.is_terminal:
            self._open.pop(order.id, None)
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
