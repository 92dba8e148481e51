"""What a bar sets off, compiled: stops, targets and orders, in the order they must have come.

Numba keeps compiled code on disk and watches only the file it stands in: see `kernel.CODE`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.kernel_fills import (
    AT_OPEN,
    BY_LIMIT,
    BY_STOP,
    CLOSED,
    END,
    END_ROW,
    HELD,
    HIGHEST,
    INSIDE,
    LAST,
    LEFT,
    LIMIT,
    LOWEST,
    ON,
    OPENED,
    PEAK,
    ROOM,
    SET_OFF,
    START,
    STOP,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAIL,
    compiled,
    enter,
    give,
    leave,
    slot,
)

if TYPE_CHECKING:
    from puffin.measures import Floats

NO_EVENT, AT_STOP, AT_TARGET, BUY = range(4)


@compiled
def guarded_at(s: Floats) -> float:
    """Return where the stop of the position fills on this bar; NaN if it is not met."""
    sign = 1.0 if s[HELD] > 0.0 else -1.0
    level = stop_level(s)
    if math.isnan(level):
        return np.nan
    start = float(s[OPENED] if s[INSIDE] == AT_OPEN else s[START])
    if (start - level) * sign <= 0.0:
        return start
    if s[INSIDE] == BY_STOP and (level - s[OPENED]) * sign >= 0.0:
        # The bar began beyond the stop, before there was a position: only its close tells.
        return level if (s[CLOSED] - level) * sign <= 0.0 else np.nan
    worst = s[LOWEST] if sign > 0.0 else s[HIGHEST]
    return level if (worst - level) * sign <= 0.0 else np.nan


@compiled
def stop_level(s: Floats) -> float:
    """Return the stop that is nearer to the price: the fixed one or the trailing one."""
    sign = 1.0 if s[HELD] > 0.0 else -1.0
    level, trailing = float(s[STOP_LOSS]), float(s[PEAK] - sign * s[TRAIL])
    if math.isnan(level) or (trailing - level) * sign > 0.0:
        return trailing
    return level


@compiled
def target_at(s: Floats) -> float:
    """Return where the take-profit of the position fills on this bar; NaN if it is not met."""
    sign, level = (1.0 if s[HELD] > 0.0 else -1.0), float(s[TAKE_PROFIT])
    start = float(s[OPENED] if s[INSIDE] == AT_OPEN else s[START])
    if (start - level) * sign >= 0.0:
        return start
    reach = s[HIGHEST] if sign > 0.0 else s[LOWEST]
    if s[INSIDE] != BY_LIMIT and (reach - level) * sign >= 0.0:
        return level
    return np.nan


@compiled
def limit_at(sign: float, limit: float, opened: float, toward: float) -> float:
    """Return where a limit order fills: at the open if that is better, at the limit, or NaN."""
    if (limit - opened) * sign >= 0.0:
        return opened
    return limit if (limit - toward) * sign >= 0.0 else np.nan


@compiled
def entry_at(s: Floats, side: int) -> float:
    """Return where a waiting order fills on this bar; NaN if it does not."""
    o, sign, opened = slot(s, side), 1.0 - 2.0 * side, float(s[OPENED])
    limit, stop = float(o[LIMIT]), float(o[STOP])
    low, high = float(s[LOWEST]), float(s[HIGHEST])
    toward, reach = (low, high) if side == 0 else (high, low)
    if math.isnan(stop) or o[SET_OFF] > 0.0:
        return np.nan if math.isnan(limit) else limit_at(sign, limit, opened, toward)
    if (opened - stop) * sign >= 0.0:
        return opened if math.isnan(limit) else limit_at(sign, limit, opened, toward)
    if (reach - stop) * sign >= 0.0 and (math.isnan(limit) or (limit - stop) * sign >= 0.0):
        return stop
    return np.nan


@compiled
def next_event(s: Floats, done: int) -> tuple[int, float]:
    """Return what happens first on the rest of the bar, and where.

    Nearer to the open is sooner; but what would come before a stop that is met only if the price
    first went the other way, comes after it.
    """
    opened = float(s[OPENED])
    event, where, best, below = NO_EVENT, np.nan, np.inf, 0.0
    if s[HELD] != 0.0:
        if not done & (1 << AT_STOP):
            price = guarded_at(s)
            if not math.isnan(price):
                event, where, best = AT_STOP, price, abs(price - opened)
                below = -1.0 if s[HELD] > 0.0 else 1.0
        if not done & (1 << AT_TARGET):
            price = target_at(s)
            if sooner(price, opened, best, below):
                event, where, best = AT_TARGET, price, abs(price - opened)
    for side in range(2):
        if slot(s, side)[ON] > 0.0 and not done & (1 << (BUY + side)):
            price = entry_at(s, side)
            if sooner(price, opened, best, below):
                event, where, best = BUY + side, price, abs(price - opened)
    return event, where


@compiled
def sooner(price: float, opened: float, best: float, below: float) -> bool:
    """Whether a fill at `price` comes before the one `best` away from the open."""
    if math.isnan(price) or (price - opened) * below < 0.0:
        return False
    return abs(price - opened) < best


@compiled
def happen(s: Floats, t: Floats, i: int, event: int, price: float) -> None:
    """Let an event happen."""
    if event == AT_STOP:
        trailing = stop_level(s) != s[STOP_LOSS]
        s[END], s[END_ROW] = (at.TRAILING_STOP if trailing else at.STOP_LOSS), i
        why = (float(s[END]), float(i))
        s[LEFT] = leave(s, t, i, price, abs(float(s[HELD])), why)
    elif event == AT_TARGET:
        size = min(abs(float(s[HELD])), float(s[ROOM]))
        s[ROOM] -= size
        give(s, t, i, math.copysign(size, s[HELD]), price, (float(at.TAKE_PROFIT), float(i)))
    else:
        o = slot(s, event - BUY)
        stopped = not math.isnan(o[STOP]) and o[SET_OFF] == 0.0 and price == o[STOP]
        inside = AT_OPEN if price == s[OPENED] else (BY_STOP if stopped else BY_LIMIT)
        enter(s, t, i, event - BUY, price, inside)


@compiled
def inside_bar(s: Floats, t: Floats, i: int) -> None:
    """Let everything happen that the bar's prices set off, one after the other."""
    for side in range(2):
        o = slot(s, side)
        if i > o[LAST]:
            o[ON] = 0.0
    done = 0
    for _ in range(4):
        if s[ROOM] <= 0.0:
            break
        event, price = next_event(s, done)
        if event == NO_EVENT:
            break
        done |= 1 << event
        happen(s, t, i, event, price)
    for side in range(2):
        o = slot(s, side)
        reach = s[HIGHEST] if side == 0 else s[LOWEST]
        # What a stop order is after its stop was met: a limit order, or one at the market.
        if (reach - o[STOP]) * (1.0 - 2.0 * side) >= 0.0:
            o[SET_OFF] = 1.0
            if math.isnan(o[LIMIT]):
                o[STOP] = np.nan
