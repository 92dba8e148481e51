"""Quick prices of American options, for whole chains: three published formulas.

They miss the true price (`american.price` does not), Ju's by up to half a percent, the others by
up to three, but take a thousandth of a millisecond. Where exercising early never pays all return
the European price; where a rate is negative, for which they were not made, the true one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.options import american, pricing
from puffin.options.pricing import cumulative, density, terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.options.pricing import Contracts

    Floats: TypeAlias = NDArray[np.float64]

STEPS: Final = 8
CLOSE: Final = 1e-9  # of the strike, within which the critical price is found
LEAST_RATE: Final = 1e-9  # the quadratic formulas divide by the rate
LEAST_SPREAD: Final = 1e-12


class Approximation(StrEnum):
    """A published formula for American options."""

    JU = "ju"
    """Ju, "An Approximate Formula for Pricing American Options" (1999): the closest."""
    BARONE_ADESI_WHALEY = "barone_adesi_whaley"
    """Barone-Adesi and Whaley, "Efficient Analytic Approximation" (1987): what Ju improves."""
    BJERKSUND_STENSLAND = "bjerksund_stensland"
    """Bjerksund and Stensland, "Closed-Form Approximation" (1993): never more than the truth."""


def price(contracts: Contracts, by: Approximation = Approximation.JU) -> Floats:
    """Return approximate prices of American options.

    Example:
        >>> price(Contracts.of(call=False, spot=36, strike=40, years=1, volatility=0.2, rate=0.06))
        array([4.47188848])
    """
    found = pricing.price(contracts)
    odd = (contracts.rate < 0) | (contracts.dividend_yield < 0)
    still = contracts.volatility * np.sqrt(contracts.years) <= LEAST_SPREAD
    exact = np.flatnonzero(contracts.sound & (odd | still))
    if len(exact):
        found[exact] = american.price(contracts.take(exact))
    gain = np.where(contracts.call, contracts.dividend_yield, contracts.rate)
    rows = np.flatnonzero(contracts.sound & ~odd & ~still & (gain > 0))
    if not len(rows):
        return found
    chosen = contracts.take(rows)
    if by is Approximation.BJERKSUND_STENSLAND:
        early = _bjerksund_stensland(chosen)
    else:
        early = _quadratic(chosen, found[rows], corrected=by is Approximation.JU)
    found[rows] = np.maximum(np.maximum(early, found[rows]), chosen.intrinsic)
    return found


def _quadratic(contracts: Contracts, european: Floats, *, corrected: bool) -> Floats:
    """Return European + A (S / S*)^power, with Ju's correction if wanted."""
    small = np.abs(contracts.rate) < LEAST_RATE
    each = (
        contracts.with_(rate=np.where(small, LEAST_RATE, contracts.rate))
        if small.any()
        else contracts
    )
    sign, normal = each.sign, cumulative()
    variance = each.volatility**2
    elapsed = -np.expm1(-each.rate * each.years)  # h = 1 - exp(-r T)
    alpha = 2 * each.rate / variance
    lean = 2 * (each.rate - each.dividend_yield) / variance - 1
    root = np.sqrt(lean**2 + 4 * alpha / elapsed)
    power = (-lean + sign * root) / 2
    critical = _critical(each, power)

    at = each.with_(spot=critical)
    found = terms(at)
    gap = np.log(each.spot / critical)
    gained = sign * (critical - each.strike) - pricing.price(at)
    bend = np.zeros_like(gap)
    if corrected:
        slope = -sign * alpha / (elapsed**2 * root)
        twice = 2 * power + lean
        forward = found.grown / (1 - elapsed)  # undiscounted, as h measures the discount itself
        near, likely = normal(sign * found.d1), normal(sign * found.d2)
        change = forward * density(found.d1) / (alpha * found.spread)
        change += -sign * forward * near * each.dividend_yield / each.rate
        change += sign * each.strike * likely
        first = (1 - elapsed) * alpha * slope / (2 * twice)
        second = -(1 - elapsed) * alpha / twice * (change / gained + 1 / elapsed + slope / twice)
        bend = gap * (first * gap + second)
    kept = sign * gap < 0
    extra = gained * np.exp(power * np.where(kept, gap, 0.0)) / np.where(kept, 1 - bend, 1.0)
    return np.where(kept, european + extra, sign * (each.spot - each.strike))


