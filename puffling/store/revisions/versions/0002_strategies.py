"""Second revision: your strategies, searches, verdicts and allocations; backtests run again.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op  # noqa: TID253 - Alembic itself loads this file

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("backtests", sa.Column("plan", sa.Text(), nullable=True))
    op.add_column(
        "backtests", sa.Column("saved_strategy", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "backtest_results", sa.Column("many", sa.Boolean(), server_default="0", nullable=False)
    )
    _make_verdicts()
    _make_strategies()
    _make_searches()
    op.create_table(
        "allocations",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _owner("allocations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_allocations_user_id_name")),
    )


def _make_verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("backtest_id", sa.Text(), nullable=False),
        _user(),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["backtest_id"],
            ["backtests.id"],
            name=op.f("fk_verdicts_backtest_id"),
            ondelete="CASCADE",
        ),
        _owner("verdicts"),
        sa.PrimaryKeyConstraint("backtest_id", name=op.f("pk_verdicts")),
    )


def _make_strategies() -> None:
    op.create_table(
        "strategies",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _owner("strategies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategies")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_strategies_user_id_name")),
    )
    op.create_table(
        "strategy_revisions",
        sa.Column("strategy_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _user(),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategies.id"],
            name=op.f("fk_strategy_revisions_strategy_id"),
            ondelete="CASCADE",
        ),
        _owner("strategy_revisions"),
        sa.PrimaryKeyConstraint("strategy_id", "number", name=op.f("pk_strategy_revisions")),
    )


def _make_searches() -> None:
    op.create_table(
        "searches",
        sa.Column("id", sa.Text(), nullable=False),
        _user(),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("best", sa.Text(), nullable=True),
        sa.Column("data_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        _owner("searches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index(op.f("ix_searches_created_at"), "searches", ["created_at"], unique=False)
    op.create_table(
        "search_results",
        sa.Column("search_id", sa.Text(), nullable=False),
        _user(),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["searches.id"],
            name=op.f("fk_search_results_search_id"),
            ondelete="CASCADE",
        ),
        _owner("search_results"),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_search_results")),
    )


def _user() -> sa.Column[str]:
    return sa.Column("user_id", sa.Text(), server_default="default", nullable=False)


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"))
