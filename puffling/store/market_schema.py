"""Every table of market.db: fetched prices, which may be deleted at any time."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from puffling.store.columns import UtcTime

# A cache is not migrated: a file of another version is put aside and made anew.
MARKET_VERSION = 1

market_metadata = MetaData()

# What is stored of one symbol in one interval from one source.
coverage = Table(
    "coverage",
    market_metadata,
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("first", BigInteger, nullable=False),  # nanoseconds since 1970, as in Bars
    Column("last", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("adjusted", Boolean, nullable=False),
    Column("as_of", UtcTime),
    Column("fetched_at", UtcTime, nullable=False),
)

# The bars, as columns in compressed pieces; `chunk` numbers equal spans of time.
chunks = Table(
    "chunks",
    market_metadata,
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("chunk", Integer, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=True,
)
