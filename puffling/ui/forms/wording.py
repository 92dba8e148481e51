"""A model's complaints, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "This is needed.",
    "greater_than_equal": lambda said: f"At least {_plain(said['ge'])}.",
    "greater_than": lambda said: f"More than {_plain(said['gt'])}.",
    "less_than_equal": lambda said: f"At most {_plain(said['le'])}.",
    "less_than": lambda said: f"Less than {_plain(said['lt'])}.",
    "string_too_long": lambda said: f"At most {said['max_length']} characters.",
    "string_too_short": lambda said: (
        "This is needed."
        if said["min_length"] == 1
        else f"At least {said['min_length']} characters."
    ),
    "string_pattern_mismatch": lambda _: "This does not look right.",
    "int_parsing": lambda _: "A whole number.",
    "int_type": lambda _: "A whole number.",
    "int_from_float": lambda _: "A whole number.",
    "decimal_parsing": lambda _: "A number.",
    "decimal_type": lambda _: "A number is needed.",
    "float_parsing": lambda _: "A number.",
    "float_type": lambda _: "A number is needed.",
    "finite_number": lambda _: "A number.",
    "date_from_datetime_parsing": lambda _: "A date.",
    "date_type": lambda _: "A date is needed.",
    "string_type": lambda _: "This is needed.",
    "path_type": lambda _: "A file is needed.",
    "enum": lambda said: f"One of: {said['expected']}.",
    "literal_error": lambda said: f"One of: {said['expected']}.",
}


def sentence(error: ErrorDetails) -> str:
    """Return what is wrong, as a sentence."""
    words = _WORDS.get(error["type"])
    if words is not None:
        return words(error.get("ctx", {}))
    message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").strip()
    message = message[:1].upper() + message[1:]
    return message if message.endswith(".") else f"{message}."


def _plain(value: object) -> str:
    if isinstance(value, int | float):
        return f"{value:,}"
    return str(value)
