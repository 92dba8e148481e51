"""The volatility that explains an option's price, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.options import american, pricing
from puffin.options.pricing import cumulative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from puffin.options.pricing import Contracts

    Floats: TypeAlias = NDArray[np.float64]
    Rows: TypeAlias = NDArray[np.int64]

STEPS: Final = 32
EXACT: Final = 1e-10  # the step after it is exact
FLATTEST: Final = 1e-3  # where the search begins at the money
HIGHEST: Final = 20.0  # 2,000 %: no market says more
NOISE: Final = 8 * float(np.finfo(np.float64).eps)  # what is left of a price by rounding
AMERICAN_STEPS: Final = 40
AMERICAN_EXACT: Final = 1e-9
LOWEST: Final = 1e-4
WIDER: Final = 1e-6


class Style(StrEnum):
    """When an option may be exercised."""

    EUROPEAN = "european"
    AMERICAN = "american"


def implied_volatility(
    contracts: Contracts, prices: ArrayLike, style: Style = Style.EUROPEAN
) -> Floats:
    """Return the volatility at which each contract would cost its price; NaN where none does.

    The `volatility` of the contracts is not read. A European price is inverted to full precision,
    on the side that is out of the money, where no digits are lost; an American one to 1e-9 of the
    spot. `no_volatility` says in a sentence why a price has none.

    Example:
        >>> contracts = Contracts.of(call=True, spot=60, strike=65, years=0.25, volatility=0)
        >>> implied_volatility(contracts, 1.5)
        array([0.27790434])
    """
    wanted = np.broadcast_to(np.asarray(prices, np.float64), len(contracts))
    blank = contracts.with_(volatility=np.zeros(len(contracts)))
    sound = blank.sound & (blank.years > 0) & np.isfinite(wanted)
    found = np.full(len(contracts), np.nan)
    rows = np.flatnonzero(sound)
    if len(rows):
        solve = _european if style is Style.EUROPEAN else _american
        found[rows] = solve(blank.take(rows), wanted[rows])
    return found


def no_volatility(contracts: Contracts, price: float, style: Style = Style.EUROPEAN) -> str | None:
    """Say why no volatility explains the price of the one contract; None if one does."""
    if np.isfinite(implied_volatility(contracts, price, style))[0]:
        return None
    blank = contracts.with_(volatility=np.zeros(1))
    if not blank.sound[0] or not np.isfinite(price):
        return "A price, a spot and a strike above zero are needed."
    if contracts.years[0] <= 0:
        return "The option has expired: its price no longer depends on volatility."
    least, most = _bounds(blank, style)
    if price >= most[0]:
        return (
            f"The price is too high: {price:g} is not below {most[0]:g}, the most it can be worth."
        )
    if price <= least[0]:
        return f"The price is too low: without volatility the option is worth {least[0]:g} already."
    return f"No volatility up to {HIGHEST:.0%} explains the price {price:g}."


def _bounds(contracts: Contracts, style: Style) -> tuple[Floats, Floats]:
    """Return the worth without volatility, and that with no end of it."""
    parts = pricing.terms(contracts)
    most = np.where(contracts.call, parts.grown, parts.owed)
    if style is Style.EUROPEAN:
        return pricing.price(contracts), most
    at_once = np.where(contracts.call, contracts.spot, contracts.strike)
    return american.price(contracts), np.maximum(most, at_once)


def _american(contracts: Contracts, prices: Floats) -> Floats:
    """Search a bracket by inverse quadratic steps where they are safe, else halve it.

    Chandrupatla, "A new hybrid quadratic/bisection algorithm" (1997), many rows at a time. An
    American option is never worth less than the European one, so its volatility is not higher.
    """
    least, most = _bounds(contracts, Style.AMERICAN)
    rounding = NOISE * np.maximum(contracts.spot, contracts.strike)
    found = np.full(len(prices), np.nan)
    rows = np.flatnonzero((prices > least + rounding) & (prices < most - rounding))
    if not len(rows):
        return found
    contracts, prices = contracts.take(rows), prices[rows]

    def miss(rows: Rows, volatility: Floats) -> Floats:
        worth = american.price(contracts.take(rows).with_(volatility=volatility))
        return worth - prices[rows]

    every = np.arange(len(rows))
    european = _european(contracts, prices)
    far = np.where(np.isfinite(european), european * (1 + WIDER) + LOWEST, HIGHEST)
    near = np.full(len(rows), LOWEST)
    near_miss, far_miss = miss(every, near), miss(every, far)
    solved = np.full(len(rows), np.nan)
    active = every[(near_miss <= 0) & (far_miss >= 0)]
    a, b = far[active], near[active]
    fa, fb = far_miss[active], near_miss[active]
    share = np.full(len(active), 0.5)
    for _ in range(AMERICAN_STEPS):
        if not len(active):
            break
        x = a + share * (b - a)
        fx = miss(active, x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        reach = AMERICAN_EXACT / np.maximum(np.abs(b - a), AMERICAN_EXACT)
        done = (2 * reach > 1) | (fa == 0)
        solved[active[done]] = best[done]
        with np.errstate(all="ignore"):
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
            quick = fa / (fb - fa) * fc / (fb - fc)
            quick += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        share = np.where(safe & np.isfinite(quick), quick, 0.5)
        share = np.clip(share, reach, 1 - reach)
        left = ~done
        active, a, b, fa, fb = active[left], a[left], b[left], fa[left], fb[left]
        share = share[left]
    found[rows] = solved
    return found


def _european(contracts: Contracts, prices: Floats) -> Floats:
    parts = pricing.terms(contracts)
    unit = np.sqrt(parts.grown) * np.sqrt(parts.owed)
    distance = -np.abs(np.log(parts.grown / parts.owed))
    certain = np.maximum(contracts.sign * (parts.grown - parts.owed), 0.0)
    extra = prices - certain
    rounding = NOISE * np.maximum(parts.grown, parts.owed)
    inside = (extra > np.where(certain > 0, rounding, 0.0)) & (
        prices < np.where(contracts.call, parts.grown, parts.owed) - rounding
    )
    found = np.full(len(prices), np.nan)
    rows = np.flatnonzero(inside)
    if len(rows):
        spread = _spread_of(distance[rows], extra[rows] / unit[rows])
        found[rows] = spread / np.sqrt(contracts.years[rows])
    return np.where(found <= HIGHEST, found, np.nan)


def _spread_of(distance: Floats, wanted: Floats) -> Floats:
    """Return the spread s at which an option out of the money is worth `wanted` roots of F K.

    b(s) = exp(x/2) N(x/s + s/2) - exp(-x/2) N(x/s - s/2) rises from 0 to exp(x/2), bends at
    s = sqrt(-2x). Above the bend Newton's steps run on ln(exp(x/2) - b), below it on 1 / ln(b),
    each nearly straight there; a bracket keeps them safe.
    """
    found = np.maximum(np.sqrt(-2 * distance), FLATTEST)
    rows = np.arange(len(found))
    value, slope = _worth(distance, found)
    above, top = wanted > value, np.exp(distance / 2)
    low, high = np.where(above, found, 0.0), np.where(above, np.inf, found)
    for _ in range(STEPS):
        spread, aim, more = found[rows], wanted[rows], value < wanted[rows]
        low[rows] = np.where(more, spread, low[rows])
        high[rows] = np.where(more, high[rows], spread)
        with np.errstate(all="ignore"):
            rest, left = top[rows] - value, top[rows] - aim
            up = rest * np.log(rest / left) / slope
            size = np.log(value)
            down = size * (1 - size / np.log(aim)) * value / slope
            moved = np.where(above[rows], spread + up, spread * np.sqrt(1 + 2 * down / spread))
        least, most = low[rows], high[rows]
        middle = np.where(np.isfinite(most), (least + most) / 2, 2 * least + 1.0)
        arrived = np.abs(moved - spread) <= EXACT * spread
        safe = arrived | ((moved > least) & (moved < most))
        found[rows] = np.where(safe, moved, middle)
        rows = rows[~arrived]
        if not len(rows):
            break
        value, slope = _worth(distance[rows], found[rows])
    return found


def _worth(distance: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return b(s) without cancellation, and its slope exp(-(h^2 + t^2) / 2) / sqrt(2 pi)."""
    from scipy.special import erfcx

    h, t = distance / spread, spread / 2
    bell = np.exp(-0.5 * (h * h + t * t))
    root = np.sqrt(2.0)
    wing = h + t < 0
    value = np.empty_like(h)
    up, down = (h + t)[wing], (h - t)[wing]
    value[wing] = 0.5 * bell[wing] * (erfcx(-up / root) - erfcx(-down / root))
    # Above the bend one of the two would overflow; the plain form has its digits there.
    wing, normal = ~wing, cumulative()
    lift = np.exp(distance[wing] / 2)
    value[wing] = lift * normal((h + t)[wing]) - normal((h - t)[wing]) / lift
    return value, bell / np.sqrt(2 * np.pi)
