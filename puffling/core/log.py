"""Logging: one rotating file per profile, quiet libraries, and no secret in any line."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.core.files import file_errors
from puffling.core.redaction import conceal, redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from puffling.core.paths import Paths

__all__ = ["conceal", "redact", "setup", "tail"]

OURS = ("puffling", "puffin")
LARGEST_FILE = 2_000_000  # bytes
OLD_FILES = 4
_READ = 200_000  # bytes from the end
_MOST_LINES = 1_000
_LINE = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"


def setup(
    paths: Paths,
    *,
    level: int | str = logging.INFO,
    console: bool = False,
    name: str = "puffling.log",
) -> Callable[[], None]:
    """Write what is logged to the profile's folder; return a function that ends it.

    `level` is for our own modules; libraries are heard from INFO on, because some of them print
    what they send at DEBUG. Each process that may run beside another one has a file `name` of its
    own: files that grow too long are put aside, which two cannot do at once.

    Raises:
        StoreError: The folder of logs cannot be made.
    """
    with file_errors(paths.logs):
        paths.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.handlers.RotatingFileHandler(
            paths.logs / name,
            maxBytes=LARGEST_FILE,
            backupCount=OLD_FILES,
            encoding="utf-8",
            delay=True,
        )
    ]
    if console:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    loggers = [logging.getLogger(name) for name in OURS]
    before = [(each, each.level) for each in (root, *loggers)]
    for handler in handlers:
        handler.setFormatter(_Redacting(_LINE))
        handler.addFilter(_quiet)
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for each in loggers:
        each.setLevel(level)

    def stop() -> None:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
        for each, old in before:
            each.setLevel(old)

    return stop


def tail(path: Path) -> list[str]:
    """Return the last lines of a log; none if there is no such file. Call it on a thread."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _READ))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    whole = lines if size <= _READ else lines[1:]  # the first one may have been cut
    return whole[-_MOST_LINES:]


class _Redacting(logging.Formatter):
    """Blots out secrets in the finished text, so in arguments, exceptions and stacks too."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _quiet(record: logging.LogRecord) -> bool:
    """Whether to write the record: a library's own level does not let its DEBUG lines through."""
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in OURS
