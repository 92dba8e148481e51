"""An answer put together from its stream, and the gate that no unfinished call passes."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.base import Message, Reply, Role, Stop, Text, Thought, ToolCall, Usage
from puffin.ai.strict import strict_object

if TYPE_CHECKING:
    from puffin.ai.base import Part

Slot: TypeAlias = int | str
NAMELESS = "a tool without a name"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what every service takes back


@dataclass(slots=True)
class _Call:
    """A call on its way."""

    id: str
    name: str
    pieces: list[str] = field(default_factory=list)
    whole: bool = False
    broken: bool = False

    def read(self) -> dict[str, Any] | None:
        """Return its arguments, or None unless it ended properly and says one thing."""
        if not self.whole or self.broken or not NAME.fullmatch(self.name):
            return None
        written = "".join(self.pieces)
        try:
            return strict_object(written) if written.strip() else {}
        except ValueError:
            return None


class Assembly:
    """Collects what streams in, in its order; `slot` is where the service writes a call."""

    def __init__(self) -> None:
        self.usage = Usage()
        self.model = ""
        self.request_id = ""
        self._parts: list[str | _Call | Thought] = []
        self._open: dict[Slot, _Call] = {}

    @property
    def text(self) -> str:
        """The words so far."""
        return "".join(each for each in self._parts if isinstance(each, str))

    def say(self, words: str) -> None:
        """Add words."""
        self._parts.append(words)

    def think(self, thought: Thought) -> None:
        """Keep what the service wants back."""
        self._parts.append(thought)

    def begin(self, slot: Slot, id_: str, name: str) -> str:
        """Begin a call; its id comes back, a new one where the service gives none."""
        before = self._open.get(slot)
        call = _Call(id_ or f"call_{secrets.token_hex(12)}", name)
        if before is not None and not before.whole:
            before.broken = True
        self._open[slot] = call
        self._parts.append(call)
        return call.id

    def id_at(self, slot: Slot) -> str | None:
        """Return the id of the call that is, or was, written there."""
        call = self._open.get(slot)
        return None if call is None else call.id

    def piece(self, slot: Slot, written: str) -> None:
        """Add to a call's arguments; more words after its end spoil it."""
        call = self._open.get(slot)
        if call is None:
            return
        if call.whole:
            call.broken = True
        call.pieces.append(written)

    def end(self, slot: Slot) -> None:
        """End a call properly."""
        call = self._open.get(slot)
        if call is not None:
            call.whole = True

    def end_all(self) -> None:
        """End every call that is being written, where a service ends them all at once."""
        for call in self._open.values():
            call.whole = True

    def reply(self, stop: Stop) -> Reply:
        """Return the answer; calls are in it only if `stop` says that their results are awaited."""
        parts: list[Part] = []
        kept: dict[str, ToolCall] = {}
        dropped: list[str] = []
        twisted = self._twisted() if stop is Stop.TOOLS else frozenset()
        for each in self._parts:
            if isinstance(each, Thought):
                parts.append(each)
            elif isinstance(each, str):
                _add_words(parts, each)
            elif stop is not Stop.TOOLS or each.id in twisted or (arguments := each.read()) is None:
                dropped.append(each.name[:64] or NAMELESS)
            elif each.id not in kept:
                kept[each.id] = ToolCall(each.id, each.name, arguments)
                parts.append(kept[each.id])
        return Reply(
            message=Message(Role.ASSISTANT, tuple(parts)),
            stop=stop,
            usage=self.usage,
            model=self.model,
            request_id=self.request_id,
            dropped=tuple(dropped),
        )

    def _twisted(self) -> frozenset[str]:
        """Return ids that were given to calls which differ: such an id means nothing."""
        calls = [each for each in self._parts if isinstance(each, _Call)]
        said: dict[str, tuple[str, dict[str, Any] | None]] = {}
        for each in calls:
            said.setdefault(each.id, (each.name, each.read()))
        return frozenset(each.id for each in calls if said[each.id] != (each.name, each.read()))


def _add_words(parts: list[Part], words: str) -> None:
    if parts and isinstance(parts[-1], Text):
        parts[-1] = Text(parts[-1].text + words)
    elif words:
        parts.append(Text(words))
