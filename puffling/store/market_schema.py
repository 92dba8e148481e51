"""Every table of market.db: fetched prices, which may be deleted at any time."""

from __future__ import annotations

from sqlalchemy import MetaData

from puffling.store.bar_tables import bar_tables

# A cache is not migrated: a file of another version is put aside and made anew.
MARKET_VERSION = 1

market_metadata = MetaData()

fetched = bar_tables(market_metadata)
