"""Copies of puffling.db: made while it is in use, kept in number, put back when it is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from puffling.core.errors import StoreDamagedError
from puffling.core.files import file_errors, set_aside, sync_folder
from puffling.store.checks import check_file, check_ours, stored_revision
from puffling.store.database import Database
from puffling.store.migrations import is_outdated

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from puffling.core.paths import Paths

_PAGES = 1_000  # copied at a time, so that writers get their turn
_ONE_AT_A_TIME = threading.Lock()  # the daily copy and one asked for may fall together
_SIDE_FILES = ("-wal", "-shm", "-journal")


def stamp(at: datetime) -> str:
    """Return a time as part of a file name; it sorts by time."""
    return at.strftime("%Y%m%d-%H%M%S-%f")


def backups(paths: Paths) -> list[Path]:
    """Return the copies that exist, newest first."""
    return sorted(paths.backups.glob("puffling-*.db"), reverse=True)


def back_up(database: Database, paths: Paths, now: datetime, *, keep: int) -> Path:
    """Copy the database as it is now, remove all but the newest `keep` copies, return the copy.

    Raises:
        StoreError: There is no new copy, and no old one was removed.
    """
    with _ONE_AT_A_TIME, file_errors(paths.backups):
        paths.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = _free_name(paths, now)
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            _copy(database, part)
            _sync(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(paths.backups)
        for old in backups(paths)[max(keep, 1) :]:
            old.unlink(missing_ok=True)
    return target


def _free_name(paths: Paths, now: datetime) -> Path:
    """Return a name for a copy made now; two of one instant must not become one."""
    while (name := paths.backups / f"puffling-{stamp(now)}.db").exists():
        now += timedelta(microseconds=1)
    return name


def restore(paths: Paths, backup: Path, now: datetime) -> Path | None:
    """Put a copy in the database's place; nothing may have the database open.

    The file that was there is kept beside it, with whatever belongs to it; its new path is
    returned, or None if there was no file.

    Raises:
        StoreError: The copy is itself no use, or could not be copied; nothing has changed.
    """
    check_file(backup)
    part = paths.database.with_suffix(".restoring")
    with file_errors(paths.database):
        try:
            shutil.copyfile(backup, part)
            _check_copy(part, backup.name)
            _sync(part)
            aside = _set_database_aside(paths.database, now)
            part.replace(paths.database)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(paths.root)
    return aside


def _check_copy(part: Path, name: str) -> None:
    """Look at what would be put back, under the name that a person knows it by."""
    database = Database(part, synchronous="FULL")
    try:
        check_ours(database)
        is_outdated(stored_revision(database), name)
    except StoreDamagedError as error:
        raise StoreDamagedError(
            f"{name} is no use: {error}", hint="Choose another copy."
        ) from error
    finally:
        database.close()


def _copy(database: Database, target: Path) -> None:
    with database.raw() as source:
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            source.backup(copy, pages=_PAGES)
            # A copy is one file: nothing of it may wait in a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE").close()
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise StoreDamagedError(f"{database.path.name} is damaged.")
        finally:
            copy.close()


def _set_database_aside(path: Path, now: datetime) -> Path | None:
    aside = None
    if path.exists():
        aside = set_aside(path, stamp=stamp(now))
    for suffix in _SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            name = path.name if aside is None else aside.name
            side.replace(path.with_name(f"{name}{suffix}" if aside else f"{name}.old{suffix}"))
    return aside


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
