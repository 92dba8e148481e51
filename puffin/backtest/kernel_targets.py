"""The loop for plain targets, compiled: between two decisions nothing fills, and nothing is asked.

It fills with the functions of the general loop in `kernel.py`, and a test holds both to the same
result. It does not know orders that wait, stops, volume limits and what is paid for lending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.kernel import SPARE, called
from puffin.backtest.kernel_fills import (
    AIM,
    AIM_CLOSE,
    AIM_KNOWN,
    AIM_ROW,
    AIMING,
    AT_CLOSE,
    CALLED,
    CASH,
    DEAD,
    GOAL,
    HELD,
    HIGH,
    LOW,
    MAINTENANCE,
    OPENED,
    ROOM,
    TRADES,
    VOLUME,
    compiled,
    compiled_inside,
    follow,
)

if TYPE_CHECKING:
    from puffin.backtest.layout import Prices
    from puffin.measures import Floats


@compiled_inside
def extremes(s: Floats, lows: Floats, highs: Floats) -> None:
    """Remember how far the price went for and against the position."""
    low, high = s[LOW], s[HIGH]
    for i in range(len(lows)):
        low, high = min(low, lows[i]), max(high, highs[i])
    s[LOW], s[HIGH] = low, high


@compiled_inside
def keep(close: Floats, cash: float, held: float, equity: Floats, position: Floats) -> None:
    """Write equity and position on rows on which nothing is traded."""
    for i in range(len(close)):
        equity[i] = cash + held * close[i]
        position[i] = held


@compiled_inside
def covered_until(s: Floats, p: Prices, equity: Floats, start: int, stop: int) -> int:
    """Return the row after the first one at whose close equity does not cover the position."""
    held, share = float(s[HELD]), float(s[MAINTENANCE])
    if held > 0.0 and s[CASH] >= 0.0 and share < 1.0:
        return stop
    for i in range(start, stop):
        if equity[i] <= share * abs(held * p.close[i]):
            s[CALLED] = at.USED_UP if equity[i] <= 0.0 else at.MARGIN_CALL
            return i + 1
    return stop


@compiled_inside
def opening(s: Floats, t: Floats, p: Prices, i: int) -> None:
    """Fill at the open what was decided, or what must be closed."""
    if s[CALLED] > 0.0:
        s[OPENED], s[VOLUME] = p.open[i], p.volume[i]
        called(s, t, i)
    if s[AIMING] > 0.0:
        s[VOLUME] = p.volume[i]
        follow(s, t, i, float(p.open[i]))


@compiled_inside
def closing(s: Floats, t: Floats, p: Prices, equity: Floats, position: Floats, i: int) -> None:
    """Fill at a close what was decided at it."""
    if s[HELD] != 0.0:
        extremes(s, p.low[i : i + 1], p.high[i : i + 1])
    s[VOLUME] = p.volume[i]
    follow(s, t, i, float(p.close[i]))
    equity[i], position[i] = s[CASH] + s[HELD] * p.close[i], s[HELD]
    if s[HELD] != 0.0:
        covered_until(s, p, equity, i, i + 1)


@compiled_inside
def next_change(wanted: Floats, before: float, i: int, stop: int) -> int:
    """Return the first row from `i` on that wants something else than `before`, or `stop`."""
    while i < stop and wanted[i] == before:
        i += 1
    return i


@compiled
def run_targets(  # noqa: PLR0913, PLR0917 - numba takes a tuple of arrays apart at a price
    s: Floats,
    t: Floats,
    p: Prices,
    wanted: Floats,
    equity: Floats,
    position: Floats,
    start: int,
    stop: int,
) -> int:
    """Go through bars from `start` to `stop`, or until the table of trades is nearly full."""
    i, full, at_close = start, len(t) - SPARE, s[AT_CLOSE] > 0.0
    s[ROOM] = np.inf
    while i < stop and s[TRADES] <= full:
        opening(s, t, p, i)
        change = stop
        if s[DEAD] == 0.0:
            change = next_change(wanted, wanted[i - 1] if i else 0.0, i, stop)
        cash, held = float(s[CASH]), float(s[HELD])
        until = change if at_close else min(change + 1, stop)
        keep(p.close[i:until], cash, held, equity[i:until], position[i:until])
        if held != 0.0:
            until = covered_until(s, p, equity, i, until)
            extremes(s, p.low[i:until], p.high[i:until])
        i = until
        if change < stop and (i > change or (at_close and s[CALLED] == 0.0)):
            s[AIMING], s[AIM], s[AIM_ROW], s[GOAL] = 1.0, wanted[change], change, np.nan
            s[AIM_CLOSE] = p.close[change]
            s[AIM_KNOWN] = p.volatility[change] if len(p.volatility) else np.nan
            if at_close:
                closing(s, t, p, equity, position, i)
                i += 1
    return i
