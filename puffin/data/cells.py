"""What a cell of a text file means: a number, or a moment."""

from __future__ import annotations

import math
import re
from datetime import datetime

from puffin.data.sessions import EXCHANGE

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}([T ]\d{1,2}:\d{2}.*)?", re.ASCII)
AMERICAN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LARGEST = 1e15
FIRST_YEAR = 1800
LAST_YEAR = 2200


class CellError(ValueError):
    """A cell that cannot be read; the message says what it is instead."""


def number(text: str, *, decimal_comma: bool = False) -> float:
    """Read a number, with a dollar sign and thousands marked by commas if need be.

    With `decimal_comma`, as some files separated by semicolons have it, 1.234,5 is 1234.5.

    Raises:
        CellError: The cell is empty, a formula, not a number or not a finite one.
    """
    plain = text.strip().removeprefix("$")
    if decimal_comma:
        fits = DECIMAL_COMMA.fullmatch(plain)
        plain = plain.replace(".", "").replace(",", ".")
    elif "," in plain:
        fits = THOUSANDS.fullmatch(plain)
        plain = plain.replace(",", "")
    else:
        fits = NUMBER.fullmatch(plain)
    if not fits:
        raise CellError(_not_a(text, "a number"))
    value = float(plain)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise CellError(f"is too large ({shown(text)})")
    return value


def moment_of(text: str) -> datetime:
    """Read a date or time: 2012-06-04, 2012-06-04 09:30, 06/04/2012 (month first).

    What the cell says about its zone is kept; without one it is a time in New York.

    Raises:
        CellError: The cell is empty, a formula, or no date that ever was.
    """
    plain = text.strip()
    american = AMERICAN.fullmatch(plain)
    if american is None and not ISO.fullmatch(plain):
        raise CellError(_not_a(text, "a date such as 2012-06-04 or 06/04/2012"))
    if american is not None:
        month, day, year, hour, minute, second = (each or "00" for each in american.groups())
        plain = f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:{minute}:{second}"
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        raise CellError(f"is no date that exists, month before day ({shown(text)})") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellError(f"is outside {FIRST_YEAR} to {LAST_YEAR} ({shown(text)})")
    return found if found.tzinfo is not None else found.replace(tzinfo=EXCHANGE)


def shown(text: str) -> str:
    """Return a cell as an error message may show it: short, and on one line."""
    return repr(text if len(text) <= 20 else text[:20] + "…")  # noqa: PLR2004 - fits a sentence


def _not_a(text: str, wanted: str) -> str:
    if not text.strip():
        return "is empty"
    if text.lstrip(" ").startswith(FORMULA):
        return f"is a formula ({shown(text)}); formulas are not read"
    return f"is not {wanted} ({shown(text)})"
