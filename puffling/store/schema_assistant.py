"""The tables of the assistant: what was said, which tools were called, and what it used."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from puffling.store.columns import DecimalText, JsonText, UtcTime
from puffling.store.schema_base import metadata, owner, words

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("title", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False, index=True),
    words("summary"),
    Column("summary_until", Integer, nullable=False, server_default="0"),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column(
        "conversation_id",
        Text,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("height", Integer, nullable=False),
    Column("role", Text, nullable=False),
    words("text"),
    Column("state", Text, nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    words("trouble"),
    words("hint"),
    words("model"),
    words("provider"),
    Column("usage", JsonText),  # tokens, as the service counted them
    Column("cost", DecimalText),
    Column("about", JsonText),  # what the question was asked from
    Column("notes", JsonText, nullable=False, server_default="[]"),
    Column("figures", JsonText, nullable=False, server_default="[]"),
    UniqueConstraint("conversation_id", "height"),
)

# Every tool that was asked for, in the order of the answer that asked.
chat_calls = Table(
    "chat_calls",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column(
        "message_id",
        Text,
        ForeignKey("chat_messages.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("arguments", JsonText, nullable=False),
    words("command"),
    Column("state", Text, nullable=False),
    words("effect"),
    words("text"),
    Column("is_error", Boolean, nullable=False, server_default="0"),
    Column("started_at", UtcTime),
    Column("seconds", Float),
    words("snapshot"),
    Column("card", JsonText),
    UniqueConstraint("message_id", "position"),
)

# No key to conversations: what was used counts after one is deleted.
model_uses = Table(
    "model_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    owner(),
    Column("at", UtcTime, nullable=False),
    Column("day", Text, nullable=False, index=True),
    Column("conversation_id", Text, nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("usage", JsonText, nullable=False),
    Column("cost", DecimalText),
    words("purpose"),
    Column("estimated", Boolean, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
