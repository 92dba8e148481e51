"""What was asked and said of orders: each message kept once, for good, in the order it came."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from puffin.types import OrderStatus
from puffling.store.database import records
from puffling.store.order_documents import plain, read_parts
from puffling.store.schema import DEFAULT_USER, order_events

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from puffin.types import Fill, Order, OrderUpdate, Ticket
    from puffling.store.database import Database


class Kind(StrEnum):
    """Where a message about an order came from."""

    INTENT = "intent"  # the order as it was about to be sent
    ANSWER = "answer"  # what the broker said when it was sent, changed, cancelled or looked up
    UPDATE = "update"  # what the broker said by itself
    FILL = "fill"  # an execution from the broker's list
    SNAPSHOT = "snapshot"  # an order as the broker has it, taken in from there
    ASKED = "asked"  # somebody asked for a cancellation or a change
    NOTE = "note"  # what we concluded ourselves: an answer was lost, an order never left


_COLUMNS = frozenset({"account", "order_id", "kind", "status", "raw", "at", "received_at", "key"})


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One message about one order.

    `status` is None where a message has none. `at` is the broker's time of it, or the market's in
    DEMO; `received_at` the computer's. `key` is its fingerprint.
    """

    account: str
    order_id: str
    kind: Kind
    key: str
    at: datetime
    received_at: datetime
    status: OrderStatus | None = None
    raw: str = ""
    reason: str = ""
    broker_id: str = ""
    fill: Fill | None = None
    ticket: Ticket | None = None
    order: Order | None = None
    voids: str = ""


def intent_of(order: Order) -> OrderEvent:
    """Return the first event of an order that is about to be sent."""
    return OrderEvent(
        account=order.account,
        order_id=order.id,
        kind=Kind.INTENT,
        key=f"intent {order.id}",
        at=order.market_time,
        received_at=order.created_at,
        status=OrderStatus.SENT,
        order=order,
    )


def snapshot_of(order: Order, received_at: datetime) -> OrderEvent:
    """Return the event that takes in an order as the broker has it."""
    return OrderEvent(
        account=order.account,
        order_id=order.id,
        kind=Kind.SNAPSHOT,
        key=_fingerprint(plain(order)),
        at=order.market_time,
        received_at=received_at,
        status=order.status,
        raw=order.raw,
        reason=order.reason,
        broker_id=order.broker_id,
        order=order,
    )


def fill_of(fill: Fill, received_at: datetime) -> OrderEvent:
    """Return the event of an execution by itself."""
    return OrderEvent(
        account=fill.account,
        order_id=fill.order_id,
        kind=Kind.FILL,
        key=f"fill {fill.id} {fill.at.isoformat()}",
        at=fill.at,
        received_at=received_at,
        fill=fill,
    )


def event_of(update: OrderUpdate, account: str, kind: Kind, received_at: datetime) -> OrderEvent:
    """Return the event of what the broker said; the same words give the same key."""
    return OrderEvent(
        account=account,
        order_id=update.order_id,
        kind=kind,
        key=_fingerprint(plain(update)),
        at=update.at,
        received_at=received_at,
        status=update.status,
        raw=update.raw,
        reason=update.reason,
        broker_id=update.broker_id,
        fill=update.fill,
        ticket=update.ticket,
        order=update.order,
        voids=update.voids,
    )


def asked(order: Order, words: str, at: datetime, received_at: datetime) -> OrderEvent:
    """Return the note that somebody asked for something to be done with an order."""
    return OrderEvent(
        account=order.account,
        order_id=order.id,
        kind=Kind.ASKED,
        key=_fingerprint([order.id, words, received_at.isoformat()]),
        at=at,
        received_at=received_at,
        reason=words,
    )


class OrderEventStore:
    """Reads the log; it is written together with the orders that it makes."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def of(self, order_id: str) -> list[OrderEvent]:
        """Return everything that was asked and said of an order, as it came."""
        return self._find(order_events.c.order_id == order_id)

    def all(self, account: str) -> list[OrderEvent]:
        """Return the whole log of an account, as it came."""
        return self._find(order_events.c.account == account)

    def of_orders(self, order_ids: Iterable[str]) -> dict[str, list[OrderEvent]]:
        """Return the log of each of these orders."""
        wanted = list(order_ids)
        found: dict[str, list[OrderEvent]] = {each: [] for each in wanted}
        for each in self._find(order_events.c.order_id.in_(wanted)) if wanted else ():
            found[each.order_id].append(each)
        return found

    def _find(self, condition: Any) -> list[OrderEvent]:  # noqa: ANN401 - as SQLAlchemy has it
        statement = (
            select(order_events)
            .where(order_events.c.user_id == self._user, condition)
            .order_by(order_events.c.sequence)
        )
        with self._database.read() as connection:
            return records(connection, statement, _event)


def add_event(connection: Connection, user: str, event: OrderEvent) -> bool:
    """Add to the log within the caller's transaction; False if the message is there already."""
    values: dict[str, Any] = {
        "user_id": user,
        "account": event.account,
        "order_id": event.order_id,
        "kind": event.kind.value,
        "status": "" if event.status is None else event.status.value,
        "raw": event.raw,
        "at": event.at,
        "received_at": event.received_at,
        "execution_id": "" if event.fill is None else event.fill.id,
        "document": {key: part for key, part in plain(event).items() if key not in _COLUMNS},
        "key": event.key,
    }
    statement = insert(order_events).values(values)
    added = connection.execute(statement.on_conflict_do_nothing(index_elements=["account", "key"]))
    return added.rowcount > 0


def _event(row: Row[Any]) -> OrderEvent:
    parts = read_parts(row.document)
    known = {each.name for each in fields(OrderEvent)} - _COLUMNS
    return OrderEvent(
        account=row.account,
        order_id=row.order_id,
        kind=Kind(row.kind),
        key=row.key,
        at=row.at,
        received_at=row.received_at,
        status=OrderStatus(row.status) if row.status else None,
        raw=row.raw,
        **{name: part for name, part in parts.items() if name in known},
    )


def _fingerprint(document: object) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
