"""A disk that is full and a person without rights, as a test can have them."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65_534


@contextmanager
def anybodys_folder() -> Iterator[Path]:
    """Make a folder that anybody may enter, for tests without the superuser's rights."""
    folder = Path(tempfile.mkdtemp(prefix="puffling-"))
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        folder.chmod(0o777)
        shutil.rmtree(folder)


@contextmanager
def full_disk(room: int = 16) -> Iterator[None]:
    """Let no file grow beyond `room` bytes: the system refuses as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def ordinary_person() -> Iterator[None]:
    """Give up the rights of the superuser, to whom nothing is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
