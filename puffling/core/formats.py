"""Money, percent, dates and signs as text; what is not known is a dash, never a zero."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

UNKNOWN = "—"
MINUS = "−"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number: TypeAlias = Decimal | float | int | None
_MOST_QUANTITY_PLACES = 6
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_KILO = 1_000


def money(value: Number, *, places: int = 2, sign: bool = False) -> str:
    """Return an amount: "1,234.50", "−3.00"; with `sign`, gains get a plus."""
    return _text(value, places, sign=sign)


def price(value: Number) -> str:
    """Return a price: cents from one dollar on, four places below it."""
    known = _decimal(value)
    places = 4 if known is not None and known and abs(known) < 1 else 2
    return _text(known, places, sign=False)


def quantity(value: Number) -> str:
    """Return a number of shares: "1,200", "0.5"."""
    text = _text(value, _MOST_QUANTITY_PLACES, sign=False)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Number, *, places: int = 2, sign: bool = False) -> str:
    """Return a ratio as percent: 0.1234 is "12.34 %"."""
    known = _decimal(ratio)
    return UNKNOWN if known is None else f"{_text(known * 100, places, sign=sign)} %"


def signed(value: Number, *, places: int = 2) -> str:
    """Return a number that always shows its sign: "+1.20", "−1.20"; zero has none."""
    return _text(value, places, sign=True)


def number(value: Number, *, places: int = 2) -> str:
    """Return a plain figure, such as a ratio or a statistic."""
    return _text(value, places, sign=False)


def day(at: datetime | None, *, zone: tzinfo | None = None) -> str:
    """Return the date: "1 Jun 2012"."""
    if at is None:
        return UNKNOWN
    local = _in_zone(at, zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def time_of_day(at: datetime | None, *, zone: tzinfo | None = None) -> str:
    """Return the time: "14:05:09"."""
    return UNKNOWN if at is None else _in_zone(at, zone).strftime("%H:%M:%S")


def moment(at: datetime | None, *, zone: tzinfo | None = None) -> str:
    """Return date and time: "1 Jun 2012 14:05:09"."""
    return UNKNOWN if at is None else f"{day(at, zone=zone)} {time_of_day(at, zone=zone)}"


def when(at: datetime | None, *, now: datetime | None = None, zone: tzinfo | None = None) -> str:
    """Return the time if `at` lies on the same day as `now`, and the date if it does not.

    Both are drawn in `zone`, which is the computer's own unless given.
    """
    if at is None:
        return UNKNOWN
    if now is not None and _in_zone(at, zone).date() == _in_zone(now, zone).date():
        return time_of_day(at, zone=zone)
    return day(at, zone=zone)


def duration(span: timedelta | float | None) -> str:
    """Return how long something took: "0.4 s", "12 s", "3 min 5 s", "2 h 5 min", "3 d 4 h"."""
    seconds = _seconds(span)
    if seconds is None:
        return UNKNOWN
    if seconds < 10:  # noqa: PLR2004 - tenths matter below ten seconds
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for larger, name, smaller, small_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if whole >= larger:
            rest = whole % larger // smaller
            return f"{whole // larger} {name}" + (f" {rest} {small_name}" if rest else "")
    return f"{whole} s"


def age(span: timedelta | float | None) -> str:
    """Return how long ago something was, in its largest unit: "now", "12 s ago", "3 min ago"."""
    seconds = _seconds(span)
    if seconds is None:
        return UNKNOWN
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (1, "s")):
        if seconds >= unit:
            return f"{int(seconds // unit)} {name} ago"
    return "now"


def size(count: float | None) -> str:
    """Return a number of bytes: "512 B", "4.0 MB"."""
    if count is None:
        return UNKNOWN
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < _KILO:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} TB"


def _decimal(value: Number) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    known = Decimal(value)
    return known if known.is_finite() else None


def _text(value: Number, places: int, *, sign: bool) -> str:
    known = _decimal(value)
    if known is None:
        return UNKNOWN
    # Formatting rounds like quantize but knows no limit of digits.
    text = (
        format(known, f",.{places}f")
        if places
        else format(known.to_integral_value(ROUND_HALF_EVEN), ",f")
    )
    negative = text.startswith("-")
    digits = text.removeprefix("-")
    if not digits.strip("0,."):  # a value that rounds to zero has no sign
        return digits
    return (MINUS if negative else "+" if sign else "") + digits


def _in_zone(at: datetime, zone: tzinfo | None) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A time without a zone cannot be drawn")
    return at.astimezone(zone)


def _seconds(span: timedelta | float | None) -> float | None:
    if span is None:
        return None
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    return max(seconds, 0.0) if math.isfinite(seconds) else None
