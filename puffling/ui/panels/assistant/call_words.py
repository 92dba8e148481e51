"""A call of a tool in words: what it does, with what, how far it is, what the model was told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from puffling.core import formats
from puffling.core.conversations import CallState
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.commands.registry import Registry
    from puffling.core.conversations import CallRecord

_LONGEST = 60  # letters of the arguments on the chip
_MOST_TEXT = 2_000  # letters of a result that is unfolded
_STATES = {
    CallState.ASKED: ("clock", Tone.MUTED, "waits for its turn"),
    CallState.RUNNING: ("refresh", Tone.INFO, "running…"),
    CallState.WAITING: ("help", Tone.WARNING, "asks you"),
    CallState.DONE: ("check", Tone.SUCCESS, ""),
    CallState.REFUSED: ("close", Tone.MUTED, "refused"),
    CallState.FAILED: ("error", Tone.DANGER, "failed"),
}
_FENCE = re.compile(r"^\s*</?[a-z_-]+[^>]*>\s*$", re.MULTILINE)


def look(call: CallRecord) -> tuple[str, str, str]:
    """Return the icon of a call, its tone, and how far it is in words."""
    icon, tone, words = _STATES[call.state]
    if call.is_error and call.state is CallState.DONE:
        icon, tone, words = _STATES[CallState.FAILED]
    took = formats.duration(call.seconds) if call.seconds is not None else ""
    return icon, tone, " · ".join(filter(None, (words, took)))


def title(call: CallRecord, registry: Registry) -> str:
    """Return what the tool is called on the desk."""
    if call.command in registry:
        return registry[call.command].title.rstrip("…")
    named = (each.title.rstrip("…") for each in registry if each.tool_name == call.tool)
    return next(named, call.tool.replace("_", " ").capitalize())


def brief(arguments: Mapping[str, Any]) -> str:
    """Return the values of a call in one short line."""
    said = ", ".join(filter(None, (_value(each) for each in arguments.values())))
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1].rstrip()}…"


def in_full(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each argument and its value."""
    return [
        (name.replace("_", " "), _value(each) or formats.UNKNOWN)
        for name, each in arguments.items()
    ]


def told(call: CallRecord) -> str:
    """Return what the model was told, without its fence, shortened where it is long."""
    text = _FENCE.sub("", call.text).strip()
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT].rstrip()} …"


def _value(value: object) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return " ".join(map(str, value))
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)
