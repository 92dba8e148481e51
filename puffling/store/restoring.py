"""A restore that was asked for: the note that waits for the next start, and what it does then."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError, StoreError
from puffling.core.files import file_errors, write_whole
from puffling.store.backups import backups, restore
from puffling.store.database import Database
from puffling.store.halts import HaltStore

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from puffling.core.paths import Paths
    from puffling.store.halts import Halt

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RestoreNote:
    """Which copy is to be put back at the next start, and who asked for it."""

    backup: str
    by: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a note: `text` says it; `note` is None if nothing was put back.

    `halt` is the kill switch as it was in the file that was replaced: it holds on.
    """

    text: str
    note: RestoreNote | None = None
    halt: Halt | None = None


def chosen(paths: Paths, name: str) -> Path:
    """Return the copy called `name`; the newest for an empty name.

    Raises:
        BadValueError: There is no such copy.
    """
    copies = backups(paths)
    if not copies:
        raise BadValueError("There is no backup yet.", hint="Back up now makes one.")
    found = next((each for each in copies if each.name == name), None) if name else copies[0]
    if found is None:
        raise BadValueError(f"There is no backup {name}.", hint="backup.list shows what there is.")
    return found


def leave_note(paths: Paths, note: RestoreNote) -> None:
    """Have a copy put back at the next start.

    Raises:
        StoreError: The note could not be written.
    """
    write_whole(paths.restore, json.dumps({"backup": note.backup, "by": note.by}).encode())


def read_note(paths: Paths) -> RestoreNote | None:
    """Return the note; None if there is none. One that cannot be understood names no copy."""
    with file_errors(paths.restore):
        try:
            data = paths.restore.read_bytes()
        except FileNotFoundError:
            return None
    try:
        values = json.loads(data)
        return RestoreNote(str(values["backup"]), str(values["by"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return RestoreNote("", "")


def take_note_back(paths: Paths) -> None:
    """Forget the note, if there is one.

    Raises:
        StoreError: It cannot be removed.
    """
    with file_errors(paths.restore):
        paths.restore.unlink(missing_ok=True)


def restore_noted(paths: Paths, now: datetime) -> Restored | None:
    """Put back the copy that a note asks for; None if nobody left one.

    To be called by who holds the profile, before the database is opened. The note goes last: a
    program that is killed on the way does it again, and nothing was written in between. A copy
    that is no use changes nothing, and is not tried again.

    Raises:
        StoreError: The note can be neither read nor removed; nothing may be opened.
    """
    note = read_note(paths)
    if note is None:
        return None
    try:
        copy = chosen(paths, note.backup or "?")
        halt = _halt(paths)
        aside = restore(paths, copy, now, word="replaced")
    except (StoreError, BadValueError) as error:
        log.warning("The backup was not restored: %s", error)
        take_note_back(paths)
        name = note.backup or "the backup that was asked for"
        return Restored(f"{name} was not restored, and everything is as it was: {error}")
    take_note_back(paths)
    kept = "" if aside is None else f" What was there is kept in {aside.name}."
    return Restored(f"{note.backup} was restored.{kept}", note, halt)


def _halt(paths: Paths) -> Halt | None:
    """Return the kill switch of the file that is about to be replaced, as far as it can be read."""
    database = Database(paths.database, synchronous="FULL", busy_seconds=1)
    with suppress(StoreError):
        try:
            return HaltStore(database).read()
        finally:
            database.close()
    return None
