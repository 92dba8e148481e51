"""The table of ideas: what the rules had to say, and what became of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from puffling.store.columns import JsonText, UtcTime
from puffling.store.schema_base import metadata, owner

# The document never changes; outcomes are added as days pass.
ideas = Table(
    "ideas",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("symbol", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("day", Text, nullable=False),  # the session whose close decided
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),  # market time
    Column("document", JsonText, nullable=False),
    Column("outcomes", JsonText, nullable=False),
    UniqueConstraint("account", "symbol", "method", "side", "day"),
)
