"""How a text sounds, and who says so: the port that every scorer fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

THRESHOLD: Final = 0.05  # a score beyond it, either way, is not neutral any more
NEWS_THRESHOLD: Final = 0.15  # the same for the mean of several articles


class Label(StrEnum):
    """How something sounds to somebody who holds the share."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"  # nothing in it says


@dataclass(frozen=True, slots=True)
class Span:
    """Words that moved a score, where they stand in the text, and by how much.

    `why` says what else bore on them: a negation, a "may", a question.
    """

    start: int
    end: int
    text: str
    weight: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How one text sounds.

    Attributes:
        score: From -1, very bad for who holds the share, to 1; None while nothing says.
        label: The score in a word; beyond `THRESHOLD` it is not neutral.
        confidence: From 0 to 1; None where there is none. A lexicon's is how much its words
            agree, a model's is its own word for it. Neither is a probability.
        source: Who scored it: "Lexicon", or a model's name.
        spans: The words that moved it, in their order.
        why: Why there is no score, or what else to know.
    """

    score: float | None
    label: Label
    confidence: float | None
    source: str
    spans: tuple[Span, ...] = ()
    why: str = ""


class SentimentScorer(Protocol):
    """Somebody who can say how texts sound."""

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        ...

    def score(self, texts: Sequence[str]) -> list[Sentiment]:
        """Return how each text sounds, in their order."""
        ...


def label_of(score: float | None, threshold: float = THRESHOLD) -> Label:
    """Return a score in a word."""
    if score is None:
        return Label.UNKNOWN
    if score > threshold:
        return Label.POSITIVE
    return Label.NEGATIVE if score < -threshold else Label.NEUTRAL


def unknown(source: str, why: str) -> Sentiment:
    """Return that there is no score, and why."""
    return Sentiment(None, Label.UNKNOWN, None, source, why=why)
