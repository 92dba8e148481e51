"""What is said when the desk cannot open: the profile is in use, or what is kept is no use."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from puffling.core.clock import SystemClock
from puffling.core.errors import PufflingError, StoreError
from puffling.ui.shell.question import Question

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from puffling.core.paths import Paths
    from puffling.ui.theme.theme import Theme

log = logging.getLogger(__name__)

IN_USE = 2  # the exit code of a second window
_FEW = 6


async def say(
    theme: Theme, title: str, error: PufflingError, parent: QWidget | None = None
) -> None:
    """Say what went wrong; there is nothing to choose."""
    text = f"{error} {error.hint}".strip()
    await Question(theme, title, text, ["Quit"], parent).ask()


async def crashed(theme: Theme, report: str) -> None:
    """Show what ended the desk while it was opening or closing."""
    from puffling.ui.dialogs.crash import CrashDialog

    text = (
        "Puffling met an error that nobody foresaw and cannot go on. What was stored is safe. "
        "The report below holds no keys and no account numbers."
    )
    dialog = CrashDialog(theme, report, title="Puffling has to end", text=text)
    dialog.go_on.setText("Quit")
    await dialog.answer()


async def second_window(theme: Theme, paths: Paths, parent: QWidget | None = None) -> int:
    """Say that the profile is open already, and offer to show that window."""
    question = Question(
        theme,
        "Puffling is already open",
        f"Another Puffling has this profile open:\n{paths.root}\n\n"
        "Only one may write to it. Use that window, or start this one with another --data-dir.",
        ["Quit", "Show that window"],
        parent,
    )
    if await question.ask() == 0:
        return IN_USE
    try:
        await _show_other(paths)
    except PufflingError as error:
        await say(theme, "That window did not answer", error, parent)
        return IN_USE
    return 0


async def store_fault(
    theme: Theme, paths: Paths, error: StoreError, parent: QWidget | None = None
) -> bool:
    """Say why what is kept cannot be opened; return whether to try again.

    A new database is never made silently: a person restores a copy, mends the cause, or quits.
    """
    from puffling.store.opening import backups

    while True:
        copies = await asyncio.to_thread(backups, paths)
        answers = ["Quit", "Open folder", "Try again"]
        if copies:
            answers.append("Restore backup…")
        text = f"{error} {error.hint}".strip() + f"\n\nFolder: {paths.root}"
        answer = await Question(theme, "Your data cannot be opened", text, answers, parent).ask()
        if answer == 0:
            return False
        if answer == 1:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.root)))
        elif answer == len(answers) - 1 and copies:
            if await _restore(theme, paths, copies, parent):
                return True
        else:
            return True


async def _restore(theme: Theme, paths: Paths, copies: list[Path], parent: QWidget | None) -> bool:
    from puffling.store.opening import restore

    told = "What is in the data folder now is kept beside it. The newest copy is first:"
    button = "Restore the newest"
    for number, copy in enumerate(copies):
        names = "\n".join(each.name for each in copies[number : number + _FEW])
        answer = await Question(
            theme, "Restore a backup", f"{told}\n\n{names}", ["Cancel", button], parent
        ).ask()
        if answer == 0:
            return False
        try:
            await asyncio.to_thread(restore, paths, copy, SystemClock().now())
        except StoreError as error:
            log.warning("The backup was not restored: %s", error)
            told = f"It was not restored: {error} {error.hint}".strip()
            told, button = f"{told}\n\nThere are older ones:", "Restore the next"
            if number == len(copies) - 1:
                await say(theme, "The backup was not restored", error, parent)
        else:
            return True
    return False


async def _show_other(paths: Paths) -> None:
    """Ask the process that holds the profile to bring its window to the front."""
    from puffling.commands.remote import Remote
    from puffling.store.database import Database
    from puffling.store.requests import RequestStore

    async def nobody(_question: str) -> bool:
        return False

    database = Database(paths.database, synchronous="FULL")
    try:
        remote = Remote(RequestStore(database), SystemClock(), nobody, always_yes=False)
        await remote.run("desk.show", {})
    finally:
        await asyncio.to_thread(database.close)
