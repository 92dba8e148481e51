"""The note beside the database that lets a vanished one be noticed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core.files import file_errors, write_whole

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Marker:
    """Which profile was made here and when (ISO text)."""

    profile: str
    created_at: str


def read_marker(path: Path) -> Marker | None:
    """Return what the note says; None if there is none.

    A note that cannot be understood still says that a profile was here: its fields are empty.
    """
    with file_errors(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
    try:
        values = json.loads(data)
        return Marker(str(values["profile"]), str(values["created_at"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Marker("", "")


def write_marker(path: Path, marker: Marker) -> None:
    """Write the note, whole or not at all."""
    values = {"profile": marker.profile, "created_at": marker.created_at}
    write_whole(path, json.dumps(values, indent=2).encode())
