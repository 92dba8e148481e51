"""Where to cut the future off: the bars at which knowing it would have paid."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.measures import Floats
    from puffin.truth.decisions import Data, Decisions

    Rows: TypeAlias = NDArray[np.int64]

NEAR_THE_END = (1, 2, 3, 5, 8, 13, 21, 34)
NEAR_THE_START = (21, 5, 60, 2, 1, 13, 34)
SHORTEST = 2  # bars that can be cut to at all


def choose(decided: Decisions, data: Data, fewest: int, most: int, seed: int = 7) -> list[int]:
    """Return how many bars to keep, the most telling numbers first, each of them once.

    A look k bars ahead shows in a run that is cut less than k bars later, so cuts are made right
    after decisions, right before large moves (there most of all, if something was decided just
    before), at holes in time, near the end, at the beginning, and anywhere, spread evenly. What is
    decided before the warm-up is over counts as well, because a backtest would follow it.

    Args:
        decided: What the strategy decides on all prices.
        data: The prices.
        fewest: How many bars the strategy says it needs.
        most: How many cuts to make; all that there are, if there are not more.
        seed: What chooses among equals.
    """
    count = len(data)
    every = np.arange(SHORTEST, count)
    if count <= fewest:
        return []
    draw = np.random.default_rng(seed)
    moves = moves_of(data)  # moves[row] is the change from the bar before row
    active = decided.active
    after = np.flatnonzero(active) + 1
    after = after[(after >= SHORTEST) & (after < count)]
    kinds = [
        count - np.array(NEAR_THE_END),
        after[np.argsort(-moves[after], kind="stable")],
        draw.permutation(after),
        1 + np.argsort(-moves[1:], kind="stable"),
        1 + np.argsort(-np.diff(data.time), kind="stable"),
        draw.permutation(after - 1),
        _spread(every),
        fewest + np.array(NEAR_THE_START),
        draw.integers(SHORTEST, fewest + 1, len(NEAR_THE_START)),
        draw.permutation(every),
    ]
    chosen: dict[int, None] = {}
    for together in zip_longest(*(kind.tolist() for kind in kinds)):
        for cut in together:
            if cut is not None and SHORTEST <= cut < count:
                chosen[cut] = None
        if len(chosen) >= most:
            break
    return list(chosen)[:most]


def windows(data: Data, decided: Decisions, length: int, most: int, seed: int = 7) -> list[int]:
    """Return where to begin shorter histories of `length` bars, the most telling ones first."""
    count = len(data)
    last = count - length
    if last <= 0:
        return []
    draw = np.random.default_rng(seed)
    moves, active = moves_of(data), decided.active
    after = np.minimum(np.flatnonzero(active) + 1, count - 1)
    telling = after[np.argsort(-moves[after], kind="stable")][: most * 4]
    begins = [last]
    for row in (*telling.tolist(), *draw.integers(0, last, most).tolist()):
        begin = int(np.clip(row - length // 2, 0, last))
        if all(abs(begin - each) >= length // 2 for each in begins):
            begins.append(begin)
        if len(begins) >= most:
            break
    return begins


def moves_of(data: Data) -> Floats:
    """Return how far the price moved to each bar, the most of any symbol; 0 where unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        changes = np.abs(np.diff(np.log(data.close), axis=0))
    changes = np.where(np.isfinite(changes), changes, 0.0)
    if changes.ndim > 1:
        changes = changes.max(axis=1)
    return np.concatenate(([0.0], changes))


def _spread(rows: Rows) -> Rows:
    """Return the same rows so that any first part of them is spread evenly: halves of halves."""
    count = len(rows)
    bits = max(1, (count - 1).bit_length())
    order = np.zeros(1 << bits, np.int64)
    for bit in range(bits):
        order += ((np.arange(1 << bits) >> bit) & 1) << (bits - 1 - bit)
    return rows[order[order < count]]
