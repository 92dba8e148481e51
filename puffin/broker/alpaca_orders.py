"""Orders in Alpaca's words, read: tolerant of what is new, exact in what is known."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.broker.alpaca_wire import TYPES
from puffin.data.alpaca_answers import decimal, moment
from puffin.errors import OrderRejectedError
from puffin.types import (
    LARGEST_QUANTITY,
    ZERO,
    AssetClass,
    Leg,
    Order,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Side,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from decimal import Decimal

    Json: TypeAlias = dict[str, Any]

log = logging.getLogger(__name__)

STATUSES = {
    "accepted": OrderStatus.PENDING,
    "pending_new": OrderStatus.PENDING,
    "pending_review": OrderStatus.PENDING,
    "accepted_for_bidding": OrderStatus.WORKING,
    "new": OrderStatus.WORKING,
    "stopped": OrderStatus.WORKING,  # a trade is promised and has not happened yet
    "partially_filled": OrderStatus.PARTIAL,
    "done_for_day": OrderStatus.DONE_FOR_DAY,
    "calculated": OrderStatus.DONE_FOR_DAY,
    "pending_cancel": OrderStatus.PENDING_CANCEL,
    "pending_replace": OrderStatus.PENDING_REPLACE,
    "held": OrderStatus.HELD,
    "suspended": OrderStatus.SUSPENDED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "expired": OrderStatus.EXPIRED,
    "replaced": OrderStatus.REPLACED,
    "rejected": OrderStatus.REJECTED,
}
KINDS = {word: kind for kind, word in TYPES.items()}
QUOTED_IN = ("USDT", "USDC", "USD", "BTC")
STRIKE_AND_DATE = 15  # what follows the root in an option's symbol


class UnreadableError(Exception):
    """Something that cannot be an order, a position or a fill."""


def pair(symbol: str, asset_class: object) -> str:
    """Return a symbol as it is traded: positions in crypto come without their slash."""
    if asset_class != "crypto" or "/" in symbol:
        return symbol
    quote = next((each for each in QUOTED_IN if symbol.endswith(each)), "")
    return f"{symbol.removesuffix(quote)}/{quote}" if quote and symbol != quote else symbol


@dataclass(slots=True)
class Names:
    """Which of our ids goes with which of Alpaca's, learnt from everything that is read."""

    ours: dict[str, str]
    theirs: dict[str, str]
    parents: dict[str, str]  # Alpaca's id of a leg: our id of the order that brought it
    sent: set[str]
    symbols: dict[str, str]  # what Alpaca's order is for
    executions: dict[str, str]  # Alpaca's id of an execution: the id of our fill

    @classmethod
    def empty(cls) -> Names:
        """Return names that know nothing yet."""
        return cls({}, {}, {}, set(), {}, {})

    def learn(self, theirs: str, ours: str, parent: str) -> str:
        """Remember an order; return the id of its parent, as far as it is known."""
        self.ours[theirs], self.theirs[ours] = ours, theirs
        if parent:
            self.parents[theirs] = parent
        return self.parents.get(theirs, "")

    def is_ours(self, *ids: str) -> bool:
        """Whether one of these orders was sent from here."""
        return any(each in self.sent for each in ids)


