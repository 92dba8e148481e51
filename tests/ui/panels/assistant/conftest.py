"""An assistant that says what a test lets it say, and the panel before it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from puffling.core.conversations import (
    AssistantState,
    CallRecord,
    CallState,
    ChatMessage,
    MessageState,
    Speaker,
    new_id,
)
from puffling.core.errors import BadValueError
from puffling.core.events import AnswerGrew, AssistantMoved
from puffling.ui.panels.assistant.card import Card
from puffling.ui.panels.assistant.foot import Foot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.commands.context import Context
    from puffling.ui.panels.assistant.panel import AssistantPanel
    from tests.ui.panels.conftest import Room


class FakeAssistant:
    """Satisfies AssistantMoves. A question waits until `end`; what is said between is the test's."""

    asking = AssistantState.ASKING

    def __init__(self, context: Context) -> None:
        self._context = context
        self.name = "Scripted demonstration, no model"
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answered: list[tuple[str, bool]] = []
        self.stopped: list[str] = []
        self.refuses = ""
        self._state, self._words = AssistantState.IDLE, ""
        self._over = asyncio.Event()
        self.conversation = ""

    # -- what the panel asks ------------------------------------------------------------------

    async def ask(
        self, conversation: str, text: str, *, about: Mapping[str, str] | None = None
    ) -> ChatMessage:
        if self.refuses:
            raise BadValueError(self.refuses)
        self.asked.append((text, dict(about or {})))
        self.conversation = conversation
        self._over.clear()
        self.say(text, role=Speaker.PERSON, about=dict(about or {}) or None)
        self.move(AssistantState.CONNECTING)
        await self._over.wait()
        return self._context.conversations.messages(conversation)[-1]

    async def regenerate(self, conversation: str) -> ChatMessage:
        said = self._context.conversations.messages(conversation)
        question = next(each for each in reversed(said) if each.role is Speaker.PERSON)
        return await self.edit(conversation, question.id, question.text)

    async def edit(self, conversation: str, message: str, text: str) -> ChatMessage:
        if self.refuses:
            raise BadValueError(self.refuses)
        kept = self._context.conversations
        kept.drop_from(conversation, kept.message(conversation, message).height)
        return await self.ask(conversation, text)

    async def stop(self, conversation: str) -> None:
        self.stopped.append(conversation)
        self.end()

    def answer(self, call: str, *, yes: bool) -> None:
        self.answered.append((call, yes))

    def state(self, conversation: str) -> AssistantState:
        return self._state

    def words(self, conversation: str) -> str:
        return self._words

    async def speaker(self) -> str:
        return self.name

    def lock(self, conversation: str) -> None:
        pass

    def unlock(self, conversation: str) -> None:
        pass

    async def close(self) -> None:
        self._over.set()

    # -- what the test lets it say ------------------------------------------------------------

    def move(self, state: AssistantState, words: str = "") -> None:
        self._state, self._words = state, words
        self._context.bus.publish(AssistantMoved(self.conversation, state, words))

    def say(self, text: str, **more: Any) -> ChatMessage:
        """Keep a message: whole, unless the test says other."""
        kept = self._context.conversations
        more = {
            "role": Speaker.ASSISTANT,
            "state": MessageState.WHOLE,
            "provider": self.name,
        } | more
        if more["role"] is Speaker.PERSON:
            more["provider"] = ""
        made = ChatMessage(
            new_id(),
            self.conversation,
            kept.next_height(self.conversation),
            text=text,
            created_at=self._context.clock.now(),
            **more,
        )
        kept.keep(made)
        return made

    def grow(self, message: ChatMessage, *words: str) -> None:
        for each in words:
            self._context.bus.publish(AnswerGrew(self.conversation, message.id, each))

    def keep(self, message: ChatMessage, **changed: Any) -> ChatMessage:
        made = replace(message, **changed)
        self._context.conversations.keep(made)
        return made

    def end(self) -> None:
        """The answer is over."""
        self.move(AssistantState.IDLE)
        self._over.set()


def call(tool: str, command: str = "", card: Any = None, **said: Any) -> CallRecord:
    """A call that is done, unless the test says other."""
    more: dict[str, Any]
    more = {"state": CallState.DONE, "text": "said", "seconds": 0.4, **said}
    id_ = str(more.pop("id", tool))
    arguments = more.pop("arguments", {})
    return CallRecord(id_, id_, tool, arguments, command, card=card, **more)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards that have just appeared can be pressed."""
    monkeypatch.setattr(Card, "CALM", 0.0)


@pytest.fixture
def speaker(room: Room) -> FakeAssistant:
    made = FakeAssistant(room.context)
    room.context.late.__dict__["assistant"] = made
    return made


@pytest.fixture
def panel(room: Room, speaker: FakeAssistant) -> AssistantPanel:
    opened: AssistantPanel = room.open("assistant", width=420, height=760)
    return opened


class Talk:
    """A conversation between a test and the panel."""

    def __init__(self, room: Room, panel: AssistantPanel, speaker: FakeAssistant) -> None:
        self.room, self.panel, self.speaker = room, panel, speaker
        self.page = panel.chat.transcript.page

    def ask(self, words: str) -> None:
        """Ask in the composer, as Return does, and wait until it is on the page."""
        before = len(self.panel.chat.transcript.messages)
        self.panel.chat.composer.write(words)
        self.panel.chat.composer.send()
        self.room.until(lambda: len(self.panel.chat.transcript.messages) > before)

    def hear(self, text: str, **more: Any) -> ChatMessage:
        """Let the assistant say something, and wait until it is on the page."""
        made = self.speaker.say(text, **more)
        self.seen(made)
        return made

    def seen(self, message: ChatMessage) -> None:
        """Wait until a message is on the page as it is kept now."""
        self.room.until(lambda: message in self.panel.chat.transcript.messages)

    def end(self) -> None:
        self.speaker.end()
        self.room.settle()

    def card(self, id_: str) -> Any:
        """Return the card of a call."""
        self.room.until(lambda: self.view(id_) is not None and self.view(id_).card is not None)
        return self.view(id_).card

    @property
    def foot(self) -> Foot:
        """The buttons below the last answer."""
        views = self.panel.chat.transcript.places.views()
        return next(each for each in views if isinstance(each, Foot))

    def view(self, id_: str) -> Any:
        return self.panel.chat.transcript.places.view(id_)

    @property
    def text(self) -> str:
        return self.page.toPlainText()


@pytest.fixture
def talk(room: Room, panel: AssistantPanel, speaker: FakeAssistant):
    made = Talk(room, panel, speaker)
    yield made
    speaker.end()
    room.settle()
