"""Commands about macros: lines kept under a name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Name
from puffling.core.errors import BadValueError
from puffling.services.macros import Macro

Lines = Annotated[
    str,
    Field(
        min_length=1,
        max_length=5_000,
        title="Lines",
        description="As in the palette, with semicolons between: AAPL 5m; LAYOUT quant; RISK",
    ),
]


@command(
    "macro.run", "Run macro…", menu=Menu.TOOLS, effect=Effect.LOOK, window_only=True, words="replay"
)
async def run(context: Context, name: Name) -> None:
    """Do the lines of a macro one after the other; each keeps its own questions and gates.

    The first line that fails ends it. An order in it is written on the ticket, never sent.
    """
    context.desk.run_lines(context.macros.get(name).lines)


@command("macro.save", "Write macro…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="keep lines")
async def save(context: Context, name: Name, lines: Lines) -> Macro:
    """Keep lines under a name, in place of what it had."""
    return context.macros.save(name, lines.split(";"))


@command(
    "macro.record",
    "Record macro",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    window_only=True,
    words="keyboard repeat lines",
)
async def record(context: Context) -> None:
    """Note the lines and commands that you run from now on, until they are kept under a name."""
    context.desk.record_lines()


@command(
    "macro.keep",
    "Keep recorded macro…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    window_only=True,
    words="stop recording",
)
async def keep(context: Context, name: Name) -> Macro:
    """Stop recording, and keep what was noted under a name."""
    lines = context.desk.recorded_lines()
    if not lines:
        raise BadValueError("Nothing was recorded.", hint="Begin with Record macro.")
    return context.macros.save(name, lines)


@command("macro.list", "Macros", menu=None, effect=Effect.LOOK, words="lines")
async def list_macros(context: Context) -> list[Macro]:
    """List the macros with their lines."""
    return context.macros.all()


@command("macro.remove", "Remove macro…", menu=None, effect=Effect.CHANGE)
async def remove(context: Context, name: Name) -> None:
    """Forget a macro and its lines."""
    context.macros.remove(name)


COMMANDS = (run, save, record, keep, list_macros, remove)
