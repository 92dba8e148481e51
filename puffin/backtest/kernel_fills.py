"""Sizes and fills, compiled: what the compiled order loop is made of.

Everything that changes stands in one row of numbers, `s`, and trades are written to the table `t`.
Numba keeps compiled code on disk and watches only the file it stands in: see `kernel.CODE`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import numpy as np

from puffin.backtest import layout as at

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.measures import Floats

    Sized: TypeAlias = tuple[float, float, float, float]
    Code = TypeVar("Code", bound=Callable[..., object])

# The account. INSIDE tells how the position was entered on this bar; FRESH: it was flat before.
CASH, HELD, ENTRY, PRICE, PAID, FEES, WHY, WHY_ROW, LOW, HIGH, COUNT = range(11)
STOP_LOSS, TAKE_PROFIT, TRAIL, PEAK, HOLD, START, INSIDE, FRESH = range(11, 19)
AIMING, AIM, AIM_ROW, AIM_CLOSE, AIM_KNOWN, GOAL = range(19, 25)
SHARE, LEFT, END, END_ROW, ROOM, CALLED, DEAD = range(25, 32)
WINS, LOSSES, WON, LOST, TRADES, NEXT = range(32, 38)
# The bar.
OPENED, HIGHEST, LOWEST, CLOSED, VOLUME = range(38, 43)
# The settings, in the order of `layout.Rules`.
RULES: Final = 43
PER_ORDER, PER_SHARE, RATIO, MINIMUM, SLIPPAGE, SLIPPAGE_MONEY, IMPACT = range(43, 50)
SIZE_KIND, SIZE_VALUE, SIZE_FEWEST, SIZE_BEFORE, IS_WHOLE, IS_SHORT = range(50, 56)
LEVERAGE, MAINTENANCE, BORROW, INTEREST, PARTICIPATION = range(56, 61)
PYRAMIDING, EXCLUSIVE, ONE_CANCELS_OTHER, AT_CLOSE = range(61, 65)
# The order that waits on each side, from here on: ON is 0 when there is none, REST is NaN until
# its size is known; SIGNAL and KNOWN are close and volatility of the bar that decided it.
WAITING: Final = 65
ON, WEIGHT, LIMIT, STOP, LOSS, PROFIT, TRAILS, HOLDS, LAST, REST, SET_OFF, ROW = range(12)
SIGNAL, KNOWN = 12, 13
SLOT: Final = 14
STATE: Final = WAITING + 2 * SLOT

INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
AT_OPEN, BY_LIMIT, BY_STOP, ON_CLOSE = 0.0, 1.0, 2.0, 3.0  # values of INSIDE


def compiled(function: Code) -> Code:
    """Compile a function that only compiled ones call, together with them."""
    return _compiled(function, **INNER)


def compiled_inside(function: Code) -> Code:
    """Compile a function as a part of each that calls it: for what each fill goes through."""
    return _compiled(function, forceinline=True, **INNER)


def compiled_freely(function: Code) -> Code:
    """Compile a function of sums of finite numbers, whose order the computer may choose."""
    return _compiled(function, fastmath={"reassoc", "nnan", "nsz"}, **INNER)


def compiled_and_kept(function: Code) -> Code:
    """Compile a function that Python calls, when it is first called, and keep it on disk."""
    return _compiled(function, cache=True)


def _compiled(function: Code, **options: Any) -> Code:  # noqa: ANN401 - numba's own words
    import numba

    # Asking before each division whether it is by zero would keep several from being done at once.
    return cast("Code", numba.njit(nogil=True, error_model="numpy", **options)(function))


@compiled_inside
def moved(s: Floats, price: float, sign: float, size: float) -> float:
    """Return what an order for `size` at the market really gets when the market says `price`."""
    against = s[SLIPPAGE]
    if s[IMPACT] > 0.0:
        share = min(1.0, size / s[VOLUME]) if s[VOLUME] > 0.0 else 1.0
        against += s[IMPACT] * math.sqrt(share)
    return max(0.0, float(price * (1.0 + sign * against) + sign * s[SLIPPAGE_MONEY]))


@compiled_inside
def charge(s: Floats, size: float, price: float) -> float:
    """Return the commission of a fill."""
    cost = s[PER_ORDER] + s[PER_SHARE] * size + s[RATIO] * size * price
    return max(float(s[MINIMUM]), float(cost))


@compiled_inside
def affordable(s: Floats, money: float, price: float) -> float:
    """Return the most shares that `money` pays for, commission included."""
    if price <= 0.0:
        return 0.0
    by_rates = (money - s[PER_ORDER]) / (price * (1.0 + s[RATIO]) + s[PER_SHARE])
    return max(0.0, float(min(by_rates, (money - s[MINIMUM]) / price)))


@compiled_inside
def whole(s: Floats, size: float) -> float:
    """Round down to whole shares, if shares are whole."""
    return float(math.floor(size + at.WHOLE)) if s[IS_WHOLE] > 0.0 else size


@compiled
def kelly(s: Floats) -> float:
    """Return the share of equity by Kelly's formula from the trades closed so far."""
    count = s[WINS] + s[LOSSES]
    if count < s[SIZE_FEWEST]:
        return float(s[SIZE_BEFORE])
    if s[WINS] == 0.0:
        return 0.0
    rate = s[WINS] / count
    share = rate
    if s[LOST] > 0.0:
        share = rate - (1.0 - rate) / ((s[WON] / s[WINS]) / (s[LOST] / s[LOSSES]))
    return min(1.0, max(0.0, float(share * s[SIZE_VALUE])))


