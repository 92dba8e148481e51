"""What besides fills changed an account: dividends, fees, interest, transfers, splits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from puffin.broker.base import Activity
from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, activities

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from puffling.store.database import Database


class ActivityStore:
    """Keeps an account's activities, each once."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, account: str, activity: Activity) -> bool:
        """Store an activity; False if it was there already."""
        with self._database.write() as connection:
            return add_activity(connection, self._user, account, activity)

    def all(self, account: str) -> list[Activity]:
        """Return the account's activities, oldest first."""
        statement = (
            select(activities)
            .where(activities.c.user_id == self._user, activities.c.account == account)
            .order_by(activities.c.at, activities.c.sequence)
        )
        with self._database.read() as connection:
            return records(connection, statement, _activity)


def add_activity(connection: Connection, user: str, account: str, activity: Activity) -> bool:
    """Store an activity within the caller's transaction; False if it was there already."""
    values = asdict(activity) | {"account": account, "user_id": user}
    statement = insert(activities).values(values)
    added = connection.execute(statement.on_conflict_do_nothing(index_elements=["account", "id"]))
    return added.rowcount > 0


def _activity(row: Row[Any]) -> Activity:
    return Activity(
        id=row.id,
        kind=row.kind,
        at=row.at,
        amount=row.amount,
        symbol=row.symbol,
        quantity=row.quantity,
        text=row.text,
    )
