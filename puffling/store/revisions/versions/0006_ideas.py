"""Sixth revision: ideas, and what became of them.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op  # noqa: TID253 - Alembic itself loads this file

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ideas",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), server_default="default", nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_ideas_account")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ideas_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint(
            "account",
            "symbol",
            "method",
            "side",
            "day",
            name=op.f("uq_ideas_account_symbol_method_side_day"),
        ),
    )
    op.create_index(op.f("ix_ideas_expires_at"), "ideas", ["expires_at"], unique=False)
