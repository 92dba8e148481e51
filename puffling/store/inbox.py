"""The inbox: orders that wait for a yes or a no, and what came of those that did."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.columns import decimal_text
from puffling.store.database import record, records
from puffling.store.order_documents import ticket_document, ticket_from
from puffling.store.schema import DEFAULT_USER, proposals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row

    from puffin.types import Ticket
    from puffling.store.database import Database

# As they came: a computer's clock can be set back, and two can come at once.
_CAME: ColumnElement[int] = literal_column("proposals.rowid")


class ItemState(StrEnum):
    """What came of something in the inbox."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # by whatever proposed it, or because the mode changed
    FAILED = "failed"  # approved, and then it could not be sent


@dataclass(frozen=True, slots=True)
class InboxItem:
    """Orders that somebody or something proposes.

    Args:
        tickets: What to do; several of them are a basket.
        prices: What each was worth a unit when it was proposed; None where there was no price.
        order_ids: The orders they became.
    """

    id: str
    account: str
    created_at: datetime
    expires_at: datetime
    source: str
    title: str
    reason: str
    tickets: tuple[Ticket, ...]
    prices: tuple[Decimal | None, ...]
    state: ItemState = ItemState.WAITING
    order_ids: tuple[str, ...] = ()
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""
    basket: str = ""


class InboxStore:
    """Keeps what is in the inbox, and its history."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, item: InboxItem) -> None:
        """Store an item, new or changed."""
        values = {
            "id": item.id,
            "account": item.account,
            "created_at": item.created_at,
            "expires_at": item.expires_at,
            "state": item.state.value,
            "source": item.source,
            "title": item.title,
            "reason": item.reason,
            "document": {
                "tickets": [ticket_document(each) for each in item.tickets],
                "prices": [None if each is None else decimal_text(each) for each in item.prices],
            },
            "order_ids": list(item.order_ids),
            "decided_at": item.decided_at,
            "decided_by": item.decided_by,
            "note": item.note,
            "basket": item.basket,
        }
        statement = insert(proposals).values(user_id=self._user, **values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def get(self, id_: str) -> InboxItem | None:
        """Return the item, or None."""
        with self._database.read() as connection:
            return record(connection, select(proposals).where(proposals.c.id == id_), _item)

    def waiting(self) -> list[InboxItem]:
        """Return what waits, oldest first."""
        statement = (
            select(proposals)
            .where(
                proposals.c.user_id == self._user,
                proposals.c.state == ItemState.WAITING.value,
            )
            .order_by(_CAME)
        )
        with self._database.read() as connection:
            return records(connection, statement, _item)

    def history(self, limit: int = 200) -> list[InboxItem]:
        """Return what was decided, ran out or was withdrawn; the latest first."""
        statement = (
            select(proposals)
            .where(
                proposals.c.user_id == self._user,
                proposals.c.state != ItemState.WAITING.value,
            )
            .order_by(proposals.c.decided_at.desc(), _CAME.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _item)


def _item(row: Row[Any]) -> InboxItem:
    return InboxItem(
        id=row.id,
        account=row.account,
        created_at=row.created_at,
        expires_at=row.expires_at,
        source=row.source,
        title=row.title,
        reason=row.reason,
        tickets=tuple(map(ticket_from, row.document["tickets"])),
        prices=tuple(None if each is None else Decimal(each) for each in row.document["prices"]),
        state=ItemState(row.state),
        order_ids=tuple(row.order_ids),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        note=row.note,
        basket=row.basket,
    )
