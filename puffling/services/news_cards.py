"""Headlines as the desk shows them: every word of them is somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from puffin.nlp.articles import Mood
    from puffin.nlp.base import Sentiment


@dataclass(frozen=True, slots=True)
class Headline:
    """An article beside how its headline sounds; every word of it is somebody else's."""

    title: str
    summary: str
    published: datetime | None
    source: str
    others: tuple[str, ...]
    url: str
    symbols: tuple[str, ...]
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class News:
    """The latest headlines about a symbol.

    Attributes:
        symbol: What they are about.
        source: Who was asked; empty when nobody was.
        at: When, market time.
        headlines: The newest first, each story once.
        mood: How they sound together; None without any.
        note: Why there are none, or what to know.
    """

    symbol: str
    source: str
    at: datetime
    headlines: tuple[Headline, ...]
    mood: Mood | None
    note: str


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a text sounds, and whom of yours it names.

    Attributes:
        sentiment: How it sounds.
        held: Symbols in it that you hold.
        watched: Symbols in it that you only watch.
        sentences: The same in words.
    """

    sentiment: Sentiment
    held: tuple[str, ...]
    watched: tuple[str, ...]
    sentences: tuple[str, ...]
