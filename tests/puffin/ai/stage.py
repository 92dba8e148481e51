"""A question, and both services on loopback with the provider that asks each."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from puffin.ai.anthropic import AnthropicProvider
from puffin.ai.base import (
    Ask,
    Message,
    ModelError,
    Role,
    Text,
    TextDelta,
    Timing,
    ToolSpec,
)
from puffin.ai.openai import OpenAIProvider
from tests.servers import anthropic, openai

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    from puffin.ai.base import LLMProvider, Reply, Streamed
    from puffin.ai.service import Service
    from tests.servers.models import Answer, ModelServer

TOOL = ToolSpec(
    "get_price",
    "The last price of a symbol.",
    {"type": "object", "properties": {"symbol": {"type": "string"}}, "required": ["symbol"]},
)
NAMES = ("anthropic", "openai")
PATIENT = Timing(retry=0.0)  # nothing is asked twice


def question(words: str = "What is AAPL at?", **more: Any) -> Ask:
    messages = (Message(Role.USER, (Text(words),)),)
    given: dict[str, Any] = {"system": "Be brief.", "messages": messages, "tools": (TOOL,)}
    return Ask(**{"model": "loopback", **given, **more})


@dataclass(frozen=True)
class Stage:
    """One service and what asks it."""

    name: str
    server: ModelServer
    provider: Service[Any]
    words: ModuleType  # how the service writes: says, stream, Call

    def says(self, *parts: Any, **more: Any) -> Answer:
        answer: Answer = self.words.says(*parts, **more)
        return answer

    def stream(self, *parts: Any, **more: Any) -> bytes:
        body: bytes = self.words.stream(*parts, **more)
        return body

    async def reply(self, *answers: Answer, ask: Ask | None = None) -> Reply:
        self.server.plan(*answers)
        return await self.provider.complete(ask or question())


@asynccontextmanager
async def staged(
    name: str, timing: Timing | None = None, key: str | None = None
) -> AsyncIterator[Stage]:
    """Run one of the services, and what asks it."""
    words = {"anthropic": anthropic, "openai": openai}[name]
    server = words.AnthropicServer() if name == "anthropic" else words.OpenAIServer()
    provider = provider_for(name, server.key if key is None else key, timing)
    with words.running(server):
        stage = Stage(name, server, provider(server.url), words)
        try:
            yield stage
        finally:
            await stage.provider.close()


def provider_for(name: str, key: str, timing: Timing | None = None) -> Any:
    """Return what makes the provider once the address is known."""
    made = AnthropicProvider if name == "anthropic" else OpenAIProvider
    return lambda url: made(key, base_url=url, timing=timing)


def before(body: bytes, words: bytes) -> bytes:
    """Return the events of a stream before the one in which `words` first stand."""
    return body[: body.index(words)].rpartition(b"\n\n")[0] + b"\n\n"


async def heard(provider: LLMProvider, ask: Ask | None = None) -> list[Streamed]:
    """Return all that streams."""
    return [item async for item in provider.stream(ask or question())]


async def followed(provider: LLMProvider) -> tuple[list[Streamed], ModelError | None]:
    """Return what streams, and the error it ends in."""
    items: list[Streamed] = []
    try:
        async for item in provider.stream(question()):
            items.append(item)  # noqa: PERF401 - they count also when it fails
    except ModelError as error:
        return items, error
    return items, None


def words_of(items: list[Streamed]) -> str:
    return "".join(each.text for each in items if isinstance(each, TextDelta))


async def trouble_of(provider: LLMProvider, ask: Ask | None = None) -> ModelError:
    """Return the error that a question ends in."""
    try:
        await provider.complete(ask or question())
    except ModelError as error:
        return error
    raise AssertionError("It answered")
