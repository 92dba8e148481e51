"""Conversations with the assistant: threads, their messages, the calls in them, and the ledger."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from puffin.ai.base import Usage
from puffling.core.conversations import (
    CallRecord,
    CallState,
    ChatMessage,
    Conversation,
    FigureLink,
    MessageState,
    ModelUse,
    Speaker,
)
from puffling.store.database import record, records
from puffling.store.schema import (
    DEFAULT_USER,
    chat_calls,
    chat_messages,
    conversations,
    model_uses,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from puffling.core.conversations import Thread
    from puffling.store.database import Database

ENDED = "Puffling ended while this was written."
ENDED_CALL = "Puffling ended before this was done."


class ConversationStore:
    """Keeps what was said."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def all(self) -> list[Conversation]:
        """Return every conversation, the one that was used last first."""
        statement = (
            select(conversations)
            .where(conversations.c.user_id == self._user)
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
        )
        with self._database.read() as connection:
            return records(connection, statement, _conversation)

    def messages(self, conversation: str) -> list[ChatMessage]:
        """Return what was said in a conversation, in order."""
        mine = (chat_messages.c.user_id == self._user) & (
            chat_messages.c.conversation_id == conversation
        )
        with self._database.read() as connection:
            calls = _calls_of(connection, mine)
            statement = select(chat_messages).where(mine).order_by(chat_messages.c.height)
            return records(connection, statement, lambda row: _message(row, calls.get(row.id, ())))

    def save(self, conversation: Conversation) -> None:
        """Store a conversation's own row, new or changed."""
        with self._database.write() as connection:
            self._save(connection, conversation)

    def keep(self, message: ChatMessage, conversation: Conversation | None = None) -> None:
        """Store a message with all of its calls, and its conversation if it changed too."""
        with self._database.write() as connection:
            if conversation is not None:
                self._save(connection, conversation)
            self._keep(connection, message)

    def keep_text(self, message: str, text: str) -> None:
        """Store how far a message is written, and nothing else of it."""
        with self._database.write() as connection:
            connection.execute(
                update(chat_messages)
                .where(chat_messages.c.user_id == self._user, chat_messages.c.id == message)
                .values(text=text)
            )

    def put(self, thread: Thread) -> None:
        """Store a whole conversation."""
        with self._database.write() as connection:
            self._save(connection, thread.conversation)
            for each in thread.messages:
                self._keep(connection, each)

    def drop_from(self, conversation: str, height: int) -> None:
        """Remove what was said from this height on."""
        with self._database.write() as connection:
            connection.execute(
                delete(chat_messages).where(
                    chat_messages.c.user_id == self._user,
                    chat_messages.c.conversation_id == conversation,
                    chat_messages.c.height >= height,
                )
            )

    def remove(self, conversation: str) -> None:
        """Remove a conversation with everything in it."""
        with self._database.write() as connection:
            connection.execute(
                delete(conversations).where(
                    conversations.c.user_id == self._user, conversations.c.id == conversation
                )
            )

    def search(self, words: Sequence[str], limit: int) -> list[tuple[str, str, str]]:
        """Return conversation, message and text of messages that hold all of `words`, newest first.

        Letters of every case are alike where they are plain ones.
        """
        statement = (
            select(chat_messages.c.conversation_id, chat_messages.c.id, chat_messages.c.text)
            .where(
                chat_messages.c.user_id == self._user,
                *(chat_messages.c.text.icontains(each, autoescape=True) for each in words),
            )
            .order_by(chat_messages.c.created_at.desc(), chat_messages.c.height.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(
                connection, statement, lambda row: (row.conversation_id, row.id, row.text)
            )

    def end_interrupted(self) -> int:
        """Mark what the last run left half written or half done; return how many messages."""
        with self._database.write() as connection:
            ended = connection.execute(
                update(chat_messages)
                .where(
                    chat_messages.c.user_id == self._user,
                    chat_messages.c.state == MessageState.WRITING.value,
                )
                .values(state=MessageState.STOPPED.value, trouble=ENDED)
            )
            open_states = [each.value for each in CallState if not each.is_over]
            connection.execute(
                update(chat_calls)
                .where(chat_calls.c.user_id == self._user, chat_calls.c.state.in_(open_states))
                .values(state=CallState.FAILED.value, is_error=True, text=ENDED_CALL)
            )
            return ended.rowcount

    def use(self, use: ModelUse) -> None:
        """Enter a call of a model into the ledger."""
        with self._database.write() as connection:
            connection.execute(
                insert(model_uses).values(
                    user_id=self._user,
                    at=use.at,
                    day=use.day,
                    conversation_id=use.conversation,
                    provider=use.provider,
                    model=use.model,
                    usage=asdict(use.usage),
                    cost=use.cost,
                    purpose=use.purpose,
                    estimated=use.estimated,
                )
            )

    def uses(self, *, day: str = "", conversation: str = "") -> list[ModelUse]:
        """Return the ledger of a day, of a conversation, or of both; oldest first."""
        statement = select(model_uses).where(model_uses.c.user_id == self._user)
        if day:
            statement = statement.where(model_uses.c.day == day)
        if conversation:
            statement = statement.where(model_uses.c.conversation_id == conversation)
        with self._database.read() as connection:
            return records(connection, statement.order_by(model_uses.c.id), _use)

    def conversation(self, id_: str) -> Conversation | None:
        """Return a conversation, or None."""
        mine = (conversations.c.user_id == self._user) & (conversations.c.id == id_)
        with self._database.read() as connection:
            return record(connection, select(conversations).where(mine), _conversation)

    def _save(self, connection: Connection, each: Conversation) -> None:
        values = {
            "title": each.title,
            "created_at": each.created_at,
            "updated_at": each.updated_at,
            "summary": each.summary,
            "summary_until": each.summary_until,
        }
        statement = upsert(conversations).values(id=each.id, user_id=self._user, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def _keep(self, connection: Connection, each: ChatMessage) -> None:
        values = {
            "conversation_id": each.conversation,
            "height": each.height,
            "role": each.role.value,
            "text": each.text,
            "state": each.state.value,
            "created_at": each.created_at,
            "trouble": each.trouble,
            "hint": each.hint,
            "model": each.model,
            "provider": each.provider,
            "usage": None if each.usage is None else asdict(each.usage),
            "cost": each.cost,
            "about": None if each.about is None else dict(each.about),
            "notes": list(each.notes),
            "figures": [asdict(figure) for figure in each.figures],
        }
        statement = upsert(chat_messages).values(id=each.id, user_id=self._user, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        for position, call in enumerate(each.calls):
            self._keep_call(connection, each.id, position, call)

    def _keep_call(
        self, connection: Connection, message: str, position: int, call: CallRecord
    ) -> None:
        values = {
            "message_id": message,
            "position": position,
            "service_id": call.service_id,
            "tool": call.tool,
            "arguments": dict(call.arguments),
            "command": call.command,
            "state": call.state.value,
            "effect": call.effect,
            "text": call.text,
            "is_error": call.is_error,
            "started_at": call.started_at,
            "seconds": call.seconds,
            "snapshot": call.snapshot,
            "card": None if call.card is None else dict(call.card),
        }
        statement = upsert(chat_calls).values(id=call.id, user_id=self._user, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _calls_of(
    connection: Connection, mine: ColumnElement[bool]
) -> dict[str, tuple[CallRecord, ...]]:
    statement = (
        select(chat_calls)
        .join(chat_messages, chat_messages.c.id == chat_calls.c.message_id)
        .where(mine)
        .order_by(chat_calls.c.message_id, chat_calls.c.position)
    )
    found: dict[str, tuple[CallRecord, ...]] = {}
    for message, call in records(connection, statement, lambda row: (row.message_id, _call(row))):
        found[message] = (*found.get(message, ()), call)
    return found


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        summary=row.summary,
        summary_until=row.summary_until,
    )


def _message(row: Row[Any], calls: tuple[CallRecord, ...]) -> ChatMessage:
    return ChatMessage(
        id=row.id,
        conversation=row.conversation_id,
        height=row.height,
        role=Speaker(row.role),
        text=row.text,
        state=MessageState(row.state),
        created_at=row.created_at,
        trouble=row.trouble,
        hint=row.hint,
        model=row.model,
        provider=row.provider,
        usage=None if row.usage is None else Usage(**row.usage),
        cost=row.cost,
        about=row.about,
        notes=tuple(row.notes),
        calls=calls,
        figures=tuple(FigureLink(**each) for each in row.figures),
    )


def _call(row: Row[Any]) -> CallRecord:
    return CallRecord(
        id=row.id,
        service_id=row.service_id,
        tool=row.tool,
        arguments=row.arguments,
        command=row.command,
        state=CallState(row.state),
        effect=row.effect,
        text=row.text,
        is_error=row.is_error,
        started_at=row.started_at,
        seconds=row.seconds,
        snapshot=row.snapshot,
        card=row.card,
    )


def _use(row: Row[Any]) -> ModelUse:
    return ModelUse(
        at=row.at,
        day=row.day,
        conversation=row.conversation_id,
        provider=row.provider,
        model=row.model,
        usage=Usage(**row.usage),
        cost=row.cost,
        purpose=row.purpose,
        estimated=row.estimated,
    )
