"""Small things to remember by name: the replay's position, what a panel showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, state

if TYPE_CHECKING:
    from puffling.store.database import Database


class StateStore:
    """Keeps plain values under a key."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def get(self, key: str) -> Any:  # noqa: ANN401 - plain values of any shape
        """Return the value, or None if there is none."""
        statement = select(state.c.value).where(state.c.user_id == self._user, state.c.key == key)
        with self._database.read() as connection:
            found = records(connection, statement, lambda row: row.value)
        return found[0] if found else None

    def put(self, key: str, value: object) -> None:
        """Store plain values under `key`, in place of what was there; None removes the key."""
        with self._database.write() as connection:
            if value is None:
                connection.execute(
                    delete(state).where(state.c.user_id == self._user, state.c.key == key)
                )
                return
            statement = insert(state).values(user_id=self._user, key=key, value=value)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["user_id", "key"], set_={"value": value}
                )
            )
