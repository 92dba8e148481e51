"""A profile opens, or one sentence says why not; nothing is ever replaced by something empty."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from puffin.errors import PuffinError
from puffling.core.errors import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from puffling.core.paths import Paths
from puffling.store import opening
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore
from tests.core.limits import full_disk, ordinary_person
from tests.store.samples import HandClock, fill_up, order, read_everything

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORDERS = 40
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
connection.close()
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "profile"
    storage = open_storage(Paths(root), HandClock())
    fill_up(storage.user, orders=ORDERS)
    storage.close()
    return root


@pytest.fixture
def used(paths: Paths, template: Path) -> Paths:
    """A profile in which something happened, closed again."""
    shutil.copytree(template, paths.root)
    return paths


def refused(paths: Paths) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_storage(paths, HandClock(), busy_seconds=0.05)
    return caught.value


def test_a_new_profile_is_made_whole_with_its_marker(paths: Paths):
    storage = open_storage(paths, HandClock())
    assert storage.notices == []
    with storage.user.read() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM profile").scalars().all()
        users = connection.exec_driver_sql("SELECT id, name FROM users").all()
    storage.close()
    assert users == [("default", "Default user")]
    assert json.loads(paths.marker.read_text())["profile"] == ids[0]
    names = {each.name for each in paths.root.iterdir()}
    assert names == {
        "puffling.db",
        "market.db",
        "profile.json",
        "layouts",
        "backups",
        "journal",
        "logs",
    }
    assert paths.database.stat().st_mode & 0o077 == 0


def test_two_profiles_are_not_the_same(tmp_path: Path):
    markers = []
    for name in ("one", "two"):
        paths = Paths(tmp_path / name)
        open_storage(paths, HandClock()).close()
        markers.append(json.loads(paths.marker.read_text())["profile"])
    assert markers[0] != markers[1]


def test_a_start_that_was_cut_short_is_begun_again(paths: Paths):
    paths.make()
    paths.database.with_suffix(".new").write_bytes(b"half a file")
    paths.database.with_name("puffling.new-wal").write_bytes(b"half a log")
    storage = open_storage(paths, HandClock())
    assert storage.notices == []
    storage.close()
    assert not paths.database.with_suffix(".new").exists()


def test_a_start_that_was_cut_short_before_the_marker_gets_one(used: Paths):
    used.marker.unlink()
    storage = open_storage(used, HandClock())
    assert storage.notices == []
    assert read_everything(storage.user) == ORDERS
    storage.close()
    assert used.marker.exists()


def test_a_vanished_file_is_not_made_anew(used: Paths):
    used.database.unlink()
    error = refused(used)
    assert isinstance(error, StoreDamagedError)
    assert "is gone" in str(error)
    assert "backup" in error.hint
    assert not used.database.exists()


def test_a_vanished_file_whose_log_is_left_is_not_made_anew(used: Paths):
    used.database.unlink()
    used.marker.unlink()
    used.database.with_name("puffling.db-wal").write_bytes(b"orders")
    assert "is gone" in str(refused(used))
    assert not used.database.exists()


def test_an_empty_file_is_not_taken_for_a_new_profile(used: Paths):
    used.database.write_bytes(b"")
    error = refused(used)
    assert isinstance(error, StoreDamagedError)
    assert "is empty" in str(error)
    assert used.database.stat().st_size == 0


@pytest.mark.parametrize("content", [b"x", b"SQLite format 2\0" * 100, b"\0" * 8_192])
def test_a_file_of_something_else_is_left_alone(used: Paths, content: bytes):
    used.database.write_bytes(content)
    error = refused(used)
    assert isinstance(error, StoreDamagedError)
    assert "not a Puffling database" in str(error)
    assert used.database.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(used: Paths):
    used.database.unlink()
    other = sqlite3.connect(used.database)
    other.execute("CREATE TABLE bookmarks (id INTEGER)")
    other.close()
    assert "not a Puffling database" in str(refused(used))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM profile", "belongs to no profile"),
        ("DELETE FROM alembic_version", "no revision"),
    ],
)
def test_a_database_without_its_papers_is_damaged(used: Paths, damage: str, words: str):
    other = sqlite3.connect(used.database)
    other.execute(damage)
    other.commit()
    other.close()
    error = refused(used)
    assert isinstance(error, StoreDamagedError)
    assert words in str(error)


def test_a_folder_in_the_files_place_says_so(used: Paths):
    used.database.unlink()
    used.database.mkdir()
    assert "is a folder" in str(refused(used))


def test_a_database_that_was_exchanged_is_used_and_said(used: Paths, tmp_path: Path):
    other = Paths(tmp_path / "other")
    open_storage(other, HandClock()).close()
    other.database.replace(used.database)
    storage = open_storage(used, HandClock())
    assert storage.notices == [
        "puffling.db is not the one that was here before; it is used as it is."
    ]
    storage.close()
    again = open_storage(used, HandClock())
    assert again.notices == []
    again.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"profile": 1}', b"\xff"])
def test_a_damaged_marker_still_says_that_a_profile_was_here(used: Paths, content: bytes):
    used.marker.write_bytes(content)
    kept = used.database.rename(used.root / "kept")
    assert "is gone" in str(refused(used))
    kept.rename(used.database)
    storage = open_storage(used, HandClock())
    assert read_everything(storage.user) == ORDERS
    storage.close()


def test_a_file_held_by_another_program_says_so(used: Paths):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(used.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        error = refused(used)
        assert isinstance(error, StoreLockedError)
        assert "Another program holds puffling.db" in str(error)
        holder.stdin.close()
        holder.wait()
    open_storage(used, HandClock()).close()


def test_a_full_disk_says_so_and_leaves_nothing_half_made(paths: Paths):
    paths.make()
    with full_disk(4_096), pytest.raises(StoreFullError, match="disk is full"):
        open_storage(paths, HandClock())
    assert {each.name for each in paths.root.iterdir()} == {"layouts", "backups", "journal", "logs"}
    storage = open_storage(paths, HandClock())
    assert storage.notices == []
    storage.close()


def readable(paths: Paths, *, folder: int, files: int) -> None:
    for each in paths.root.iterdir():
        each.chmod(0o777 if each.is_dir() else files)
    paths.root.chmod(folder)


@pytest.fixture
def open_profile(open_folder: Path) -> Iterator[Paths]:
    """A used profile in a folder that anybody may enter."""
    paths = Paths(open_folder / "profile")
    storage = open_storage(paths, HandClock())
    fill_up(storage.user)
    storage.close()
    yield paths
    readable(paths, folder=0o777, files=0o666)


@pytest.mark.parametrize(
    ("folder", "files"), [(0o777, 0o444), (0o555, 0o666), (0o555, 0o444), (0o777, 0o000)]
)
def test_a_profile_that_may_not_be_written_says_so(open_profile: Paths, folder: int, files: int):
    readable(open_profile, folder=folder, files=files)
    with ordinary_person():
        error = refused(open_profile)
    assert isinstance(error, StoreReadOnlyError)
    assert "may not be written" in str(error)
    readable(open_profile, folder=0o777, files=0o666)
    storage = open_storage(open_profile, HandClock())
    assert read_everything(storage.user) == 3
    storage.close()


def open_and_use(paths: Paths) -> None:
    """Open a profile that may be damaged anywhere, and use all of it."""
    try:
        storage = open_storage(paths, HandClock(), busy_seconds=0.05)
    except StoreError:
        return
    try:
        found = read_everything(storage.user)
        assert found >= ORDERS - 1, "orders are missing and nobody says so"
        with suppress(StoreError):
            OrderStore(storage.user).add_intent(order("new"))
    except StoreError:
        return
    finally:
        storage.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_file_cut_off_anywhere_is_an_error_and_never_a_crash_or_an_empty_profile(
    used: Paths, seed: int
):
    whole = used.database.read_bytes()
    chance = random.Random(seed)
    for _ in range(50):
        length = chance.randrange(len(whole))
        if chance.random() < 0.3:
            length -= length % 4_096  # at the end of a page
        used.database.write_bytes(whole[:length])
        error = refused(used)
        assert isinstance(error, StoreDamagedError), length
        assert used.database.stat().st_size == length
        assert not list(used.root.glob("*.new"))


@pytest.mark.parametrize("seed", range(4))
def test_a_file_flipped_anywhere_is_an_error_or_readable_and_never_a_crash(used: Paths, seed: int):
    whole = used.database.read_bytes()
    chance = random.Random(seed)
    for _ in range(50):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 1, 8, 200])):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.3:
            damaged[chance.randrange(100)] = chance.randrange(256)
        used.database.write_bytes(damaged)
        open_and_use(used)
        for end in ("-wal", "-shm", "-journal"):
            used.database.with_name(f"puffling.db{end}").unlink(missing_ok=True)


# The cache


def market_rows(paths: Paths) -> list[str]:
    connection = sqlite3.connect(paths.market)
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return sorted(name for (name,) in rows)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"SQLite format 3\0" + b"\xff" * 9_000])
def test_a_damaged_cache_is_set_aside_and_made_anew(used: Paths, content: bytes):
    used.market.write_bytes(content)
    storage = open_storage(used, HandClock())
    assert read_everything(storage.user) == ORDERS
    storage.close()
    (notice,) = storage.notices
    assert "market.db" in notice
    assert "fetched again" in notice
    (aside,) = used.root.glob("market.broken-*.db")
    assert aside.read_bytes() == content
    assert market_rows(used) == ["chunks", "coverage"]


def test_a_cache_of_another_version_is_set_aside(used: Paths):
    connection = sqlite3.connect(used.market)
    connection.execute("PRAGMA user_version=77")
    connection.close()
    storage = open_storage(used, HandClock())
    storage.close()
    assert "of another version" in storage.notices[0]
    assert len(list(used.root.glob("market.broken-*.db"))) == 1


def test_a_deleted_cache_is_made_anew_without_a_word(used: Paths):
    used.market.unlink()
    storage = open_storage(used, HandClock())
    assert storage.notices == []
    storage.close()
    assert market_rows(used) == ["chunks", "coverage"]


def test_a_cache_that_cannot_be_made_leaves_nothing_open(
    used: Paths, monkeypatch: pytest.MonkeyPatch
):
    used.market.unlink()
    monkeypatch.setattr(opening, "MARKET_VERSION", "no number")
    with pytest.raises(Exception, match="syntax error"):
        open_storage(used, HandClock())
    monkeypatch.undo()
    storage = open_storage(used, HandClock())
    assert "fetched again" in storage.notices[0]
    storage.close()


def test_a_cache_held_by_another_program_says_so(used: Paths):
    other = sqlite3.connect(used.market, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    error = refused(used)
    other.close()
    assert isinstance(error, StoreLockedError)
    assert "market.db" in str(error)


def test_no_error_of_the_engine_leaves_the_store(used: Paths):
    connection = sqlite3.connect(used.database)
    connection.execute("UPDATE orders SET symbol = 'not a symbol'")
    connection.commit()
    connection.close()
    storage = open_storage(used, HandClock())
    try:
        with pytest.raises(StoreDamagedError) as caught:
            read_everything(storage.user)
        assert isinstance(caught.value.__cause__, PuffinError)
    finally:
        storage.close()
