"""A question in OpenAI's words of chat completions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.base import Role, ToolResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.ai.base import Ask, Message, ToolCall, ToolSpec

Json: TypeAlias = dict[str, Any]


def message_list(ask: Ask) -> list[Json]:
    """Return the conversation, begun by what the model is told before it."""
    found: list[Json] = []
    if ask.system.strip():
        found.append({"role": "system", "content": ask.system})
    for message in ask.messages:
        found += _theirs(message) if message.role is Role.USER else _its(message)
    return found


def tool_list(tools: Sequence[ToolSpec]) -> list[Json]:
    """Return the tools."""
    return [
        {
            "type": "function",
            "function": {
                "name": each.name,
                "description": each.description,
                "parameters": dict(each.schema),
            },
        }
        for each in tools
    ]


def answer_format(schema: Mapping[str, Any]) -> Json:
    """Return the shape an answer must have; strictly, where the schema leaves nothing open."""
    shape: Json = {"name": "answer", "schema": dict(schema)}
    if _is_closed(schema):
        shape["strict"] = True
    return {"type": "json_schema", "json_schema": shape}


def _theirs(message: Message) -> list[Json]:
    """Return results, each a message of its own, and then the person's words."""
    found: list[Json] = [
        {
            "role": "tool",
            "tool_call_id": each.call_id,
            "content": f"Error: {each.text}" if each.is_error else each.text,
        }
        for each in message.parts
        if isinstance(each, ToolResult)
    ]
    if message.text.strip():
        found.append({"role": "user", "content": message.text})
    return found


def _its(message: Message) -> list[Json]:
    body: Json = {"role": "assistant", "content": message.text or None}
    if message.calls:
        body["tool_calls"] = [_call(each) for each in message.calls]
    return [body] if message.text.strip() or message.calls else []


def _call(call: ToolCall) -> Json:
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }


def _is_closed(schema: object) -> bool:
    """Whether every object in a schema names all that it must have, and nothing else may be."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object":
            named = set(schema.get("properties", ()))
            if schema.get("additionalProperties") is not False:
                return False
            if set(schema.get("required", ())) != named:
                return False
        return all(_is_closed(each) for each in schema.values())
    if isinstance(schema, (list, tuple)):
        return all(_is_closed(each) for each in schema)
    return True
