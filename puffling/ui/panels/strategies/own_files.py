"""Strategy files of your own: one to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.strategies.example import EXAMPLE
from puffling.core.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "falling_days"


def write_example(folder: Path) -> Path:
    """Write the example into the folder, beside those that are there, and return its place.

    Raises:
        StoreError: The folder may not be written.
    """
    path, number = folder / f"{_NAME}.py", 1
    while path.exists():
        number += 1
        path = folder / f"{_NAME}_{number}.py"
    write_whole(path, EXAMPLE.encode())
    return path
