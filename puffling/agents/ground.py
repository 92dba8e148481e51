"""What an answer stands on: the desk, the tools, the ledger, and how to say what goes on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from puffin.ai.base import LLMProvider
    from puffling.agents.budget import Estimator
    from puffling.agents.tools import Toolbox
    from puffling.commands.context import Context
    from puffling.core.conversations import AssistantState

MOST_FACTS = 200


class Say(Protocol):
    """Tells what the assistant does in a conversation."""

    def __call__(self, conversation: str, state: AssistantState, words: str = "") -> None:
        """Announce it."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """Who answers; without a provider nobody does but the rules."""

    label: str
    provider: LLMProvider | None = None
    model: str = ""
    is_scripted: bool = False


class Facts:
    """What tools returned, as plain values, for a script that quotes from it; the oldest go."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def keep(self, call: str, value: object) -> None:
        """Keep what a call returned."""
        self._kept[call] = value
        while len(self._kept) > MOST_FACTS:
            self._kept.popitem(last=False)

    def of(self, call: str) -> Any:  # noqa: ANN401 - plain JSON
        """Return what a call returned; None if nothing is known of it."""
        return self._kept.get(call)


@dataclass(frozen=True, slots=True)
class Ground:
    """Shared by all answers of one desk.

    `tools` returns the title of every tool there is by its name; the first time it takes a while.
    `clicks` are the changes that wait for a yes or a no.
    """

    context: Context
    toolbox: Toolbox
    estimator: Estimator
    say: Say
    tools: Callable[[], Mapping[str, str]]
    facts: Facts = field(default_factory=Facts)
    clicks: dict[str, asyncio.Future[bool]] = field(default_factory=dict)
