"""One writer for a profile: a lock that the system itself lets go when its holder dies."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from puffling.core.files import file_errors

if TYPE_CHECKING:
    from pathlib import Path

_TRIES = 4
_PAUSE = 0.025  # seconds; somebody may be looking who holds the lock, which takes microseconds

if sys.platform == "win32":  # pragma: no cover - the suite runs on Linux
    import msvcrt

    _FAR = 1 << 30  # a locked byte cannot be read by others, so it lies behind the text

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise
        return True


class ProfileLock:
    """The right to write in a profile; it ends with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Take the lock; False if another process, or another object of this one, has it.

        Raises:
            StoreError: The lock file cannot be made.
        """
        if self._handle is not None:
            return True
        with file_errors(self._path):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = self._locked(_TRIES)
            if handle is None:
                return False
            self._handle = handle
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        return True

    def release(self) -> None:
        """Let go; harmless if the lock is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def holder(self) -> int | None:
        """Return the process id of who holds the lock; None if nobody does.

        0 stands for a holder that has not said its number yet.
        """
        if self._handle is not None:
            return os.getpid()
        if not self._path.exists():
            return None
        with file_errors(self._path):
            handle = self._locked(1)
            if handle is not None:
                os.close(handle)
                return None
            number = 0
            with suppress(ValueError):
                number = int(self._path.read_text())
            return number

    def _locked(self, tries: int) -> int | None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            for left in reversed(range(tries)):
                if _try_lock(handle):
                    return handle
                if left:
                    time.sleep(_PAUSE)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        return None
