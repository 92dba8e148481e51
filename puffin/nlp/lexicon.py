"""The words of finance that `lexicon.tsv` holds, with every form they are met in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = Path(__file__).with_name("lexicon.tsv")
VOWELS: Final = "aeiou"


class Role(StrEnum):
    """What a word does in a sentence."""

    TONE = "tone"  # it speaks for itself
    UP = "up"  # something grows: good or bad by what it is
    DOWN = "down"  # something shrinks
    END = "end"  # what it is about is over: no more losses, no more growth
    GOOD = "good"  # good when it grows: profit, sales
    BAD = "bad"  # bad when it grows: losses, costs
    FLAT = "flat"  # says nothing, whatever its words say alone
    HEDGE = "hedge"  # what follows may be so
    DOUBT = "doubt"  # what follows is said, and denied
    DENY = "deny"  # what follows is not so
    TURN = "turn"  # what follows counts more than what was before


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or several, as they are looked for."""

    words: tuple[str, ...]
    weight: float
    role: Role


@cache
def lexicon() -> Mapping[tuple[str, ...], Entry]:
    """Return every form of every entry by its words, in lower case."""
    found: dict[tuple[str, ...], Entry] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        terms, weight, inflected, role = line.split("\t")
        for form in forms(terms, inflected):
            words = tuple(form.split())
            found.setdefault(words, Entry(words, float(weight), Role(role)))
    return found


@cache
def longest() -> int:
    """Return of how many words the longest entry is."""
    return max(map(len, lexicon()))


def forms(terms: str, inflected: str) -> Iterator[str]:
    """Yield every form of an entry: as written, and as verbs and nouns are inflected.

    The first word of a verb's entry takes the endings, the last one of a noun's.
    """
    for term in terms.split("/"):
        yield term
        words = term.split(" ")
        if inflected == "v":
            yield from (" ".join((each, *words[1:])) for each in _verb(words[0]))
        elif inflected == "n":
            yield " ".join((*words[:-1], with_s(words[-1])))


def _verb(word: str) -> tuple[str, str, str]:
    """Return a regular verb as "raises", "raised" and "raising"."""
    stem = word.removesuffix("e")
    if word.endswith("y") and word[-2] not in VOWELS:
        return with_s(word), f"{word[:-1]}ied", f"{word}ing"
    if word.endswith("ee"):
        stem = word
    return with_s(word), f"{stem}ed", f"{stem}ing"


def with_s(word: str) -> str:
    """Return a noun in the plural, or a verb as he or she does it."""
    if word.endswith("y") and word[-2] not in VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
