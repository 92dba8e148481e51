"""OpenAI's models, and every service or program that speaks its language of chat completions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from typing_extensions import override

from puffin.ai.base import ModelInfo, Stop, TextDelta, Timing, Usage
from puffin.ai.fields import body_of, count, inner, is_name, items, name_of, text
from puffin.ai.openai_words import answer_format, message_list, tool_list
from puffin.ai.service import MOST_MODELS, Service
from puffin.ai.troubles import Refusal
from puffin.ai.watch import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator

    import httpx2
    from openai import AsyncOpenAI

    from puffin.ai.assembly import Assembly, Slot
    from puffin.ai.base import Ask, Streamed
    from puffin.ai.sse import ServerEvent

    Item: TypeAlias = Streamed | Progress

ADDRESS = "https://api.openai.com/v1"
DONE = "[DONE]"
STOPS = {
    "stop": Stop.END,
    "tool_calls": Stop.TOOLS,
    "length": Stop.LENGTH,
    "content_filter": Stop.REFUSED,
}
ERROR_STATUS = 200  # an error in a stream that began well


class OpenAIProvider(Service["AsyncOpenAI"]):
    """Asks OpenAI, or by `base_url` another service, such as Ollama on this computer.

    Raises:
        ParameterError: The address is none, or others on the way could read what is said.
    """

    def __init__(
        self, key: str, *, base_url: str = "", timing: Timing | None = None, name: str = "OpenAI"
    ) -> None:
        super().__init__(key, base_url=base_url or ADDRESS, timing=timing or Timing(), name=name)

    @property
    @override
    def _needs_key(self) -> bool:
        return self._is_official

    @property
    def _is_official(self) -> bool:
        return self._place.url == ADDRESS

    @override
    def _load(self, http: httpx2.AsyncClient) -> AsyncOpenAI:
        import openai

        client = openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self._place.url,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
        )
        # Each loads its part of the library.
        _ = client.chat.completions, client.models
        return client

    @override
    async def _send(self, client: AsyncOpenAI, ask: Ask) -> httpx2.Response:
        from openai import omit

        # The official name of the limit is unknown to many programs that run models.
        official = self._is_official
        stream = await client.chat.completions.create(
            model=ask.model,
            messages=cast("Any", message_list(ask)),
            tools=cast("Any", tool_list(ask.tools)) if ask.tools else omit,
            response_format=cast("Any", answer_format(ask.schema))
            if ask.schema is not None
            else omit,
            max_completion_tokens=ask.max_tokens if official else omit,
            max_tokens=omit if official else ask.max_tokens,
            stream=True,
            stream_options={"include_usage": True},
        )
        return stream.response

    @override
    async def _read(
        self, events: AsyncIterator[ServerEvent], assembly: Assembly, ask: Ask
    ) -> AsyncGenerator[Item]:
        reader = _Reader(assembly)
        async for event in events:
            if reader.ended:
                continue
            if event.data.strip() == DONE:
                reader.ended = True
                yield assembly.reply(reader.stop)
                continue
            body = body_of(event)
            if body.get("error"):
                raise Refusal.of(ERROR_STATUS, body, {}).error(self._name, ask.model, self._key)
            assembly.has_begun = True
            for item in reader.read(body):
                yield item
        if not reader.ended:
            yield assembly.reply(Stop.CUT)

    @override
    async def _list(self, client: AsyncOpenAI) -> list[ModelInfo]:
        found: list[ModelInfo] = []
        async for each in client.models.list():
            if is_name(each.id):
                found.append(ModelInfo(each.id, each.id))
            if len(found) >= MOST_MODELS:
                break
        return sorted(found, key=lambda each: each.id)

    @override
    async def _let_go(self, client: AsyncOpenAI) -> None:
        await client.close()


class _Reader:
    """Follows the first choice from piece to piece."""

    def __init__(self, assembly: Assembly) -> None:
        self.ended = False
        self.stop = Stop.CUT
        self._assembly = assembly
        self._refused = False
        self._last: Slot = 0

    def read(self, body: dict[str, Any]) -> Iterator[Item]:
        """Yield what one piece says."""
        self._assembly.model = name_of(text(body, "model")) or self._assembly.model
        if usage := inner(body, "usage"):
            self._count(usage)
        for choice in items(body, "choices"):
            if choice.get("index", 0) == 0:
                yield from self._grow(inner(choice, "delta"))
                self._finish(choice.get("finish_reason"))

    def _grow(self, delta: dict[str, Any]) -> Iterator[Item]:
        refusal = text(delta, "refusal")
        self._refused = self._refused or bool(refusal)
        for words in (text(delta, "content"), refusal):
            if words:
                self._assembly.say(words)
                yield TextDelta(words)
        for call in items(delta, "tool_calls"):
            yield from self._call(call)
        # Programs that run models say aloud what they think under one of these names.
        if text(delta, "reasoning_content") or text(delta, "reasoning"):
            yield Progress()

    def _call(self, call: dict[str, Any]) -> Iterator[Item]:
        function, id_ = inner(call, "function"), text(call, "id")
        name, written = text(function, "name"), text(function, "arguments")
        index = call.get("index")
        slot: Slot = index if isinstance(index, int) else id_ or self._last
        self._last = slot
        before = self._assembly.id_at(slot)
        if before is None or id_ not in {"", before}:
            yield self._assembly.begin(slot, id_, name)
        if written:
            self._assembly.piece(slot, written)
            yield Progress()

    def _finish(self, reason: object) -> None:
        if not isinstance(reason, str):
            return
        self.stop = STOPS.get(reason, Stop.CUT)
        if self.stop is Stop.TOOLS:
            self._assembly.end_all()
        if self._refused and self.stop is Stop.END:
            self.stop = Stop.REFUSED

    def _count(self, usage: dict[str, Any]) -> None:
        """Take over the counts; what was read from and written to the cache is told apart."""
        details = inner(usage, "prompt_tokens_details")
        read, written = count(details, "cached_tokens"), count(details, "cache_write_tokens")
        self._assembly.usage = Usage(
            input=max(0, count(usage, "prompt_tokens") - read - written),
            output=count(usage, "completion_tokens"),
            cache_read=read,
            cache_written=written,
        )