@compiled_inside
def by_rule(s: Floats, equity: float, price: float, order: Sized) -> float:
    """Return the shares that the sizing rule asks for; `order` as `sized` has it."""
    weight, close, known, stop = order
    sign, kind, value = (1.0 if weight > 0.0 else -1.0), s[SIZE_KIND], float(s[SIZE_VALUE])
    weight, money = abs(weight), equity * float(s[LEVERAGE])
    if kind == at.BY_SHARE:
        return affordable(s, money * value * weight, price)
    if kind == at.BY_VALUE:
        return max(1.0, value * weight / close)
    if kind == at.BY_QUANTITY:
        return value * weight
    if kind == at.BY_RISK:
        distance = sign * (price - stop)
        return equity * value * weight / distance if distance > 0.0 else 0.0
    if kind == at.BY_KELLY:
        return affordable(s, money * kelly(s) * weight, price)
    share = min(float(s[LEVERAGE]), value / known) if known > 0.0 else 0.0
    return affordable(s, equity * share * weight, price)


@compiled_inside
def sized(s: Floats, raw: float, order: Sized, held: float) -> float:
    """Return how many shares to hold (`held` 0) or to trade, never more than are paid for.

    `order` is its signed weight, the close and the volatility when it was decided, and its stop.
    """
    sign = 1.0 if order[0] > 0.0 else -1.0
    equity = float(s[CASH] + s[HELD] * raw)
    money, spare = equity * float(s[LEVERAGE]), 0.0
    if held * sign > 0.0:
        money -= abs(held) * raw
    elif held != 0.0:
        spare = abs(held)
    price = moved(s, raw, sign, 0.0)
    size = min(by_rule(s, equity, price, order), affordable(s, money, price) + spare)
    if s[IMPACT] > 0.0:
        size = min(size, affordable(s, money, moved(s, raw, sign, size)) + spare)
    return whole(s, size)


@compiled_inside
def take(s: Floats, i: int, change: float, price: float, why: float, row: float) -> None:
    """Open a position, or add to it."""
    paid = charge(s, abs(change), price)
    s[CASH] -= change * price + paid
    if s[HELD] == 0.0:
        s[ENTRY], s[PRICE], s[PAID], s[FEES] = i, price, paid, 0.0
        s[WHY], s[WHY_ROW], s[COUNT], s[HOLD] = why, row, 0.0, 0.0
        s[LOW], s[HIGH], s[PEAK], s[FRESH] = price, price, price, 1.0
        s[STOP_LOSS], s[TAKE_PROFIT], s[TRAIL] = np.nan, np.nan, np.nan
        s[SHARE], s[LEFT] = 0.0, 0.0
    else:
        s[PRICE] = (s[HELD] * s[PRICE] + change * price) / (s[HELD] + change)
        s[PAID] += paid
    s[HELD] += change


