"""Anthropic's models, through its own library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from typing_extensions import override

from puffin.ai.anthropic_words import SERVICE, message_blocks, system_blocks, tool_blocks
from puffin.ai.base import ModelInfo, Stop, TextDelta, Thought, Timing, Usage
from puffin.ai.fields import body_of, count, inner, is_name, name_of, text
from puffin.ai.service import MOST_MODELS, Service
from puffin.ai.troubles import Refusal
from puffin.ai.watch import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator

    import httpx2
    from anthropic import AsyncAnthropic

    from puffin.ai.assembly import Assembly
    from puffin.ai.base import Ask, Streamed
    from puffin.ai.sse import ServerEvent

    Item: TypeAlias = Streamed | Progress

ADDRESS = "https://api.anthropic.com"
STOPS = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "tool_use": Stop.TOOLS,
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.LENGTH,
    "refusal": Stop.REFUSED,
}
ERROR_STATUS = 200  # an error in a stream that began well


class AnthropicProvider(Service["AsyncAnthropic"]):
    """Asks Anthropic, or a service on this computer that speaks its language."""

    def __init__(self, key: str, *, base_url: str = "", timing: Timing | None = None) -> None:
        super().__init__(
            key, base_url=base_url or ADDRESS, timing=timing or Timing(), name="Anthropic"
        )

    @property
    @override
    def _needs_key(self) -> bool:
        return not self._place.local

    @override
    def _load(self, http: httpx2.AsyncClient) -> AsyncAnthropic:
        import anthropic

        client = anthropic.AsyncAnthropic(
            api_key=self._key or "none",
            base_url=self._place.url,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
            open_telemetry=False,
        )
        # Each loads its part of the library.
        _ = client.messages, client.models
        return client

    @override
    async def _send(self, client: AsyncAnthropic, ask: Ask) -> httpx2.Response:
        from anthropic import omit

        tools = tool_blocks(ask.tools)
        system = system_blocks(ask)
        schema = ask.schema
        stream = await client.messages.create(
            model=ask.model,
            max_tokens=ask.max_tokens,
            system=cast("Any", system) if system else omit,
            messages=cast("Any", message_blocks(ask.messages)),
            tools=cast("Any", tools) if tools else omit,
            output_config={"format": {"type": "json_schema", "schema": dict(schema)}}
            if schema is not None
            else omit,
            stream=True,
        )
        return stream.response

    @override
    async def _read(
        self, events: AsyncIterator[ServerEvent], assembly: Assembly, ask: Ask
    ) -> AsyncGenerator[Item]:
        reader, over = _Reader(assembly), False
        async for event in events:
            if over:
                continue
            body = body_of(event)
            if event.name == "error" or body.get("type") == "error":
                raise Refusal.of(ERROR_STATUS, body, {}).error(self._name, ask.model, self._key)
            assembly.has_begun = True
            for item in reader.read(body):
                yield item
            if over := reader.ended:
                yield assembly.reply(reader.stop)
        if not over:
            yield assembly.reply(Stop.CUT)

    @override
    async def _list(self, client: AsyncAnthropic) -> list[ModelInfo]:
        found: list[ModelInfo] = []
        async for each in client.models.list(limit=100):
            # Programs that speak this language leave fields out.
            title = getattr(each, "display_name", None) or each.id
            if is_name(each.id) and getattr(each, "lifecycle", "") != "retired":
                found.append(ModelInfo(each.id, name_of(title)))
            if len(found) >= MOST_MODELS:
                break
        return found

    @override
    async def _let_go(self, client: AsyncAnthropic) -> None:
        await client.close()


@dataclass(frozen=True, slots=True)
class _Thinking:
    """A block of the model's reasoning, on its way."""

    kind: str
    pieces: dict[str, list[str]]

    @property
    def block(self) -> dict[str, Any]:
        """The block as it goes back."""
        return {"type": self.kind} | {name: "".join(each) for name, each in self.pieces.items()}


class _Reader:
    """Follows a message from block to block."""

    def __init__(self, assembly: Assembly) -> None:
        self.ended = False
        self._assembly = assembly
        self.stop = Stop.CUT
        self._thoughts: dict[int, _Thinking] = {}

    def read(self, body: dict[str, Any]) -> Iterator[Item]:
        """Yield what one event says; one that nobody knows says nothing."""
        kind = body.get("type")
        index = body.get("index")
        if kind == "message_start":
            message = inner(body, "message")
            self._assembly.model = name_of(text(message, "model"))
            self._count(inner(message, "usage"))
        elif kind == "message_delta":
            stop = inner(body, "delta").get("stop_reason")
            if isinstance(stop, str):
                self.stop = STOPS.get(stop, Stop.CUT)
            self._count(inner(body, "usage"))
        elif kind == "message_stop":
            self.ended = True
        elif isinstance(index, int):
            yield from self._read_block(kind, index, body)

    def _read_block(self, kind: object, index: int, body: dict[str, Any]) -> Iterator[Item]:
        if kind == "content_block_start":
            yield from self._begin(index, inner(body, "content_block"))
        elif kind == "content_block_delta":
            yield from self._grow(index, inner(body, "delta"))
        elif kind == "content_block_stop":
            self._assembly.end(index)
            if (thought := self._thoughts.pop(index, None)) is not None:
                self._assembly.think(Thought(SERVICE, thought.block))

    def _begin(self, index: int, block: dict[str, Any]) -> Iterator[Item]:
        kind = block.get("type")
        if kind == "tool_use":
            begun = self._assembly.begin(index, text(block, "id"), text(block, "name"))
            if given := inner(block, "input"):
                self._assembly.piece(index, json.dumps(given))
            yield begun
        elif kind in {"thinking", "redacted_thinking"}:
            fields = ("thinking", "signature") if kind == "thinking" else ("data",)
            self._thoughts[index] = _Thinking(kind, {name: [text(block, name)] for name in fields})
        elif kind == "text" and (words := text(block, "text")):
            self._assembly.say(words)
            yield TextDelta(words)

    def _grow(self, index: int, delta: dict[str, Any]) -> Iterator[Item]:
        kind = delta.get("type")
        thought = self._thoughts.get(index)
        if kind == "text_delta" and (words := text(delta, "text")):
            self._assembly.say(words)
            yield TextDelta(words)
        elif kind == "input_json_delta" and (piece := text(delta, "partial_json")):
            self._assembly.piece(index, piece)
            yield Progress()
        elif kind in {"thinking_delta", "signature_delta"} and thought is not None:
            field = "thinking" if kind == "thinking_delta" else "signature"
            if words := text(delta, field):
                thought.pieces.setdefault(field, []).append(words)
                yield Progress()

    def _count(self, usage: dict[str, Any]) -> None:
        """Take over the counts that are given; each is of the whole answer so far."""
        before = self._assembly.usage
        self._assembly.usage = Usage(
            count(usage, "input_tokens", before.input),
            count(usage, "output_tokens", before.output),
            count(usage, "cache_read_input_tokens", before.cache_read),
            count(usage, "cache_creation_input_tokens", before.cache_written),
        )
