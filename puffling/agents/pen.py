"""Writes an answer down while it comes: shown often, stored each second, whole at the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from puffling.core.events import AnswerGrew

if TYPE_CHECKING:
    from puffling.core.bus import EventBus
    from puffling.core.conversations import ChatMessage
    from puffling.services.conversations import ConversationService

SHOW_EVERY = 0.04  # seconds: at most 25 times in one
STORE_EVERY = 1.0


class Pen:
    """The message that is being written.

    What came within a moment is shown and stored together, the last of it soon after it came.
    """

    def __init__(
        self, message: ChatMessage, conversations: ConversationService, bus: EventBus
    ) -> None:
        self.message = message
        self._conversations = conversations
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._new: list[str] = []
        self._shown = self._stored = self._loop.time() - STORE_EVERY
        self._showing: asyncio.TimerHandle | None = None
        self._storing: asyncio.TimerHandle | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there are words."""
        return bool(self.message.text or self._new)

    def write(self, text: str) -> None:
        """Add words."""
        self._new.append(text)
        if self._showing is None:
            due = max(self._shown + SHOW_EVERY, self._loop.time())
            self._showing = self._loop.call_at(due, self._show)

    def lift(self) -> ChatMessage:
        """Write no more, show what is left, and return the message as it is."""
        if self._showing is not None:
            self._showing.cancel()
        self._show()
        if self._storing is not None:
            self._storing.cancel()
            self._storing = None
        return self.message

    def _show(self) -> None:
        self._showing = None
        self._shown = self._loop.time()
        if not self._new:
            return
        words, self._new = "".join(self._new), []
        self.message = replace(self.message, text=self.message.text + words)
        self._conversations.show_text(self.message)
        self._bus.publish(AnswerGrew(self.message.conversation, self.message.id, words))
        if self._storing is None:
            due = max(self._stored + STORE_EVERY, self._loop.time())
            self._storing = self._loop.call_at(due, self._store)

    def _store(self) -> None:
        self._storing = None
        self._stored = self._loop.time()
        self._conversations.keep_text(self.message)
