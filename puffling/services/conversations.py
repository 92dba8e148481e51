"""Conversations: begun, added to, found, renamed, written out, deleted and brought back."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from puffling.core.conversations import (
    LONGEST_TITLE,
    Conversation,
    Found,
    MessageState,
    Speaker,
    Thread,
    new_id,
)
from puffling.core.errors import BadValueError
from puffling.core.events import CallMoved, ConversationsChanged, MessageKept
from puffling.core.files import write_whole
from puffling.services.conversation_files import render, suggested

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.conversations import CallRecord, ChatMessage
    from puffling.core.events import Event
    from puffling.services.writer import Writer
    from puffling.store.conversations import ConversationStore

log = logging.getLogger(__name__)

UNTITLED = "New conversation"
AROUND = 60  # letters of a message on both sides of the words that were found


class ConversationService:
    """What was said, in memory as soon as it is said and on the disk right after.

    Lives on the loop's thread. Nothing is read before somebody looks. Each change comes back as a
    future that ends when it is stored, which is also when it is announced.
    """

    def __init__(
        self, store: ConversationStore, writer: Writer, bus: EventBus, clock: Clock
    ) -> None:
        self._store = store
        self._writer = writer
        self._bus = bus
        self._clock = clock
        self._conversations: dict[str, Conversation] | None = None
        self._threads: dict[str, dict[str, ChatMessage]] = {}
        self._saving_text: set[str] = set()

    # -- looking -----------------------------------------------------------------------------

    def all(self) -> list[Conversation]:
        """Return every conversation, the one that was used last first."""
        return sorted(self._known().values(), key=lambda each: each.updated_at, reverse=True)

    def get(self, id_: str) -> Conversation:
        """Return a conversation.

        Raises:
            BadValueError: None has that id.
        """
        known = self._known()
        if id_ not in known:
            near = get_close_matches(id_, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "assistant.list shows them."
            raise BadValueError(f"There is no conversation {id_!r}.", hint=hint)
        return known[id_]

    def messages(self, conversation: str) -> tuple[ChatMessage, ...]:
        """Return what was said, in order.

        Raises:
            BadValueError: There is no such conversation.
        """
        return tuple(self._thread(conversation).values())

    def message(self, conversation: str, id_: str) -> ChatMessage:
        """Return a message.

        Raises:
            BadValueError: There is none of that id in this conversation.
        """
        found = self._thread(conversation).get(id_)
        if found is None:
            raise BadValueError(f"There is no message {id_!r} in this conversation.")
        return found

    def thread(self, conversation: str) -> Thread:
        """Return a whole conversation."""
        return Thread(self.get(conversation), self.messages(conversation))

    async def search(self, words: str, limit: int = 50) -> list[Found]:
        """Return conversations whose title, and messages whose text, hold all of these words.

        Titles come first, each group with the newest first.
        """
        wanted = [each for each in words.casefold().split() if each]
        if not wanted:
            return [Found(each) for each in self.all()[:limit]]
        titled = [
            Found(each)
            for each in self.all()
            if all(word in each.title.casefold() for word in wanted)
        ][:limit]
        rows = await self._writer.do(partial(self._store.search, wanted, limit))
        known = self._known()
        said = [
            Found(known[conversation], message, _excerpt(text, wanted[0]))
            for conversation, message, text in rows
            if conversation in known
        ]
        return [*titled, *said][:limit]

    # -- changing threads --------------------------------------------------------------------

    def new(self, title: str = "") -> Conversation:
        """Begin a conversation; without a title it is called after its first question."""
        now = self._clock.now()
        made = Conversation(new_id(), _checked(title) if title else UNTITLED, now, now)
        self._known()[made.id] = made
        self._threads[made.id] = {}
        self._write(partial(self._store.save, made), ConversationsChanged())
        return made

    def rename(self, id_: str, title: str) -> Conversation:
        """Call a conversation something else.

        Raises:
            BadValueError: There is no such conversation, or the title is no good.
        """
        return self.change(replace(self.get(id_), title=_checked(title)))

    def change(self, conversation: Conversation) -> Conversation:
        """Keep a conversation's own record: its title, its summary, when it was used."""
        self._known()[self.get(conversation.id).id] = conversation
        self._write(partial(self._store.save, conversation), ConversationsChanged())
        return conversation

    def delete(self, id_: str) -> Thread:
        """Delete a conversation and return it, for `put_back`.

        Raises:
            BadValueError: There is no such conversation.
        """
        thread = self.thread(id_)
        del self._known()[id_], self._threads[id_]
        self._write(partial(self._store.remove, id_), ConversationsChanged())
        return thread

    def put_back(self, thread: Thread) -> None:
        """Bring a deleted conversation back as it was."""
        id_ = thread.conversation.id
        self._known()[id_] = thread.conversation
        self._threads[id_] = {each.id: each for each in thread.messages}
        self._write(partial(self._store.put, thread), ConversationsChanged())

    async def export(self, id_: str, path: Path) -> Path:
        """Write a conversation to a file, .md or .json; a folder gets one called by its title.

        Raises:
            BadValueError: There is no such conversation, or it is another kind of file.
            StoreError: The file could not be written.
        """
        thread = self.thread(id_)
        place = await asyncio.to_thread(suggested, path, thread.conversation)
        text = await asyncio.to_thread(render, thread, place.suffix.lower())
        await asyncio.to_thread(write_whole, place, text.encode())
        return place

    # -- what the assistant writes -----------------------------------------------------------

    def next_height(self, conversation: str) -> int:
        """Return where the next message stands."""
        return max((each.height for each in self.messages(conversation)), default=0) + 1

    def keep(self, message: ChatMessage) -> asyncio.Future[None]:
        """Take in a message, new or changed, with its calls.

        Raises:
            BadValueError: There is no such conversation.
            StoreError: From the future: it could not be stored.
        """
        thread = self._thread(message.conversation)
        is_new = message.id not in thread
        thread[message.id] = message
        used = replace(self.get(message.conversation), updated_at=message.created_at)
        if is_new:
            self._known()[used.id] = used
        done = MessageKept(message.conversation, message.id)
        return self._write(
            partial(self._store.keep, message, used if is_new else None),
            *((done, ConversationsChanged()) if is_new else (done,)),
        )

    def keep_call(self, message: ChatMessage, call: CallRecord) -> ChatMessage:
        """Take in how far a call of a message is; return the message with it."""
        calls = tuple(call if each.id == call.id else each for each in message.calls)
        changed = replace(message, calls=calls)
        self._thread(message.conversation)[message.id] = changed
        self._write(
            partial(self._store.keep, changed),
            CallMoved(message.conversation, message.id, call.id),
        )
        return changed

    def show_text(self, message: ChatMessage) -> None:
        """Take in how far an answer is written, for whoever looks; `keep_text` stores it."""
        self._thread(message.conversation)[message.id] = message

    def keep_text(self, message: ChatMessage) -> None:
        """Store how far an answer is written, when the disk has time; it is not announced.

        While one is on its way to the disk no other follows it.
        """
        if message.id in self._saving_text:
            return
        self._saving_text.add(message.id)
        future = self._writer.do(partial(self._store.keep_text, message.id, message.text))
        future.add_done_callback(lambda _: self._saving_text.discard(message.id))

    def drop_from(self, conversation: str, height: int) -> tuple[ChatMessage, ...]:
        """Take away what was said from this height on, and return it."""
        thread = self._thread(conversation)
        gone = tuple(each for each in thread.values() if each.height >= height)
        for each in gone:
            del thread[each.id]
        told = [MessageKept(conversation, each.id) for each in gone]
        self._write(partial(self._store.drop_from, conversation, height), *told)
        return gone

    async def stored(self) -> None:
        """Wait until everything that was said so far is on the disk."""
        await self._writer.settled()

    def _write(self, work: partial[None], *events: Event) -> asyncio.Future[None]:
        def tell() -> None:
            for each in events:
                self._bus.publish(each)

        return self._writer.do(work, tell)

    def _known(self) -> dict[str, Conversation]:
        if self._conversations is None:
            ended = self._store.end_interrupted()
            if ended:
                log.info("%d answers were interrupted when Puffling ended", ended)
            self._conversations = {each.id: each for each in self._store.all()}
        return self._conversations

    def _thread(self, conversation: str) -> dict[str, ChatMessage]:
        if conversation not in self._threads:
            self.get(conversation)
            said = self._store.messages(conversation)
            self._threads[conversation] = {each.id: each for each in said}
        return self._threads[conversation]


def question_before(messages: tuple[ChatMessage, ...]) -> ChatMessage | None:
    """Return the last question of a conversation, or None."""
    asked = (each for each in reversed(messages) if each.role is Speaker.PERSON)
    return next(asked, None)


def is_writing(messages: tuple[ChatMessage, ...]) -> bool:
    """Whether an answer is being written."""
    return any(each.state is MessageState.WRITING for each in messages)


def _checked(title: str) -> str:
    line = " ".join(title.split())
    if not line:
        raise BadValueError("A conversation needs a title.")
    if len(line) > LONGEST_TITLE:
        raise BadValueError(f"A title has at most {LONGEST_TITLE} letters.")
    return line


def _excerpt(text: str, word: str) -> str:
    line = " ".join(text.split())
    at = max(line.casefold().find(word), 0)
    begin, end = max(at - AROUND, 0), at + len(word) + AROUND
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"
