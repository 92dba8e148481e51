"""The two tables that bars are kept in: fetched ones in market.db, your own in puffling.db."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from puffling.store.columns import UtcTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import MetaData


@dataclass(frozen=True, slots=True)
class BarTables:
    """What is stored of each symbol, and the bars themselves."""

    coverage: Table
    chunks: Table


def bar_tables(
    metadata: MetaData, prefix: str = "", owner: Callable[[], Column[Any]] | None = None
) -> BarTables:
    """Declare both in `metadata`; `owner` makes the column that says whose they are.

    Times of bars are nanoseconds since 1970, as in Bars. The bars are columns in compressed
    pieces; `chunk` numbers equal spans of time.
    """

    def key() -> tuple[Column[Any], ...]:
        names = ("symbol", "interval", "source")
        mine = (owner(),) if owner is not None else ()
        return (*mine, *(Column(name, Text, primary_key=True) for name in names))

    return BarTables(
        coverage=Table(
            f"{prefix}coverage",
            metadata,
            *key(),
            Column("first", BigInteger, nullable=False),
            Column("last", BigInteger, nullable=False),
            Column("rows", Integer, nullable=False),
            Column("as_of", UtcTime),
            Column("fetched_at", UtcTime, nullable=False),
        ),
        chunks=Table(
            f"{prefix}chunks",
            metadata,
            *key(),
            Column("chunk", Integer, primary_key=True),
            Column("first", BigInteger, nullable=False),
            Column("last", BigInteger, nullable=False),
            Column("rows", Integer, nullable=False),
            Column("data", LargeBinary, nullable=False),
        ),
    )
