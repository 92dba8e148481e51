"""An OpenAI on loopback: chat completions in pieces, as the service and local programs send them."""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from typing_extensions import override

from tests.servers.anthropic import Call, cut
from tests.servers.models import Answer, ModelServer, plain, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.models import Asked

    Json: TypeAlias = dict[str, Any]

MODEL = "loopback-mini"
DONE = b"data: [DONE]\n\n"
_ids = itertools.count(1)


class OpenAIServer(ModelServer):
    """Answers as the service would."""

    key = "sk-proj-canary-7f3a90c1d2"
    ping = b": ping\n\n"

    @property
    @override
    def url(self) -> str:
        return f"{super().url}/v1"

    @override
    def models_body(self) -> Json:
        names = ("text-loopback", MODEL)
        listed = [{"id": each, "object": "model", "created": 1, "owned_by": "x"} for each in names]
        return {"object": "list", "data": listed}

    @override
    def refused(self, status: int, kind: str, message: str, **more: object) -> Answer:
        body = {"error": {"message": message, "type": kind, "param": None, "code": None, **more}}
        return plain(body, status)

    @override
    def refusal(self, asked: Asked) -> Answer | None:
        """Check what the service checks, so that a wrong question is found here first."""
        wrong = mistake(asked.body)
        return self.refused(400, "invalid_request_error", wrong) if wrong else None


def mistake(body: Json) -> str:
    """Return what the service would say against a question, or nothing."""
    waiting: list[str] = []
    for message in body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                return "messages with role 'tool' must be a response to a preceding 'tool_calls'"
            waiting.remove(message["tool_call_id"])
        elif waiting:
            return f"tool_call_ids did not have response messages: {waiting}"
        waiting += [each["id"] for each in message.get("tool_calls", ())]
    return ""


def chunk(delta: Json, finish: str | None = None, index: int = 0) -> bytes:
    """Return one piece as it stands in the stream."""
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    return data(choices=[choice])


def data(**fields: object) -> bytes:
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        **fields,
    }
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def usage(prompt: int = 100, completion: int = 12, cached: int = 0) -> bytes:
    """Return the last piece, which counts the tokens."""
    counted = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return data(choices=[], usage=counted)


def says(*parts: str | Call, stop: str = "", cached: int = 0) -> Answer:
    """Return a whole answer; its calls come in pieces that take turns."""
    return Answer(stream(*parts, stop=stop, cached=cached))


def stream(*parts: str | Call, stop: str = "", cached: int = 0) -> bytes:
    """Return the bytes of a whole answer."""
    words = [each for each in parts if isinstance(each, str)]
    calls = [each for each in parts if isinstance(each, Call)]
    found = chunk({"role": "assistant", "content": "" if words else None, "refusal": None})
    for each in words:
        found += b"".join(chunk({"content": piece}) for piece in cut(each, 3))
    for index, call in enumerate(calls):
        begun = {"name": call.name, "arguments": ""}
        id_ = call.id or f"call_{next(_ids)}"
        found += called(index=index, id=id_, type="function", function=begun)
    pieces = [cut(each.json, each.pieces) for each in calls]
    for turn in itertools.zip_longest(*pieces):
        found += b"".join(
            called(index=index, function={"arguments": piece})
            for index, piece in enumerate(turn)
            if piece is not None
        )
    found += chunk({}, stop or ("tool_calls" if calls else "stop"))
    return found + usage(cached=cached) + DONE


def called(**fields: object) -> bytes:
    """Return a piece of a call."""
    return chunk({"tool_calls": [fields]})


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """Run a server for as long as the block lasts."""
    server = OpenAIServer()
    with running(server):
        yield server
