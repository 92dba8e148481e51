"""Opens both files at start-up, or says in one sentence why one cannot be used."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from puffling.core.errors import StoreDamagedError
from puffling.core.files import file_errors, set_aside, sync_folder
from puffling.store import migrations
from puffling.store.backups import back_up, backups, restore, stamp
from puffling.store.checks import (
    check_file,
    check_ours,
    check_sound,
    check_tables,
    check_writable,
    stored_revision,
)
from puffling.store.database import BUSY_SECONDS, Database
from puffling.store.marker import Marker, read_marker, write_marker
from puffling.store.market_schema import MARKET_VERSION, market_metadata
from puffling.store.schema import metadata

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from puffling.core.clock import Clock
    from puffling.core.paths import Paths

__all__ = ["Storage", "backups", "open_storage", "restore"]

KEPT_BACKUPS = 30


@dataclass(frozen=True, slots=True)
class Storage:
    """Both files, open. `notices` says what a person should know about how that went."""

    paths: Paths
    clock: Clock
    user: Database
    market: Database
    notices: list[str] = field(default_factory=list)
    kept_backups: int = KEPT_BACKUPS

    def backup_now(self) -> Path:
        """Copy puffling.db as it is now and return the copy. It takes time: not on the loop."""
        return back_up(self.user, self.paths, self.clock.now(), keep=self.kept_backups)

    def backup_due(self, every: timedelta = timedelta(days=1)) -> bool:
        """Whether the newest copy is older than `every`, or there is none."""
        newest = next(iter(backups(self.paths)), None)
        if newest is None:
            return True
        return newest.name < f"puffling-{stamp(self.clock.now() - every)}.db"

    def close(self) -> None:
        """Close both files."""
        self.user.close()
        self.market.close()


def open_storage(
    paths: Paths,
    clock: Clock,
    *,
    kept_backups: int = KEPT_BACKUPS,
    busy_seconds: float = BUSY_SECONDS,
) -> Storage:
    """Open puffling.db and market.db, making them for a new profile.

    Raises:
        StoreDamagedError: puffling.db is damaged, empty, gone, or not a database of ours.
        StoreNewerError: A newer Puffling wrote it.
        StoreReadOnlyError: It may not be written.
        StoreLockedError: Another program holds it.
        StoreFullError: The disk is full.
        StoreError: It cannot be opened for another reason, which is said.
    """
    paths.make()
    notices: list[str] = []
    now = clock.now()
    marker = read_marker(paths.marker)
    if not paths.database.exists() and marker is None and not _leftovers(paths.database):
        _make_user_file(paths, now)
    user = Database(paths.database, synchronous="FULL", busy_seconds=busy_seconds)
    try:
        profile = _open_user_file(user, paths, now, kept_backups, notices)
        _mind_marker(profile, paths, marker, now, notices)
        market = _open_market_file(paths, now, busy_seconds, notices)
    except BaseException:
        user.close()
        raise
    return Storage(paths, clock, user, market, notices, kept_backups)


def _leftovers(path: Path) -> bool:
    """Whether a write-ahead log lies here whose database is gone."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _make_user_file(paths: Paths, now: datetime) -> None:
    """Make puffling.db under another name and rename it, so that half of one is never found."""
    part = paths.database.with_suffix(".new")
    _remove(part)
    database = Database(part, synchronous="FULL", create=True)
    try:
        with database.write() as connection:
            migrations.create(connection, str(uuid.uuid4()), now)
    except BaseException:
        database.close()
        _remove(part)
        raise
    database.close()
    with file_errors(paths.database):
        part.replace(paths.database)
        paths.database.chmod(0o600)
        sync_folder(paths.root)


def _remove(path: Path) -> None:
    with file_errors(path):
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _open_user_file(
    user: Database, paths: Paths, now: datetime, kept_backups: int, notices: list[str]
) -> str:
    check_file(paths.database)
    profile = check_ours(user)
    stored = stored_revision(user)
    outdated = migrations.is_outdated(stored, paths.database.name)
    check_writable(user)
    if outdated:
        copy = back_up(user, paths, now, keep=kept_backups)
        migrations.migrate(user)
        notices.append(
            f"{paths.database.name} was brought from revision {stored} to {migrations.NEWEST}; "
            f"a copy from before is in {copy.name}."
        )
    check_tables(user, metadata)
    return profile


def _mind_marker(
    profile: str, paths: Paths, marker: Marker | None, now: datetime, notices: list[str]
) -> None:
    if marker is not None and marker.profile == profile:
        return
    if marker is not None:
        notices.append(
            f"{paths.database.name} is not the one that was here before; it is used as it is."
        )
    write_marker(paths.marker, Marker(profile, now.isoformat()))


def _open_market_file(
    paths: Paths, now: datetime, busy_seconds: float, notices: list[str]
) -> Database:
    """Open market.db; it is a cache, so one that is no use is put aside and made anew."""
    path = paths.market
    if path.exists():
        market = Database(path, synchronous="NORMAL", busy_seconds=busy_seconds)
        try:
            check_file(path)
            check_sound(market)
            if _market_version(market) == MARKET_VERSION:
                check_tables(market, market_metadata)
                return market
        except StoreDamagedError as error:
            notices.append(f"{error} Prices are fetched again; the old file is kept beside it.")
        except BaseException:
            market.close()
            raise
        else:
            notices.append(f"{path.name} is of another version; prices are fetched again.")
        market.close()
        set_aside(path, stamp=stamp(now))
        _remove(path)
    market = Database(path, synchronous="NORMAL", create=True, busy_seconds=busy_seconds)
    try:
        with market.write() as connection:
            market_metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={MARKET_VERSION}")
    except BaseException:
        market.close()
        raise
    return market


def _market_version(market: Database) -> int:
    with market.read() as connection:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
