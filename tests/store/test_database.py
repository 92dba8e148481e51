"""Transactions are whole, writers take turns, and each fault of SQLite has its own words."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import IntegrityError

from puffling.core.errors import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from puffling.store.database import Database, record, records
from tests.core.limits import ordinary_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(
        tmp_path / "some file%20#?.db", synchronous="NORMAL", create=True, busy_seconds=0.05
    )
    with database.write() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT UNIQUE)"))
    yield database
    database.close()


def add(connection: Connection, words: str) -> None:
    connection.execute(text("INSERT INTO notes (words) VALUES (:words)"), {"words": words})


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM notes")).scalar_one())


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path):
    missing = Database(tmp_path / "gone.db", synchronous="FULL")
    with pytest.raises(StoreDamagedError, match="is gone"), missing.read():
        pass
    missing.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_vanishes_between_two_uses_is_not_made_anew(database: Database):
    database.close()
    database.path.unlink()
    with pytest.raises(StoreDamagedError, match="is gone"), database.read():
        pass
    assert not database.path.exists()


def test_nothing_is_written_into_a_file_that_was_taken_away_while_in_use(database: Database):
    away = database.path.rename(database.path.with_name("away.db"))
    with pytest.raises(StoreDamagedError, match="was taken away"), database.write():
        pass
    database.path.write_bytes(b"another")
    with pytest.raises(StoreDamagedError, match="was taken away"), database.write():
        pass
    away.replace(database.path)
    with database.write() as connection:
        add(connection, "afterwards")


def test_the_file_is_kept_as_it_should_be(tmp_path: Path):
    database = Database(tmp_path / "full.db", synchronous="FULL", create=True)
    with database.read() as connection:
        answers = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert answers == ["wal", 2, 1, 5_000]


def test_a_transaction_is_stored_whole_or_not_at_all(database: Database):
    def two_at_once() -> None:
        with database.write() as connection:
            add(connection, "one")
            raise RuntimeError("in between")

    with pytest.raises(RuntimeError, match="in between"):
        two_at_once()
    assert count(database) == 0
    with database.write() as connection:
        add(connection, "one")
        add(connection, "two")
    assert count(database) == 2


def test_changing_a_table_is_part_of_the_transaction(database: Database):
    def change() -> None:
        with database.write() as connection:
            connection.execute(text("CREATE TABLE more (id INTEGER)"))
            raise RuntimeError("in between")

    with pytest.raises(RuntimeError):
        change()
    with database.read() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))
        assert tables.scalars().all() == ["notes"]


def test_a_reader_sees_the_file_as_it_was_when_it_began(database: Database):
    with database.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM notes")).scalar() == 0
        with database.write() as writer:
            add(writer, "later")
        assert reader.execute(text("SELECT count(*) FROM notes")).scalar() == 0
    assert count(database) == 1


def test_a_writer_knows_from_the_start_that_nobody_else_writes(database: Database):
    other = sqlite3.connect(database.path, isolation_level=None, timeout=0)
    with database.write() as connection:
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar() == 0
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


def test_many_threads_may_write_and_none_of_it_is_lost(database: Database):
    failures: list[BaseException] = []
    roomy = Database(database.path, synchronous="NORMAL", busy_seconds=30)

    def write(thread: int) -> None:
        try:
            for number in range(20):
                with roomy.write() as connection:
                    add(connection, f"{thread}-{number}")
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(each,)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    roomy.close()
    assert failures == []
    assert count(database) == 160


def test_a_writer_that_waits_too_long_is_told_so(database: Database):
    with (
        database.write(),
        pytest.raises(StoreLockedError, match="is busy"),
        database.write(),
    ):
        pass
    with database.write() as connection:
        add(connection, "afterwards")


def test_another_program_that_writes_is_named_and_afterwards_all_is_well(database: Database):
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLockedError, match="Another program holds"), database.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.write() as connection:
        add(connection, "afterwards")


def test_a_full_disk_stores_nothing_and_afterwards_all_is_well(database: Database):
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def store_much() -> None:
        with database.write() as connection:
            add(connection, "small")
            add(connection, "x" * 100_000)

    with pytest.raises(StoreFullError, match="disk is full"):
        store_much()
    assert count(database) == 0
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    store_much()
    assert count(database) == 2


def test_a_file_that_may_not_be_written_says_so(database: Database):
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(StoreReadOnlyError, match="may not be written"), database.write() as writer:
        add(writer, "x")


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_disk(database: Database):
    with database.write() as connection:
        add(connection, "same")
    with pytest.raises(IntegrityError), database.write() as connection:
        add(connection, "same")
    with pytest.raises(sqlite3.OperationalError, match="syntax"), database.raw() as raw:
        raw.execute("SELEKT 1")
    with pytest.raises(ValueError, match="not ours"), database.read():
        raise ValueError("not ours")


def test_words_that_are_no_text_mean_damage(database: Database):
    with database.write() as connection:
        connection.execute(text("INSERT INTO notes (words) VALUES (CAST(x'ff00fe' AS TEXT))"))
    with pytest.raises(StoreDamagedError, match="unreadable text"), database.read() as connection:
        connection.execute(text("SELECT words FROM notes")).all()


def test_a_row_that_makes_no_sense_means_damage(database: Database):
    with database.write() as connection:
        add(connection, "not a number")
    notes = select(column("words")).select_from(table("notes"))
    with database.read() as connection:
        with pytest.raises(StoreDamagedError, match="unreadable record"):
            records(connection, notes, lambda row: int(row.words))
        assert record(connection, notes, lambda row: str(row.words)) == "not a number"
        assert record(connection, notes.where(text("0")), lambda row: str(row.words)) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StoreFullError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StoreReadOnlyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreLockedError),
        (sqlite3.SQLITE_CORRUPT_VTAB, StoreDamagedError),
        (sqlite3.SQLITE_NOTADB, StoreDamagedError),
        (sqlite3.SQLITE_IOERR_READ, StoreError),
        (sqlite3.SQLITE_NOMEM, StoreError),
        (sqlite3.SQLITE_CANTOPEN, StoreError),
    ],
)
def test_each_fault_of_sqlite_has_its_own_words(
    database: Database, code: int, kind: type[StoreError]
):
    fault = sqlite3.OperationalError("as SQLite says")
    fault.sqlite_errorcode = code
    with pytest.raises(StoreError) as caught, database.translated():
        raise fault
    assert type(caught.value) is kind


def test_a_fault_that_sqlite_does_not_number_is_ours(database: Database):
    with pytest.raises(sqlite3.ProgrammingError, match="closed"), database.translated():
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")


def test_a_message_that_quotes_damaged_text_means_damage(database: Database):
    with pytest.raises(StoreDamagedError, match="is damaged"), database.translated():
        b"malformed \xff schema".decode()


@pytest.mark.parametrize(("folder", "file"), [(0o555, 0o666), (0o777, 0o444)])
def test_a_file_that_cannot_be_opened_for_want_of_rights_says_so(
    open_folder: Path, folder: int, file: int
):
    path = open_folder / "file.db"
    path.touch()
    path.chmod(file)
    open_folder.chmod(folder)
    fault = sqlite3.OperationalError("unable to open database file")
    fault.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    with (
        ordinary_person(),
        pytest.raises(StoreReadOnlyError),
        Database(path, synchronous="FULL").translated(),
    ):
        raise fault


def test_more_readers_than_there_is_room_for_are_told_to_wait(database: Database):
    with ExitStack() as readers:
        for _ in range(32):
            readers.enter_context(database.read())
        with pytest.raises(StoreLockedError, match="is busy"), database.read():
            pass
    assert count(database) == 0


def test_closing_leaves_one_file(database: Database):
    with database.write() as connection:
        add(connection, "kept")
    database.close()
    assert [each.name for each in database.path.parent.iterdir()] == [database.path.name]