class OrderReader:
    """Reads orders of one account.

    What is new is logged once and kept raw; what cannot be an order is logged and left out.

    Args:
        account: The account they belong to.
        now: The computer's time.
        names: Where ids are remembered.
    """

    def __init__(self, account: str, now: Callable[[], datetime], names: Names) -> None:
        self._account = account
        self._now = now
        self._names = names
        self._told: set[str] = set()

    def orders(self, bodies: object) -> list[Order]:
        """Return the orders of a list, legs after their parents."""
        found: list[Order] = []
        for body in bodies if isinstance(bodies, list) else []:
            try:
                found += self.family(body)
            except UnreadableError as error:
                self.tell_once(f"An order of Alpaca's was left out: {error}")
        return found

    def family(self, body: object, parent: str = "") -> Iterator[Order]:
        """Yield an order and its legs.

        Raises:
            UnreadableError: It cannot be an order.
        """
        order = self.order(body, parent)
        yield order
        legs = body.get("legs") if isinstance(body, dict) else None
        for each in legs or []:
            yield from self.family(each, order.id)

    def update(self, order: Order, reason: str = "") -> OrderUpdate:
        """Return an order as news of it."""
        return OrderUpdate(
            order.id,
            order.status,
            order.updated_at,
            reason=reason or order.reason,
            broker_id=order.broker_id,
            raw=order.raw,
            order=order,
        )

    def order(self, body: object, parent: str = "") -> Order:
        """Return one order without its legs.

        Raises:
            UnreadableError: It cannot be an order.
        """
        if not isinstance(body, dict) or not body.get("id") or not body.get("client_order_id"):
            raise UnreadableError("it has no id")
        theirs, ours = str(body["id"]), str(body["client_order_id"])
        parent = self._names.learn(theirs, ours, parent)
        replaced = self._names.ours.get(str(body.get("replaces") or ""), "")
        if replaced and self._names.is_ours(replaced):
            self._names.sent.add(ours)
        raw = str(body.get("status") or "")
        ticket, reason = self._ticket(body)
        self._names.symbols[theirs] = ticket.symbol
        created = moment(body.get("submitted_at")) or moment(body.get("created_at"))
        created = created or self._now()
        return Order(
            id=ours,
            account=self._account,
            ticket=ticket,
            status=self._status(raw),
            created_at=created,
            market_time=created,
            updated_at=moment(body.get("updated_at")) or created,
            filled_quantity=decimal(body.get("filled_qty")) or ZERO,
            average_price=decimal(body.get("filled_avg_price")),
            reason=reason,
            broker_id=theirs,
            raw=raw,
            parent=parent,
            replaces=replaced,
            external=not self._names.is_ours(ours, parent),
        )

    def _status(self, raw: str) -> OrderStatus:
        known = STATUSES.get(raw)
        if known is None:
            self.tell_once(f"Alpaca calls the status of an order {raw[:40]!r}, which is new.")
            return OrderStatus.OTHER
        return known

    def tell_once(self, message: str) -> None:
        """Log what is odd, the first time."""
        if message not in self._told:
            self._told.add(message)
            log.warning(message)

    def _ticket(self, body: Json) -> tuple[Ticket, str]:
        """Return the ticket of an order, and what could not be said with one."""
        try:
            plain, reason = self._plain(body)
        except OrderRejectedError as error:
            raise UnreadableError(f"{body['client_order_id']!r}: {error}") from error
        try:
            return _with_exits(plain, body), reason
        except OrderRejectedError as error:
            # Its exits were changed one by one since; they are shown as orders of their own.
            log.info("The exits of %s are read apart from it: %s", body["client_order_id"], error)
            return plain, reason

    def _plain(self, body: Json) -> tuple[Ticket, str]:
        word, lasting = str(body.get("type") or ""), str(body.get("time_in_force") or "")
        limit, stop = decimal(body.get("limit_price")), decimal(body.get("stop_price"))
        kind = KINDS.get(word)
        told = [] if kind else [f"Alpaca calls it a {word[:20]!r} order."]
        kind = _sayable(kind, body, limit, stop)
        known = lasting in set(TimeInForce)
        told += [] if known else [f"Alpaca calls its time in force {lasting[:20]!r}."]
        notional = decimal(body.get("notional"))
        price, percent = decimal(body.get("trail_price")), decimal(body.get("trail_percent"))
        legs = _legs(body)
        symbol = pair(str(body.get("symbol") or ""), body.get("asset_class"))
        quantity = _quantity(body, notional, limit)
        if quantity > LARGEST_QUANTITY and notional is None:
            told.append(f"It is for {quantity:,f} units, more than a ticket here can say.")
        ticket = Ticket(
            symbol if not legs else legs[0].symbol[:-STRIKE_AND_DATE],
            Side.SELL if str(body.get("side")) == "sell" else Side.BUY,
            min(quantity, LARGEST_QUANTITY),
            kind,
            limit if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT} else None,
            stop if kind in {OrderType.STOP, OrderType.STOP_LIMIT} else None,
            TimeInForce(lasting) if known else TimeInForce.GTC,
            notional=notional if kind in {OrderType.MARKET, OrderType.LIMIT} else None,
            extended_hours=body.get("extended_hours") is True and kind is OrderType.LIMIT,
            legs=legs,
            trail_price=price if kind is OrderType.TRAILING else None,
            trail_percent=percent if kind is OrderType.TRAILING and price is None else None,
        )
        return ticket, " ".join(told)


def _sayable(
    kind: OrderType | None, body: Json, limit: Decimal | None, stop: Decimal | None
) -> OrderType:
    """Return the kind of order that its prices allow: a leg may come without any."""
    trailing = decimal(body.get("trail_price")) or decimal(body.get("trail_percent"))
    if kind is OrderType.TRAILING and trailing:
        return kind
    if kind in {OrderType.STOP, OrderType.STOP_LIMIT} and stop is not None:
        return kind if limit is not None or kind is OrderType.STOP else OrderType.STOP
    return OrderType.MARKET if limit is None else OrderType.LIMIT


def _quantity(body: Json, notional: Decimal | None, limit: Decimal | None) -> Decimal:
    """Return how much is ordered; of an amount, what it is worth as far as anyone can tell."""
    quantity = decimal(body.get("qty"))
    if quantity is not None:
        return quantity
    filled = decimal(body.get("filled_qty"))
    if filled:
        return filled
    if notional is None:
        raise OrderRejectedError("it has no quantity")
    return notional / limit if limit else notional  # a dollar a unit, until it fills


def _legs(body: Json) -> tuple[Leg, ...]:
    if body.get("order_class") != "mleg" or not body.get("legs"):
        return ()
    return tuple(
        Leg(
            str(each.get("symbol")),
            Side.SELL if each.get("side") == "sell" else Side.BUY,
            int(decimal(each.get("ratio_qty")) or 1),
            opens=not str(each.get("position_intent") or "").endswith("_close"),
        )
        for each in body["legs"]
    )


def _with_exits(ticket: Ticket, body: Json) -> Ticket:
    """Add the target and the stop that the legs of an order are."""
    kind, legs = body.get("order_class"), body.get("legs") or []
    if kind not in {"bracket", "oto", "oco"} or not legs or ticket.asset is not AssetClass.STOCK:
        return ticket
    stops = [each for each in legs if decimal(each.get("stop_price")) is not None]
    targets = [each for each in legs if each not in stops]
    stop = decimal(stops[0].get("stop_price")) if stops else None
    stop_limit = decimal(stops[0].get("limit_price")) if stops else None
    if kind == "oco":
        return replace(ticket, one_cancels_other=True, stop_loss=stop, stop_loss_limit=stop_limit)
    target = decimal(targets[0].get("limit_price")) if targets else None
    return replace(ticket, take_profit=target, stop_loss=stop, stop_loss_limit=stop_limit)
