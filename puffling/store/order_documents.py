"""Tickets, orders, fills and a broker's words as plain values, and back, to the last digit."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from puffin.types import (
    Fill,
    Leg,
    Order,
    OrderStatus,
    OrderType,
    OrderUpdate,
    Side,
    Ticket,
    TimeInForce,
)
from puffling.store.columns import decimal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Document = dict[str, Any]

_DECIMALS = frozenset(
    {
        "quantity",
        "limit_price",
        "stop_price",
        "notional",
        "trail_price",
        "trail_percent",
        "take_profit",
        "stop_loss",
        "stop_loss_limit",
        "filled_quantity",
        "average_price",
        "price",
        "commission",
    }
)
_TIMES = frozenset({"created_at", "market_time", "updated_at", "at"})
_WORDS: dict[str, Callable[[str], object]] = {
    "side": Side,
    "type": OrderType,
    "time_in_force": TimeInForce,
    "status": OrderStatus,
}


def ticket_document(ticket: Ticket) -> Document:
    """Return `ticket` as plain values; what is as usual is left out."""
    return _written(ticket)


def ticket_from(document: Mapping[str, Any]) -> Ticket:
    """Return the ticket that `ticket_document` wrote.

    Raises:
        OrderRejectedError: What is written is no ticket.
    """
    return Ticket(**_read(document) | {"legs": legs_from(document.get("legs", ()))})


def legs_from(documents: Iterable[Mapping[str, Any]]) -> tuple[Leg, ...]:
    """Return the legs that are written in a ticket's document."""
    return tuple(Leg(**_read(each)) for each in documents)


def order_document(order: Order) -> Document:
    """Return `order`, its ticket in it, as plain values."""
    return _written(order)


def order_from(document: Mapping[str, Any]) -> Order:
    """Return the order that `order_document` wrote."""
    return Order(**_read(document) | {"ticket": ticket_from(document["ticket"])})


def fill_from(document: Mapping[str, Any]) -> Fill:
    """Return the fill that is written in an update's document."""
    return Fill(**_read(document))


def update_document(update: OrderUpdate) -> Document:
    """Return everything that `update` says as plain values."""
    return _written(update)


def update_from(document: Mapping[str, Any]) -> OrderUpdate:
    """Return the update that `update_document` wrote."""
    parts: dict[str, Any] = {}
    for name, read in (("fill", fill_from), ("ticket", ticket_from), ("order", order_from)):
        if name in document:
            parts[name] = cast("Callable[[Any], object]", read)(document[name])
    return OrderUpdate(**_read(document) | parts)


def time_text(at: datetime) -> str:
    """Return a time as it is written everywhere in the store."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _written(record: Any) -> Document:  # noqa: ANN401 - any of the records above
    return {
        each.name: _plain(value)
        for each in fields(record)
        if (value := getattr(record, each.name)) != each.default
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    return _written(value)


def _read(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain fields of `document` as what they were; nested records are left out."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        if name in _DECIMALS:
            found[name] = Decimal(value)
        elif name in _TIMES:
            found[name] = datetime.fromisoformat(value)
        elif name in _WORDS:
            found[name] = _WORDS[name](value)
        elif not isinstance(value, dict | list):
            found[name] = value
    return found
