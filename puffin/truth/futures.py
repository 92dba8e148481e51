"""Other futures: prices that are the same up to a bar and different from there on."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.bars import PRICES, Bars

if TYPE_CHECKING:
    from puffin.measures import Floats
    from puffin.truth.decisions import Data

STEP = 0.02  # by how much the price rises or falls on each bar of a future that is all one way
MOST_STEPS = 150  # after which it stays where it is: a twentieth of what it was, or twenty times
USUAL = 0.01  # how much a price moves where nothing is known of that
THRICE = 3.0


class Future(StrEnum):
    """What comes instead."""

    MIRRORED = "mirrored"  # what rose falls
    FALLING = "falling"
    RISING = "rising"
    WANDERING = "wandering"


def altered(data: Data, cut: int, future: Future, stop: int, seed: int = 0) -> Data:
    """Return rows 0 to `stop` with another future from row `cut` on; the bars stay possible ones.

    Every price of a bar is multiplied by one number, so that its high stays the highest. Volumes
    are reversed and tripled.
    """
    known = data.head(stop)
    close = known.close
    factors = _wanted(close, cut, _last_known(close[:cut]), future, seed) / close[cut:]
    factors = np.where(np.isfinite(factors) & (factors > 0), factors, 1.0)
    columns = {name: getattr(known, name).copy() for name in (*PRICES, "volume")}
    for name in PRICES:
        columns[name][cut:] *= factors
    volume = columns["volume"]
    volume[cut:] = THRICE * volume[cut:][::-1]
    if isinstance(known, Bars):
        adjusted = known.adjusted_close
        if adjusted is not None:
            adjusted = np.concatenate((adjusted[:cut], adjusted[cut:] * factors))
        return replace(known, **columns, adjusted_close=adjusted)
    volume[~known.mask] = 0.0
    return replace(known, **columns)


def _wanted(close: Floats, cut: int, start: Floats, future: Future, seed: int) -> Floats:
    """Return the closes from row `cut` on."""
    later = close[cut:]
    steps = np.minimum(np.arange(1, len(later) + 1), MOST_STEPS)
    steps = steps if close.ndim == 1 else steps[:, np.newaxis]
    if future is Future.MIRRORED:
        wanted: Floats = start * start / later
        return wanted
    if future is Future.WANDERING:
        draw = np.random.default_rng([seed, cut])
        moves = draw.normal(0.0, _swing(close[:cut]), later.shape)
        return np.asarray(start * np.exp(np.clip(np.cumsum(moves, axis=0), -THRICE, THRICE)))
    sign = 1.0 if future is Future.RISING else -1.0
    return np.asarray(start * np.exp(sign * STEP * steps) * np.ones_like(later))


def _last_known(close: Floats) -> Floats:
    """Return the last close of each symbol before the cut; NaN if there is none."""
    if close.ndim == 1:
        return close[-1:]
    row = np.where(np.isnan(close), -1, np.arange(len(close))[:, np.newaxis]).max(axis=0)
    last = np.take_along_axis(close, np.maximum(row, 0)[np.newaxis, :], axis=0)[0]
    return np.where(row >= 0, last, np.nan)


def _swing(close: Floats) -> float:
    if len(close) <= 2:  # noqa: PLR2004 - a spread needs two changes
        return USUAL
    with np.errstate(invalid="ignore"):
        moves = np.diff(np.log(close[-250:]), axis=0)
    found = float(np.nanstd(moves)) if np.isfinite(moves).any() else 0.0
    return max(found, USUAL)
