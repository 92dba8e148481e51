"""Which tools fit what is talked about: their words ranked as a search engine ranks pages."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST = 4_000  # characters of what is talked about
K, B = 1.2, 0.6  # how fast a word that comes often counts less, and how much length counts
ENDINGS = ("ings", "ing", "ies", "ers", "er", "ed", "es", "s", "e", "y")
SHORTEST = 3  # letters left of a word without its ending
STOPS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "do",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "let",
        "like",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "please",
        "so",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "this",
        "to",
        "us",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
# What traders say, and the word that commands use for it.
SAME: Mapping[str, str] = {
    "buy": "order",
    "sell": "order",
    "bought": "order",
    "sold": "order",
    "trade": "order",
    "holdings": "position",
    "portfolio": "position",
    "stocks": "symbol",
    "ticker": "symbol",
    "indicator": "study",
    "crossover": "strategy",
    "optimise": "allocate",
    "optimize": "allocate",
    "remind": "alert",
    "notify": "alert",
    "profit": "performance",
    "profitable": "performance",
    "loss": "performance",
    "line": "drawing",
    "workspace": "layout",
    "dark": "theme",
    "light": "theme",
}


def words_of(text: str) -> list[str]:
    """Return the words of a text without their endings, and what they also mean."""
    found: list[str] = []
    for each in re.findall(r"[^\W_]{2,40}", text[:LONGEST].casefold()):
        if each in STOPS:
            continue
        found.append(_stem(each))
        if each in SAME:
            found.append(_stem(SAME[each]))
    return found


class Shelf:
    """Texts by name, found by their words.

    Each text is several fields with the weight of a word in it: a title says more than a help.
    """

    def __init__(self, texts: Mapping[str, Iterable[tuple[str, int]]]) -> None:
        self._counts = {name: _counts(fields) for name, fields in texts.items()}
        self._lengths = {name: sum(counts.values()) for name, counts in self._counts.items()}
        self._mean = sum(self._lengths.values()) / max(1, len(self._lengths))
        there = Counter(word for counts in self._counts.values() for word in counts)
        size = len(self._counts)
        self._rarity = {
            word: math.log(1 + (size - count + 0.5) / (count + 0.5))
            for word, count in there.items()
        }

    def ranked(self, about: str) -> list[str]:
        """Return the names whose texts fit, the best first; what does not fit at all is not in."""
        asked = [each for each in dict.fromkeys(words_of(about)) if each in self._rarity]
        scores = {name: self._score(name, asked) for name in self._counts}
        fitting = [name for name, score in scores.items() if score > 0]
        return sorted(fitting, key=lambda name: -scores[name])

    def _score(self, name: str, asked: Iterable[str]) -> float:
        counts, length = self._counts[name], self._lengths[name] / self._mean
        return sum(
            self._rarity[word] * counts[word] * (K + 1) / (counts[word] + K * (1 - B + B * length))
            for word in asked
            if word in counts
        )


def _counts(fields: Iterable[tuple[str, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text, weight in fields:
        for word in words_of(text):
            counts[word] += weight
    return counts


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word.removesuffix(ending)
    return word
