"""The kill switch, as stored: it holds through a restart and for every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from puffling.store.database import record
from puffling.store.schema import DEFAULT_USER, halts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class Halt:
    """Who stopped trading, when and why."""

    at: datetime
    by: str
    reason: str = ""


class HaltStore:
    """Reads and turns the kill switch."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def read(self) -> Halt | None:
        """Return the halt in force, or None while trading is allowed."""
        with self._database.read() as connection:
            return open_halt(connection, self._user)

    def set(self, halt: Halt) -> bool:
        """Halt trading; False if it was halted already, by whoever came first."""
        with self._database.write() as connection:
            if open_halt(connection, self._user) is not None:
                return False
            connection.execute(
                insert(halts).values(user_id=self._user, at=halt.at, by=halt.by, reason=halt.reason)
            )
            return True

    def clear(self, by: str, at: datetime) -> bool:
        """Allow trading again; False if it was allowed already."""
        statement = (
            update(halts)
            .where(halts.c.user_id == self._user, halts.c.cleared_at.is_(None))
            .values(cleared_at=at, cleared_by=by)
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount > 0


def open_halt(connection: Connection, user: str) -> Halt | None:
    """Return the halt in force as this connection's transaction sees it."""
    statement = select(halts).where(halts.c.user_id == user, halts.c.cleared_at.is_(None))
    return record(connection, statement, _halt)


def _halt(row: Row[Any]) -> Halt:
    return Halt(at=row.at, by=row.by, reason=row.reason)
