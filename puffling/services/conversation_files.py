"""Conversations as files: markdown to read, JSON to keep, under names that every system takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from puffling.core.conversations import Speaker
from puffling.core.errors import BadValueError
from puffling.core.redaction import redact

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.core.conversations import CallRecord, ChatMessage, Conversation, Thread

FORMATS = (".md", ".json")
LONGEST_NAME = 60
MOST_TRIED = 1_000
# What Windows does not take as a file's name, with any ending.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


def file_name(conversation: Conversation) -> str:
    """Return a name without ending that every system takes: letters, digits and dashes."""
    words = re.sub(r"[^\w]+", "-", conversation.title, flags=re.UNICODE).strip("-_").lower()
    name = words[:LONGEST_NAME].rstrip("-_")
    if not name or name in RESERVED:
        name = f"conversation-{name or conversation.id}"
    return name


def suggested(path: Path, conversation: Conversation) -> Path:
    """Return where to write: `path` itself, or a new file in it when it is a folder.

    Raises:
        BadValueError: It is another kind of file.
    """
    path = path.expanduser()
    if not path.is_dir():
        if path.suffix.lower() not in FORMATS:
            raise BadValueError(
                f"{path.name} is no .md or .json.", hint="Give the file one of these endings."
            )
        return path
    name = file_name(conversation)
    for number in range(1, MOST_TRIED):
        place = path / f"{name}{f'-{number}' if number > 1 else ''}.md"
        if not place.exists():
            return place
    raise BadValueError(f"{path} is full of conversations of that name.")


def render(thread: Thread, suffix: str) -> str:
    """Return a conversation as text; keys and passwords that somebody typed are blotted out."""
    text = _markdown(thread) if suffix == ".md" else _json(thread)
    return redact(text) if suffix == ".md" else text


def _markdown(thread: Thread) -> str:
    parts = [f"# {thread.conversation.title}", ""]
    for each in thread.messages:
        parts += [f"## {_who(each)}", "", each.text.strip() or "*(nothing)*", ""]
        parts += [_call_line(call) for call in each.calls]
        if each.calls:
            parts.append("")
        if each.trouble:
            parts += [f"> {each.trouble} {each.hint}".rstrip(), ""]
    return "\n".join(parts)


def _who(message: ChatMessage) -> str:
    at = message.created_at.strftime("%Y-%m-%d %H:%M UTC")
    if message.role is Speaker.PERSON:
        return f"You, {at}"
    who = message.provider or "Assistant"
    return f"{who}{f' ({message.model})' if message.model else ''}, {at}"


def _call_line(call: CallRecord) -> str:
    took = "" if call.seconds is None else f", {call.seconds:.1f} s"
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False, default=str)
    return f"* Tool `{call.tool}` `{arguments.replace('`', chr(39))}`: {call.state.value}{took}"


def _json(thread: Thread) -> str:
    conversation = thread.conversation
    document = {
        "version": 1,
        "id": conversation.id,
        "title": redact(conversation.title),
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "messages": [_message(each) for each in thread.messages],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"


def _message(message: ChatMessage) -> dict[str, Any]:
    usage = message.usage
    return {
        "id": message.id,
        "role": message.role.value,
        "state": message.state.value,
        "created_at": message.created_at.isoformat(),
        "text": redact(message.text),
        "trouble": message.trouble,
        "provider": message.provider,
        "model": message.model,
        "tokens": None if usage is None else usage.total,
        "cost": message.cost,
        "about": message.about,
        "notes": message.notes,
        "calls": [_call(each) for each in message.calls],
        "figures": [
            {"text": each.text, "start": each.start, "end": each.end, "source": each.source}
            for each in message.figures
        ],
    }


def _call(call: CallRecord) -> dict[str, Any]:
    return {
        "id": call.id,
        "tool": call.tool,
        "command": call.command,
        "arguments": _blotted(dict(call.arguments)),
        "state": call.state.value,
        "effect": call.effect,
        "result": redact(call.text),
        "is_error": call.is_error,
        "started_at": None if call.started_at is None else call.started_at.isoformat(),
        "seconds": call.seconds,
        "snapshot": call.snapshot,
    }


def _blotted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _blotted(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(each) for each in value]
    return redact(value) if isinstance(value, str) else value
