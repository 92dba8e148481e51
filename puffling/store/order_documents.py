"""Tickets, orders and fills as plain values, and back, to the last digit."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from puffin.types import (
    Fill,
    Leg,
    Order,
    OrderStatus,
    OrderType,
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
    return plain(ticket)


def ticket_from(document: Mapping[str, Any]) -> Ticket:
    """Return the ticket that `ticket_document` wrote.

    Raises:
        OrderRejectedError: What is written is no ticket.
    """
    return Ticket(**_read(document) | {"legs": legs_from(document.get("legs", ()))})


def legs_from(documents: Iterable[Mapping[str, Any]]) -> tuple[Leg, ...]:
    """Return the legs that are written in a ticket's document."""
    return tuple(Leg(**_read(each)) for each in documents)


def order_from(document: Mapping[str, Any]) -> Order:
    """Return the order that is written in `document`."""
    return Order(**_read(document) | {"ticket": ticket_from(document["ticket"])})


def fill_from(document: Mapping[str, Any]) -> Fill:
    """Return the fill that is written in `document`."""
    return Fill(**_read(document))


_PARTS: dict[str, Callable[[Any], object]] = {
    "fill": fill_from,
    "ticket": ticket_from,
    "order": order_from,
}


def read_parts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that `plain` wrote, as what they were; orders and fills among them."""
    parts = {name: read(document[name]) for name, read in _PARTS.items() if name in document}
    return _read(document) | parts


def time_text(at: datetime) -> str:
    """Return a time as it is written everywhere in the store."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def plain(record: Any) -> Document:  # noqa: ANN401 - any record of orders
    """Return a record as plain values; what is as usual is left out."""
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
    return plain(value)


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
