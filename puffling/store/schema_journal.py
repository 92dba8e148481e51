"""The tables of performance and the journal: what the account was worth, and what you noted."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from puffling.store.columns import DecimalText, JsonText, UtcTime
from puffling.store.schema_base import metadata, owner, words

# What the account was worth at the end of each session; None is what could not be known.
equity_snapshots = Table(
    "equity_snapshots",
    metadata,
    Column("sequence", Integer, primary_key=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("session", Text, nullable=False),  # the exchange's date
    Column("at", UtcTime, nullable=False),
    Column("equity", DecimalText, nullable=False),
    Column("cash", DecimalText, nullable=False),
    Column("positions_value", DecimalText, nullable=False),
    Column("net_flow", DecimalText, nullable=False),
    UniqueConstraint("account", "session"),
    sqlite_autoincrement=True,
)

journal_entries = Table(
    "journal_entries",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),  # the moment it is about, market time
    Column("title", Text, nullable=False),
    words("note"),
    words("setup"),
    words("emotions"),
    words("mistakes"),
    words("lessons"),
    Column("tags", JsonText, nullable=False),
    Column("rating", Integer),
    words("trade_key"),  # the round trip it is about
    words("symbol"),
    words("picture"),  # a file's name in the profile's journal folder
)
