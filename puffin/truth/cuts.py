"""Where to cut the future off: the bars at which knowing it would have paid."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.truth.decisions import Subject

    Rows: TypeAlias = NDArray[np.int64]

NEAR_THE_END = (1, 2, 3, 5, 8, 13, 21, 34)
NEAR_THE_START = (21, 5, 60, 2, 1, 13, 34)
SHORTEST = 2  # bars that can be cut to at all


def choose(subject: Subject, most: int, seed: int = 7) -> list[int]:
    """Return how many bars to keep, the most telling numbers first, each of them once.

    A look k bars ahead shows in a run that is cut less than k bars later, so cuts are made right
    after decisions, right before large moves (there most of all, if something was decided just
    before), at holes in time, near the end, at the beginning, and anywhere, spread evenly. What is
    decided before the warm-up is over counts as well, because a backtest would follow it.

    Args:
        subject: The strategy, its prices, and what it decides on all of them.
        most: How many cuts to make; all that there are, if there are not more.
        seed: What chooses among equals.
    """
    count, fewest, moves = len(subject.data), subject.fewest, subject.moves
    if count <= fewest:
        return []
    draw = np.random.default_rng(seed)
    after = np.flatnonzero(subject.decided.active) + 1
    after = after[(after >= SHORTEST) & (after < count)]
    some = draw.permutation(after)
    kinds = [
        count - np.array(NEAR_THE_END),
        after[_largest(moves[after], most)],
        some,
        1 + _largest(moves[1:], most),
        1 + _largest(np.diff(subject.data.time), most),
        some[::-1] - 1,
        _spread(SHORTEST, count, most),
        fewest + np.array(NEAR_THE_START),
        draw.integers(SHORTEST, fewest + 1, len(NEAR_THE_START)),
        draw.permutation(np.arange(SHORTEST, count)),
    ]
    chosen: dict[int, None] = {}
    for together in zip_longest(*(kind[:most].tolist() for kind in kinds)):
        for cut in together:
            if cut is not None and SHORTEST <= cut < count:
                chosen[cut] = None
        if len(chosen) >= most:
            break
    return list(chosen)[:most]


def windows(subject: Subject, length: int, most: int, seed: int = 7) -> list[int]:
    """Return where to begin shorter histories of `length` bars, the most telling ones first."""
    count = len(subject.data)
    last = count - length
    if last <= 0:
        return []
    draw = np.random.default_rng(seed)
    after = np.minimum(np.flatnonzero(subject.decided.active) + 1, count - 1)
    telling = after[_largest(subject.moves[after], most * 4)]
    begins = [last]
    for row in (*telling.tolist(), *draw.integers(0, last, most).tolist()):
        begin = int(np.clip(row - length // 2, 0, last))
        if all(abs(begin - each) >= length // 2 for each in begins):
            begins.append(begin)
        if len(begins) >= most:
            break
    return begins


def _largest(values: NDArray[np.generic], most: int) -> Rows:
    """Return the places of the largest values, the very largest first."""
    if len(values) > most:
        places = np.argpartition(values, len(values) - most)[len(values) - most :]
    else:
        places = np.arange(len(values))
    return places[np.argsort(values[places], kind="stable")[::-1]]


def _spread(first: int, stop: int, most: int) -> Rows:
    """Return rows so that any first part of them is spread evenly: halves of halves.

    Numbers of van der Corput: the bits of 1, 2, 3 ... behind the point, in reverse.
    """
    number, share, weight = np.arange(1, most + 1), np.zeros(most), 0.5
    while number.any():
        share += weight * (number & 1)
        number, weight = number >> 1, weight / 2
    rows: Rows = (first + share * (stop - first)).astype(np.int64)
    return rows
