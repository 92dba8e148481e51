"""Saved workspaces: one JSON file for each, and the last arrangements of the present one."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from puffling.core.errors import BadValueError, StoreError, StoreNewerError
from puffling.core.files import file_errors, set_aside, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Document: TypeAlias = dict[str, Any]

VERSION = 2
LARGEST_FILE = 1_000_000  # bytes
LONGEST_NAME = 60
RING = 5
MOST_DELETED = 20
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_FORBIDDEN = set('/\\:*?"<>|')


class LayoutStore:
    """Keeps layouts as files in a folder. A damaged file is kept aside, never overwritten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._named = folder / "named"
        self._deleted = folder / "deleted"

    def current(self) -> tuple[Document | None, str]:
        """Return the arrangement in use and a notice, empty if there is nothing to say.

        If it is damaged, the newest earlier one that is sound takes its place.
        """
        notices: list[str] = []
        for path in self._ring():
            if not path.exists():
                continue
            document, notice = _read(path, aside=True)
            if document is not None:
                return document, _told(notices, "An earlier one is used.")
            notices.append(notice)
        return None, _told(notices, "")

    def save_current(self, document: Document) -> None:
        """Keep the arrangement in use, and the last five before it.

        Raises:
            BadValueError: It is too large.
            StoreError: It could not be written.
        """
        data = _encode(document)
        ring = self._ring()
        with file_errors(self._folder):
            if ring[0].exists():
                before = ring[0].read_bytes()
                if before == data:
                    return
                for number in range(RING, 1, -1):
                    if ring[number - 1].exists():
                        ring[number - 1].replace(ring[number])
                write_whole(ring[1], before)
        write_whole(ring[0], data)

    def named(self) -> list[str]:
        """Return the names of the saved layouts, in alphabetical order."""
        names = (self._name_of(path) for path in self._files())
        return sorted((each for each in names if each), key=str.casefold)

    def load(self, name: str) -> tuple[Document | None, str]:
        """Return a saved layout, or None and a notice why it cannot be used.

        Raises:
            BadValueError: There is no layout of this name.
        """
        return _read(self._existing(name))

    def save(self, name: str, document: Document) -> str:
        """Keep a layout under a name and return the name as it is shown.

        Names that differ only in upper and lower case are the same name. What had that name
        before can be brought back.

        Raises:
            BadValueError: The name cannot be used, or the layout is too large.
            StoreError: It could not be written; an older one of that name is untouched.
        """
        shown = clean_name(name)
        path, data = self._path(shown), _encode({**document, "name": shown})
        with file_errors(path):
            before = path.read_bytes() if path.exists() else data
        if before != data:
            self._retire(path, before)
        write_whole(path, data)
        return shown

    def save_all(self, layouts: Sequence[tuple[str, Document]]) -> list[str]:
        """Keep several new layouts, or none of them; a name that is taken gets a number.

        Raises:
            BadValueError: A name cannot be used, or a layout is too large.
            StoreError: One could not be written; those before it are taken away again.
        """
        ready: dict[str, bytes] = {}
        for name, document in layouts:
            shown = self.free_name(name, ready)
            ready[shown] = _encode({**document, "name": shown})
        written: list[Path] = []
        try:
            for shown, data in ready.items():
                write_whole(self._path(shown), data)
                written.append(self._path(shown))
        except BaseException:
            for path in written:
                with suppress(OSError):
                    path.unlink()
            raise
        return list(ready)

    def free_name(self, name: str, more: Iterable[str] = ()) -> str:
        """Return `name` as it is shown, with a number if it or one of `more` is taken.

        Raises:
            BadValueError: The name cannot be used.
        """
        shown = clean_name(name)
        taken = {self._path(each) for each in more}
        for number in count(2):
            path = self._path(shown)
            if path not in taken and not path.exists():
                break
            ending = f" {number}"
            shown = clean_name(name)[: LONGEST_NAME - len(ending)].rstrip() + ending
        return shown

    def rename(self, name: str, to: str) -> str:
        """Give a layout another name and return it as it is shown.

        Raises:
            BadValueError: There is no such layout, or the new name is taken or cannot be used.
        """
        shown = clean_name(to)
        old, new = self._existing(name), self._path(shown)
        if new != old and new.exists():
            raise BadValueError(f"There is already a layout called {shown}.")
        document, notice = _read(old)
        if document is None:
            raise StoreError(notice)
        write_whole(new, _encode({**document, "name": shown}))
        if new != old:
            with file_errors(old):
                old.unlink(missing_ok=True)
        return shown

    def remove(self, name: str) -> None:
        """Remove a saved layout; `bring_back` returns it.

        Raises:
            BadValueError: There is no layout of this name.
            StoreError: It could not be removed.
        """
        path = self._existing(name)
        with file_errors(path):
            self._retire(path, path.read_bytes())
            path.unlink()

    def bring_back(self) -> str:
        """Bring back the layout that was removed or replaced last; return its name.

        Raises:
            BadValueError: There is none.
            StoreError: It could not be written.
        """
        for path in reversed(self._retired()):
            try:
                document = _decode(path)
                shown = self.free_name(str(document.get("name", "")))
            except (StoreError, BadValueError, ValueError, RecursionError):
                continue  # what is damaged stays where it is, and the one before is taken
            write_whole(self._path(shown), _encode({**document, "name": shown}))
            with file_errors(path):
                path.unlink()
            return shown
        raise BadValueError("No layout was deleted.")

    def _retired(self) -> list[Path]:
        """Return where the layouts lie that were removed, the newest last."""
        return sorted(self._deleted.glob("[0-9]*-*.json"))

    def _retire(self, path: Path, data: bytes) -> None:
        """Keep what is about to be removed or replaced, and the newest of those before it."""
        before = self._retired()
        number = int(before[-1].name.partition("-")[0]) + 1 if before else 1
        write_whole(self._deleted / f"{number:09d}-{path.name}", data)
        for each in before[: max(0, len(before) + 1 - MOST_DELETED)]:
            with file_errors(each):
                each.unlink(missing_ok=True)

    def _ring(self) -> list[Path]:
        """Return where the arrangement in use lies, and where those before it, newest first."""
        earlier = [self._folder / f"current.{number}.json" for number in range(1, RING + 1)]
        return [self._folder / "current.json", *earlier]

    def _files(self) -> list[Path]:
        return sorted(each for each in self._named.glob("*.json") if ".broken-" not in each.name)

    def _name_of(self, path: Path) -> str:
        """Return the name in the file if it is the one the file is found by."""
        try:
            name = _decode(path).get("name", "")
        except (StoreError, ValueError, RecursionError):
            return ""
        return name if isinstance(name, str) and name and self._path(name) == path else ""

    def _path(self, name: str) -> Path:
        """Return where a layout lies: a name that no system trips over, whatever was typed."""
        key = " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
        plain = re.sub(r"[^a-z0-9]+", "-", key).strip("-")[:40]
        digest = hashlib.sha256(key.encode()).hexdigest()[:8]
        return self._named / f"layout-{plain}-{digest}.json"

    def _existing(self, name: str) -> Path:
        path = self._path(name)
        if not path.exists():
            close = get_close_matches(name, self.named(), n=1)
            more = f" Did you mean {close[0]}?" if close else ""
            raise BadValueError(f"There is no layout called {name[:LONGEST_NAME]}.{more}")
        return path


