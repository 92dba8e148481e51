"""An idea as the desk shows it: what it is, how it fits your book, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from puffin.ideas.base import Idea, NoIdea
    from puffin.ideas.records import Record
    from puffling.store.ideas import KeptIdea


class Room(StrEnum):
    """How much room the book has for an idea."""

    FITS = "fits"
    LARGE = "large"  # more than a tenth of the equity would be in one symbol
    TOO_LARGE = "too large"  # more than 15 %
    NONE = "none"  # nothing may be traded: `Fit.text` says why
    UNKNOWN = "unknown"  # the equity, or a price, is not known


@dataclass(frozen=True, slots=True)
class Fit:
    """How an idea fits the book of now.

    Attributes:
        room: Whether there is room for it.
        held: Shares that are held now; below zero is short.
        quantity: Shares to trade; None when there is no number, and `text` says why.
        share_now: Share of equity that the symbol is now; None while that is not known.
        share_after: The same after the idea.
        at_risk: Money that is lost if the stop is hit at its price.
        text: How the quantity came about and what stands against it, in sentences.
    """

    room: Room
    held: Decimal
    quantity: Decimal | None
    share_now: Decimal | None
    share_after: Decimal | None
    at_risk: Decimal | None
    text: str


@dataclass(frozen=True, slots=True)
class IdeaCard:
    """A stored idea beside the book and the price of now."""

    kept: KeptIdea
    expired: bool
    price: Decimal | None  # the latest; None while there is no quote
    fit: Fit

    @property
    def id(self) -> str:
        """The idea's id, as commands take it."""
        return self.kept.id

    @property
    def idea(self) -> Idea:
        """What it says."""
        return self.kept.idea


@dataclass(frozen=True, slots=True)
class Board:
    """What the rules have to say of the universe: what can be traded first, by its score.

    Attributes:
        at: Market time of the last look; None before the first.
        symbols: The universe: every watchlist and every position.
        cards: The ideas that still count.
        without: Where the rules have no idea, and why; from the last look.
        note: What to know of all of them, in a sentence.
    """

    at: datetime | None
    symbols: tuple[str, ...]
    cards: tuple[IdeaCard, ...]
    without: tuple[NoIdea, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What became of ideas: of those that were shown, or of those the rules would have had.

    `first` and `last` are the days of the first and the last idea; `notes` say how it was counted.
    """

    symbols: tuple[str, ...]
    ideas: int
    days: int | None  # symbol-days that the rules were asked about; None where nobody counted
    first: date | None
    last: date | None
    records: tuple[Record, ...]
    notes: tuple[str, ...]
