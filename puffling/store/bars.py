"""Bars on disk: columns in compressed pieces, so that a part of a long history is read quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from puffin.data.bars import Bars, Interval
from puffin.data.base import Coverage
from puffin.data.times import moment, nanoseconds
from puffling.core.errors import StoreDamagedError
from puffling.store.database import record, records
from puffling.store.market_schema import fetched
from puffling.store.pieces import pack, unpack

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Row, Select, Table

    from puffling.store.bar_tables import BarTables
    from puffling.store.database import Database

    Column: TypeAlias = NDArray[np.int64] | NDArray[np.float64]
    Key: TypeAlias = tuple[str, str, str]  # symbol, interval, source

_NAMES = ("time", "open", "high", "low", "close", "volume", "adjusted_close")
_BARS_IN_CHUNK = 8192  # at most; a chunk is that many bars long in time
_SECOND = 1_000_000_000
_LONGEST_CHUNK = 2**62  # nanoseconds, in 64 bits


class BarTable:
    """Keeps raw bars; the store behind `puffin.data.base.BarStore`.

    Fetched ones go into market.db. Your own go into puffling.db, with `tables=schema.imported`.
    """

    def __init__(self, database: Database, tables: BarTables = fetched) -> None:
        self._database = database
        self._coverage = tables.coverage
        self._chunks = tables.chunks

    def get(
        self,
        symbol: str,
        interval: Interval,
        source: str,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars | None:
        """Return the stored bars that opened in [start, end); None when there are none.

        Raises:
            StoreDamagedError: They cannot be read.
        """
        key = (symbol, interval.value, source)
        statement = (
            select(self._chunks.c.data).where(_is(self._chunks, key)).order_by(self._chunks.c.chunk)
        )
        if start is not None:
            statement = statement.where(self._chunks.c.last >= nanoseconds(start))
        if end is not None:
            statement = statement.where(self._chunks.c.first < nanoseconds(end))
        about = select(self._coverage).where(_is(self._coverage, key))
        with self._database.read() as connection:
            line = record(connection, about, lambda row: row.as_of or row.fetched_at)
            pieces = _pieces(connection, statement, key)
        if line is None or not pieces:
            return None
        bars = _bars(key, _join(pieces), line).between(start, end)
        return bars if len(bars) else None

    def put(self, bars: Bars, *, fetched_at: datetime) -> None:
        """Keep `bars` under their symbol, interval and source, all of them or none.

        They replace everything stored from their first to their last bar; what lies outside
        stays.

        Raises:
            DataError: The bars cannot be trusted, or there are none; what was stored stays.
            StoreError: They could not be stored; what was stored stays.
        """
        bars.validate()
        if bars.adjusted:
            raise ValueError("Only prices as the source gave them are kept")
        key = (bars.symbol, bars.interval.value, bars.source)
        span = min(bars.interval.seconds * _BARS_IN_CHUNK * _SECOND, _LONGEST_CHUNK)
        first, last = int(bars.time[0]), int(bars.time[-1])
        touched = self._chunks.c.chunk.between(first // span, last // span)
        with self._database.write() as connection:
            stored = select(self._chunks.c.data).where(_is(self._chunks, key), touched)
            old = _pieces(connection, stored.order_by(self._chunks.c.chunk), key)
            merged = _merge(old, _columns(bars))
            connection.execute(delete(self._chunks).where(_is(self._chunks, key), touched))
            connection.execute(
                insert(self._chunks), [_row(key, each) for each in _split(merged, span)]
            )
            self._note(connection, key, bars.as_of, fetched_at)

    def coverage(self, symbol: str, interval: Interval, source: str) -> Coverage | None:
        """Return what is stored, None when nothing is."""
        statement = select(self._coverage).where(
            _is(self._coverage, (symbol, interval.value, source))
        )
        with self._database.read() as connection:
            return record(connection, statement, _coverage)

    def symbols(self) -> list[Coverage]:
        """Return everything that is stored, a line for each symbol, interval and source."""
        order = self._coverage.c.symbol, self._coverage.c.interval, self._coverage.c.source
        with self._database.read() as connection:
            return records(connection, select(self._coverage).order_by(*order), _coverage)

    def remove(self, symbol: str, source: str) -> None:
        """Forget every interval of `symbol` from `source`."""
        with self._database.write() as connection:
            for table in (self._chunks, self._coverage):
                connection.execute(
                    delete(table).where(table.c.symbol == symbol, table.c.source == source)
                )

    def _note(
        self, connection: Connection, key: Key, as_of: datetime | None, fetched_at: datetime
    ) -> None:
        whole = connection.execute(
            select(
                func.min(self._chunks.c.first),
                func.max(self._chunks.c.last),
                func.sum(self._chunks.c.rows),
            ).where(_is(self._chunks, key))
        ).one()
        values = {
            "first": whole[0],
            "last": whole[1],
            "rows": whole[2],
            "as_of": as_of,
            "fetched_at": fetched_at,
        }
        names = ("symbol", "interval", "source")
        statement = insert(self._coverage).values(**dict(zip(names, key, strict=True)), **values)
        connection.execute(statement.on_conflict_do_update(index_elements=names, set_=values))


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    symbol, interval, source = key
    return (table.c.symbol == symbol) & (table.c.interval == interval) & (table.c.source == source)


def _pieces(
    connection: Connection, statement: Select[tuple[bytes]], key: Key
) -> list[list[Column]]:
    try:
        return records(connection, statement, lambda row: _whole(unpack(row.data)))
    except StoreDamagedError as error:
        raise StoreDamagedError(
            f"The stored prices of {key[0]} from {key[2]} are damaged.",
            hint="Remove them, and fetch or import them again.",
        ) from error


def _whole(columns: list[Column]) -> list[Column]:
    if len(columns) not in {len(_NAMES), len(_NAMES) - 1}:
        raise ValueError("A column is missing")
    return columns


def _columns(bars: Bars) -> list[Column]:
    columns: list[Column] = [getattr(bars, name) for name in _NAMES[:-1]]
    return columns if bars.adjusted_close is None else [*columns, bars.adjusted_close]


def _join(pieces: list[list[Column]]) -> list[Column]:
    """Put pieces one after the other; a column that one of them lacks is left out."""
    if len(pieces) == 1:
        return pieces[0]
    return [np.concatenate(parts) for parts in zip(*pieces, strict=False)]


def _merge(old: list[list[Column]], new: list[Column]) -> list[Column]:
    """Return the old rows before and after the new ones, with those between."""
    if not old:
        return new
    stored = _join(old)
    before = int(np.searchsorted(stored[0], new[0][0], side="left"))
    after = int(np.searchsorted(stored[0], new[0][-1], side="right"))
    return [
        np.concatenate([was[:before], now, was[after:]])
        for was, now in zip(stored, new, strict=False)
    ]


def _split(columns: list[Column], span: int) -> list[tuple[int, list[Column]]]:
    numbers = columns[0] // span
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    ends = np.append(starts[1:], len(numbers))
    return [
        (int(numbers[start]), [each[start:end] for each in columns])
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def _row(key: Key, piece: tuple[int, list[Column]]) -> dict[str, Any]:
    number, columns = piece
    time = columns[0]
    return {
        "symbol": key[0],
        "interval": key[1],
        "source": key[2],
        "chunk": number,
        "first": int(time[0]),
        "last": int(time[-1]),
        "rows": len(time),
        "data": pack(columns),
    }


def _bars(key: Key, columns: list[Column], as_of: datetime) -> Bars:
    time, open_, high, low, close, volume, *adjusted = columns
    return Bars(
        symbol=key[0],
        interval=Interval(key[1]),
        time=time.astype(np.int64, copy=False),
        open=open_.astype(np.float64, copy=False),
        high=high.astype(np.float64, copy=False),
        low=low.astype(np.float64, copy=False),
        close=close.astype(np.float64, copy=False),
        volume=volume.astype(np.float64, copy=False),
        adjusted_close=adjusted[0].astype(np.float64, copy=False) if adjusted else None,
        source=key[2],
        as_of=as_of,
    )


def _coverage(row: Row[Any]) -> Coverage:
    return Coverage(
        symbol=row.symbol,
        interval=Interval(row.interval),
        source=row.source,
        first=moment(row.first),
        last=moment(row.last),
        rows=row.rows,
        fetched_at=row.fetched_at,
    )
