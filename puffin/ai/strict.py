"""JSON as a model's call must be written: whole, one object, and nothing in it twice."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

DEEPEST = 64


def strict_object(text: str) -> dict[str, Any]:
    """Return the one object that `text` is.

    Raises:
        ValueError: It is cut off or not JSON, no object, names something twice, nests too deeply,
            or holds a number or a character that is none.
    """
    try:
        found = json.loads(
            text,
            object_pairs_hook=once,
            parse_constant=_no_number,
            parse_float=_finite,
        )
        _check(found, DEEPEST)
    except RecursionError:
        raise ValueError("It nests too deeply.") from None
    if isinstance(found, dict):
        return found
    raise ValueError("It is not an object.")


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of what it names.

    Raises:
        ValueError: It names something twice.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("It names something twice.")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number.")
    return number


def _check(value: object, depth: int) -> None:
    """Refuse halves of characters, which cannot be written anywhere, and bottomless nesting."""
    if depth < 0:
        raise ValueError("It nests too deeply.")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for name, each in value.items():
            name.encode()
            _check(each, depth - 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, depth - 1)
