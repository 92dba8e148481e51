"""Rows that look wrong though they may be right: spikes, jumps, repeats, days without volume.

These look at bars on both sides of a row, as one does when one checks data; no strategy may.
Nothing is repaired, and a suspicion is no proof: markets do crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from puffin.data.checks import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

AROUND: Final = 30  # bars on either side that say what is usual
TIMES_USUAL: Final = 8.0
LEAST_SPIKE: Final = 0.05  # log returns smaller than this are no spike, however calm it was
BACK: Final = 0.3  # a spike is undone up to this share of itself
LEAST_WICK: Final = 0.10
LEAST_JUMP: Final = 0.4  # log return: a fall by a third, a rise by half
LARGEST: Final = 50.0  # a log return beyond it is as good as any
STALE: Final = 5  # closes in a row that do not move
RATIOS: Final = (2, 3, 4, 5, 7, 8, 10, 15, 20, 25, 50, 1.5, 1.25)
NEAR: Final = 0.04  # how far a jump may be from a ratio to look like a split


class Kind(StrEnum):
    """What is suspected."""

    BROKEN = "broken"  # numbers that cannot be
    ORDER = "order"  # a time that is there twice, or out of turn
    SPIKE = "spike"  # away and back again
    JUMP = "jump"  # away for good, and no known split explains it
    STALE = "stale"  # nothing moves
    NO_VOLUME = "no volume"
    CLOSED = "closed"  # a bar on a day without a session


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row that looks wrong; `row` counts from 0, `text` is a sentence."""

    row: int
    kind: Kind
    text: str


def suspects(bars: Bars) -> list[Suspect]:
    """Return the rows that look wrong, in their order; a row may stand there more than once."""
    found = [*_broken(bars), *_order(bars), *_no_volume(bars)]
    wrong = {each.row for each in found if each.kind is Kind.BROKEN}
    moved = (*_spikes(bars), *_wicks(bars), *_jumps(bars), *_stale(bars))
    found += [each for each in moved if each.row not in wrong]
    return sorted(found, key=lambda each: (each.row, each.kind))


def _broken(bars: Bars) -> Iterator[Suspect]:
    names = ("open", "high", "low", "close")
    for name in names:
        values = getattr(bars, name)
        for row in np.flatnonzero(~(np.isfinite(values) & (values > 0))).tolist():
            yield Suspect(row, Kind.BROKEN, f"The {name} is {values[row]:g}.")
    for row in np.flatnonzero(~(np.isfinite(bars.volume) & (bars.volume >= 0))).tolist():
        yield Suspect(row, Kind.BROKEN, f"The volume is {bars.volume[row]:g}.")
    for row in np.flatnonzero(bars.high < bars.low).tolist():
        text = f"The high {bars.high[row]:g} is below the low {bars.low[row]:g}."
        yield Suspect(row, Kind.BROKEN, text)
    for name in ("open", "close"):
        values = getattr(bars, name)
        outside = (values > bars.high * (1 + ROUNDING)) | (values < bars.low * (1 - ROUNDING))
        for row in np.flatnonzero(outside & (bars.high >= bars.low)).tolist():
            span = f"{bars.low[row]:g} to {bars.high[row]:g}"
            yield Suspect(row, Kind.BROKEN, f"The {name} {values[row]:g} is outside {span}.")


def _order(bars: Bars) -> Iterator[Suspect]:
    steps = np.diff(bars.time)
    for row in (np.flatnonzero(steps <= 0) + 1).tolist():
        twice = steps[row - 1] == 0
        text = "This time is there twice." if twice else "This time comes after a later one."
        yield Suspect(row, Kind.ORDER, text)


def _no_volume(bars: Bars) -> Iterator[Suspect]:
    for row in np.flatnonzero(bars.volume == 0).tolist():
        yield Suspect(row, Kind.NO_VOLUME, "Nothing was traded.")


