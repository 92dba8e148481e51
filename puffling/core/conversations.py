"""What is said between the person and the assistant, and how it is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from puffin.ai.base import Usage

LONGEST_TITLE = 80
LONGEST_QUESTION = 60_000  # characters; a longer one is refused, not cut


class Speaker(StrEnum):
    """Who says a message."""

    PERSON = "person"
    ASSISTANT = "assistant"


class MessageState(StrEnum):
    """How far a message is."""

    WRITING = "writing"
    WHOLE = "whole"
    STOPPED = "stopped"  # by the person, or because the program ended
    FAILED = "failed"  # `trouble` says why; what had come by then is kept

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self is not MessageState.WRITING


class CallState(StrEnum):
    """How far a call of a tool is."""

    ASKED = "asked"  # its turn has not come
    RUNNING = "running"
    WAITING = "waiting"  # for the person's click on what it would change
    DONE = "done"
    REFUSED = "refused"  # by the person, or by the rules of what the assistant may do
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self in {CallState.DONE, CallState.REFUSED, CallState.FAILED}


class AssistantState(StrEnum):
    """What the assistant does in a conversation."""

    IDLE = "idle"
    CONNECTING = "connecting"  # what talks to the service is loaded, or the service is called
    THINKING = "thinking"  # words come
    WAITING = "waiting"  # for the service, or for another conversation to end
    TOOLS = "tools"  # a tool runs
    ASKING = "asking"  # for the person's click


@dataclass(frozen=True, slots=True)
class FigureLink:
    """A number of an answer: where it stands, and the call that said it; None is nobody."""

    start: int
    end: int
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A tool that was asked for, and what came of it.

    Args:
        id: Unlike any other's, in any conversation; a click on a preview answers by it.
        service_id: What the model's service calls it.
        tool: The name the model knows it by.
        command: The command it became; empty while unknown, and for a tool that does not exist.
        arguments: As the model wrote them.
        effect: What it may do, as the outcome says: look, change, proposal, errand, refused.
        text: What the model is told, fenced.
        card: What the person sees: `{"kind": …, "data": …}`, see `puffling.agents.cards`.
    """

    id: str
    service_id: str
    tool: str
    arguments: Mapping[str, Any]
    command: str = ""
    state: CallState = CallState.ASKED
    effect: str = ""
    text: str = ""
    is_error: bool = False
    started_at: datetime | None = None
    seconds: float | None = None
    snapshot: str = ""
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message: a question, or one answer of a model with the tools that it asked for.

    A question that takes several answers (tools, then words) has a message for each of them.

    Args:
        height: Its place in the conversation; the person's question before its answers.
        trouble: Why it failed, was cut or stopped, with what to do, in sentences.
        hint: What to do about it; empty where the trouble says all.
        provider: Who answered, such as "Anthropic", "Scripted demonstration, no model" or "Facts,
            no model"; empty for a question.
        cost: In dollars; None where no prices are set.
        about: What the question was asked from: symbol, panel and the like.
        notes: What Puffling told the model besides, before this answer.
    """

    id: str
    conversation: str
    height: int
    role: Speaker
    text: str
    state: MessageState
    created_at: datetime
    trouble: str = ""
    hint: str = ""
    model: str = ""
    provider: str = ""
    usage: Usage | None = None
    cost: Decimal | None = None
    about: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    figures: tuple[FigureLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread as a list shows it.

    `summary` tells the model what was said up to the height `summary_until`.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    summary: str = ""
    summary_until: int = 0


@dataclass(frozen=True, slots=True)
class Thread:
    """A whole conversation."""

    conversation: Conversation
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where words were found: in a title, or in a message, with what stands around them."""

    conversation: Conversation
    message: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One call of a model, in the ledger; `day` is the exchange's.

    `estimated` says that the service did not count the tokens, because the answer broke off.
    """

    at: datetime
    day: str
    conversation: str
    provider: str
    model: str
    usage: Usage
    cost: Decimal | None
    purpose: str = "answer"
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls of models took together; `cost` is None where no prices were set for any.

    `unpriced` is how many calls no price was known of.
    """

    calls: int = 0
    tokens: int = 0
    cost: Decimal | None = None
    unpriced: int = 0
    estimated: int = 0


def new_id() -> str:
    """Return an id unlike any other; services take it as the id of a call too."""
    return secrets.token_hex(8)


def title_of(text: str) -> str:
    """Return what a conversation is called that begins with `text`."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_TITLE:
        return line or "New conversation"
    cut = line[: LONGEST_TITLE - 1].rsplit(" ", 1)[0]
    return f"{cut[: LONGEST_TITLE - 1]}…"