def clean_name(name: str) -> str:
    """Return a layout's name as it is shown.

    Raises:
        BadValueError: It is empty, too long, or would make trouble as a file elsewhere.
    """
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not shown:
        raise BadValueError("A layout needs a name.")
    if len(shown) > LONGEST_NAME:
        raise BadValueError(f"A layout's name has at most {LONGEST_NAME} characters.")
    bad = next((each for each in shown if each in _FORBIDDEN or not each.isprintable()), None)
    if bad is not None:
        raise BadValueError(f"A layout's name cannot contain {bad!r}.")
    if shown.startswith(".") or shown.endswith(".") or _RESERVED.fullmatch(shown):
        raise BadValueError(f"A layout cannot be called {shown}.")
    return shown


def _encode(document: Document) -> bytes:
    try:
        text = json.dumps(
            {"version": VERSION, **document}, allow_nan=False, ensure_ascii=False, indent=1
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise BadValueError("This arrangement cannot be saved.") from error
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > LARGEST_FILE:
        raise BadValueError("This arrangement is too large to be saved.")
    return data


def _decode(path: Path) -> Document:
    with file_errors(path):
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too large")
        data = path.read_bytes()
    document = json.loads(data)
    if not isinstance(document, dict):
        raise ValueError("not an object")  # noqa: TRY004 - damage, like text that is not JSON
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError("no version")  # noqa: TRY004 - the same
    if version > VERSION:
        raise StoreNewerError(f"The layout in {path.name} was saved by a newer Puffling.")
    return document


def _told(notices: list[str], then: str) -> str:
    """Return in a few words what is wrong with the newest file and how many before it are, too."""
    if not notices:
        return ""
    earlier = len(notices) - 1
    more = {0: "", 1: "So is the one before it."}.get(earlier, f"So are the {earlier} before it.")
    return " ".join(each for each in (notices[0], more, then) if each)


def _read(path: Path, *, aside: bool = False) -> tuple[Document | None, str]:
    """Return what the file holds, or why it cannot be used.

    A damaged file is put aside; one of a newer Puffling only if it would be overwritten here.
    """
    try:
        return _decode(path), ""
    except StoreNewerError as error:
        reason = str(error)
    except StoreError as error:
        return None, str(error)
    except (ValueError, RecursionError):
        reason, aside = f"The layout in {path.name} is damaged.", True
    if not aside:
        return None, reason
    try:
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        kept = set_aside(path, stamp=modified.strftime("%Y%m%d-%H%M%S"))
    except (OSError, StoreError):
        return None, f"{reason} It could not be put aside."
    return None, f"{reason} It is kept as {kept.name}."
