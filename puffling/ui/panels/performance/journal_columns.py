"""The table of journal entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffling.store.journal import JournalEntry

BEST = 5


def stars(rating: int | None) -> str:
    """Return a rating as stars; nothing when there is none."""
    return "" if rating is None else "★" * rating + "☆" * (BEST - rating)


ENTRIES: tuple[Column[JournalEntry], ...] = (
    Column(
        "at",
        "About",
        lambda row: formats.day(row.at, zone=EXCHANGE),
        sort=lambda row: row.at,
        help="The market's day",
        width=94,
    ),
    Column(
        "title",
        "Title",
        lambda row: row.title,
        draw=Draw.STRONG,
        tip=lambda row: row.note[:400],
        stretch=True,
        own=True,
    ),
    Column("symbol", "Symbol", lambda row: row.symbol, width=66),
    number(
        "rating",
        "Rating",
        lambda row: stars(row.rating),
        lambda row: row.rating,
        tone=lambda _: Tone.WARNING,
        width=84,
    ),
    Column(
        "tags",
        "Tags",
        lambda row: " ".join(f"#{each}" for each in row.tags),
        tone=lambda _: Tone.MUTED,
        width=110,
        hidden=True,
    ),
)
