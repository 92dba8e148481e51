"""Where compiled code is kept, and whether all of it is there; looking does not load the compiler.

Compiling takes many seconds, once for each version of the code. Until it is done somewhere in the
background, runs go through the loop in Python, so that nobody waits.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
PLACE = "NUMBA_CACHE_DIR"  # numba reads it when it is first imported
DONE = "complete"


def keep_in(root: Path) -> Path:
    """Keep compiled code in a folder of `root` from now on, in this process and its children.

    It is one folder for each version of the code; those of other versions are deleted. Call it
    before anything is compiled.

    Raises:
        OSError: The folder cannot be made.
    """
    folder = root / fingerprint()
    folder.mkdir(parents=True, exist_ok=True)
    for other in root.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    os.environ[PLACE] = str(folder)
    return folder


def is_complete() -> bool:
    """Whether loading the compiled code means no compiling, as far as is known."""
    place = os.environ.get(PLACE)
    return place is None or (Path(place) / DONE).exists()


def completed() -> None:
    """Note that everything has been compiled."""
    place = os.environ.get(PLACE)
    if place is not None:
        (Path(place) / DONE).touch()


@cache
def fingerprint() -> str:
    """Return what names this version of the code and of its compiler."""
    sources = [*sorted(HERE.glob("kernel*.py")), HERE / "layout.py", HERE.parent / "measures.py"]
    digest = hashlib.sha256(f"{sys.version} {sys.platform} {_compiler()}".encode())
    for each in sources:
        digest.update(each.read_bytes())
    return digest.hexdigest()[:16]


def _compiler() -> str:
    try:
        return version("numba")
    except PackageNotFoundError:  # a bundle may leave the files about its packages out
        return ""
