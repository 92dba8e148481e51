"""Weights that were kept under a name, as the target of a rebalance."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, allocations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class SavedAllocation:
    """Weights by symbol, and how they came about."""

    name: str
    created_at: datetime
    document: dict[str, Any]

    @property
    def weights(self) -> dict[str, float]:
        """Share of the equity by symbol."""
        return dict(self.document["weights"])


class AllocationStore:
    """Keeps weights, one set under each name."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, name: str, document: Mapping[str, Any], at: datetime) -> None:
        """Store weights under a name, in the place of those that had it."""
        values = {"created_at": at, "document": dict(document)}
        statement = insert(allocations).values(
            id=uuid.uuid4().hex, user_id=self._user, name=name, **values
        )
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["user_id", "name"], set_=values)
            )

    def all(self) -> list[SavedAllocation]:
        """Return every set of weights, by name."""
        mine = allocations.c.user_id == self._user
        statement = select(allocations).where(mine).order_by(allocations.c.name)
        with self._database.read() as connection:
            return records(connection, statement, _saved)

    def get(self, name: str) -> SavedAllocation | None:
        """Return the weights of that name, or None."""
        mine = (allocations.c.user_id == self._user) & (allocations.c.name == name)
        with self._database.read() as connection:
            return record(connection, select(allocations).where(mine), _saved)

    def remove(self, name: str) -> bool:
        """Forget the weights of that name; False if there were none."""
        mine = (allocations.c.user_id == self._user) & (allocations.c.name == name)
        with self._database.write() as connection:
            return connection.execute(delete(allocations).where(mine)).rowcount > 0


def _saved(row: Row[Any]) -> SavedAllocation:
    return SavedAllocation(row.name, row.created_at, dict(row.document))
