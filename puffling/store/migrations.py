"""From each revision of puffling.db to the next. Alembic is loaded only when there is work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert

from puffling.core.errors import StoreDamagedError, StoreError, StoreNewerError
from puffling.store.schema import DEFAULT_USER, metadata, profile, users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from puffling.store.database import Database

# Every revision, oldest first; a test compares them with the files in `revisions/versions`.
REVISIONS: tuple[str, ...] = ("0001", "0002", "0003", "0004", "0005", "0006")
NEWEST = REVISIONS[-1]
SCRIPTS = Path(__file__).parent / "revisions"

# As Alembic writes it.
_VERSION_TABLE = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
"""


def create(connection: Connection, profile_id: str, now: datetime) -> None:
    """Make every table of the newest revision, the profile and its default user."""
    metadata.create_all(connection)
    connection.exec_driver_sql(_VERSION_TABLE)
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (NEWEST,))
    connection.execute(insert(profile).values(id=profile_id, created_at=now))
    connection.execute(insert(users).values(id=DEFAULT_USER, name="Default user", created_at=now))


def is_outdated(stored: str, name: str) -> bool:
    """Whether a file of revision `stored` must be migrated before it is used.

    Raises:
        StoreNewerError: No such revision is known, so a newer Puffling wrote it.
    """
    if stored not in REVISIONS:
        raise StoreNewerError(
            f"{name} was written by a newer Puffling (its revision is {stored[:40]!r}, "
            f"this one knows {NEWEST})."
        )
    return stored != NEWEST


def migrate(database: Database) -> None:
    """Bring the file to the newest revision in one transaction: all of it or nothing.

    Raises:
        StoreError: The file is as it was before.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with database.rebuild() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, NEWEST)
        except CommandError as error:
            raise StoreError(f"{database.path.name} could not be brought up to date.") from error
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise StoreDamagedError(
                f"{database.path.name} could not be brought up to date: "
                f"table {broken[0]} refers to what is not there."
            )
