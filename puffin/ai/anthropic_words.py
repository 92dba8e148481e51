"""A question in Anthropic's words, with the marks that let it keep what it has read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.base import Role, Text, Thought, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.ai.base import Ask, Message, Part, ToolSpec

Json: TypeAlias = dict[str, Any]
SERVICE = "anthropic"
TAILS = 2  # messages at the end of which what was said is kept


def kept() -> Json:
    """Return the mark; a new one each time, as the library changes what it is given."""
    return {"type": "ephemeral"}


def system_blocks(ask: Ask) -> list[Json]:
    """Return what the model is told before the conversation."""
    if not ask.system.strip():
        return []
    return [{"type": "text", "text": ask.system, "cache_control": kept()}]


def tool_blocks(tools: Sequence[ToolSpec]) -> list[Json]:
    """Return the tools; the mark on the last one keeps them all."""
    found: list[Json] = [
        {"name": each.name, "description": each.description, "input_schema": dict(each.schema)}
        for each in tools
    ]
    if found:
        found[-1]["cache_control"] = kept()
    return found


def message_blocks(messages: Sequence[Message]) -> list[Json]:
    """Return the conversation; what has no words and no calls is left out."""
    found: list[Json] = []
    for message in messages:
        # Results come first: the service takes them nowhere else.
        parts = sorted(message.parts, key=lambda part: not isinstance(part, ToolResult))
        blocks = [block for part in parts if (block := _block(part)) is not None]
        if any(block["type"] not in {"thinking", "redacted_thinking"} for block in blocks):
            found.append({"role": message.role.value, "content": blocks})
    theirs = [each for each in found if each["role"] == Role.USER.value]
    for each in theirs[-TAILS:]:
        each["content"][-1]["cache_control"] = kept()
    return found


def _block(part: Part) -> Json | None:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text} if part.text.strip() else None
    if isinstance(part, ToolCall):
        input_ = dict(part.arguments)
        return {"type": "tool_use", "id": _id(part.id), "name": part.name, "input": input_}
    if isinstance(part, Thought):
        return dict(part.data) if part.service == SERVICE else None
    block: Json = {"type": "tool_result", "tool_use_id": _id(part.call_id), "content": part.text}
    return block | {"is_error": True} if part.is_error else block


def _id(id_: str) -> str:
    """Return an id as this service takes it; others name their calls more freely."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", id_)
