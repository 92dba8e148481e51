"""The order loop, compiled: the same decisions as `puffin.backtest.loop`, bar by bar.

Only the function that runs a backtest imports this module, because importing numba takes half a
second. Numba reads the environment variable NUMBA_CACHE_DIR at that moment, and not before: an
application that keeps compiled code in a folder of its own sets it at any time until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffin.backtest import layout as at
from puffin.backtest.kernel_events import inside_bar
from puffin.backtest.kernel_fills import (
    AIM,
    AIM_CLOSE,
    AIM_KNOWN,
    AIM_ROW,
    AIMING,
    AT_CLOSE,
    AT_OPEN,
    BORROW,
    CALLED,
    CASH,
    CLOSED,
    COUNT,
    DEAD,
    END,
    END_ROW,
    ENTRY,
    FEES,
    FRESH,
    GOAL,
    HELD,
    HIGH,
    HIGHEST,
    HOLD,
    HOLDS,
    INSIDE,
    INTEREST,
    KNOWN,
    LAST,
    LEFT,
    LIMIT,
    LOSS,
    LOW,
    LOWEST,
    MAINTENANCE,
    NEXT,
    ON,
    ON_CLOSE,
    OPENED,
    PARTICIPATION,
    PEAK,
    PROFIT,
    PYRAMIDING,
    REST,
    ROOM,
    ROW,
    SET_OFF,
    SHARE,
    SIGNAL,
    SLOT,
    STOP,
    STOP_LOSS,
    TAKE_PROFIT,
    TRADES,
    TRAIL,
    TRAILS,
    VOLUME,
    WAITING,
    WEIGHT,
    at_market,
    compiled,
    compiled_and_kept,
    give,
    moved,
    slot,
    whole,
)

if TYPE_CHECKING:
    from puffin.backtest.layout import Plan, Prices
    from puffin.measures import Floats

# Numba compiles again when this file changes, but not when one it takes code from does. So this
# is the fingerprint of layout.py, kernel_fills.py and kernel_events.py; a test compares it.
CODE = "2cf08044d75e4ed8"

SPARE = 8  # more trades than these are never closed on one bar


@compiled
def place(s: Floats, order: Floats, close: float, known: float) -> None:
    """Let an order wait, in the place of the one on its side."""
    side = int(order[at.ORDER_SIDE])
    o, sign = slot(s, side), 1.0 - 2.0 * side
    if order[at.ORDER_WEIGHT] == 0.0:
        o[ON] = 0.0
    elif s[HELD] * sign <= 0.0 or s[COUNT] < s[PYRAMIDING]:
        o[ON], o[WEIGHT], o[LIMIT] = 1.0, order[at.ORDER_WEIGHT], order[at.ORDER_LIMIT]
        o[STOP], o[LOSS] = order[at.ORDER_STOP], order[at.ORDER_STOP_LOSS]
        o[PROFIT], o[TRAILS] = order[at.ORDER_TAKE_PROFIT], order[at.ORDER_TRAIL]
        o[HOLDS], o[LAST] = order[at.ORDER_HOLD], order[at.ORDER_LAST]
        o[REST], o[SET_OFF], o[ROW] = np.nan, 0.0, order[at.ORDER_ROW]
        o[SIGNAL], o[KNOWN] = close, known


@compiled
def decide(s: Floats, p: Prices, plan: Plan, i: int) -> None:
    """Take what the strategy decides at this close."""
    known = p.volatility[i] if len(p.volatility) else np.nan
    if len(plan.wanted):
        if plan.wanted[i] != (plan.wanted[i - 1] if i else 0.0):
            s[AIMING], s[AIM], s[AIM_ROW], s[GOAL] = 1.0, plan.wanted[i], i, np.nan
            s[AIM_CLOSE], s[AIM_KNOWN] = p.close[i], known
        return
    if s[HELD] != 0.0:
        if len(plan.exits) and plan.exits[i] > 0.0:
            s[SHARE], s[END], s[END_ROW] = plan.exits[i], at.EXIT, i
        if s[HOLD] > 0.0 and i - s[ENTRY] >= s[HOLD]:
            s[SHARE], s[END], s[END_ROW] = 1.0, at.HELD_LONG_ENOUGH, i
    while s[NEXT] < len(plan.orders) and plan.orders[int(s[NEXT]), at.ORDER_ROW] == i:
        place(s, plan.orders[int(s[NEXT])], p.close[i], known)
        s[NEXT] += 1.0


@compiled
def called(s: Floats, t: Floats, i: int) -> None:
    """Close everything at the open, because equity no longer covers it."""
    used_up = s[CALLED] == at.USED_UP
    price = moved(s, float(s[OPENED]), -1.0 if s[HELD] > 0.0 else 1.0, abs(float(s[HELD])))
    give(s, t, i, float(s[HELD]), price, (float(s[CALLED]), i - 1.0))
    s[DEAD] = 1.0 if used_up else 0.0
    s[CALLED], s[AIMING], s[SHARE], s[LEFT] = 0.0, 0.0, 0.0, 0.0
    slot(s, 0)[ON] = slot(s, 1)[ON] = 0.0


@compiled
def lend(s: Floats, p: Prices, i: int) -> None:
    """Charge for the night: borrowed shares and borrowed money."""
    years = (p.time[i] - p.time[i - 1]) / at.DAY_NS / at.DAYS_OF_INTEREST
    fee = s[INTEREST] * max(0.0, -s[CASH]) * years
    if s[HELD] < 0.0:
        fee += s[BORROW] * -s[HELD] * p.close[i - 1] * years
    s[CASH] -= fee
    s[FEES] += fee


@compiled
def watch(s: Floats) -> None:
    """Remember how far the price went for and against the position."""
    low, high = s[LOWEST], s[HIGHEST]
    if s[INSIDE] != AT_OPEN and s[FRESH] > 0.0:  # what came before the entry is not its own
        low, high = s[CLOSED], s[CLOSED]
    s[LOW], s[HIGH] = min(s[LOW], low), max(s[HIGH], high)
    s[PEAK] = max(s[PEAK], high) if s[HELD] > 0.0 else min(s[PEAK], low)


@compiled
def mark(s: Floats, close: float) -> float:
    """Return equity at a close, and look whether it still covers what is held."""
    value = s[HELD] * close
    equity = s[CASH] + value
    if s[HELD] != 0.0 and equity <= s[MAINTENANCE] * abs(value):
        s[CALLED] = at.USED_UP if equity <= 0.0 else at.MARGIN_CALL
    return float(equity)


@compiled
def live(s: Floats, t: Floats, p: Prices, plan: Plan, i: int) -> None:
    """Go through one bar on which something may happen."""
    s[OPENED], s[HIGHEST], s[LOWEST] = p.open[i], p.high[i], p.low[i]
    s[CLOSED], s[VOLUME] = p.close[i], p.volume[i]
    s[INSIDE], s[FRESH], s[ROOM] = AT_OPEN, 0.0, np.inf
    if s[PARTICIPATION] < np.inf:
        s[ROOM] = whole(s, float(s[PARTICIPATION] * s[VOLUME]))
    if s[HELD] != 0.0 and i > 0 and (s[BORROW] > 0.0 or s[INTEREST] > 0.0):
        lend(s, p, i)
    if s[CALLED] > 0.0:
        called(s, t, i)
    if s[DEAD] > 0.0:
        return
    at_market(s, t, i, float(s[OPENED]), AT_OPEN)
    if waits(s) or guarded(s):
        inside_bar(s, t, i)
    if s[HELD] != 0.0:
        watch(s)
    decide(s, p, plan, i)
    if s[AT_CLOSE] > 0.0:
        at_market(s, t, i, float(s[CLOSED]), ON_CLOSE)


@compiled
def waits(s: Floats) -> bool:
    """Whether an order waits."""
    return bool(s[WAITING + ON] > 0.0 or s[WAITING + SLOT + ON] > 0.0)


@compiled
def guarded(s: Floats) -> bool:
    """Whether the position has a stop or a target."""
    if s[HELD] == 0.0:
        return False
    return not (np.isnan(s[STOP_LOSS]) and np.isnan(s[TAKE_PROFIT]) and np.isnan(s[TRAIL]))


@compiled
def still(s: Floats) -> bool:
    """Whether nothing but the price can change until the next decision."""
    if s[DEAD] > 0.0:
        return True
    if s[CALLED] > 0.0 or s[AIMING] > 0.0 or s[SHARE] > 0.0 or s[LEFT] > 0.0 or waits(s):
        return False
    lends = s[BORROW] > 0.0 or s[INTEREST] > 0.0
    return s[HELD] == 0.0 or not (lends or guarded(s) or s[HOLD] > 0.0)


@compiled
def wait(s: Floats, p: Prices, plan: Plan, equity: Floats, i: int, stop: int) -> int:
    """Go through bars on which nothing can fill, up to a decision; return the row after them."""
    cash, held, cover = s[CASH], s[HELD], s[MAINTENANCE]
    low, high = np.inf, -np.inf
    targets, exits = len(plan.wanted) > 0, len(plan.exits) > 0
    if s[NEXT] < len(plan.orders) and s[DEAD] == 0.0:
        stop = min(stop, int(plan.orders[int(s[NEXT]), at.ORDER_ROW]))
    before = plan.wanted[i - 1] if targets and i else 0.0
    while i < stop:
        changed = targets and s[DEAD] == 0.0 and plan.wanted[i] != before
        if changed and s[AT_CLOSE] > 0.0:
            break
        if exits and held != 0.0 and plan.exits[i] > 0.0:
            break
        value = held * p.close[i]
        equity[i] = cash + value
        if held != 0.0:
            low, high = min(low, p.low[i]), max(high, p.high[i])
            if equity[i] <= cover * abs(value):
                s[CALLED] = at.USED_UP if equity[i] <= 0.0 else at.MARGIN_CALL
        if changed:
            decide(s, p, plan, i)
        i += 1
        if changed or s[CALLED] > 0.0:
            break
    if held != 0.0:
        s[LOW], s[HIGH] = min(s[LOW], low), max(s[HIGH], high)
        s[PEAK] = max(s[PEAK], high) if held > 0.0 else min(s[PEAK], low)
    return i


@compiled_and_kept
def advance(  # noqa: PLR0913, PLR0917 - numba takes a tuple of arrays apart at a price
    s: Floats,
    t: Floats,
    p: Prices,
    plan: Plan,
    equity: Floats,
    position: Floats,
    start: int,
    stop: int,
) -> int:
    """Go through bars from `start` to `stop`, or until the table of trades is nearly full."""
    i, full = start, len(t) - SPARE
    while i < stop and s[TRADES] <= full:
        if still(s):
            next_row = wait(s, p, plan, equity, i, stop)
            position[i:next_row] = s[HELD]
            i = next_row
        if i < stop and not (s[DEAD] > 0.0):
            live(s, t, p, plan, i)
            equity[i], position[i] = mark(s, float(p.close[i])), s[HELD]
            i += 1
    return i
