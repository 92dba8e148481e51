"""New versions: looked for only when asked, at the address that the settings name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10.0
LARGEST = 65_536  # bytes
LONGEST_NOTES = 2_000
_HERE = {"127.0.0.1", "::1", "localhost"}
_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class Update:
    """What an address announces, and whether it is newer than what runs."""

    version: str
    is_newer: bool
    notes: str = ""
    page: str = ""


def look(address: str, ours: str, fetch: Callable[[str], bytes] | None = None) -> Update:
    """Ask what is announced at `address`; it takes time: not on the loop.

    The answer is JSON: {"version": "1.2.3", "notes": "…", "page": "https://…"}. Nothing but the
    question is sent, and nothing is installed.

    Raises:
        BadValueError: There is no address, nobody answers, or the answer is no announcement.
    """
    if not address.strip():
        raise BadValueError(
            "No address for new versions is set.",
            hint="It is in the settings under General; whoever gave you Puffling knows it.",
        )
    _check(address)
    try:
        text = (fetch or _fetch)(address)
    except OSError as error:
        raise BadValueError(
            f"{urlsplit(address).hostname} does not answer ({error}).", hint="Try again later."
        ) from error
    return _read(text, ours)


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in _HERE:
        return
    raise BadValueError("The address for new versions must begin with https://.")


def _fetch(address: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - its scheme was checked
        found: bytes = answer.read(LARGEST + 1)
    return found


def _read(text: bytes, ours: str) -> Update:
    try:
        document = json.loads(text) if len(text) <= LARGEST else None
    except ValueError:
        document = None
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(version, str):
        raise BadValueError("What the address answers is no announcement of a version.")
    if not _VERSION.fullmatch(version):
        raise BadValueError(f"{version[:20]!r} is no version.")
    notes, page = (document.get(each) for each in ("notes", "page"))
    return Update(
        version,
        _numbers(version) > _numbers(ours),
        notes[:LONGEST_NOTES] if isinstance(notes, str) else "",
        page if isinstance(page, str) and page.startswith("https://") else "",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))