def _spikes(bars: Bars) -> Iterator[Suspect]:
    """Find closes that leap away and come back with the next bar."""
    moves = _moves(bars)
    there, back = moves[:-1], moves[1:]
    usual = _usual(np.abs(moves))[:-1]
    size = np.minimum(np.abs(there), np.abs(back))
    leaps = size > np.maximum(TIMES_USUAL * usual, LEAST_SPIKE)
    undone = np.abs(there + back) < BACK * size
    for at in np.flatnonzero(leaps & undone).tolist():
        change = np.expm1(there[at])
        text = f"The close leaps by {change:+.1%} and comes back with the next bar."
        yield Suspect(at + 1, Kind.SPIKE, text)


def _wicks(bars: Bars) -> Iterator[Suspect]:
    """Find highs and lows far from open and close."""
    with np.errstate(all="ignore"):
        over = np.log(bars.high / np.maximum(bars.open, bars.close))
        under = np.log(np.minimum(bars.open, bars.close) / bars.low)
    for name, reach, side in (("high", over, "above"), ("low", under, "below")):
        edge = np.maximum(2 * TIMES_USUAL * _usual(reach), LEAST_WICK)
        for row in np.flatnonzero(reach > edge).tolist():
            size = min(float(reach[row]), LARGEST)
            share = np.expm1(size) if side == "above" else -np.expm1(-size)
            text = f"The {name} is {share:.1%} {side} open and close."
            yield Suspect(row, Kind.SPIKE, text)


def _jumps(bars: Bars) -> Iterator[Suspect]:
    """Find closes that leap away for good, where the adjusted close knows no reason."""
    moves = _moves(bars)
    usual = _usual(np.abs(moves))
    leaps = np.abs(moves) > np.maximum(TIMES_USUAL * usual, LEAST_JUMP)
    for at in np.flatnonzero(leaps).tolist():
        if at + 1 < len(moves) and abs(moves[at] + moves[at + 1]) < BACK * abs(moves[at]):
            continue  # a spike
        if at and abs(moves[at] + moves[at - 1]) < BACK * abs(moves[at]):
            continue  # its way back
        ratio = float(np.exp(abs(moves[at])))
        split = next((each for each in RATIOS if abs(ratio / each - 1) < NEAR), None)
        text = f"The close moves by {np.expm1(moves[at]):+.1%} in one bar"
        if split is not None:
            parts = f"{split:g} for 1" if moves[at] < 0 else f"1 for {split:g}"
            text += f"; a split of {parts} would look like this, and none is known"
        yield Suspect(at + 1, Kind.JUMP, f"{text}.")


def _stale(bars: Bars) -> Iterator[Suspect]:
    same = np.ones(max(len(bars) - 1, 0), bool)
    for name in ("open", "high", "low", "close", "volume"):
        same &= np.diff(getattr(bars, name)) == 0
    for row in (np.flatnonzero(same & (bars.volume[1:] > 0)) + 1).tolist():
        yield Suspect(row, Kind.STALE, "Every number is that of the bar before.")
    still = np.diff(bars.close) == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= STALE - 1:
            text = f"The close has stood still for {end - start + 1} bars."
            yield Suspect(end, Kind.STALE, text)


def _moves(bars: Bars) -> Floats:
    """Return each bar's log return on the one before, splits and dividends taken out if known."""
    close = bars.close if bars.adjusted_close is None else bars.adjusted_close
    with np.errstate(all="ignore"):
        moves = np.nan_to_num(np.diff(np.log(close)), nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(moves, -LARGEST, LARGEST), np.float64)


def _usual(sizes: Floats) -> Floats:
    """Return the median size around each row, itself and its neighbours."""
    if not len(sizes):
        return sizes
    mode: Literal["reflect", "edge"] = "reflect" if len(sizes) > AROUND else "edge"
    padded = np.pad(np.nan_to_num(sizes), AROUND, mode=mode)
    width = len(padded) - len(sizes) + 1
    found = np.empty(len(sizes))
    for start in range(0, len(sizes), 20_000):
        stop = min(start + 20_000, len(sizes))
        rows = np.lib.stride_tricks.sliding_window_view(padded[start : stop + width - 1], width)
        found[start:stop] = np.median(rows, axis=1)
    return found
