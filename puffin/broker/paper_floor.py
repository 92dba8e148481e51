"""Where the paper broker's orders lie: told of, ended, and held together by their families."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from puffin.broker.paper_orders import Change, Family, Resting, exits_of
from puffin.execution.fills import quantity_for
from puffin.types import OrderStatus, OrderUpdate, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from puffin.broker.paper_market import PaperMarket
    from puffin.types import Fill, Order, Split, Ticket

TICK = timedelta(microseconds=1)
OTHER_FILLED = "The other exit filled."
OTHER_ENDED = "The other exit ended."
NO_ENTRY = "Its entry ended unfilled."


class Floor:
    """Holds every order that has not ended.

    Args:
        market: The market, which says what is halted.
        now: The market's time.
        say: Takes each update, in the order in which things happen.
    """

    def __init__(
        self,
        market: PaperMarket,
        now: Callable[[], datetime],
        say: Callable[[OrderUpdate], None],
    ) -> None:
        self._market = market
        self._now = now
        self._tell = say
        self._orders: dict[str, Resting] = {}
        self._by_symbol: dict[str, dict[str, Resting]] = {}

    def get(self, order_id: str) -> Resting | None:
        """Return an order that has not ended."""
        return self._orders.get(order_id)

    def all(self) -> list[Resting]:
        """Return every order that has not ended, in the order of arrival."""
        return list(self._orders.values())

    def add(self, order: Order, family: Family | None = None) -> Resting:
        """Put an order on the desk without a word."""
        resting = Resting(order, order.ticket, order.market_time, order.status, family=family)
        self._orders[order.id] = resting
        for symbol in resting.symbols:
            self._by_symbol.setdefault(symbol, {})[order.id] = resting
        return resting

    def place(self, order: Order) -> None:
        """Put an order of the broker's own on the desk, and tell of it."""
        self._say(self.add(order), order=order, reason=order.reason)

    def add_exits(self, resting: Resting, orders: Sequence[Order] | None = None) -> list[Resting]:
        """Put the exits that an order brings on the desk, or some of them, and tell of them."""
        orders = exits_of(resting.order) if orders is None else orders
        if not orders:
            return []
        oco = resting.ticket.one_cancels_other
        family = resting.family or Family(entry=None if oco else resting)
        resting.family = family
        if oco and resting not in family.exits:
            family.room = resting.left
            family.exits.append(resting)
        found = []
        for order in orders:
            each = self.add(order, family)
            if oco:
                each.status, each.due = resting.status, resting.due
            each.ticket = replace(each.ticket, quantity=resting.ticket.quantity)
            family.exits.append(each)
            found.append(each)
            self._say(each, order=each.as_order())
        return found

    def add_orphans(self, orders: Iterable[Order], family: Family) -> None:
        """Put exits of an entry that has ended on the desk, and tell of them."""
        for order in orders:
            each = self.add(order, family)
            each.ticket = replace(order.ticket, quantity=family.room)
            family.exits.append(each)
            self._say(each, order=each.as_order())

    def count(self, resting: Resting, fill: Fill) -> OrderStatus:
        """Count a fill that was booked in an earlier run."""
        resting.take(fill)
        done = resting.filled >= resting.ticket.quantity
        if resting.ticket.notional is not None:
            unit = fill.price * multiplier_of(fill.symbol)
            done = done or not quantity_for(resting.left, unit)
        if done:
            resting.status = OrderStatus.FILLED
            self._remove(resting)
            if resting.family is not None:
                leave(resting, resting.family)
        elif resting.status is OrderStatus.WORKING:
            resting.status = OrderStatus.PARTIAL
        return resting.status

    def end(self, resting: Resting, status: OrderStatus, reason: str) -> None:
        """End an order; what hangs on it follows."""
        if self._orders.get(resting.id) is not resting:
            return
        self._remove(resting)
        resting.status = status
        change, resting.change = resting.change, None
        self._say(resting, reason=reason)
        if change is not None and change.order is not None:
            self._refuse_change(change.order, too_late(resting))
        family = resting.family
        if family is None:
            return
        was_exit = resting.is_exit
        leave(resting, family)
        if not was_exit:
            self.fit(family, self._now(), NO_ENTRY)
        for each in list(family.exits) if was_exit else ():
            if status is OrderStatus.EXPIRED:
                self.end(each, status, reason)
            else:
                self.end(each, OrderStatus.CANCELLED, OTHER_ENDED)

    def fit(self, family: Family, at: datetime, reason: str) -> list[Resting]:
        """Let the exits be for what was entered; end them with `reason` if that is nothing.

        Returns those that were held until now and may fill from here on.
        """
        due = family.due
        for each in list(family.exits):
            if not due:
                each.family = None
                self.end(each, OrderStatus.CANCELLED, reason)
            elif each.left != due:
                each.ticket = replace(each.ticket, quantity=each.filled + due)
                words = f"It is now for {due.normalize():f}, what its position has left."
                self._say(each, at=at, reason=words, restated=True)
        if not due:
            family.exits.clear()
        if not family.room:
            return []
        begun = [each for each in family.exits if each.status is OrderStatus.HELD]
        for each in begun:
            each.status = self._arrived(each)
            self._say(each, at=at)
        return begun

    # What is kept.

    def sequence(self) -> list[str]:
        """Return the ids of the orders as they arrived: first come, first filled."""
        return list(self._orders)

    def arrange(self, sequence: Sequence[str]) -> None:
        """Let orders lie as `sequence` returned them; others come last."""
        places = {order_id: place for place, order_id in enumerate(sequence)}

        def place(order_id: str) -> int:
            return places.get(order_id, len(places))

        for lying in (self._orders, *self._by_symbol.values()):
            known = dict(lying)
            lying.clear()
            lying.update((each, known[each]) for each in sorted(known, key=place))

    def state(self) -> dict[str, object]:
        """Return what orders' rows do not tell, as plain values."""
        kept: dict[str, object] = {}
        for each in self._orders.values():
            told: dict[str, object] = {}
            if each.mark is not None:
                told["mark"] = str(each.mark)
            if each.set_off:
                told["set_off"] = True
            for name, at in (("due", each.due), ("expires", each.expires)):
                if at is not None:
                    told[name] = at.isoformat()
            if each.change is not None:
                told["change"] = each.change.due.isoformat()
                if each.change.filled is not None:
                    told["filled"] = str(each.change.filled)
                told["status"] = each.status.value  # its row only says that it is changing
            if told:
                kept[each.id] = told
        return kept

    def recall(self, kept: dict[str, dict[str, object]]) -> None:
        """Take up what `state` returned, of orders that are on the desk."""
        for order_id, told in kept.items():
            resting = self._orders.get(order_id)
            if resting is not None:
                _recall(resting, told)

    def split_marks(self, split: Split) -> None:
        """Restate the best prices that trailing stops of a symbol follow."""
        for resting in self._by_symbol.get(split.symbol, {}).values():
            if resting.mark is not None:
                resting.mark /= split.ratio

    def _arrived(self, resting: Resting) -> OrderStatus:
        halted = any(map(self._market.is_halted, resting.symbols))
        return OrderStatus.SUSPENDED if halted else OrderStatus.WORKING

    def _refuse_change(self, changed: Order, reason: str) -> None:
        self._tell(OrderUpdate(changed.id, OrderStatus.REJECTED, self._now(), reason=reason))

    def _say(  # noqa: PLR0913 - the fields of an update, each given by name
        self,
        resting: Resting,
        status: OrderStatus | None = None,
        at: datetime | None = None,
        *,
        reason: str = "",
        fill: Fill | None = None,
        restated: bool = False,
        order: Order | None = None,
    ) -> OrderUpdate:
        at = self._now() if at is None else at
        if resting.told is not None:
            at = max(at, resting.told + TICK)  # what is said later happened later
        ticket: Ticket | None = None
        if restated:
            at = max(at, resting.since + TICK)
            resting.since, ticket = at, resting.ticket
        resting.told = at
        told = resting.said if status is None else status
        update = OrderUpdate(resting.id, told, at, fill, reason, ticket, order=order)
        self._tell(update)
        return update

    def _remove(self, resting: Resting) -> None:
        del self._orders[resting.id]
        for symbol in resting.symbols:
            del self._by_symbol[symbol][resting.id]


def leave(resting: Resting, family: Family) -> None:
    """Take an order that ended out of its family."""
    if family.entry is resting:
        family.entry = None
    elif resting in family.exits:
        family.exits.remove(resting)


def too_late(ended: Resting) -> str:
    """Return why an order cannot take the place of one that has ended."""
    return f"Too late to replace: the order is {ended.status}."


def _recall(resting: Resting, told: dict[str, object]) -> None:
    known = cast("dict[str, str]", told)
    if "mark" in known:
        resting.mark = Decimal(known["mark"])
    resting.set_off = bool(told.get("set_off", False))
    if "change" in known and resting.status is OrderStatus.WORKING:
        resting.status = OrderStatus(known["status"])
    if "due" in known and resting.status is OrderStatus.PENDING:
        resting.due = datetime.fromisoformat(known["due"])
    if "expires" in known:
        resting.expires = datetime.fromisoformat(known["expires"])
    if "change" in known and resting.change is not None:
        due = datetime.fromisoformat(known["change"])
        filled = Decimal(known["filled"]) if "filled" in known else None
        resting.change = Change(due, resting.change.order, filled)
