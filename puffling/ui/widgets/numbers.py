"""Reads numbers the way people type them."""

from __future__ import annotations

import re
from decimal import Decimal

_SPACES = re.compile(r"[\s'’_\u00a0\u202f]")
_PLAIN = re.compile(r"[+\-−]?([0-9]+\.?[0-9]*|\.[0-9]+)\Z")
_GROUPED = re.compile(r"[+\-−]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\Z")
_GROUPED_BY_DOTS = re.compile(r"[+\-−]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]*\Z")
_COMMA = re.compile(r"[+\-−]?[0-9]*,[0-9]+\Z")
_SHORT = {"k": 1_000, "m": 1_000_000}
_LONGEST = 40


def read_decimal(text: str, *, shorthand: bool = False) -> tuple[Decimal | None, str]:
    """Return the number in `text` and what is wrong with it, one of them empty.

    "1,234.5", "1.234,5", "1 234.5" and "12,5" are understood; "1,234" is a thousand and more.
    With `shorthand`, "2k" is 2,000. Nothing at all is no number and no problem.
    """
    cleaned = _SPACES.sub("", text)
    if not cleaned:
        return None, ""
    factor = 1
    if shorthand and cleaned[-1].lower() in _SHORT:
        factor = _SHORT[cleaned[-1].lower()]
        cleaned = cleaned[:-1]
    plain = _plain(cleaned)
    if plain is None or len(plain) > _LONGEST:
        return None, f"“{text.strip()[:20]}” is not a number."
    return Decimal(plain.replace("−", "-")) * factor, ""


def _plain(text: str) -> str | None:
    if _PLAIN.match(text):
        return text
    if _GROUPED.match(text):
        return text.replace(",", "")
    if _GROUPED_BY_DOTS.match(text):
        return text.replace(".", "").replace(",", ".")
    if _COMMA.match(text):
        return text.replace(",", ".")
    return None


def grouped(value: Decimal, places: int | None = None) -> str:
    """Return `value` with thousands parted: "1,234.50"; all its digits without `places`."""
    if places is not None:
        return f"{value:,.{places}f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