@compiled_inside
def give(s: Floats, t: Floats, i: int, part: float, price: float, why: tuple[float, float]) -> None:
    """Close a signed part of the position, or all of it, and write the trade down."""
    row = t[int(s[TRADES])]
    share = part / s[HELD]
    paid, fees = s[PAID] * share, s[FEES] * share
    cost = charge(s, abs(part), price)
    profit = part * (price - s[PRICE]) - (paid + cost) - fees
    row[at.TRADE_ENTRY], row[at.TRADE_EXIT], row[at.TRADE_QUANTITY] = s[ENTRY], i, part
    row[at.TRADE_PRICE], row[at.TRADE_LEFT_AT], row[at.TRADE_PROFIT] = s[PRICE], price, profit
    row[at.TRADE_COMMISSION], row[at.TRADE_FEES] = paid + cost, fees
    row[at.TRADE_LOW], row[at.TRADE_HIGH] = min(s[LOW], price), max(s[HIGH], price)
    row[at.TRADE_WHY], row[at.TRADE_WHY_ROW] = s[WHY], s[WHY_ROW]
    row[at.TRADE_END], row[at.TRADE_END_ROW] = why
    gained = profit / (abs(part) * s[PRICE])
    if gained > 0.0:
        s[WINS] += 1.0
        s[WON] += gained
    else:
        s[LOSSES] += 1.0
        s[LOST] -= gained
    s[CASH] -= -part * price + cost
    s[HELD] -= part
    s[PAID] -= paid
    s[FEES] -= fees
    s[TRADES] += 1.0


@compiled_inside
def leave(s: Floats, t: Floats, i: int, raw: float, size: float, why: tuple[float, float]) -> float:
    """Sell (or buy back) up to `size` shares at the market; return what could not be."""
    sign = 1.0 if s[HELD] > 0.0 else -1.0
    size = min(size, abs(float(s[HELD])))
    part = min(size, float(s[ROOM]))
    if part > 0.0:
        s[ROOM] -= part
        give(s, t, i, sign * part, moved(s, raw, -sign, part), why)
    return size - part


@compiled_inside
def more(s: Floats, raw: float, sign: float, size: float) -> float:
    """Return how much of what is left of an order can be paid for by now."""
    if s[HELD] * sign < 0.0:
        return size
    money = float((s[CASH] + s[HELD] * raw) * s[LEVERAGE] - abs(s[HELD]) * raw)
    return whole(s, min(size, affordable(s, money, moved(s, raw, sign, size))))


@compiled_inside
def follow(s: Floats, t: Floats, i: int, raw: float) -> None:
    """Go towards the target: close what is on the other side, then open or change."""
    aim, why = float(s[AIM]), (float(at.TARGET), float(s[AIM_ROW]))
    if s[HELD] != 0.0 and s[HELD] * aim <= 0.0:
        leave(s, t, i, raw, abs(float(s[HELD])), why)
        if s[HELD] != 0.0:
            return
    s[AIMING] = 0.0
    if aim == 0.0:
        return
    sign, begun = (1.0 if aim > 0.0 else -1.0), not math.isnan(s[GOAL])
    if not begun:
        order = (aim, float(s[AIM_CLOSE]), float(s[AIM_KNOWN]), math.nan)
        s[GOAL] = sign * sized(s, raw, order, 0.0)
    change = float(s[GOAL] - s[HELD])
    if change * sign < 0.0:
        if leave(s, t, i, raw, abs(change), why) > 0.0:
            s[AIMING] = 1.0
        return
    size = more(s, raw, sign, abs(change)) if begun else abs(change)
    part = min(size, float(s[ROOM]))
    if part > 0.0:
        s[ROOM] -= part
        take(s, i, sign * part, moved(s, raw, sign, part), why[0], why[1])
    if part < size:
        s[AIMING] = 1.0


@compiled
def kind_of(o: Floats) -> float:
    """Return what kind of order it is."""
    if math.isnan(o[STOP]):
        return float(at.MARKET) if math.isnan(o[LIMIT]) else float(at.LIMIT)
    return float(at.STOP) if math.isnan(o[LIMIT]) else float(at.STOP_LIMIT)


@compiled
def slot(s: Floats, side: int) -> Floats:
    """Return the order that waits on a side."""
    return s[WAITING + side * SLOT : WAITING + side * SLOT + SLOT]


