"""What can be said of the two files without saying what is in them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.core.errors import StoreError
from puffling.store.checks import check_sound, stored_revision

if TYPE_CHECKING:
    from puffling.store.database import Database
    from puffling.store.opening import Storage


def database_facts(storage: Storage) -> str:
    """Return soundness, revision, sizes and how many rows each table has. It takes time."""
    lines = [f"SQLite {sqlite3.sqlite_version}", ""]
    for database in (storage.user, storage.market):
        lines += [*_of(database, revision=database is storage.user), ""]
    return "\n".join(lines)


def _of(database: Database, *, revision: bool) -> list[str]:
    lines = [f"{database.path.name}: {formats.size(database.path.stat().st_size)}"]
    try:
        check_sound(database)
        lines.append("  every page, index and reference is sound")
        if revision:
            lines.append(f"  revision {stored_revision(database)}")
        return lines + [f"  {name}: {count:,}" for name, count in _rows(database)]
    except StoreError as error:
        return [*lines, f"  {error}"]


def _rows(database: Database) -> list[tuple[str, int]]:
    listed = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    with database.read() as connection:
        names = connection.exec_driver_sql(listed).scalars().all()
        counted = []
        for name in names:
            quoted = '"' + str(name).replace('"', '""') + '"'
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}")  # noqa: S608 - its own name
            counted.append((str(name), int(rows.scalar_one())))
    return counted
