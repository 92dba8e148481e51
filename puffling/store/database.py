"""One SQLite file: its connections, its transactions, and its faults in a trader's words."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from puffin.errors import PuffinError
from puffling.core.errors import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from puffling.core.files import file_errors
from puffling.store.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row, Select

R = TypeVar("R")

BUSY_SECONDS = 5.0
_PRIMARY = 0xFF  # an extended error code carries its primary code in the lowest byte
_WRITING = "puffling_writing"
_PROBE = 65_536  # bytes


class Database:
    """A SQLite file that many threads may use at once.

    A file is made only if `create` says so, and then once: one that has vanished is an error, not
    a new empty file.
    `synchronous` is FULL where a power cut must lose nothing that was acknowledged.
    """

    def __init__(
        self,
        path: Path,
        *,
        synchronous: Literal["FULL", "NORMAL"],
        create: bool = False,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.path = path
        self._synchronous = synchronous
        self._busy_seconds = busy_seconds
        self._mode = "rwc" if create else "rw"
        self._inode: int | None = None
        # SQLite would let waiting writers sleep and try again; a lock lets them in as they came.
        self._writing = Turns()
        self._engine = create_engine(
            "sqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=4,
            max_overflow=28,
            pool_timeout=busy_seconds,
        )
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees the file as it is at its first query."""
        with self.translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction of its own; it is committed if nothing is raised.

        Only one writes at a time. Never call it inside another `write` of the same thread.

        Raises:
            StoreError: Nothing was stored.
        """
        with self.translated():
            if not self._writing.acquire(timeout=self._busy_seconds):
                raise StoreLockedError(f"{self.path.name} is busy.", hint="Try again.")
            try:
                self._mind_the_file()
                with self._engine.connect() as connection:
                    connection.execution_options(**{_WRITING: True})
                    with connection.begin():
                        yield connection
            finally:
                self._writing.release()

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """Yield a connection to change tables with, in one transaction.

        Foreign keys are off, because SQLite changes a table by making another in its place; the
        caller checks them before it leaves.
        """
        with self.translated(), self._writing, self._engine.connect() as connection:
            connection.execution_options(**{_WRITING: True})
            driver = connection.connection.cursor()
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")
                driver.close()

    @contextmanager
    def raw(self) -> Iterator[sqlite3.Connection]:
        """Yield a driver connection outside any transaction, for backups; then close it."""
        with self.translated():
            connection = self._connect()
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            fault = error.orig if isinstance(error, DBAPIError) else error
            translation = _translation(fault, self.path)
            if translation is None:
                raise
            raise translation from error
        except UnicodeDecodeError as error:
            # The driver fails so on a message in which SQLite quotes damaged text.
            raise StoreDamagedError(f"{self.path.name} is damaged.") from error
        except PoolTimeoutError as error:
            raise StoreLockedError(f"{self.path.name} is busy.", hint="Try again.") from error

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self._engine.dispose()

    def _mind_the_file(self) -> None:
        """Refuse to write into a file that was removed or replaced while it is open.

        The system would let us, and all of it would be lost at the end.
        """
        if self._inode is None:
            return
        try:
            same = self.path.stat().st_ino == self._inode
        except FileNotFoundError:
            same = False
        if not same:
            raise StoreDamagedError(
                f"{self.path} was taken away while it was in use.",
                hint="Close Puffling, and put the file back or restore a backup.",
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={self._mode}",
            uri=True,
            timeout=self._busy_seconds,
            isolation_level=None,  # the driver begins nothing by itself; see _begin
            check_same_thread=False,  # the pool hands a connection to one thread at a time
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            connection.execute(f"PRAGMA synchronous={self._synchronous}").close()
            connection.execute("PRAGMA foreign_keys=ON").close()
        except BaseException:
            connection.close()
            raise
        if self._inode is None:
            self._mode, self._inode = "rw", self.path.stat().st_ino
        return connection


_SENTENCES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (StoreFullError, "The disk is full: nothing more fits into {name}."),
    sqlite3.SQLITE_READONLY: (StoreReadOnlyError, "{path} may not be written."),
    sqlite3.SQLITE_PERM: (StoreReadOnlyError, "{path} may not be written."),
    sqlite3.SQLITE_BUSY: (StoreLockedError, "Another program holds {name}."),
    sqlite3.SQLITE_LOCKED: (StoreLockedError, "Another program holds {name}."),
    sqlite3.SQLITE_CORRUPT: (StoreDamagedError, "{name} is damaged."),
    sqlite3.SQLITE_FORMAT: (StoreDamagedError, "{name} is damaged."),
    sqlite3.SQLITE_NOTADB: (StoreDamagedError, "{name} is not a Puffling database."),
    sqlite3.SQLITE_NOMEM: (StoreError, "There is not enough memory to use {name}."),
}


def records(
    connection: Connection, statement: Select[Any], build: Callable[[Row[Any]], R]
) -> list[R]:
    """Return what `statement` finds, each row built into a record.

    Raises:
        StoreDamagedError: A row makes no sense.
    """
    result = connection.execute(statement)
    try:
        return [build(row) for row in result.all()]
    except (ValueError, TypeError, KeyError, ArithmeticError, PuffinError) as error:
        raise StoreDamagedError(
            "The database is damaged: it holds an unreadable record."
        ) from error


def record(
    connection: Connection, statement: Select[Any], build: Callable[[Row[Any]], R]
) -> R | None:
    """Return the first of what `statement` finds, or None."""
    return next(iter(records(connection, statement.limit(1), build)), None)


def _begin(connection: Connection) -> None:
    """Begin for real: a reader's snapshot, or a writer that waits for its turn before it reads."""
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


# What SQLite says of a damaged header or a damaged description of a table: neither has a code.
_DAMAGE = ("unsupported file format", "foreign key mismatch")


def _translation(error: BaseException | None, path: Path) -> StoreError | None:
    """Return our error for SQLite's, or None for one that only a mistake of ours can cause."""
    name = path.name
    code: Any = getattr(error, "sqlite_errorcode", None)
    if code is None:
        if "decode to UTF-8" in str(error):
            return StoreDamagedError(f"{name} is damaged: it holds unreadable text.")
        return None
    if any(each in str(error) for each in _DAMAGE):
        return StoreDamagedError(f"{name} is damaged.")
    primary = code & _PRIMARY
    if primary == sqlite3.SQLITE_CANTOPEN:
        return _cannot_open(path)
    if primary == sqlite3.SQLITE_IOERR:
        return _disk_failed(path)
    kind, sentence = _SENTENCES.get(primary, (None, ""))
    return None if kind is None else kind(sentence.format(name=name, path=path))


def _disk_failed(path: Path) -> StoreError:
    """Tell a full disk or a used-up quota, which SQLite often calls a failure, from a real one."""
    failed = StoreError(
        f"The disk failed while {path.name} was read or written.", hint="Check the disk."
    )
    try:
        with file_errors(path), tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.write(bytes(_PROBE))
            probe.flush()
    except StoreError as error:
        failed = error
    return failed


def _cannot_open(path: Path) -> StoreError:
    if not path.exists():
        return StoreDamagedError(
            f"{path} is gone.", hint="Restore a backup, or put the file back where it was."
        )
    ours = os.access in os.supports_effective_ids
    rights = ((path.parent, os.W_OK), (path, os.R_OK | os.W_OK))
    if not all(os.access(each, right, effective_ids=ours) for each, right in rights):
        return StoreReadOnlyError(f"{path} may not be written.")
    return StoreError(f"{path} could not be opened.", hint="Check the data folder.")
