"""Commands about copies of what is yours: made, listed, checked, put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core import formats
from puffling.core.errors import BadValueError, NotConfirmedError
from puffling.store.backups import Contents, list_copies, verify
from puffling.store.restoring import (
    RestoreNote,
    chosen,
    leave_note,
    read_note,
    take_note_back,
)

if TYPE_CHECKING:
    from pathlib import Path

RESTORE_WORD = "RESTORE"
Name = Annotated[
    str,
    Field(
        max_length=80,
        title="Backup",
        description="As backup.list shows it; empty for the newest.",
    ),
]
Word = Annotated[
    str, Field(title="Word", description=f"{RESTORE_WORD}, typed; the window asks for it.")
]


@command("backup.now", "Back up now", menu=Menu.FILE, effect=Effect.CHANGE, words="copy save")
async def back_up(context: Context) -> dict[str, Any]:
    """Copy everything that is yours into the backups folder."""
    path = await context.jobs.run(
        "Backup", lambda _: context.storage.backup_now(), panel="activity"
    )
    return {"backup": str(path)}


@command("backup.list", "Backups", menu=None, effect=Effect.LOOK, words="copies restore")
async def list_(context: Context) -> dict[str, Any]:
    """List the backups, newest first, and which of them is put back at the next start."""
    note = read_note(context.paths)
    listed: dict[str, Any] = {"backups": list_copies(context.paths)}
    return {**listed, "restored at the next start": note.backup} if note else listed


@command(
    "backup.verify", "Verify a backup…", menu=None, effect=Effect.LOOK, words="check copy sound"
)
async def check(context: Context, name: Name) -> Contents:
    """Check every page of a backup, and say what is in it."""
    return await _verified(context, chosen(context.paths, name))


@command(
    "backup.restore",
    "Restore a backup…",
    menu=Menu.FILE,
    effect=Effect.CHANGE,
    words="put back copy undo damaged",
)
async def restore(context: Context, name: Name = "", word: Word = "") -> dict[str, Any]:
    """Put a backup in the place of what is kept now, at the next start; asks for a word.

    The backup is checked first. What it replaces is kept beside it. The window starts again by
    itself.
    """
    contents = await _verified(context, chosen(context.paths, name))
    title = "Restore this backup"
    if not word:
        if not await context.desk.ask_word(title, _what_it_means(contents), RESTORE_WORD):
            raise NotConfirmedError("Nothing is restored.")
        word = RESTORE_WORD
    if word.strip().casefold() != RESTORE_WORD.casefold():
        raise BadValueError(f"Type {RESTORE_WORD} to restore a backup.")
    running = context.jobs.running()
    if running:
        raise BadValueError(
            f"{running[0].title} is still running.", hint="Wait for it or stop it, then ask again."
        )
    copy = contents.copy.name
    context.audit.add(context.clock.now(), context.actor, "backup.restore", copy)
    leave_note(context.paths, RestoreNote(copy, context.actor))
    if context.desk.has_window:
        context.desk.restart()
    return {"backup": copy, "restored": "at the next start"}


@command(
    "backup.forget",
    "Do not restore",
    menu=None,
    effect=Effect.CHANGE,
    words="backup cancel restore",
)
async def forget(context: Context) -> dict[str, Any]:
    """Forget that a backup was to be restored at the next start."""
    note = read_note(context.paths)
    if note is None:
        raise BadValueError("No backup waits to be restored.")
    take_note_back(context.paths)
    return {"not restored": note.backup}


async def _verified(context: Context, copy: Path) -> Contents:
    return await context.jobs.run(f"Verify {copy.name}", lambda _: verify(copy), panel="activity")


def _what_it_means(contents: Contents) -> str:
    made = formats.moment(contents.copy.made_at)
    return (
        f"{contents.copy.name}, made {made}, is sound and holds {contents.words}.\n\n"
        "Everything after that moment is put aside. Orders and fills at a broker come back when "
        "the books are compared with it; those of DEMO and SIM after that moment are lost. "
        "The kill switch stays as it is now.\n\n"
        "What is kept now stays in the data folder under another name. Puffling starts again."
    )


COMMANDS = (back_up, list_, check, restore, forget)
