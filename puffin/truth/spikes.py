"""Single bars made into something else, many at once: where decisions change just before them."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.data.bars import Bars
from puffin.truth.decisions import ROUNDING, differ, same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.truth.decisions import Data, Decisions, Flags, Subject

    Rows: TypeAlias = NDArray[np.int64]

NEAR = 5  # bars before a spike on which a decision that changed is suspicious
CLOSEST = 16  # bars between two spikes, at least half of them
FAR = 0.12  # a crash, or a jump


class Spike(StrEnum):
    """What becomes of a bar."""

    CRASH = "a crash"
    JUMP = "a jump"
    MIRRORED = "the opposite"  # twice as far the other way


WIDER = {(Spike.MIRRORED, "high"): 1.08, (Spike.MIRRORED, "low"): 0.92}


def places(subject: Subject, spacing: int, seed: int) -> Rows:
    """Return the rows to spike, one in each stretch of `spacing` bars, the most telling there.

    Those are large moves, above all after a decision, with seed 0; with others they are drawn.
    """
    count = len(subject.data)
    half = max(spacing // 2, 1)
    first = subject.fewest + half
    if seed:
        draw = np.random.default_rng(seed)
        score = draw.random(count)
        first += int(draw.integers(0, spacing))
    else:
        after = np.concatenate(([False], subject.decided.active[:-1]))
        score = subject.moves * np.where(after, 2.0, 1.0)
    begins = np.arange(first, count - half, spacing)
    if not len(begins):
        return np.empty(0, np.int64)
    inside = begins[:, np.newaxis] + np.arange(half)
    best = score[inside].argmax(axis=1)
    rows: Rows = inside[np.arange(len(begins)), best]
    return rows


def spiked(data: Data, rows: Rows, spike: Spike) -> Data:
    """Return the prices with other bars at `rows`; those before and after stay as they are."""
    close = data.close
    before, now = close[rows - 1], close[rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        if spike is Spike.MIRRORED:
            factors = (before / now) ** 3
        else:
            factors = before / now * (1 - FAR if spike is Spike.CRASH else 1 + FAR)
    factors = np.where(np.isfinite(factors) & (factors > 0), factors, 1.0)
    columns = {}
    for name in ("open", "high", "low", "close"):
        values = getattr(data, name).copy()
        values[rows] *= factors * WIDER.get((spike, name), 1.0)
        columns[name] = values
    volume = data.volume.copy()
    volume[rows] *= {Spike.CRASH: 6.0, Spike.JUMP: 0.2, Spike.MIRRORED: 1.0}[spike]
    columns["volume"] = volume
    if isinstance(data, Bars) and data.adjusted_close is not None:
        adjusted = data.adjusted_close.copy()
        adjusted[rows] *= factors
        columns["adjusted_close"] = adjusted
    return replace(data, **columns)


def suspects(decided: Decisions, again: Decisions, rows: Rows) -> Rows:
    """Return the spikes before which a decision changed, those first where it begins right there.

    A change that lasts since the spike before is no sign of anything: rules remember the past.
    """
    unlike = np.zeros(decided.count, np.bool_)
    for name in decided.columns.keys() | again.columns.keys():
        one, other = (each.column(name, decided.count) for each in (decided, again))
        if not same(one, other):
            unlike |= differ(one, other, ROUNDING)
    total = np.concatenate(([0], np.cumsum(unlike)))

    def any_in(first: Rows, stop: Rows) -> Flags:
        found: Flags = total[np.maximum(stop, 0)] > total[np.maximum(first, 0)]
        return found

    near = any_in(rows - NEAR, rows)
    lasting = any_in(rows - 2 * NEAR, rows - NEAR)
    return np.concatenate((rows[near & ~lasting], rows[near & lasting]))
