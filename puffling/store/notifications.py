"""The notification centre: every notice that was shown, and whether it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from puffling.core.events import Level
from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, notifications

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.core.events import NoticePosted
    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class Notification:
    """One notice as it was shown; a click on it opens `panel`."""

    id: int
    at: datetime
    level: Level
    title: str
    text: str = ""
    panel: str = ""
    details: str = ""
    read: bool = False


class NotificationStore:
    """Keeps notices."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, notice: NoticePosted, at: datetime) -> int:
        """Store a notice as unread and return its id."""
        statement = insert(notifications).values(
            user_id=self._user,
            at=at,
            level=notice.level.value,
            title=notice.title,
            text=notice.text,
            panel=notice.panel,
            details=notice.details,
            read=False,
        )
        with self._database.write() as connection:
            key = connection.execute(statement).inserted_primary_key
            return int(key[0]) if key else 0

    def all(self, limit: int = 200) -> list[Notification]:
        """Return the latest notices, newest first."""
        statement = (
            select(notifications)
            .where(notifications.c.user_id == self._user)
            .order_by(notifications.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _notification)

    def unread(self) -> int:
        """Return how many notices are unread."""
        statement = (
            select(func.count())
            .select_from(notifications)
            .where(notifications.c.user_id == self._user, notifications.c.read.is_(False))
        )
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one()

    def mark_read(self, ids: Collection[int] | None = None) -> None:
        """Mark these notices as read; all of them if none are named."""
        statement = update(notifications).where(notifications.c.user_id == self._user)
        if ids is not None:
            statement = statement.where(notifications.c.id.in_(list(ids)))
        with self._database.write() as connection:
            connection.execute(statement.values(read=True))

    def purge(self, before: datetime) -> int:
        """Remove notices that were read and are older, and return how many."""
        statement = delete(notifications).where(
            notifications.c.user_id == self._user,
            notifications.c.read.is_(True),
            notifications.c.at < before,
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount


def _notification(row: Row[Any]) -> Notification:
    return Notification(
        id=row.id,
        at=row.at,
        level=Level(row.level),
        title=row.title,
        text=row.text,
        panel=row.panel,
        details=row.details,
        read=row.read,
    )