def _critical(contracts: Contracts, power: Floats) -> Floats:
    """Find where exercising is worth as much as waiting, by Newton's steps."""
    each, sign, normal = contracts, contracts.sign, cumulative()
    variance, carry = each.volatility**2, each.rate - each.dividend_yield
    lean = 2 * carry / variance - 1
    endless = (-lean + sign * np.sqrt(lean**2 + 8 * each.rate / variance)) / 2
    forever = each.strike * endless / (endless - 1)
    spread = each.volatility * np.sqrt(each.years)
    reach = (forever - each.strike) * sign
    hurry = -(sign * carry * each.years + 2 * spread) * each.strike / reach
    found = forever - sign * reach * np.exp(np.minimum(hurry, 0.0))
    fade = np.exp(-each.dividend_yield * each.years)
    for _ in range(STEPS):
        parts = terms(each.with_(spot=found))
        near = fade * normal(sign * parts.d1)
        european = sign * (found * near - parts.owed * normal(sign * parts.d2))
        waiting = european + sign * (1 - near) * found / power
        miss = sign * (found - each.strike) - waiting
        bell = fade * density(parts.d1) / spread
        slope = sign * (1 - near) * (1 - 1 / power) + bell / power
        step = miss / slope
        found = np.maximum(found - step, each.strike * LEAST_RATE)
        if float(np.max(np.abs(step) / each.strike)) < CLOSE:
            break
    return found


def _bjerksund_stensland(contracts: Contracts) -> Floats:
    """Return the value of exercising at one fixed trigger; a put is the call it mirrors."""
    call = contracts.call
    spot = np.where(call, contracts.spot, contracts.strike)
    strike = np.where(call, contracts.strike, contracts.spot)
    rate = np.where(call, contracts.rate, contracts.dividend_yield)
    carry = rate - np.where(call, contracts.dividend_yield, contracts.rate)
    years, volatility = contracts.years, contracts.volatility
    variance, spread = volatility**2, volatility * np.sqrt(years)
    lean = carry / variance - 0.5
    power = -lean + np.sqrt(lean**2 + 2 * rate / variance)
    forever = power / (power - 1) * strike
    least = np.maximum(strike, rate / (rate - carry) * strike)
    hurry = -(carry * years + 2 * spread) * least / (forever - least)
    trigger = least - (forever - least) * np.expm1(np.minimum(hurry, 0.0))

    below = np.minimum(spot, trigger)
    away = np.log(trigger / below)

    def hit(gamma: Floats | float, barrier: Floats) -> Floats:
        """Return exp(lambda) (S / I)^gamma times the chance to stay below, on a log scale."""
        from scipy.special import log_ndtr

        drift = -rate + gamma * carry + 0.5 * gamma * (gamma - 1) * variance
        scale = drift * years - gamma * away
        reach = -(np.log(below / barrier) + (carry + (gamma - 0.5) * variance) * years) / spread
        mirrored = (2 * carry / variance + 2 * gamma - 1) * away
        direct = np.exp(scale + log_ndtr(reach))
        back = np.exp(scale + mirrored + log_ndtr(reach - 2 * away / spread))
        return np.asarray(direct - back, np.float64)

    paid = trigger - strike
    value = paid * (np.exp(-power * away) - hit(power, trigger))
    value += trigger * (hit(1.0, trigger) - hit(1.0, strike))
    value += strike * (hit(0.0, strike) - hit(0.0, trigger))
    return np.where(spot >= trigger, spot - strike, value)
