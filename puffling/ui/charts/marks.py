"""What a chart can be told to mark: trades, what happened, and prices worth a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """What happened at a mark."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class Mark:
    """A trade: when (nanoseconds UTC), which way, and what to say about it."""

    time: int
    kind: MarkKind
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a company: when (ns UTC), its letter, its name, what it was.

    What is still `ahead` is shown beyond the last bar, as far as the chart shows that.
    """

    time: int
    letter: str
    name: str
    text: str
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price worth a line across the chart: a working order or an average cost.

    `tone` is a token of the theme. A line with a `key` can be dragged to another price; `icon`
    stands before its words.
    """

    price: float
    text: str
    tone: str
    key: str = ""
    icon: str = ""
