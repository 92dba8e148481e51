"""Baskets: several orders under one yes, and how far each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.database import record, records
from puffling.store.order_documents import ticket_document, ticket_from
from puffling.store.schema import DEFAULT_USER, baskets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row

    from puffin.types import Ticket
    from puffling.store.database import Database

# As they came: a computer's clock can be set back, and two can come at once.
_CAME: ColumnElement[int] = literal_column("baskets.rowid")


class BasketState(StrEnum):
    """How far a basket is."""

    PROPOSED = "proposed"  # nothing is sent
    RUNNING = "running"  # its orders are being sent
    PARTLY = "partly sent"  # some orders were not sent; it can be resumed
    SENT = "sent"  # every order was sent


class LegState(StrEnum):
    """Where one order of a basket is; once sent, its own status counts."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"  # by a limit or the broker; it can be tried again


@dataclass(frozen=True, slots=True)
class BasketLeg:
    """One order of a basket: what to do, the order it became, and why it did not."""

    ticket: Ticket
    state: LegState = LegState.WAITING
    order_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """Several orders that belong together."""

    id: str
    account: str
    created_at: datetime
    title: str
    source: str
    legs: tuple[BasketLeg, ...]
    state: BasketState = BasketState.PROPOSED

    @property
    def left(self) -> tuple[Ticket, ...]:
        """What was not sent."""
        return tuple(each.ticket for each in self.legs if each.state is not LegState.SENT)


class BasketStore:
    """Keeps baskets."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, basket: Basket) -> None:
        """Store a basket, new or changed."""
        legs = [
            {
                "ticket": ticket_document(each.ticket),
                "state": each.state.value,
                "order_id": each.order_id,
                "reason": each.reason,
            }
            for each in basket.legs
        ]
        values = {
            "id": basket.id,
            "account": basket.account,
            "created_at": basket.created_at,
            "title": basket.title,
            "source": basket.source,
            "state": basket.state.value,
            "document": {"legs": legs},
        }
        statement = insert(baskets).values(user_id=self._user, **values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def get(self, id_: str) -> Basket | None:
        """Return the basket, or None."""
        with self._database.read() as connection:
            return record(connection, select(baskets).where(baskets.c.id == id_), _basket)

    def all(self, limit: int = 100) -> list[Basket]:
        """Return the latest baskets, newest first."""
        statement = (
            select(baskets)
            .where(baskets.c.user_id == self._user)
            .order_by(_CAME.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _basket)


def _basket(row: Row[Any]) -> Basket:
    return Basket(
        id=row.id,
        account=row.account,
        created_at=row.created_at,
        title=row.title,
        source=row.source,
        state=BasketState(row.state),
        legs=tuple(
            BasketLeg(
                ticket=ticket_from(each["ticket"]),
                state=LegState(each["state"]),
                order_id=each["order_id"],
                reason=each["reason"],
            )
            for each in row.document["legs"]
        ),
    )
