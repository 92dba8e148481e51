"""Commands that take back what was changed."""

from __future__ import annotations

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command


@command(
    "edit.undo",
    "Undo change",
    menu=Menu.EDIT,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Alt+U",
    words="take back settings watchlist staged order ticket proposal",
)
async def undo(context: Context) -> dict[str, str]:
    """Take back the newest change in this session, and say what it was.

    That is a setting, a watchlist, the studies of a chart, an order that was written on the ticket
    or one of yours that waits in the inbox; never an order that was sent. Limits, modes and keys
    are changed where they are shown. Layouts and drawings have an undo of their own.
    """
    return {"taken_back": context.undo.undo()}


@command(
    "edit.redo",
    "Redo change",
    menu=Menu.EDIT,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Alt+Shift+U",
    words="again settings watchlist staged order ticket proposal",
)
async def redo(context: Context) -> dict[str, str]:
    """Make the change again that was taken back last."""
    return {"made_again": context.undo.redo()}


COMMANDS = (undo, redo)
