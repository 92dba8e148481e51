"""Every table of puffling.db: what is yours. Each one of them belongs to a user."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from puffling.store.bar_tables import bar_tables
from puffling.store.columns import DecimalText, JsonText, UtcTime
from puffling.store.schema_assistant import (
    chat_calls,
    chat_messages,
    conversations,
    model_uses,
)
from puffling.store.schema_base import DEFAULT_USER, metadata
from puffling.store.schema_base import owner as _user
from puffling.store.schema_base import words as _words
from puffling.store.schema_charts import drawings
from puffling.store.schema_ideas import ideas
from puffling.store.schema_journal import equity_snapshots, journal_entries
from puffling.store.schema_trading import (
    accounts,
    activities,
    baskets,
    fills,
    goals,
    halts,
    order_events,
    orders,
    proposals,
    ticket_templates,
)

__all__ = [
    "DEFAULT_USER",
    "accounts",
    "activities",
    "alert_firings",
    "alerts",
    "allocations",
    "audit",
    "backtest_results",
    "backtests",
    "baskets",
    "chat_calls",
    "chat_messages",
    "conversations",
    "drawings",
    "equity_snapshots",
    "fills",
    "goals",
    "halts",
    "ideas",
    "imported",
    "jobs",
    "journal_entries",
    "metadata",
    "model_uses",
    "notifications",
    "order_events",
    "orders",
    "profile",
    "proposals",
    "requests",
    "search_results",
    "searches",
    "state",
    "strategies",
    "strategy_revisions",
    "ticket_templates",
    "users",
    "verdicts",
    "watchlists",
]

profile = Table(
    "profile",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", UtcTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

watchlists = Table(
    "watchlists",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("name", Text, nullable=False),
    Column("symbols", JsonText, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("user_id", "name"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("kind", Text, nullable=False),
    _words("symbol"),  # nothing for one that is about the account
    Column("condition", JsonText, nullable=False),
    Column("repeat", Text, nullable=False),
    Column("cooldown_seconds", Integer, nullable=False, server_default="0"),
    Column("hysteresis", DecimalText, nullable=False, server_default="0"),
    Column("expires_at", UtcTime),
    Column("quiet", JsonText, nullable=False, server_default="null"),
    Column("sound", Boolean, nullable=False, server_default="0"),
    Column("enabled", Boolean, nullable=False),
    _words("note"),
    Column("created_at", UtcTime, nullable=False),
    Column("last_fired_at", UtcTime),
    Column("state", JsonText, nullable=False, server_default="{}"),
)

# No foreign key to alerts: what fired stays in the history when its alert is removed.
alert_firings = Table(
    "alert_firings",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("alert_id", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("market_time", UtcTime, nullable=False),
    Column("value", DecimalText),  # what fired it, where it is a number
)

backtests = Table(
    "backtests",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("strategy_id", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("parameters", JsonText, nullable=False),
    Column("metrics", JsonText, nullable=False),
    Column("assumptions", JsonText, nullable=False),
    Column("data_hash", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
    _words("note"),
    # What it takes to run it again; nothing for one that revision 0001 stored.
    Column("plan", JsonText),
    _words("saved_strategy"),  # the one of yours that was tried; no key, as it may be removed
)

# The curves and trades of a backtest, apart from it so that the list of backtests stays quick.
backtest_results = Table(
    "backtest_results",
    metadata,
    Column(
        "backtest_id",
        Text,
        ForeignKey("backtests.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _user(),
    # As `to_blob` of BacktestResult writes it, or that of PortfolioResult if `many` is set.
    Column("document", LargeBinary, nullable=False),
    Column("many", Boolean, nullable=False, server_default="0"),
)

# What the truth gate says of a backtest.
verdicts = Table(
    "verdicts",
    metadata,
    Column(
        "backtest_id",
        Text,
        ForeignKey("backtests.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _user(),
    Column("grade", Text, nullable=False),
    Column("document", JsonText, nullable=False),
)

strategies = Table(
    "strategies",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("revision", Integer, nullable=False),  # the newest
    UniqueConstraint("user_id", "name"),
)

# Nothing is ever written over: each change of a strategy is one more revision.
strategy_revisions = Table(
    "strategy_revisions",
    metadata,
    Column(
        "strategy_id",
        Text,
        ForeignKey("strategies.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True),
    _user(),
    Column("created_at", UtcTime, nullable=False),
    Column("spec", JsonText, nullable=False),
    _words("note"),
)

searches = Table(
    "searches",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("plan", JsonText, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("best", JsonText),  # the parameters and figures of the best trial so far
    _words("data_hash"),
    _words("message"),
)

# Every trial of a search, apart from it so that the list of searches stays quick.
search_results = Table(
    "search_results",
    metadata,
    Column(
        "search_id",
        Text,
        ForeignKey("searches.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _user(),
    Column("document", LargeBinary, nullable=False),  # JSON, compressed
)

# Weights that an optimiser gave and that were kept, as the target of a rebalance.
allocations = Table(
    "allocations",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("document", JsonText, nullable=False),
    UniqueConstraint("user_id", "name"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True),
    _user(),
    Column("at", UtcTime, nullable=False),
    Column("level", Text, nullable=False),
    Column("title", Text, nullable=False),
    _words("text"),
    _words("panel"),
    _words("details"),
    Column("read", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Float),
    _words("message"),
    _words("panel"),
    Column("started_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    _user(),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    _words("subject"),
    Column("details", JsonText, nullable=False),
    sqlite_autoincrement=True,
)

requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    Column("command", Text, nullable=False),
    Column("values", JsonText, nullable=False),
    Column("actor", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False, index=True),
    _words("question"),
    _words("answer"),
    Column("result", JsonText),
    _words("error"),
)

state = Table(
    "state",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True, server_default=DEFAULT_USER),
    Column("key", Text, primary_key=True),
    Column("value", JsonText, nullable=False),
    CheckConstraint("key <> ''", name="key"),
)

# Prices from your own files: unlike fetched ones they cannot be had again.
imported = bar_tables(metadata, "imported_", _user)
