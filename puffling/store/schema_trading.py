"""The tables of trading: accounts, orders and their log, fills, proposals, baskets, goals."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from puffling.store.columns import DecimalText, JsonText, UtcTime
from puffling.store.schema_base import metadata, owner, words

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("mode", Text, nullable=False),
    Column("starting_cash", DecimalText, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("market_start", UtcTime, nullable=False),
    words("number"),  # the broker's, all but the last four hidden
    Column("closed_at", UtcTime),
    Index(None, "user_id", "mode", "opened_at"),
)

# A projection of the order's events: it can be made again from them.
orders = Table(
    "orders",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("quantity", DecimalText, nullable=False),
    Column("type", Text, nullable=False),
    Column("limit_price", DecimalText),
    Column("stop_price", DecimalText),
    Column("time_in_force", Text, nullable=False),
    Column("notional", DecimalText),
    Column("trail_price", DecimalText),
    Column("trail_percent", DecimalText),
    Column("extended_hours", Boolean, nullable=False, server_default="0"),
    Column("take_profit", DecimalText),
    Column("stop_loss", DecimalText),
    Column("stop_loss_limit", DecimalText),
    Column("one_cancels_other", Boolean, nullable=False, server_default="0"),
    Column("legs", JsonText, nullable=False, server_default="[]"),
    Column("status", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("market_time", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("filled_quantity", DecimalText, nullable=False),
    Column("average_price", DecimalText),
    words("reason"),
    words("asked_by"),
    words("broker_id"),
    words("raw"),
    words("parent"),
    words("replaces"),
    words("basket"),
    Column("external", Boolean, nullable=False, server_default="0"),
    Index(None, "account", "status"),
    sqlite_autoincrement=True,
)

# The truth about orders: what was asked and what the broker said, each once, never changed. No
# foreign key to orders, which are made from it.
order_events = Table(
    "order_events",
    metadata,
    Column("sequence", Integer, primary_key=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("order_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    words("status"),  # nothing for a message that has none: a fill by itself
    words("raw"),
    Column("at", UtcTime, nullable=False),  # by the broker's clock, or the market's in DEMO
    Column("received_at", UtcTime, nullable=False),
    words("execution_id"),
    Column("document", JsonText, nullable=False),  # the whole message
    Column("key", Text, nullable=False),  # its fingerprint: the same message is kept once
    UniqueConstraint("account", "key"),
    sqlite_autoincrement=True,
)

# A projection too: executions that count.
fills = Table(
    "fills",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    owner(),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("symbol", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("quantity", DecimalText, nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("commission", DecimalText, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("account", "id"),
    sqlite_autoincrement=True,
)

# Dividends, fees, interest, transfers, splits, and what an account held when it was taken in.
activities = Table(
    "activities",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("amount", DecimalText, nullable=False),
    words("symbol"),
    Column("quantity", DecimalText, nullable=False),
    words("text"),
    UniqueConstraint("account", "id"),
    sqlite_autoincrement=True,
)

halts = Table(
    "halts",
    metadata,
    Column("id", Integer, primary_key=True),
    owner(),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    words("reason"),
    Column("cleared_at", UtcTime),
    Column("cleared_by", Text),
    # Trading is halted or it is not: one row at most is open.
    Index("uq_halts_open", "user_id", unique=True, sqlite_where=text("cleared_at IS NULL")),
)

# What waits in the inbox for a yes or a no, and what came of it.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    words("account"),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    words("reason"),
    Column("document", JsonText, nullable=False),  # the tickets and what was shown
    Column("order_ids", JsonText, nullable=False),
    Column("decided_at", UtcTime),
    words("decided_by"),
    words("note"),
    words("basket"),
)

baskets = Table(
    "baskets",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", JsonText, nullable=False),  # its legs: ticket, order, status
)

goals = Table(
    "goals",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("document", JsonText, nullable=False),  # targets, band, alert or propose
    UniqueConstraint("user_id", "name"),
)

ticket_templates = Table(
    "ticket_templates",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("name", Text, nullable=False),
    Column("document", JsonText, nullable=False),
    UniqueConstraint("user_id", "name"),
)
