"""Numbers as people type them: with thousands parted, with a comma or a point for decimals."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[\s'’_\u00a0\u202f]")
_PLAIN = re.compile(r"[+\-−]?([0-9]+\.?[0-9]*|\.[0-9]+)\Z")
_GROUPED = re.compile(r"[+\-−]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\Z")
_GROUPED_BY_DOTS = re.compile(r"[+\-−]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]*\Z")
_COMMA = re.compile(r"[+\-−]?[0-9]*,[0-9]+\Z")


def without_spaces(text: str) -> str:
    """Return `text` without what parts thousands for the eye alone."""
    return _SPACES.sub("", text)


def plain_number(text: str) -> str | None:
    """Return a number with a point and nothing else; None when `text` is not one.

    "1,234.5", "1.234,5", "1 234.5" and "12,5" are understood; "1,234" is a thousand and more.
    """
    text = without_spaces(text)
    if _PLAIN.match(text):
        found = text
    elif _GROUPED.match(text):
        found = text.replace(",", "")
    elif _GROUPED_BY_DOTS.match(text):
        found = text.replace(".", "").replace(",", ".")
    elif _COMMA.match(text):
        found = text.replace(",", ".")
    else:
        return None
    return found.replace("−", "-")
