"""The tables of charts: what was drawn on them."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from puffling.store.columns import JsonText
from puffling.store.schema_base import metadata, owner

# The document says what is drawn and how; `height` which of two is painted above the other.
drawings = Table(
    "drawings",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("symbol", Text, nullable=False, index=True),
    Column("height", Integer, nullable=False),
    Column("document", JsonText, nullable=False),
)
