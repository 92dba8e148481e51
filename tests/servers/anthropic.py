"""An Anthropic on loopback: its paths, its stream of events, and what it does not take."""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from typing_extensions import override

from tests.servers.models import Answer, ModelServer, plain, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.servers.models import Asked

    Json: TypeAlias = dict[str, Any]

MODEL = "claude-loopback-1"
KNOWN = {"max_tokens", "messages", "model", "output_config", "stream", "system", "tools"}
_ids = itertools.count(1)


@dataclass(frozen=True)
class Call:
    """A call of a tool; `written` is its JSON as it streams, cut into `pieces`."""

    name: str
    arguments: Json | None = None
    id: str = ""
    written: str | None = None
    pieces: int = 4
    stops: bool = True  # whether its block ends

    @property
    def json(self) -> str:
        return json.dumps(self.arguments or {}) if self.written is None else self.written


@dataclass(frozen=True)
class Thinking:
    """What the model thinks aloud."""

    words: str
    signature: str = "c2lnbmVk"


Block: TypeAlias = "str | Call | Thinking"


class AnthropicServer(ModelServer):
    """Answers as the service would."""

    key = "sk-ant-canary-7f3a90c1d2"

    @override
    def models_body(self) -> Json:
        at = "2026-05-01T00:00:00Z"
        return {
            "data": [
                model(MODEL, "Loopback 1", "active", at),
                model("claude-loopback-0", "Loopback 0", "retired", at),
            ],
            "has_more": False,
            "first_id": MODEL,
            "last_id": "claude-loopback-0",
        }

    @override
    def refused(self, status: int, kind: str, message: str, **more: object) -> Answer:
        body = {"type": "error", "error": {"type": kind, "message": message, **more}}
        return plain(body, status, request_id="req_refused")

    @override
    def refusal(self, asked: Asked) -> Answer | None:
        """Check what the service checks, so that a wrong question is found here first."""
        body = asked.body
        wrong = (
            "anthropic-version: header is required"
            if "anthropic-version" not in asked.headers
            else mistake(body)
        )
        return self.refused(400, "invalid_request_error", wrong) if wrong else None


def mistake(body: Json) -> str:
    """Return what the service would say against a question, or nothing."""
    messages = body["messages"]
    marks = json.dumps(body).count('"cache_control"')
    if unknown := set(body) - KNOWN:
        return f"{unknown}: Extra inputs are not permitted"
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    if marks > 4:
        return f"A maximum of 4 blocks with cache_control may be provided. Found {marks}."
    ends: list[Json] = [{"content": []}]
    pairs = zip(messages, [*messages[1:], *ends], strict=True)
    return next((wrong for one, after in pairs if (wrong := mistaken(one, after))), "")


def mistaken(message: Json, after: Json) -> str:
    """Return what is wrong with one message and the results that follow it."""
    content = message["content"]
    calls = {each["id"] for each in content if each["type"] == "tool_use"}
    follows = [each["type"] == "tool_result" for each in after["content"]]
    results = [each["tool_use_id"] for each in after["content"] if each["type"] == "tool_result"]
    if not content:
        return "all messages must have non-empty content"
    if any(each["type"] == "text" and not each["text"].strip() for each in content):
        return "messages: text content blocks must contain non-whitespace text"
    if sorted(calls) != sorted(results):
        return "`tool_use` ids were found without `tool_result` blocks immediately after"
    if follows != sorted(follows, reverse=True):
        return "`tool_result` blocks must come first"
    return ""


def model(id_: str, title: str, lifecycle: str, at: str) -> Json:
    return {
        "type": "model",
        "id": id_,
        "display_name": title,
        "created_at": at,
        "lifecycle": lifecycle,
    }


def event(kind: str, **fields: object) -> bytes:
    """Return one event as it stands in the stream."""
    body = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {body}\n\n".encode()


def says(*blocks: Block, stop: str = "", usage: Json | None = None, output: int = 12) -> Answer:
    """Return a whole answer: words, calls and thoughts in their order."""
    return Answer(stream(*blocks, stop=stop, usage=usage, output=output))


def stream(*blocks: Block, stop: str = "", usage: Json | None = None, output: int = 12) -> bytes:
    """Return the bytes of a whole answer."""
    reason = stop or ("tool_use" if any(isinstance(each, Call) for each in blocks) else "end_turn")
    return b"".join(
        (
            begin(usage),
            *(events(index, block) for index, block in enumerate(blocks)),
            end(reason, output),
        )
    )


def begin(usage: Json | None = None) -> bytes:
    given = {
        "input_tokens": 100,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": 1,
        "service_tier": "standard",
    }
    message = {
        "id": f"msg_{next(_ids)}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": MODEL,
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**given, **(usage or {})},
    }
    return event("message_start", message=message)


def end(reason: str, output: int = 12) -> bytes:
    delta = {"stop_reason": reason, "stop_sequence": None}
    last = event("message_delta", delta=delta, usage={"output_tokens": output})
    return last + event("message_stop")


def events(index: int, block: Block) -> bytes:
    """Return the events of one block."""
    if isinstance(block, str):
        opened: Json = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": each} for each in cut(block, 3)]
    elif isinstance(block, Thinking):
        opened = {"type": "thinking", "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": each} for each in cut(block.words, 2)]
        deltas.append({"type": "signature_delta", "signature": block.signature})
    else:
        id_ = block.id or f"toolu_{next(_ids)}"
        opened = {"type": "tool_use", "id": id_, "name": block.name, "input": {}}
        pieces = ["", *cut(block.json, block.pieces)]
        deltas = [{"type": "input_json_delta", "partial_json": each} for each in pieces]
    found = event("content_block_start", index=index, content_block=opened)
    if index == 0:
        found += event("ping")
    found += b"".join(event("content_block_delta", index=index, delta=each) for each in deltas)
    stops = not isinstance(block, Call) or block.stops
    return found + (event("content_block_stop", index=index) if stops else b"")


def cut(words: str, pieces: int) -> Sequence[str]:
    """Return words in about that many pieces."""
    step = max(1, -(-len(words) // pieces))
    return [words[at : at + step] for at in range(0, len(words), step)]


def breaks(kind: str, message: str = "Overloaded", *blocks: Block) -> Answer:
    """Return an answer that begins well and then says that it failed."""
    failed = event("error", error={"type": kind, "message": message})
    parts = (events(index, block) for index, block in enumerate(blocks))
    return Answer(begin() + b"".join(parts) + failed)


@contextmanager
def anthropic_server() -> Iterator[AnthropicServer]:
    """Run a server for as long as the block lasts."""
    server = AnthropicServer()
    with running(server):
        yield server
