"""Fuzzy matching for the palette: letters in order, words' beginnings first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_START, _NEXT, _LETTER, _SKIP = 12, 8, 1, 0.2
_WHOLE_WORDS = 40
_WEAK = 0.4  # of the best: scattered letters are no find beside a real one


def score(text: str, wanted: str) -> float | None:
    """Return how well `wanted` fits `text`; higher is better, None is not at all.

    Every letter must appear in order. Letters at the start of a word and letters in a row count
    more, so "op" finds "Open palette" before "Stop".
    """
    wanted = wanted.casefold().replace(" ", "")
    if not wanted:
        return 0.0
    low = text.casefold()
    best: float | None = None
    start = low.find(wanted[0])
    while start != -1:
        found = _from(low, wanted, start)
        if found is not None and (best is None or found > best):
            best = found
        start = low.find(wanted[0], start + 1)
    if best is not None and wanted in low.replace(" ", ""):
        best += _WHOLE_WORDS
    return None if best is None else best - len(text) * 0.05


def _from(low: str, wanted: str, start: int) -> float | None:
    total, at = 0.0, start - 1
    for index, letter in enumerate(wanted):
        here = start if index == 0 else low.find(letter, at + 1)
        if here == -1:
            return None
        is_start = here == 0 or not low[here - 1].isalnum()
        total += _LETTER + (_START if is_start else 0)
        total += _NEXT if index and here == at + 1 else -_SKIP * max(0, here - at - 1)
        at = here
    return total


def best_first(texts: Sequence[Sequence[str]], wanted: str) -> list[int]:
    """Return the places of the entries that match, best first.

    An entry is several texts: its title, then other words for it, which count less the later
    they come.
    """
    found: list[tuple[float, int]] = []
    for place, entry in enumerate(texts):
        scores = [
            each - 10 * order
            for order, text in enumerate(entry)
            if (each := score(text, wanted)) is not None
        ]
        if scores:
            found.append((-max(scores), place))
    found.sort()
    floor = -found[0][0] * _WEAK if found else 0.0
    return [place for negated, place in found if -negated >= min(floor, _WHOLE_WORDS)]
