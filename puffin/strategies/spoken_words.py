"""The words of plain descriptions of strategies, and a place in them that can be gone back to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffin.strategies.terms import Compare, Comparison

LONGEST: Final = 2_000  # characters of a description
TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z][A-Za-z'’]*|<=|>=|[<>%(),.;:/-]|\S")
# What says nothing alone and is never reported.
FILLERS: Final = frozenset(
    {"a", "an", "the", "then", "please", "i", "want", "to", "it", "its", "my", "position", "of"}
    | {"positions", "shares", "stock", "long", "at", "with", "use", "set", "and", "also", "only"}
    | {"day", "bar", "me", "let", "us", "strategy", "that", "everything", "be", "should", "will"}
    | {",", ".", ";", ":", "(", ")", "-", "/"}
)
WHEN: Final = (
    *(("when",), ("if",), ("once",), ("whenever",), ("while",), ("where",), ("as", "soon", "as")),
    *(("every", "time"), ("every",), ("on",), ("at",)),
)
UNSAID: Final = (("not",), ("isn't",), ("aren't",))  # in front of a comparison
NEGATIONS: Final = frozenset({"not", "never", "dont", "don't", "don’t", "without", "avoid"})
NUMBERS: Final = {
    word: float(number)
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
TENS: Final = {
    word: float(number * 10)
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
TIMES: Final = {"twice": 2.0, "double": 2.0, "triple": 3.0, "half": 0.5}
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Longest first where one begins as another does.
COMPARED: Final[tuple[tuple[str, Comparison], ...]] = (
    ("crosses back above", "crosses above"),
    ("crosses back below", "crosses below"),
    ("crosses above", "crosses above"),
    ("crosses over", "crosses above"),
    ("crosses below", "crosses below"),
    ("crosses under", "crosses below"),
    ("cross above", "crosses above"),
    ("cross over", "crosses above"),
    ("cross below", "crosses below"),
    ("cross under", "crosses below"),
    ("rises above", "crosses above"),
    ("goes above", "crosses above"),
    ("moves above", "crosses above"),
    ("climbs above", "crosses above"),
    ("breaks out above", "crosses above"),
    ("breaks through", "crosses above"),
    ("breaks above", "crosses above"),
    ("climbs over", "crosses above"),
    ("rises over", "crosses above"),
    ("falls under", "crosses below"),
    ("drops under", "crosses below"),
    ("falls through", "crosses below"),
    ("falls below", "crosses below"),
    ("drops below", "crosses below"),
    ("goes below", "crosses below"),
    ("moves below", "crosses below"),
    ("dips below", "crosses below"),
    ("breaks below", "crosses below"),
    ("at or above", ">="),
    ("at or below", "<="),
    ("at least", ">="),
    ("at most", "<="),
    ("greater than or equal to", ">="),
    ("less than or equal to", "<="),
    ("greater than", ">"),
    ("higher than", ">"),
    ("more than", ">"),
    ("less than", "<"),
    ("lower than", "<"),
    ("smaller than", "<"),
    ("above", ">"),
    ("over", ">"),
    ("exceeds", ">"),
    ("below", "<"),
    ("under", "<"),
    (">=", ">="),
    ("<=", "<="),
    (">", ">"),
    ("<", "<"),
)
OPPOSITE: Final[Mapping[Comparison, Comparison]] = {
    ">": "<=",
    "<": ">=",
    ">=": "<",
    "<=": ">",
}


@dataclass
class Reader:
    """The words of a description, read from the left; what was tried in vain is gone back over."""

    text: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]  # where each word stands in the text
    at: int = 0
    notes: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)  # what helps where words come to nothing
    windows: dict[str, dict[str, float]] = field(default_factory=dict)  # last said, by indicator
    last: Compare | None = None  # the comparison that was read last

    @classmethod
    def of(cls, text: str) -> Reader:
        """Return a reader of a text."""
        found = list(TOKEN.finditer(text))
        words = tuple(each.group().lower().replace("’", "'") for each in found)
        return cls(text, words, tuple(each.span() for each in found))

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.words)

    def peek(self, ahead: int = 0) -> str:
        """Return a word that comes; empty beyond the end."""
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def take(self, *phrase: str) -> bool:
        """Step over these words if they come next."""
        if self.words[self.at : self.at + len(phrase)] != phrase:
            return False
        self.at += len(phrase)
        return True

    def take_any(self, phrases: Iterable[tuple[str, ...]]) -> bool:
        """Step over the first of these phrases that comes next."""
        return any(self.take(*each) for each in phrases)

    def skip(self, *words: str) -> None:
        """Step over these words as long as they come."""
        while self.peek() in words and not self.done:
            self.at += 1

    def number(self) -> float | None:
        """Step over a number and return it; None if none comes."""
        word = self.peek()
        if word in NUMBERS or word in TENS:
            return self._in_words()
        if not word[:1].isdigit():
            return None
        plain = word.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", word) else word
        if not re.fullmatch(r"\d+(\.\d+)?", plain):
            return None
        self.at += 1
        return float(plain)

    def hint(self, sentence: str) -> None:
        """Note what would help if these words come to nothing."""
        if sentence not in self.hints:
            self.hints.append(sentence)

    def _in_words(self) -> float:
        """Step over "thirty", "twenty-five" or "two hundred"."""
        word = self.peek()
        self.at += 1
        if word in TENS:
            start = self.at
            self.take("-")
            ones = NUMBERS.get(self.peek(), 0.0)
            if 0 < ones < NUMBERS["ten"]:
                self.at += 1
                return TENS[word] + ones
            self.at = start
            return TENS[word]
        return NUMBERS[word] * 100 if self.take("hundred") else NUMBERS[word]

    def percent(self) -> float | None:
        """Step over a number in percent and return it; None if none comes."""
        start = self.at
        found = self.number()
        if found is not None and self.take_any((("%",), ("percent",), ("per", "cent"), ("pct",))):
            return found
        self.at = start
        return None
