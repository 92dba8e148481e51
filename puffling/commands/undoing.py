"""Commands that take back what was changed."""

from __future__ import annotations

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.events import Level, NoticePosted


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
    what = context.undo.undo()
    context.bus.publish(NoticePosted(Level.INFO, f"Taken back: {what}"))
    return {"taken_back": what}


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
    what = context.undo.redo()
    context.bus.publish(NoticePosted(Level.INFO, f"Made again: {what}"))
    return {"made_again": what}


COMMANDS = (undo, redo)
