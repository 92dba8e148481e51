"""The trading journal: notes about round trips, and about days without any."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.core.errors import StoreDamagedError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, journal_entries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A note.

    Args:
        at: The moment it is about, market time; when it was written is the computer's time.
        trade_key: The round trip it is about; empty when it is about none.
        rating: How well it was traded, one to five; None when it was not judged.
        picture: A file in the profile's journal folder; empty without one.
    """

    id: str
    account: str
    created_at: datetime
    updated_at: datetime
    at: datetime
    title: str
    note: str = ""
    setup: str = ""
    emotions: str = ""
    mistakes: str = ""
    lessons: str = ""
    tags: tuple[str, ...] = ()
    rating: int | None = None
    trade_key: str = ""
    symbol: str = ""
    picture: str = ""


class JournalStore:
    """Keeps journal entries."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, entry: JournalEntry) -> None:
        """Store an entry, new or changed."""
        values = asdict(entry) | {"tags": list(entry.tags), "user_id": self._user}
        statement = insert(journal_entries).values(values)
        changed = {name: each for name, each in values.items() if name not in {"id", "user_id"}}
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))

    def get(self, id_: str) -> JournalEntry | None:
        """Return an entry; None if there is none."""
        statement = select(journal_entries).where(
            journal_entries.c.id == id_, journal_entries.c.user_id == self._user
        )
        with self._database.read() as connection:
            return record(connection, statement, _entry)

    def all(self, account: str | None = None) -> list[JournalEntry]:
        """Return the entries of an account, or of all, the newest first."""
        statement = (
            select(journal_entries)
            .where(journal_entries.c.user_id == self._user)
            .order_by(journal_entries.c.at.desc(), journal_entries.c.created_at.desc())
        )
        if account is not None:
            statement = statement.where(journal_entries.c.account == account)
        with self._database.read() as connection:
            return records(connection, statement, _entry)

    def remove(self, id_: str) -> None:
        """Forget an entry."""
        with self._database.write() as connection:
            connection.execute(
                delete(journal_entries).where(
                    journal_entries.c.id == id_, journal_entries.c.user_id == self._user
                )
            )


_NAMES = tuple(each.name for each in fields(JournalEntry))


def _entry(row: Row[Any]) -> JournalEntry:
    values = {name: getattr(row, name) for name in _NAMES}
    tags = values["tags"]
    if not isinstance(tags, list) or not all(isinstance(each, str) for each in tags):
        raise StoreDamagedError("The database is damaged: it holds an unreadable record.")
    return JournalEntry(**values | {"tags": tuple(tags)})
