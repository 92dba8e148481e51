"""Every table of market.db: fetched prices, which may be deleted at any time."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

from puffling.store.columns import UtcTime

# A cache is not migrated: a file of another version is put aside and made anew.
MARKET_VERSION = 1

market_metadata = MetaData()


def _key() -> tuple[Column[str], Column[str], Column[str]]:
    return (
        Column("symbol", Text, primary_key=True),
        Column("interval", Text, primary_key=True),
        Column("source", Text, primary_key=True),
    )


# Times of bars are nanoseconds since 1970, as in Bars.
coverage = Table(
    "coverage",
    market_metadata,
    *_key(),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("as_of", UtcTime),
    Column("fetched_at", UtcTime, nullable=False),
)

# The bars, as columns in compressed pieces; `chunk` numbers equal spans of time.
chunks = Table(
    "chunks",
    market_metadata,
    *_key(),
    Column("chunk", Integer, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
