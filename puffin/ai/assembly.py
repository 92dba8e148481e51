"""An answer put together from its stream, and the gate that no unfinished call passes."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.ai.base import CallBegun, Message, Reply, Role, Stop, Text, Thought, ToolCall, Usage
from puffin.ai.fields import name_of
from puffin.ai.sse import StreamError
from puffin.ai.strict import strict_object

if TYPE_CHECKING:
    from puffin.ai.base import Part

Slot: TypeAlias = int | str
NAMELESS = "a tool without a name"
LONGEST_NAME = 64
MOST_CALLS = 64  # in one answer
MOST_LETTERS = 500_000  # of its words
MOST_WRITTEN = 100_000  # letters of one call's arguments
ID = re.compile(r"[\x21-\x7e]{1,200}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what every service takes back


@dataclass(slots=True)
class _Call:
    """A call on its way."""

    id: str
    name: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    whole: bool = False
    broken: bool = False

    @property
    def shown(self) -> str:
        """Its name, as far as it is one."""
        return name_of(self.name, LONGEST_NAME) or NAMELESS

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
        self.has_begun = False  # the service works on it, and counts what it was sent
        self.model = ""
        self.request_id = ""
        self._parts: list[str | _Call | Thought] = []
        self._calls: list[_Call] = []
        self._letters = 0
        self._open: dict[Slot, _Call] = {}

    @property
    def text(self) -> str:
        """The words so far."""
        return "".join(each for each in self._parts if isinstance(each, str))

    def say(self, words: str) -> None:
        """Add words.

        Raises:
            StreamError: It talks and talks.
        """
        self._letters += len(words)
        if self._letters > MOST_LETTERS:
            raise StreamError("It talks without end.")
        self._parts.append(words)

    def think(self, thought: Thought) -> None:
        """Keep what the service wants back."""
        self._parts.append(thought)

    def begin(self, slot: Slot, id_: str, name: str) -> CallBegun:
        """Begin a call; it has an id of ours where the service gives none that could be one.

        Raises:
            StreamError: It calls and calls.
        """
        before = self._open.get(slot)
        if before is not None and not before.whole:
            before.broken = True
        known = ID.fullmatch(id_) is not None
        call = _Call(id_ if known else f"call_{secrets.token_hex(12)}", name)
        self._calls.append(call)
        if len(self._calls) > MOST_CALLS:
            raise StreamError("It calls without end.")
        self._open[slot] = call
        self._parts.append(call)
        return CallBegun(call.id, call.shown)

    def id_at(self, slot: Slot) -> str | None:
        """Return the id of the call that is, or was, written there."""
        call = self._open.get(slot)
        return None if call is None else call.id

    def piece(self, slot: Slot, written: str) -> None:
        """Add to a call's arguments; more words after its end spoil it, and too many do."""
        call = self._open.get(slot)
        if call is None:
            return
        call.length += len(written)
        if call.whole or call.length > MOST_WRITTEN:
            call.broken = True
        if not call.broken:
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
        words: list[str] = []
        kept: set[str] = set()
        dropped: list[str] = []
        twisted = self._twisted() if stop is Stop.TOOLS else frozenset()
        for each in (*self._parts, None):
            if isinstance(each, str):
                words.append(each)
                continue
            if said := "".join(words):
                parts.append(Text(said))
            words.clear()
            if isinstance(each, Thought):
                parts.append(each)
            elif isinstance(each, _Call):
                arguments = each.read() if stop is Stop.TOOLS and each.id not in twisted else None
                if arguments is None:
                    dropped.append(each.shown)
                elif each.id not in kept:
                    kept.add(each.id)
                    parts.append(ToolCall(each.id, each.name, arguments))
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
        said: dict[str, tuple[str, dict[str, Any] | None]] = {}
        for each in self._calls:
            said.setdefault(each.id, (each.name, each.read()))
        return frozenset(
            each.id for each in self._calls if said[each.id] != (each.name, each.read())
        )
