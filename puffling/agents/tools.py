"""Commands as a model sees and calls them: looked at once, changed after a click, never traded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.agents.cards import Card
from puffling.agents.handles import Handles
from puffling.agents.previews import Consent, Preview

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.ai.base import ToolCall, ToolSpec
    from puffling.commands.context import Context
    from puffling.commands.registry import Registry

__all__ = ["Card", "Consent", "Handles", "Outcome", "Preview", "Toolbox"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: `text` is for the model, `card` for the person.

    `command` is empty for a tool that does not exist; `effect` is look, change, proposal, errand
    or refused; `snapshot` names the data that was read, and is empty when none was.
    """

    call_id: str
    command: str
    effect: str
    text: str
    is_error: bool
    card: Card | None
    seconds: float
    started_at: datetime
    snapshot: str


class Toolbox:
    """Every command that a model may use, and what it may do with it."""

    def __init__(
        self, registry: Registry, context: Context, *, handles: Handles | None = None
    ) -> None:
        self._registry = registry
        self._context = context
        self._handles = handles or Handles()

    def specs(self, about: str, *, most: int = 30) -> list[ToolSpec]:
        """Return the tools for what is talked about: the named ones, and the most relevant."""
        del about, most
        return []

    async def call(self, conversation: str, call: ToolCall, consent: Consent) -> Outcome:
        """Carry out a call as far as its effect allows; every refusal is an outcome too."""
        del conversation, consent
        now = self._context.clock.now()
        return Outcome(call.id, "", "refused", "", True, None, 0.0, now, "")  # noqa: FBT003

    def lock(self, conversation: str) -> None:
        """End a conversation's capabilities: whatever is asked in it from now on is refused."""
        self._handles.drop(conversation)
