"""The audit log: who asked for what, when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, audit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


class AuditStore:
    """Keeps the audit log, which only grows."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write one entry; details must be plain values."""
        statement = insert(audit).values(
            user_id=self._user,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            details=dict(details or {}),
        )
        with self._database.write() as connection:
            connection.execute(statement)

    def all(self, limit: int = 500) -> list[AuditEntry]:
        """Return the latest entries, newest first."""
        statement = (
            select(audit)
            .where(audit.c.user_id == self._user)
            .order_by(audit.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _entry)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        details=dict(row.details),
    )
