"""What a change would do, in words, before anybody says yes to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

Line: TypeAlias = tuple[str, str, str]  # what it is, as it is, as it would be


@dataclass(frozen=True, slots=True)
class Preview:
    """A change that waits for a yes."""

    call_id: str
    command: str
    title: str
    lines: tuple[Line, ...]
    undoable: bool


class Consent(Protocol):
    """Where a yes to a change comes from: a person's click on its preview."""

    async def ask(self, preview: Preview) -> bool:
        """Show a preview and wait for the click; False means no."""
        ...
