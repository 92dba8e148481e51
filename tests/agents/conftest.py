"""A toolbox on a whole app without a window, and the calls of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from puffin.ai.base import ToolCall
from puffling.agents.tools import Toolbox
from tests.agents.puppets import Clicks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from puffling.agents.tools import Outcome
    from puffling.app import App

    Ask = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def box(puffling: App) -> Toolbox:
    return Toolbox(puffling.registry, puffling.context)


@pytest.fixture
def ask(box: Toolbox) -> Ask:
    """Call a tool by its name; `yes` are the commands whose preview is clicked."""
    calls = iter(range(1_000))

    async def call(
        tool: str, /, *, yes: Clicks | None = None, talk: str = "talk", id_: str = "", **values: Any
    ) -> Outcome:
        called = ToolCall(id_ or f"c{next(calls)}", tool, values)
        return await box.call(talk, called, yes or Clicks())

    return call
