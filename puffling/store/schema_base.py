"""What every table of puffling.db shares: its names, its owner, and how words are kept."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData, Text

DEFAULT_USER = "default"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owner() -> Column[str]:
    """Return the column that says whose row it is."""
    return Column(
        "user_id", Text, ForeignKey("users.id"), nullable=False, server_default=DEFAULT_USER
    )


def words(name: str) -> Column[str]:
    """Return a column of words, empty where nothing was said."""
    return Column(name, Text, nullable=False, server_default="")
