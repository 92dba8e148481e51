"""Commands about the demo market: its speed, its pauses, its beginning."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command

Seconds = Annotated[
    int,
    Field(
        ge=2,
        le=23_400,
        title="Seconds for a day",
        description="How long a trading day takes; 23,400 is real time.",
    ),
]
Start = Annotated[
    date | None,
    Field(title="First day", description="2000-03-02 to 2013-02-22; empty for the setting's."),
]


@command("demo.speed", "Demo speed…", menu=Menu.DATA, effect=Effect.CHANGE, words="replay faster")
async def speed(context: Context, day_seconds: Seconds) -> dict[str, Any]:
    """Set how long a trading day takes; the replay follows at once."""
    context.demo.speed(day_seconds)
    return {"day_seconds": day_seconds}


@command("demo.pause", "Pause demo market", menu=Menu.DATA, effect=Effect.CHANGE, words="replay")
async def pause(context: Context) -> dict[str, Any]:
    """Stop the demo market's time."""
    context.demo.pause()
    return {"market": context.market.describe()}


@command("demo.resume", "Resume demo market", menu=Menu.DATA, effect=Effect.CHANGE, words="replay")
async def resume(context: Context) -> dict[str, Any]:
    """Let the demo market's time go on."""
    context.demo.resume()
    return {"market": context.market.describe()}


@command(
    "demo.restart", "Restart demo market…", menu=Menu.DATA, effect=Effect.CHANGE, words="reset new"
)
async def restart(context: Context, start: Start = None) -> dict[str, Any]:
    """Begin a new demo account on another day; nothing may be open, unless the market has ended.

    The old account's orders, fills and what it still held stay stored.
    """
    account = await context.demo.restart(start)
    context.audit.add(context.clock.now(), context.actor, "demo.restart", account.id, {})
    return {"account": account.id, "market": context.market.describe()}


@command("demo.show", "Demo market", menu=None, effect=Effect.LOOK, words="replay clock time")
async def show(context: Context) -> dict[str, Any]:
    """Show the demo market's time, its speed and what it trades."""
    return {
        "market": context.market.describe(),
        "now": context.market.now(),
        "open": context.market.is_open(),
        "ended": context.market.ended,
        "paused": context.demo.paused,
        "day_seconds": context.settings.current.demo.day_seconds,
        "symbols": context.demo.symbols,
    }


COMMANDS = (speed, pause, resume, restart, show)
