"""The port of a language model: what is asked, what streams back, and how an answer ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from puffin.errors import PuffinError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence


class Role(StrEnum):
    """Who says a message."""

    USER = "user"  # the person, and the results of tools
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model asks a tool for; `id` is the service's own and names it for good."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call, as text for the model."""

    call_id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """What a service wants back unchanged while its calls are answered, such as its reasoning.

    Only the service of that name reads it; it is never shown, and may be left out of old turns.
    """

    service: str
    data: Mapping[str, Any]


Part: TypeAlias = Text | ToolCall | ToolResult | Thought


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Every call of an assistant's turn is answered in the turn after it."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its words without calls and results."""
        return "".join(each.text for each in self.parts if isinstance(each, Text))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """What it asks tools for."""
        return tuple(each for each in self.parts if isinstance(each, ToolCall))


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it; `schema` is a JSON schema of one object."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more answers, as the service counted them.

    `input` counts what was neither read from nor written to the service's cache.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_written: int = 0

    @property
    def total(self) -> int:
        """Every token, cached or not."""
        return self.input + self.output + self.cache_read + self.cache_written

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_written + other.cache_written,
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a model: the whole conversation, as services keep none of it.

    `schema` asks for one JSON object of that shape instead of prose.
    """

    model: str
    system: str
    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    schema: Mapping[str, Any] | None = None
    max_tokens: int = 4096


class Stop(StrEnum):
    """How an answer ended."""

    END = "end"  # properly: it said what it had to say
    TOOLS = "tools"  # properly: it waits for the results of its calls
    LENGTH = "length"  # cut off at the longest answer that was allowed
    REFUSED = "refused"  # the model, or a filter, would not go on
    CUT = "cut"  # the stream ended without its end


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, the last thing of every stream.

    It has calls only if `stop` is TOOLS: each ended properly, parsed strictly, once for each id.
    `dropped` names calls that did not; they are never carried out.
    """

    message: Message
    stop: Stop
    usage: Usage
    model: str
    request_id: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More words."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegun:
    """The model began to ask for a tool; what it asks is known only at the end."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing but signs of life for `seconds`; said again while it lasts."""

    seconds: float


Streamed: TypeAlias = TextDelta | CallBegun | Waiting | Reply


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that the service offers."""

    id: str
    title: str


class Trouble(StrEnum):
    """Why there is no answer, as far as it makes a difference to what to do."""

    LIBRARY = "library"  # what talks to the service is not installed
    KEYS = "keys"  # missing, wrong or not allowed to
    CREDIT = "credit"  # the account has no money or quota left
    RATE = "rate"  # too many questions; wait
    OVERLOADED = "overloaded"  # theirs; wait
    TOO_LONG = "too long"  # the conversation does not fit the model
    MODEL = "model"  # there is no such model, or not any more
    REQUEST = "request"  # the service does not take the question as it is
    NETWORK = "network"  # not reached, or the connection broke
    STALLED = "stalled"  # connected, and nothing came
    SERVICE = "service"  # any other fault of theirs


class ModelError(PuffinError):
    """A language model gave no answer, or not all of it.

    `partial` is what had come by then; `retry_after` is how long the service asks to wait; `used`
    is what it had counted when it broke off, None if the answer had not begun.
    """

    def __init__(
        self,
        message: str,
        trouble: Trouble,
        *,
        hint: str = "",
        partial: str = "",
        retry_after: float | None = None,
        used: Usage | None = None,
    ) -> None:
        super().__init__(message, hint=hint, retry_after=retry_after)
        self.trouble = trouble
        self.partial = partial
        self.used = used


class LLMProvider(Protocol):
    """A service, or a program on this machine, that runs language models.

    Cancelling the task that reads a stream ends the connection within a second.
    """

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        ...

    def stream(self, ask: Ask) -> AsyncIterator[Streamed]:
        """Ask, and hear the answer as it comes; the last thing is its `Reply`.

        Raises:
            ModelError: There is no answer, or it broke off; the error keeps what had come.
        """
        ...

    async def complete(self, ask: Ask) -> Reply:
        """Ask, and return the whole answer.

        Raises:
            ModelError: There is no answer, or it broke off.
        """
        ...

    async def models(self) -> list[ModelInfo]:
        """Return the models that the service offers now; also the test of keys and address.

        Raises:
            ModelError: They cannot be had.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient a provider is, in seconds."""

    notice: float = 20.0  # without content, before it says that it waits
    stall: float = 60.0  # without content, before it gives up
    answer: float = 600.0  # for one whole answer
    retry: float = 5.0  # the longest wait before the one retry
    connect: float = 10.0
