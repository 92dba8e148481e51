"""Pieces that several strategies are made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

Setting: TypeAlias = bool | int | float | str  # what a parameter of an indicator may be

EQUAL: Final = 1e-9  # prices closer than this share of themselves differ by rounding only
FORGOTTEN: Final = 0.001  # what the first values of an average may still weigh once it counts


def study(name: str, bars: Bars, **parameters: object) -> dict[str, Floats]:
    """Return an indicator of the catalogue, output by output."""
    from puffin.factors.catalogue import indicator  # making all of them takes a tenth of a second

    found = indicator(name)
    return found.study(bars, found.parameters(parameters))


def settling(share: float) -> int:
    """Return after how many bars an average that takes in `share` of each has forgotten its start.

    The start weighs (1 - share)^n after n bars; settled is less than a thousandth.
    """
    return 0 if share >= 1 else math.ceil(math.log(FORGOTTEN) / math.log1p(-share))


def settling_exponential(window: int) -> int:
    """Return the same for an exponential average: a share of 2 / (window + 1)."""
    return settling(2 / (window + 1))


def settling_wilder(window: int) -> int:
    """Return the same for Wilder's average, as in RSI and average true range: 1 / window."""
    return settling(1 / window)


def above(one: Floats, other: Floats | float) -> Flags:
    """Tell where one is larger by more than rounding; nothing is, next to NaN."""
    return np.asarray(one - other > EQUAL * np.maximum(np.abs(one), np.abs(other)), np.bool_)


def before(values: Floats, bars: int = 1) -> Floats:
    """Return what each value was some bars ago; NaN at first."""
    earlier = np.full(len(values), np.nan)
    if bars < len(values):
        earlier[bars:] = values[: len(values) - bars]
    return earlier


def before_flags(flags: Flags) -> Flags:
    """Return what each flag was one bar ago; no at first."""
    return np.concatenate([[False], flags[:-1]]) if len(flags) else flags


def latched(enters: Flags, leaves: Flags) -> Floats:
    """Return 1 from each entry until the next exit, else 0; an exit at the same bar counts."""
    at = np.arange(len(enters))
    entered = np.maximum.accumulate(np.where(enters & ~leaves, at, -1))
    left = np.maximum.accumulate(np.where(leaves, at, -1))
    return (entered > left).astype(np.float64)


def leaving(
    enters: tuple[Flags, Flags], leaves: tuple[Flags, Flags]
) -> tuple[Flags, Flags, Floats]:
    """Settle what is ordered at each close: which entries count, and what is closed.

    Each pair is long and short. An entry whose own exit holds does not count, and neither does one
    while the other side's entry holds too. An exit closes only what the entry before it opened.

    Returns:
        Entries long, entries short, and the share to close.
    """
    long, short = enters[0] & ~leaves[0], enters[1] & ~leaves[1]
    long, short = long & ~short, short & ~long
    at = np.arange(len(long))
    bought = np.maximum.accumulate(np.where(before_flags(long), at, -1))
    sold = np.maximum.accumulate(np.where(before_flags(short), at, -1))
    closes = (leaves[0] & (bought > sold)) | (leaves[1] & (sold > bought))
    return long, short, closes.astype(np.float64)


def unready(values: Floats, warm_up: int) -> Floats:
    """Return a copy with NaN on the bars before the first decision."""
    masked = values.copy()
    masked[: max(warm_up - 1, 0)] = np.nan
    return masked


def ready(flags: Flags, warm_up: int) -> Flags:
    """Return a copy that says no on the bars before the first decision."""
    masked = flags.copy()
    masked[: max(warm_up - 1, 0)] = False
    return masked
