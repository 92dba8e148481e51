"""Copies are whole, kept in number, and put back without losing what was damaged."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import StoreDamagedError, StoreError, StoreFullError, StoreNewerError
from puffling.store.opening import backups, open_storage, restore
from puffling.store.orders import OrderStore
from tests.core.limits import full_disk
from tests.store.samples import NOW, HandClock, fill_up, order, read_everything

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.core.paths import Paths
    from puffling.store.opening import Storage


def test_a_copy_holds_everything_and_can_be_made_while_the_file_is_in_use(
    storage: Storage, paths: Paths
):
    fill_up(storage.user)
    with storage.user.read() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM orders").scalar()
        copy = storage.backup_now()
    assert copy == paths.backups / "puffling-20260302-143000-123456.db"
    assert [each.name for each in paths.backups.iterdir()] == [copy.name]
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (3,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_only_the_newest_copies_are_kept(paths: Paths, clock: HandClock):
    storage = open_storage(paths, clock, kept_backups=3)
    made = []
    for _ in range(5):
        made.append(storage.backup_now())
        clock.turn(hours=1)
    storage.close()
    assert backups(paths) == made[:1:-1]


def test_a_copy_is_due_once_a_day(storage: Storage, clock: HandClock):
    assert storage.backup_due()
    storage.backup_now()
    assert not storage.backup_due()
    clock.turn(hours=23)
    assert not storage.backup_due()
    clock.turn(hours=2)
    assert storage.backup_due()
    assert not storage.backup_due(timedelta(days=7))


def test_a_full_disk_makes_no_copy_and_removes_none(
    storage: Storage, paths: Paths, clock: HandClock
):
    kept = storage.backup_now()
    clock.turn(hours=1)
    with full_disk(4_096), pytest.raises(StoreFullError):
        storage.backup_now()
    assert list(paths.backups.iterdir()) == [kept]


def test_a_damaged_database_is_not_copied_over_good_copies(storage: Storage, paths: Paths):
    fill_up(storage.user)
    storage.user.close()
    whole = bytearray(paths.database.read_bytes())
    whole[4_096 * 3 : 4_096 * 4] = b"\xff" * 4_096
    paths.database.write_bytes(whole)
    with pytest.raises(StoreDamagedError):
        storage.backup_now()
    assert list(paths.backups.iterdir()) == []


def test_a_copy_takes_the_place_of_a_damaged_file_which_is_kept(storage: Storage, paths: Paths):
    fill_up(storage.user)
    copy = storage.backup_now()
    storage.close()
    paths.database.write_bytes(b"damaged")
    paths.database.with_name("puffling.db-wal").write_bytes(b"its log")
    aside = restore(paths, copy, NOW)
    assert aside is not None
    assert aside.read_bytes() == b"damaged"
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"its log"
    assert not paths.database.with_name("puffling.db-wal").exists()
    again = open_storage(paths, HandClock())
    assert read_everything(again.user) == 3
    assert again.notices == []
    again.close()
    assert copy.exists()


def test_a_copy_takes_the_place_of_a_vanished_file(storage: Storage, paths: Paths):
    copy = storage.backup_now()
    storage.close()
    paths.database.unlink()
    paths.database.with_name("puffling.db-wal").write_bytes(b"its log")
    assert restore(paths, copy, NOW) is None
    assert (paths.root / "puffling.db.old-wal").read_bytes() == b"its log"
    open_storage(paths, HandClock()).close()


def test_what_came_after_the_copy_is_in_the_file_that_is_kept(storage: Storage, paths: Paths):
    fill_up(storage.user)
    copy = storage.backup_now()
    OrderStore(storage.user).add_intent(order("later"))
    storage.close()
    aside = restore(paths, copy, NOW)
    assert aside is not None
    connection = sqlite3.connect(aside)
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (4,)
    connection.close()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"SQLite format 3\0" + b"\xff" * 9_000])
def test_a_damaged_copy_changes_nothing(storage: Storage, paths: Paths, content: bytes):
    fill_up(storage.user)
    storage.close()
    copy = paths.backups / "puffling-20260101-000000-000000.db"
    copy.write_bytes(content)
    with pytest.raises(StoreDamagedError, match="20260101"):
        restore(paths, copy, NOW)
    again = open_storage(paths, HandClock())
    assert read_everything(again.user) == 3
    again.close()
    assert not [each for each in paths.root.iterdir() if "restoring" in each.name]


def test_a_copy_that_is_gone_changes_nothing(storage: Storage, paths: Paths, tmp_path: Path):
    with pytest.raises(StoreError, match="is gone"):
        restore(paths, tmp_path / "gone.db", NOW)


def test_a_copy_of_a_newer_puffling_changes_nothing(storage: Storage, paths: Paths):
    copy = storage.backup_now()
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    storage.close()
    before = paths.database.read_bytes()
    with pytest.raises(StoreNewerError):
        restore(paths, copy, NOW)
    assert paths.database.read_bytes() == before


def test_a_full_disk_restores_nothing_and_loses_nothing(storage: Storage, paths: Paths):
    fill_up(storage.user)
    copy = storage.backup_now()
    storage.close()
    before = paths.database.read_bytes()
    with full_disk(4_096), pytest.raises(StoreFullError):
        restore(paths, copy, NOW)
    assert paths.database.read_bytes() == before


def test_copies_that_fall_together_wait_for_each_other(storage: Storage, paths: Paths):
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(storage.backup_now) for _ in range(8)]
        names = {each.result().name for each in made}
    assert {each.name for each in backups(paths)} >= names
    assert not list(paths.backups.glob("*.part"))
