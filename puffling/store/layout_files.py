"""Layouts in files outside the profile: written whole, read without trusting them."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

from puffling.core.errors import BadValueError, StoreNewerError
from puffling.core.files import file_errors, write_whole
from puffling.store.layouts import VERSION, clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from puffling.store.layouts import Document

ENDING = ".puffling-layout"
KIND = "puffling layouts"
LARGEST = 4_000_000  # bytes
MOST_LAYOUTS = 200
MOST_DEPTH = 40
MOST_PARTS = 100_000
# Neither followed if it is a link, nor waited for if it is a pipe; Windows has neither flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def write_layouts(path: Path, layouts: Sequence[Document]) -> Path:
    """Write layouts to one file and return where it is; an ending is added if there is none.

    Raises:
        BadValueError: The place is a folder or a link, or its folder is not there.
        StoreError: It could not be written; an older file of that name is untouched.
    """
    path = path.expanduser()
    if not path.suffix:
        path = path.with_name(f"{path.name}{ENDING}")
    if path.is_symlink():
        raise BadValueError(f"{path.name} is a link.", hint="Choose a place that is none.")
    if path.is_dir():
        raise BadValueError(f"{path.name} is a folder.", hint="Add a file's name.")
    if not path.parent.is_dir():
        raise BadValueError(f"There is no folder {path.parent}.")
    whole = {"kind": KIND, "version": VERSION, "layouts": list(layouts)}
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, f"{text}\n".encode("utf-8", "backslashreplace"))
    return path


def read_layouts(path: Path) -> list[Document]:
    """Return the layouts of a file, each with a name that can be used.

    Raises:
        BadValueError: It is no file, too large, nested too deeply, or not a file of layouts.
        StoreNewerError: It was written by a newer Puffling.
        StoreError: It cannot be read.
    """
    path = path.expanduser()
    try:
        whole = json.loads(_bytes(path), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadValueError(f"{path.name} is not a file of layouts.") from error
    if not isinstance(whole, dict) or not _is_modest(whole):
        raise BadValueError(f"{path.name} is not a file of layouts.")
    _check_version(whole, path)
    found = whole.get("layouts") if "layouts" in whole else [{"name": path.stem, **whole}]
    if not isinstance(found, list) or not 0 < len(found) <= MOST_LAYOUTS:
        raise BadValueError(f"{path.name} does not have 1 to {MOST_LAYOUTS} layouts.")
    for each in found:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise BadValueError(f"A layout in {path.name} has no name.")
        _check_version(each, path)
        clean_name(each["name"])
    return found


def _bytes(path: Path) -> bytes:
    if path.is_symlink():
        raise BadValueError(f"{path.name} is a link.", hint="Choose the file it leads to.")
    with file_errors(path):
        handle = os.open(path, _FLAGS)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise BadValueError(f"{path.name} is not a file.")
            data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadValueError(f"{path.name} is too large to be a file of layouts.")
    return data


def _check_version(document: Document, path: Path) -> None:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadValueError(f"{path.name} is not a file of layouts.")
    if version > VERSION:
        raise StoreNewerError(
            f"{path.name} was written by a newer Puffling.", hint="Bring this one up to date."
        )


def _is_modest(value: object) -> bool:
    """Whether a document is neither too deep nor of too many parts."""
    level: list[Any] = [value]
    parts = 0
    for _ in range(MOST_DEPTH):
        inside: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inside.extend(each.values())
            elif isinstance(each, list):
                inside.extend(each)
        parts += len(inside)
        if not inside or parts > MOST_PARTS:
            break
        level = inside
    else:
        return False
    return parts <= MOST_PARTS


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
