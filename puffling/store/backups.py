"""Copies of puffling.db: made while it is in use, kept in number, put back when it is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from puffling.core.errors import StoreDamagedError
from puffling.core.files import file_errors, set_aside, sync_folder
from puffling.store.checks import check_file, check_ours, stored_revision
from puffling.store.database import Database
from puffling.store.migrations import is_outdated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from puffling.core.paths import Paths

_PAGES = 1_000  # copied at a time, so that writers get their turn
_ONE_AT_A_TIME = threading.Lock()  # the daily copy and one asked for may fall together
_SIDE_FILES = ("-wal", "-shm", "-journal")
_STAMP = "%Y%m%d-%H%M%S-%f"
# What a person made, by the table that has it.
_COUNTED = {
    "orders": "orders",
    "fills": "fills",
    "alerts": "alerts",
    "journal_entries": "journal entries",
    "backtests": "backtests",
}
_ONE = {
    "orders": "order",
    "fills": "fill",
    "alerts": "alert",
    "journal entries": "journal entry",
    "backtests": "backtest",
}


def stamp(at: datetime) -> str:
    """Return a time as part of a file name; it sorts by time."""
    return at.strftime(_STAMP)


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


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup as a list shows it; `made_at` is None where its name does not say."""

    name: str
    made_at: datetime | None
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sound copy holds: `counts` is how many of each of the things a person made."""

    copy: Copy
    revision: str
    counts: Mapping[str, int]

    @property
    def words(self) -> str:
        """The counts as words: "12 orders, 8 fills, 1 alert"."""
        few = [
            f"{count:,} {what if count != 1 else _ONE[what]}"
            for what, count in self.counts.items()
            if count
        ]
        return ", ".join(few) or "nothing yet"


def list_copies(paths: Paths) -> list[Copy]:
    """Return what is known of every copy from outside, newest first."""
    return [_described(each) for each in backups(paths)]


def verify(backup: Path) -> Contents:
    """Check a copy as a restore would, and return what is in it. It takes time: not on the loop.

    A copy of the copy is looked at, because looking may write beside a file.

    Raises:
        StoreError: It is no use; the sentence says why.
    """
    check_file(backup)
    part = backup.with_suffix(".checking")
    with file_errors(backup):
        try:
            shutil.copyfile(backup, part)
            revision, counts = _check_copy(part, backup.name)
        finally:
            for end in ("", *_SIDE_FILES):
                part.with_name(part.name + end).unlink(missing_ok=True)
    return Contents(_described(backup), revision, counts)


def restore(paths: Paths, backup: Path, now: datetime, *, word: str = "broken") -> Path | None:
    """Put a copy in the database's place; nothing may have the database open.

    The file that was there is kept beside it, with whatever belongs to it; its new path is
    returned, or None if there was no file. `word` says in its name why it was put aside.

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
            aside = _swap(paths.database, part, now, word)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(paths.root)
    return aside


def _check_copy(part: Path, name: str) -> tuple[str, dict[str, int]]:
    """Look at what would be put back, under the name that a person knows it by.

    Its revision is returned, and how many rows its tables have.
    """
    database = Database(part, synchronous="FULL")
    try:
        check_ours(database)
        revision = stored_revision(database)
        is_outdated(revision, name)
        return revision, _counts(database)
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


def _counts(database: Database) -> dict[str, int]:
    with database.read() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        return {
            words: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608 - a name of ours
            for table, words in _COUNTED.items()
            if table in names
        }


def _described(backup: Path) -> Copy:
    made_at = None
    with suppress(ValueError):
        written = backup.stem.removeprefix("puffling-")
        made_at = datetime.strptime(written, _STAMP).replace(tzinfo=UTC)
    return Copy(backup.name, made_at, backup.stat().st_size)


def _swap(path: Path, part: Path, now: datetime, word: str) -> Path | None:
    """Put `part` in the place of `path`, which is set aside; what fails half-way is undone."""
    moved: list[tuple[Path, Path]] = []
    try:
        aside = set_aside(path, stamp=stamp(now), word=word) if path.exists() else None
        if aside is not None:
            moved.append((path, aside))
        for suffix in _SIDE_FILES:
            side = path.with_name(path.name + suffix)
            if side.exists():
                beside = f"{aside.name}{suffix}" if aside else f"{path.name}.old{suffix}"
                moved.append((side, side.replace(path.with_name(beside))))
        part.replace(path)
    except BaseException:
        for before, after in reversed(moved):
            after.replace(before)
        raise
    return aside


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
