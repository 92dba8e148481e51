"""The table of limits: each rule, how much of it is used, and what that means in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.services.allocation import LimitRow

NEAR = 0.75  # of a limit: from here on it is worth a look
_SHARES = ("share of equity", "share of price")


def _amount(value: Decimal | None, unit: str) -> str:
    if value is None:
        return formats.UNKNOWN
    if unit in _SHARES:
        return formats.percent(value, places=1)
    if unit == "dollars":
        return formats.money(value)
    return formats.quantity(value)


def limit_text(row: LimitRow) -> str:
    """Return the limit with its unit; none at all is said so."""
    if row.limit is None:
        return "" if row.text else "None set"
    text = _amount(row.limit, row.unit)
    return f"{text} s" if row.unit == "seconds" else text


def used_text(row: LimitRow) -> str:
    """Return how much is used; nothing for a rule that looks at single orders."""
    return "" if _looks_at_orders(row) else _amount(row.used, row.unit)


def _looks_at_orders(row: LimitRow) -> bool:
    """Whether the rule looks at each order by itself, so that nothing of it is ever used."""
    return bool(row.text) and row.used is None


def tone_of(row: LimitRow) -> str:
    """Return green, amber or red, by how much of the limit is used."""
    if row.share is None:
        return Tone.MUTED
    if row.share >= 1:
        return Tone.DANGER
    return Tone.WARNING if row.share >= NEAR else Tone.SUCCESS


def brief(row: LimitRow) -> str:
    """Return how it stands, in two or three words."""
    if _looks_at_orders(row):
        if row.limit is None:
            return row.text.split(";")[0].split(",")[0].rstrip(".")
        return "Left to spend" if row.rule == "cash" else "For each order"
    if row.share is None:
        return "Not known" if row.used is None else "No limit"
    if row.share >= 1:
        return "Above the limit" if row.share > 1 else "At the limit"
    return "Close to it" if row.share >= NEAR else "Within"


def words(row: LimitRow) -> str:
    """Return what the row means, in a sentence."""
    if _looks_at_orders(row):
        return row.text
    if row.used is None:
        return "Not known until every position has a price."
    if row.share is None:
        return "No limit is set."
    if row.share > 1:
        return "Above the limit: only closing and shrinking passes."
    if row.share >= 1:
        return "At the limit: only closing and shrinking passes."
    used = formats.percent(row.share, places=0)
    return f"{used} used; close to the limit." if row.share >= NEAR else f"{used} used."


LIMITS: tuple[Column[LimitRow], ...] = (
    Column("title", "Limit", lambda row: row.title, draw=Draw.STRONG, width=172),
    Column("limit", "At most", limit_text, Align.RIGHT, sort=lambda row: row.limit, width=98),
    Column("used", "Used", used_text, Align.RIGHT, sort=lambda row: row.used, width=60),
    Column(
        "share",
        "Share",
        lambda row: "" if row.share is None else formats.percent(row.share, places=0),
        Align.RIGHT,
        tone=tone_of,
        sort=lambda row: row.share,
        draw=Draw.BAR,
        amount=lambda row: None if row.share is None else min(row.share, 1.0),
        width=60,
    ),
    Column("words", "State", brief, tip=words, tone=tone_of, stretch=True),
)
