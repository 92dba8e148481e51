"""Is this file a sound database of ours? Asked before it is trusted with anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import StoreDamagedError
from puffling.core.files import file_errors

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import MetaData

    from puffling.store.database import Database

_MAGIC = b"SQLite format 3\x00"


def check_file(path: Path) -> None:
    """Look at the file from outside, because SQLite takes a file of zero length for a new one.

    Raises:
        StoreDamagedError: It is gone, empty or something else.
    """
    with file_errors(path):
        try:
            with path.open("rb") as file:
                begin = file.read(len(_MAGIC))
        except FileNotFoundError as error:
            raise StoreDamagedError(f"{path} is gone.", hint="Restore a backup.") from error
        except IsADirectoryError as error:
            raise StoreDamagedError(f"{path} is a folder, not a database.") from error
    if not begin:
        raise StoreDamagedError(f"{path.name} is empty.", hint="Restore a backup.")
    if begin != _MAGIC:
        raise StoreDamagedError(f"{path.name} is not a Puffling database.")


def check_sound(database: Database) -> None:
    """Let SQLite check every page, every index, and every row that refers to another.

    The quick check leaves the indices out; a row that its index has lost is not found any more.

    Raises:
        StoreDamagedError: A page is damaged, or a row belongs to nothing.
    """
    with database.read() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if found != "ok" or lost is not None:
        raise StoreDamagedError(f"{database.path.name} is damaged.")


def check_ours(database: Database) -> str:
    """Check the pages and that the tables of a profile are there; return the profile's id.

    Raises:
        StoreDamagedError: The file is damaged or belongs to another program.
    """
    check_sound(database)
    with database.read() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all())
        if not {"alembic_version", "profile", "users"} <= names:
            raise StoreDamagedError(f"{database.path.name} is not a Puffling database.")
        ids = connection.exec_driver_sql("SELECT id FROM profile").scalars().all()
    if len(ids) != 1 or not isinstance(ids[0], str):
        raise StoreDamagedError(f"{database.path.name} is damaged: it belongs to no profile.")
    return ids[0]


def check_tables(database: Database, expected: MetaData) -> None:
    """Check that every table and column is there, because SQLite does not know which should be.

    Raises:
        StoreDamagedError: One is missing, so the description of the tables is damaged.
    """
    statement = (
        "SELECT tables.name, columns.name FROM sqlite_master AS tables"
        " JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
    )
    with database.read() as connection:
        found = {tuple(row) for row in connection.exec_driver_sql(statement)}
    wanted = {
        (table.name, column.name) for table in expected.sorted_tables for column in table.columns
    }
    if not wanted <= found:
        raise StoreDamagedError(f"{database.path.name} is damaged: a table is not as it was made.")


def check_writable(database: Database) -> None:
    """Ask for the right to write, and write nothing.

    To begin a transaction is not enough: SQLite lets one begin on a file that may only be read.

    Raises:
        StoreReadOnlyError: The file may not be written.
        StoreLockedError: Another program holds it.
    """
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM profile WHERE 0")


def stored_revision(database: Database) -> str:
    """Return the revision of the file's tables.

    Raises:
        StoreDamagedError: The file does not say.
    """
    with database.read() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
        revisions = found.all()
    if len(revisions) != 1 or not isinstance(revisions[0], str):
        raise StoreDamagedError(f"{database.path.name} is damaged: it has no revision.")
    return revisions[0]
