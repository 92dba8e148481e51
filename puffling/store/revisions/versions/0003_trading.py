"""Third revision: orders of every kind and their log, the inbox, baskets, goals, the journal.

Revision ID: 0003
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op  # noqa: TID253 - Alembic itself loads this file

if TYPE_CHECKING:
    from collections.abc import Mapping

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TICKET = (
    "symbol",
    "side",
    "quantity",
    "type",
    "limit_price",
    "stop_price",
    "time_in_force",
)
_ORDER = (
    "id",
    "account",
    "status",
    "created_at",
    "market_time",
    "updated_at",
    "filled_quantity",
    "average_price",
    "reason",
    "asked_by",
)
_FILL = ("id", "order_id", "account", "symbol", "side", "quantity", "price", "commission", "at")


def upgrade() -> None:
    op.add_column("accounts", _words("number"))
    op.add_column("accounts", sa.Column("closed_at", sa.Text(), nullable=True))
    op.add_column("alert_firings", sa.Column("value", sa.Text(), nullable=True))
    _widen_orders()
    _make_order_events()
    _note_what_was_known()
    _make_alerts_anew()
    _make_activities()
    _make_inbox()
    _make_goals()
    _make_journal()


def _widen_orders() -> None:
    for name in (
        "notional",
        "trail_price",
        "trail_percent",
        "take_profit",
        "stop_loss",
        "stop_loss_limit",
    ):
        op.add_column("orders", sa.Column(name, sa.Text(), nullable=True))
    for name in ("extended_hours", "one_cancels_other", "external"):
        op.add_column("orders", sa.Column(name, sa.Boolean(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("legs", sa.Text(), server_default="[]", nullable=False))
    for name in ("broker_id", "raw", "parent", "replaces", "basket"):
        op.add_column("orders", _words(name))


def _make_order_events() -> None:
    op.create_table(
        "order_events",
        sa.Column("sequence", sa.Integer(), nullable=False),
        _user(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _words("status"),
        _words("raw"),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        _words("execution_id"),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        _account("order_events"),
        _owner("order_events"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_order_events")),
        sa.UniqueConstraint("account", "key", name=op.f("uq_order_events_account_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_order_events_order_id"), "order_events", ["order_id"], unique=False)


def _note_what_was_known() -> None:
    """Begin the log of each order with what is known of it: its state, then its fills."""
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT * FROM orders ORDER BY sequence")).mappings():
        order = _said(row, _ORDER) | {"ticket": _said(row, _TICKET)}
        document = {"order": order} | _said(row, ("reason",))
        times = (row["market_time"], row["updated_at"])
        _note(row, "snapshot", row["id"], times, document)
    for row in connection.execute(sa.text("SELECT * FROM fills ORDER BY sequence")).mappings():
        document = {"fill": _said(row, _FILL)}
        _note(row, "fill", row["order_id"], (row["at"], row["at"]), document)


def _note(
    row: Mapping[Any, Any], kind: str, order_id: str, times: tuple[str, str], document: object
) -> None:
    is_fill = kind == "fill"
    op.get_bind().execute(
        sa.text(
            "INSERT INTO order_events (user_id, account, order_id, kind, status, raw, at,"
            " received_at, execution_id, document, key) VALUES (:user, :account, :order, :kind,"
            " :status, '', :at, :received, :execution, :document, :key)"
        ),
        {
            "user": row["user_id"],
            "account": row["account"],
            "order": order_id,
            "kind": kind,
            "status": "" if is_fill else row["status"],
            "at": times[0],
            "received": times[1],
            "execution": row["id"] if is_fill else "",
            "document": json.dumps(document),
            "key": f"{kind} {row['id']}",
        },
    )


def _said(row: Mapping[Any, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] not in {None, ""}}


def _make_alerts_anew() -> None:
    op.create_table(
        "alerts_anew",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("kind", sa.Text(), nullable=False),
        _words("symbol"),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Text(), nullable=False),
        sa.Column("cooldown_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hysteresis", sa.Text(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("quiet", sa.Text(), server_default="null", nullable=False),
        sa.Column("sound", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        _words("note"),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("last_fired_at", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.execute(
        "INSERT INTO alerts_anew (id, user_id, kind, symbol, condition, repeat, cooldown_seconds,"
        " enabled, note, created_at, last_fired_at, state) SELECT id, user_id, 'price', symbol,"
        " json_object('kind', 'price', 'when', kind, 'price', price), repeat, 900, enabled, note,"
        " created_at, last_fired_at,"
        " json_object('armed', json(CASE WHEN armed THEN 'true' ELSE 'false' END)) FROM alerts"
    )
    op.drop_table("alerts")
    op.rename_table("alerts_anew", "alerts")


def _make_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        _words("symbol"),
        sa.Column("quantity", sa.Text(), nullable=False),
        _words("text"),
        _account("activities"),
        _owner("activities"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_activities")),
        sa.UniqueConstraint("account", "id", name=op.f("uq_activities_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_activities_at"), "activities", ["at"], unique=False)


def _make_inbox() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        _words("account"),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        _words("reason"),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("order_ids", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=True),
        _words("decided_by"),
        _words("note"),
        _words("basket"),
        _owner("proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_created_at"), "proposals", ["created_at"], unique=False)
    op.create_index(op.f("ix_proposals_state"), "proposals", ["state"], unique=False)
    op.create_table(
        "baskets",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _account("baskets"),
        _owner("baskets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
    )
    op.create_index(op.f("ix_baskets_created_at"), "baskets", ["created_at"], unique=False)


def _make_goals() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _owner("goals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_goals_user_id_name")),
    )
    op.create_table(
        "ticket_templates",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _owner("ticket_templates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_templates")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_ticket_templates_user_id_name")),
    )


def _make_journal() -> None:
    op.create_table(
        "equity_snapshots",
        sa.Column("sequence", sa.Integer(), nullable=False),
        _user(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("equity", sa.Text(), nullable=False),
        sa.Column("cash", sa.Text(), nullable=False),
        sa.Column("positions_value", sa.Text(), nullable=False),
        sa.Column("net_flow", sa.Text(), nullable=False),
        _account("equity_snapshots"),
        _owner("equity_snapshots"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_equity_snapshots")),
        sa.UniqueConstraint("account", "session", name=op.f("uq_equity_snapshots_account_session")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        *map(_words, ("note", "setup", "emotions", "mistakes", "lessons")),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        *map(_words, ("trade_key", "symbol", "picture")),
        _account("journal_entries"),
        _owner("journal_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
    )
    op.create_index(op.f("ix_journal_entries_at"), "journal_entries", ["at"], unique=False)


def _user() -> sa.Column[str]:
    return sa.Column("user_id", sa.Text(), server_default="default", nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"))


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f(f"fk_{table}_account"))
