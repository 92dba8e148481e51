"""Fourth revision: what is drawn on charts.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op  # noqa: TID253 - Alembic itself loads this file

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), server_default="default", nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drawings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawings")),
    )
    op.create_index(op.f("ix_drawings_symbol"), "drawings", ["symbol"], unique=False)
