"""A sentence read word by word: known phrases found, and what grows or shrinks put together.

"Cuts" alone is bad news. With "losses" it is good news, with "guidance" very bad. So a word that
says up or down is read together with the thing of its clause that can go up or down: what follows,
else what the clause is about ("sales of Acme fall"), else what went before. A word that says that
something is over turns round what is: "the strike is over", "emerges from bankruptcy".
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
# What a thing may be told more of by: it is still what the clause is about.
MORE: Final = frozenset({"at", "of", "in", "on", "for", "from"})
REACH: Final = 8  # words between what the clause is about and what becomes of it
LIFTED: Final = frozenset({"lift", "lifts", "lifted", "lifting"})  # bans as well as profits
MOVES: Final = frozenset({Role.UP, Role.DOWN, Role.END})
THINGS: Final = frozenset({Role.GOOD, Role.BAD})
AHEAD: Final = 4  # words between "cuts" and what is cut
BEHIND: Final = 2  # words between what falls and "falls"
OVER: Final = 0.8  # of its weight, turned round, what is over weighs
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
        if piece.role not in MOVES:
            continue
        ends = piece.role is Role.END or piece.word in LIFTED
        thing = _thing(found, at, taken, ends=ends)
        if thing is None:
            continue
        taken.add(thing)
        if pieces[thing].role is Role.TONE:
            found[thing] = _turned(pieces[thing], piece)
            found[at] = replace(piece, role=None, weight=0.0)
            continue
        direction = 1 if piece.role is Role.UP else -1
        sense = 1 if pieces[thing].role is Role.GOOD else -1
        size = max(abs(piece.weight), abs(pieces[thing].weight), MILD)
        found[at] = replace(
            piece, weight=direction * sense * size, why=f"of “{pieces[thing].text}”"
        )
        found[thing] = replace(pieces[thing], role=None, weight=0.0)
    return found


def _turned(piece: Piece, by: Piece) -> Piece:
    """Return what speaks for itself as it speaks when it is over."""
    weight = -max(abs(piece.weight) * OVER, MILD) * (1 if piece.weight > 0 else -1)
    return replace(piece, weight=weight, why=f"over: “{by.text}”")


def _thing(pieces: Sequence[Piece], at: int, taken: set[int], *, ends: bool) -> int | None:
    """Return where the thing stands that goes up or down, or is over."""

    def fits(place: int) -> bool:
        piece = pieces[place]
        if place in taken:
            return False
        # "Ends best year": what was good and is told after the end has not ended.
        over = ends and piece.role is Role.TONE and (piece.weight < 0 or place < at)
        return piece.role in THINGS or (over and bool(piece.weight))

    for place in range(at + 1, min(len(pieces), at + 2 + AHEAD)):
        if _is_wall(pieces[place]):
            break
        if fits(place):
            return place
    about = _about(pieces, at)
    if about is not None and fits(about):
        return about
    for place in range(at - 1, max(-1, at - 2 - BEHIND), -1):
        if _is_wall(pieces[place]):
            break
        if fits(place):
            return place
    return None


def _is_wall(piece: Piece) -> bool:
    return piece.word in BREAKS or piece.role in MOVES or piece.role is Role.TURN


def _about(pieces: Sequence[Piece], at: int) -> int | None:
    """Return where the thing stands that a clause is about, if more is told of it in between."""
    found = None
    for place in range(at - 1, max(-1, at - 2 - REACH), -1):
        if pieces[place].word not in MORE and _is_wall(pieces[place]):
            break
        if pieces[place + 1].word in MORE:
            found = place
    return found
