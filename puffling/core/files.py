"""Files written whole or not at all, and the system's refusals in a trader's words."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from puffling.core.errors import StoreError, StoreFullError, StoreReadOnlyError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusal to read or write `path` into a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFullError(f"The disk is full: {path.name} could not be written.") from error
        if error.errno in _READ_ONLY:
            raise StoreReadOnlyError(f"{path} may not be written.") from error
        reason = error.strerror or str(error)
        raise StoreError(f"{path} could not be read or written: {reason}.") from error


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, so that a crash at any moment leaves the old or the new one.

    Raises:
        StoreError: The disk is full, the folder may not be written, or the disk failed; the old
            file is untouched.
    """
    with file_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":  # pragma: no cover - the suite runs on Linux
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path, *, stamp: str, word: str = "broken") -> Path:
    """Rename a file that cannot be used, so that nothing is lost, and return its new place.

    "settings.json" becomes "settings.broken-<stamp>.json", with a number if that is taken; `word`
    is another reason than that it is broken.
    """
    with file_errors(path):
        number = 1
        while True:
            more = "" if number == 1 else f"-{number}"
            aside = path.with_name(f"{path.stem}.{word}-{stamp}{more}{path.suffix}")
            if not aside.exists():
                return path.replace(aside)
            number += 1
