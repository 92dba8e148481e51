"""A sentence read word by word: known phrases found, and what grows or shrinks put together.

"Cuts" alone is bad news. With "losses" it is good news, with "guidance" very bad. So a word that
says up or down is read together with the nearest thing of its clause that can go up or down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from puffin.nlp.lexicon import Role, lexicon, longest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from puffin.nlp.lexicon import Entry

WORD: Final = re.compile(
    r"[A-Za-z][A-Za-z'’&.\-]*[A-Za-z]|[A-Za-z]|\d[\d,.\-]*[A-Za-z%]*|[,;:()–—]"
)
SENTENCE: Final = re.compile(r"[^.!?\n]+(?:\.(?=\d|\w)[^.!?\n]*)*[.!?]*")
# What a clause ends at: beyond it nothing goes up or down any more.
BREAKS: Final = frozenset(
    {",", ";", ":", "(", ")", "–", "—", "as", "after", "amid", "despite", "while", "on", "because"}
    | {"and", "with", "for", "when", "before", "following", "in", "by", "from", "at"}
)
AHEAD: Final = 4  # words between "cuts" and what is cut
BEHIND: Final = 2  # words between what falls and "falls"
MILD: Final = 1.3  # the least that something going the wrong, or the right, way weighs


@dataclass(frozen=True, slots=True)
class Piece:
    """One word, or a known phrase, where it stands in the text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        text: As it stands.
        word: In lower case, words joined by blanks.
        role: What it does; None for a word that is not known.
        weight: How it speaks, before what stands around it.
        why: What it was read together with.
    """

    start: int
    end: int
    text: str
    word: str
    role: Role | None = None
    weight: float = 0.0
    why: str = ""


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence with the place where it begins."""
    for found in SENTENCE.finditer(text):
        if found.group().strip():
            yield found.start(), found.group()


def read(text: str, offset: int = 0) -> list[Piece]:
    """Return the pieces of one sentence; `offset` is where it begins in the whole text."""
    return _together(_phrases(_words(text, offset)))


def _words(text: str, offset: int) -> list[Piece]:
    return [
        Piece(
            offset + each.start(),
            offset + each.end(),
            each.group(),
            each.group().lower().replace("’", "'").removesuffix("'s"),
        )
        for each in WORD.finditer(text)
    ]


def _phrases(words: Sequence[Piece]) -> list[Piece]:
    """Return the words with the longest known phrases put into one piece each."""
    known, found, at = lexicon(), list[Piece](), 0
    while at < len(words):
        for length in range(min(longest(), len(words) - at), 0, -1):
            entry = known.get(tuple(each.word for each in words[at : at + length]))
            if entry is not None:
                found.append(_joined(words[at : at + length], entry))
                at += length
                break
        else:
            found.append(words[at])
            at += 1
    return found


def _joined(words: Sequence[Piece], entry: Entry) -> Piece:
    return Piece(
        words[0].start,
        words[-1].end,
        " ".join(each.text for each in words),
        " ".join(entry.words),
        entry.role,
        entry.weight,
    )


def _together(pieces: list[Piece]) -> list[Piece]:
    """Read what goes up or down together with the thing that does."""
    found, taken = list(pieces), set[int]()
    for at, piece in enumerate(pieces):
        if piece.role not in {Role.UP, Role.DOWN}:
            continue
        thing = _thing(pieces, at, taken)
        if thing is None:
            continue
        taken.add(thing)
        direction = 1 if piece.role is Role.UP else -1
        sense = 1 if pieces[thing].role is Role.GOOD else -1
        size = max(abs(piece.weight), abs(pieces[thing].weight), MILD)
        found[at] = replace(
            piece, weight=direction * sense * size, why=f"of “{pieces[thing].text}”"
        )
        found[thing] = replace(pieces[thing], role=None, weight=0.0)
    return found


def _thing(pieces: Sequence[Piece], at: int, taken: set[int]) -> int | None:
    """Return where the thing stands that goes up or down: what follows, else what went before."""
    for place in range(at + 1, min(len(pieces), at + 2 + AHEAD)):
        if pieces[place].word in BREAKS or pieces[place].role in {Role.UP, Role.DOWN, Role.TURN}:
            break
        if pieces[place].role in {Role.GOOD, Role.BAD} and place not in taken:
            return place
    for place in range(at - 1, max(-1, at - 2 - BEHIND), -1):
        if pieces[place].word in BREAKS or pieces[place].role in {Role.UP, Role.DOWN, Role.TURN}:
            break
        if pieces[place].role in {Role.GOOD, Role.BAD} and place not in taken:
            return place
    return None