@compiled
def protect(s: Floats, o: Floats, price: float, inside: float) -> None:
    """Give the position the stops of the order that just filled."""
    s[INSIDE], s[START] = inside, price
    if not math.isnan(o[LOSS]):
        s[STOP_LOSS] = o[LOSS]
    if not math.isnan(o[PROFIT]):
        s[TAKE_PROFIT] = o[PROFIT]
    if not math.isnan(o[TRAILS]):
        s[TRAIL] = o[TRAILS]
    if o[HOLDS] > 0.0:
        s[HOLD] = o[HOLDS]


@compiled
def begin(s: Floats, t: Floats, i: int, side: int, raw: float) -> bool:
    """Make way for an order that fills and find its size; whether there is anything to trade."""
    o, sign = slot(s, side), 1.0 - 2.0 * side
    if not math.isnan(o[REST]):
        o[REST] = more(s, raw, sign, float(o[REST]))
    else:
        if s[HELD] * sign > 0.0 and s[COUNT] >= s[PYRAMIDING]:
            o[ON] = 0.0
            return False
        if s[HELD] * sign < 0.0 and s[EXCLUSIVE] > 0.0:
            leave(s, t, i, raw, abs(float(s[HELD])), (float(at.REVERSED), float(o[ROW])))
        if s[ROOM] <= 0.0 or (s[HELD] * sign < 0.0 and s[EXCLUSIVE] > 0.0):
            return False
        stop = float(o[LOSS]) if not math.isnan(o[LOSS]) else float(raw - sign * o[TRAILS])
        order = (sign * float(o[WEIGHT]), float(o[SIGNAL]), float(o[KNOWN]), stop)
        o[REST] = sized(s, raw, order, float(s[HELD]))
        if side == 1 and s[IS_SHORT] == 0.0:
            o[REST] = min(o[REST], max(0.0, s[HELD]))
        if o[REST] > 0.0 and s[ONE_CANCELS_OTHER] > 0.0:
            slot(s, 1 - side)[ON] = 0.0
    if o[REST] <= 0.0:
        o[ON] = 0.0
    return bool(o[REST] > 0.0 and s[ROOM] > 0.0)


@compiled
def enter(s: Floats, t: Floats, i: int, side: int, raw: float, inside: float) -> None:
    """Fill an order, or as much of it as there is room for."""
    o = slot(s, side)
    first = math.isnan(o[REST])
    if not begin(s, t, i, side, raw):
        return
    sign, why = 1.0 - 2.0 * side, kind_of(o)
    size = min(float(o[REST]), float(s[ROOM]))
    s[ROOM] -= size
    price = moved(s, raw, sign, size) if math.isnan(o[LIMIT]) else raw
    other = min(size, abs(float(s[HELD]))) if s[HELD] * sign < 0.0 else 0.0
    if other > 0.0:
        give(s, t, i, -sign * other, price, (why, float(o[ROW])))
    if size > other:
        take(s, i, sign * (size - other), price, why, float(o[ROW]))
        if first or s[COUNT] == 0.0:
            s[COUNT] += 1.0
        protect(s, o, price, inside)
    o[REST] -= size
    o[SET_OFF] = 1.0
    if math.isnan(o[LIMIT]):
        o[STOP] = np.nan
    if o[REST] <= at.WHOLE:
        o[ON] = 0.0


@compiled
def at_market(s: Floats, t: Floats, i: int, raw: float, inside: float) -> None:
    """Fill everything that takes the market's price: exits, then the target, then entries."""
    if s[LEFT] > 0.0 or s[SHARE] > 0.0:
        if s[SHARE] > 0.0:
            s[LEFT] = abs(s[HELD])
            if s[SHARE] < 1.0:
                s[LEFT] = whole(s, float(s[LEFT] * s[SHARE]))
            s[SHARE] = 0.0
        why = (float(s[END]), float(s[END_ROW]))
        s[LEFT] = leave(s, t, i, raw, float(s[LEFT]), why) if s[HELD] != 0.0 else 0.0
    if s[AIMING] > 0.0:
        follow(s, t, i, raw)
        s[INSIDE] = inside
    for side in range(2):
        o = slot(s, side)
        if o[ON] > 0.0 and i <= o[LAST] and math.isnan(o[LIMIT]) and math.isnan(o[STOP]):
            enter(s, t, i, side, raw, inside)
