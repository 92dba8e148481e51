"""Commands about what acts by itself: pause it, let it go on, see it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command

Reason = Annotated[str, Field(max_length=200, title="Reason", description="For the record.")]
Parts = Annotated[
    tuple[str, ...], Field(title="Parts", description="Such as alerts; empty for all of them.")
]


@command(
    "automation.pause",
    "Pause automation",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    toolbar=True,
    words="stop strategies schedules agent alerts",
)
async def pause(context: Context, reason: Reason = "") -> dict[str, Any]:
    """Let nothing act by itself until you say so; your own orders stay possible."""
    why = f"{context.actor} paused it{': ' + reason if reason else ''}."
    context.automation.pause(context.actor, why)
    return _shown(context)


@command(
    "automation.resume",
    "Resume automation…",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    words="go on strategies schedules agent alerts",
)
async def resume(context: Context, parts: Parts = ()) -> dict[str, Any]:
    """Let what acts by itself go on, all of it or the parts that are named."""
    context.automation.resume(context.actor, parts)
    return _shown(context)


@command("automation.show", "Automation", menu=None, effect=Effect.LOOK, words="paused running")
async def show(context: Context) -> dict[str, Any]:
    """Show what acts by itself, and whether it is paused."""
    return _shown(context)


def _shown(context: Context) -> dict[str, Any]:
    automation = context.automation
    return {"paused": automation.paused, "why": automation.why, "parts": automation.parts()}


COMMANDS = (pause, resume, show)
