"""Reads numbers the way people type them."""

from __future__ import annotations

from decimal import Decimal

from puffling.core.typed_numbers import plain_number, without_spaces

_SHORT = {"k": 1_000, "m": 1_000_000}
_LONGEST = 40


def read_decimal(text: str, *, shorthand: bool = False) -> tuple[Decimal | None, str]:
    """Return the number in `text` and what is wrong with it, one of them empty.

    "1,234.5", "1.234,5", "1 234.5" and "12,5" are understood; "1,234" is a thousand and more.
    With `shorthand`, "2k" is 2,000. Nothing at all is no number and no problem.
    """
    cleaned = without_spaces(text)
    if not cleaned:
        return None, ""
    factor = 1
    if shorthand and cleaned[-1].lower() in _SHORT:
        factor = _SHORT[cleaned[-1].lower()]
        cleaned = cleaned[:-1]
    plain = plain_number(cleaned)
    if plain is None or len(plain) > _LONGEST:
        return None, f"“{text.strip()[:20]}” is not a number."
    return Decimal(plain) * factor, ""


def grouped(value: Decimal, places: int | None = None) -> str:
    """Return `value` with thousands parted: "1,234.50"; all its digits without `places`."""
    if places is not None:
        return f"{value:,.{places}f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
