"""What somebody who helps needs to know of a desk: written into one file, without secrets."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from puffling.core.files import file_errors
from puffling.core.redaction import HIDDEN, looks_secret, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.core.paths import Paths

# Date and time, level, thread, and who says it.
_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ [A-Z]+\s+\S+ (?P<logger>[\w.]+): ")
# Whose lines may say what was bought, sold or written down.
_PRIVATE = re.compile(
    r"order|fill|propos|basket|inbox|position|portfolio|journal|goal|risk|alert|trade|broker"
    r"|requests|running|ui\.run"
)
LEFT_OUT = "(a line about orders or the account was left out)"


def without_orders(lines: Iterable[str]) -> list[str]:
    """Return the lines of a log without those that may speak of orders or the account.

    Whatever follows a line, such as its traceback, goes with it.
    """
    kept: list[str] = []
    private = False
    for line in lines:
        if found := _LINE.match(line):
            private = bool(_PRIVATE.search(found["logger"]))
            if private and (not kept or kept[-1] != LEFT_OUT):
                kept.append(LEFT_OUT)
        if not private:
            kept.append(line)
    return kept


def scrubbed(text: str, paths: Paths) -> str:
    """Return `text` without secrets, and without the names of a person's folders."""
    text = redact(text)
    for folder, name in ((paths.root, "DATA"), (Path.home(), "~")):
        if len(folder.parts) > 1:
            text = text.replace(str(folder), name)
    return text


def plain_settings(values: Mapping[str, object]) -> dict[str, object]:
    """Return settings without whatever is called or looks like a secret."""
    return {
        name: plain_settings(each)
        if isinstance(each, dict)
        else (HIDDEN if looks_secret(name, each) else each)
        for name, each in values.items()
    }


def write_zip(path: Path, parts: Mapping[str, str]) -> None:
    """Write the parts, by their names, into one compressed file, whole or not at all.

    Raises:
        StoreError: It could not be written.
    """
    with file_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
                for name, text in parts.items():
                    file.writestr(name, text)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
