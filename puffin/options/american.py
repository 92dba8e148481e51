"""American option prices and greeks: the right to exercise early, priced to five digits.

A call is priced as the put it mirrors: C(S, K, r, q) = P(K, S, q, r) (McDonald and Schroder 1998).
Where exercising early never pays the price is the European one. Where it pays only between two
prices (a put with q < r <= 0 and a call with r < q <= 0) there is no price: NaN.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.options import pricing
from puffin.options.boundary import Puts, solve
from puffin.options.pricing import DAYS_IN_YEAR, POINT, Greeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.options.pricing import Contracts

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

ROWS_AT_ONCE: Final = 256  # so that the work of a step stays in the processor's cache
STILL: Final = 1e-7  # less spread than this is certainty
BUMP: Final = 1e-4  # of rates and years
WIDE_BUMP: Final = 1e-3  # of the volatility itself


def price(contracts: Contracts) -> Floats:
    """Return the price of American options.

    Example:
        >>> price(Contracts.of(call=False, spot=36, strike=40, years=1, volatility=0.2, rate=0.06))
        array([4.48666847])
    """
    return _prices(contracts, contracts.spot[:, None])[:, 0]


def exercise_price(contracts: Contracts) -> Floats:
    """Return the price of the underlying at which exercising now is best; NaN where it never is.

    A put is exercised at or below it, a call at or above it.
    """
    found = np.full(len(contracts), np.nan)
    rows = _early(contracts)
    chosen = contracts.take(rows)
    edge = solve(_as_puts(chosen)).now
    # A call's boundary in units of its spot is a put's turned upside down.
    found[rows] = chosen.strike * np.where(chosen.call, 1 / edge, edge)
    return found


def greeks(contracts: Contracts) -> Greeks:
    """Return price and greeks of American options, in the units that `Greeks` states.

    Delta, gamma, vega, the rhos and what follows from them are central differences; theta follows
    from the pricing equation while the option is worth keeping, and is 0 where it is worth
    exercising. `in_the_money` supposes that it is kept to expiry.
    """
    each = contracts
    spread = each.volatility * np.sqrt(each.years)
    step = each.spot * np.clip(0.02 * spread, 1e-5, WIDE_BUMP)
    spots = np.stack([each.spot, each.spot + step, each.spot - step], axis=1)
    value, up, down = _prices(each, spots).T
    delta = (up - down) / (2 * step)
    gamma = (up - 2 * value + down) / (step * step)

    shake = WIDE_BUMP * np.where(each.volatility > 0, each.volatility, 1.0)
    wild = _prices(each.with_(volatility=each.volatility + shake), spots).T
    calm = _prices(each.with_(volatility=np.maximum(each.volatility - shake, 0.0)), spots).T
    vega = (wild[0] - calm[0]) / (2 * shake)
    swing = ((wild[1] - wild[2]) - (calm[1] - calm[2])) / (4 * step * shake)
    bend = (wild[0] - 2 * value + calm[0]) / (shake * shake)

    later = np.minimum(BUMP, each.years / 2)
    long = _prices(each.with_(years=each.years + later), spots).T
    short = _prices(each.with_(years=each.years - later), spots).T
    lasting = np.where(later > 0, later, np.nan)
    charm = ((short[1] - short[2]) - (long[1] - long[2])) / (4 * step * lasting)
    drift = (each.rate - each.dividend_yield) * each.spot * delta
    decay = each.rate * value - drift - 0.5 * (each.volatility * each.spot) ** 2 * gamma
    kept = (each.years > 0) & (value > each.intrinsic)

    known = pricing.greeks(each)
    expired = each.years <= 0
    found = Greeks(
        price=value,
        delta=delta,
        gamma=gamma,
        theta=np.where(kept, decay, 0.0) / DAYS_IN_YEAR,
        vega=vega * POINT,
        rho=_slope(each, "rate", value) * POINT,
        dividend_rho=_slope(each, "dividend_yield", value) * POINT,
        elasticity=delta * each.spot / np.where(value > 0, value, np.nan),
        vanna=swing * POINT,
        volga=bend * POINT * POINT,
        charm=charm / DAYS_IN_YEAR,
        in_the_money=known.in_the_money,
    )
    if not (expired | np.isnan(value)).any():
        return pricing.settled(found)
    names = Greeks.__dataclass_fields__
    plain = {name: np.where(expired, getattr(known, name), getattr(found, name)) for name in names}
    hidden = {name: np.where(np.isnan(value), np.nan, each) for name, each in plain.items()}
    return pricing.settled(replace(found, **hidden))


def _slope(contracts: Contracts, name: str, value: Floats) -> Floats:
    """Return the change of the price with a rate; from one side where the other has no price."""
    column: Floats = getattr(contracts, name)
    spots = contracts.spot[:, None]
    up = _prices(contracts.with_(**{name: column + BUMP}), spots)[:, 0]
    down = _prices(contracts.with_(**{name: column - BUMP}), spots)[:, 0]
    sides = 2.0 - np.isnan(up) - np.isnan(down)
    up, down = np.where(np.isnan(up), value, up), np.where(np.isnan(down), value, down)
    return np.asarray((up - down) / (np.maximum(sides, 1.0) * BUMP), np.float64)


def _prices(contracts: Contracts, spots: Floats) -> Floats:
    """Return the price of each contract at each of its spots; axes: contract, spot."""
    found = np.stack([pricing.price(contracts.with_(spot=column)) for column in spots.T], axis=1)
    still = contracts.volatility * np.sqrt(contracts.years) <= STILL
    sound = contracts.sound
    certain = np.flatnonzero(sound & still)
    found[certain] = _certain(contracts.take(certain), spots[certain])
    found[_undecided(contracts) & sound] = np.nan
    early = np.flatnonzero(_early(contracts))
    for start in range(0, len(early), ROWS_AT_ONCE):
        rows = early[start : start + ROWS_AT_ONCE]
        found[rows] = _exercised(contracts.take(rows), spots[rows], found[rows])
    return found


def _exercised(contracts: Contracts, spots: Floats, european: Floats) -> Floats:
    boundary = solve(_as_puts(contracts))
    now, call, strike = boundary.now, contracts.call, contracts.strike
    found = np.empty_like(spots)
    for column, spot in enumerate(spots.T):
        # The mirrored put has the call's spot as its strike, so its unit is that spot.
        unit = np.where(call, spot, strike)
        share = np.where(call, strike, spot) / unit
        value = european[:, column] + unit * np.maximum(boundary.premium(share), 0.0)
        at_once = unit * (1 - share)
        found[:, column] = np.where(share <= now, at_once, np.maximum(value, at_once))
    return found


def _as_puts(contracts: Contracts) -> Puts:
    call, rate, dividend = contracts.call, contracts.rate, contracts.dividend_yield
    return Puts(
        contracts.years,
        contracts.volatility,
        np.where(call, dividend, rate),
        np.where(call, rate, dividend),
    )


def _early(contracts: Contracts) -> Flags:
    """Tell which options may be worth exercising early below (above) one price."""
    gain = np.where(contracts.call, contracts.dividend_yield, contracts.rate)
    moving = contracts.volatility * np.sqrt(contracts.years) > STILL
    return contracts.sound & moving & (gain > 0)


def _undecided(contracts: Contracts) -> Flags:
    puts = _as_puts(contracts)
    return (puts.rate <= 0) & (puts.dividend_yield < puts.rate) & (contracts.years > 0)


def _certain(contracts: Contracts, spots: Floats) -> Floats:
    """Return the best of exercising now, at expiry, or when waiting stops paying."""
    years, carry = contracts.years, contracts.rate - contracts.dividend_yield
    sign, strike = contracts.sign[:, None], contracts.strike[:, None]
    rate, dividend = contracts.rate[:, None], contracts.dividend_yield[:, None]
    both = (contracts.rate > 0) & (contracts.dividend_yield > 0) & (carry != 0)
    found = np.zeros_like(spots)
    ratio = np.where(both, contracts.rate, 1.0) / np.where(both, contracts.dividend_yield, 1.0)
    turn = np.log(ratio[:, None] * strike / spots) / np.where(both, carry, 1.0)[:, None]
    turns = np.where(both[:, None], np.clip(turn, 0.0, years[:, None]), 0.0)
    for when in (np.zeros_like(spots), turns, np.broadcast_to(years[:, None], spots.shape)):
        worth = sign * (spots * np.exp(-dividend * when) - strike * np.exp(-rate * when))
        found = np.maximum(found, worth)
    return found
