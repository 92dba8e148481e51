"""European option prices and greeks by Black, Scholes and Merton, for one contract or thousands.

Every argument may be a number or an array; arrays are matched as numpy matches them. Time is in
years, volatility and the continuous rates are shares (0.3 is 30 %). A row that makes no sense (a
price that is not above zero, a negative time or volatility) has no value: NaN, never 0.

Checked against Haug, "The Complete Guide to Option Pricing Formulas" (1998).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

DAYS_IN_YEAR: Final = 365.0
POINT: Final = 0.01  # vega and rho are for one point: 20 % to 21 %, 4 % to 5 %
ROOT_OF_TWO_PI: Final = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Contracts:
    """What an option price depends on, as columns of one length.

    Args:
        call: True for a call, False for a put.
        spot: Price of the underlying now.
        strike: Price at which it may be bought or sold.
        years: Time to expiry, in years of 365 days.
        volatility: Annual standard deviation of its returns.
        rate: Continuous annual rate of money.
        dividend_yield: Continuous annual rate of dividends.
    """

    call: Flags
    spot: Floats
    strike: Floats
    years: Floats
    volatility: Floats
    rate: Floats
    dividend_yield: Floats

    @classmethod
    def of(  # noqa: PLR0913 - a price depends on that many things
        cls,
        *,
        call: ArrayLike,
        spot: ArrayLike,
        strike: ArrayLike,
        years: ArrayLike,
        volatility: ArrayLike,
        rate: ArrayLike = 0.0,
        dividend_yield: ArrayLike = 0.0,
    ) -> Self:
        """Make columns of one length from numbers and arrays."""
        sign = np.asarray(call, np.bool_)
        numbers = (spot, strike, years, volatility, rate, dividend_yield)
        columns = [np.asarray(each, np.float64) for each in numbers]
        shape = np.broadcast_shapes(sign.shape, *(each.shape for each in columns))
        size = int(np.prod(shape))
        flags = np.broadcast_to(sign, shape).reshape(size)
        return cls(flags, *(np.broadcast_to(each, shape).reshape(size) for each in columns))

    def __len__(self) -> int:
        return len(self.spot)

    @property
    def sign(self) -> Floats:
        """+1 for a call, -1 for a put."""
        return np.where(self.call, 1.0, -1.0)

    @property
    def sound(self) -> Flags:
        """Which rows make sense."""
        finite = np.isfinite(self.rate) & np.isfinite(self.dividend_yield)
        for each in (self.spot, self.strike, self.years, self.volatility):
            finite &= np.isfinite(each)
        positive = (self.spot > 0) & (self.strike > 0)
        return finite & positive & (self.years >= 0) & (self.volatility >= 0)

    @property
    def intrinsic(self) -> Floats:
        """What exercising now would bring."""
        return np.maximum(self.sign * (self.spot - self.strike), 0.0)

    def take(self, rows: Flags | NDArray[np.int64]) -> Contracts:
        """Return some of the rows."""
        return Contracts(*(getattr(self, each.name)[rows] for each in fields(self)))

    def with_(self, **changes: Floats) -> Contracts:
        """Return these contracts with other columns in place of some."""
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        return Contracts(**(columns | changes))


@dataclass(frozen=True, slots=True, eq=False)
class Greeks:
    """What a price does when something moves, per share of the underlying.

    Attributes:
        price: The theoretical price.
        delta: Change for 1.00 more of the underlying.
        gamma: Change of delta for 1.00 more of the underlying.
        theta: Change when one calendar day passes (a year's over 365).
        vega: Change for one point more volatility (20 % to 21 %).
        rho: Change for one point more interest (4 % to 5 %).
        dividend_rho: Change for one point more dividend yield.
        elasticity: Percent change of the option for 1 % of the underlying; NaN at a price of 0.
        vanna: Change of delta for one point more volatility.
        volga: Change of vega for one point more volatility.
        charm: Change of delta when one calendar day passes.
        in_the_money: Risk-neutral probability of ending in the money, N(d2) or N(-d2).
    """

    price: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats
    dividend_rho: Floats
    elasticity: Floats
    vanna: Floats
    volga: Floats
    charm: Floats
    in_the_money: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The parts that prices and greeks are made of."""

    d1: Floats
    d2: Floats
    grown: Floats  # spot x exp(-dividend yield x years)
    owed: Floats  # strike x exp(-rate x years)
    spread: Floats  # volatility x root of years


def cumulative() -> Callable[[Floats], Floats]:
    """Return the normal distribution function; scipy is loaded on first use."""
    from scipy.special import ndtr

    normal: Callable[[Floats], Floats] = ndtr
    return normal


def density(values: Floats) -> Floats:
    """Return the density of the normal distribution."""
    return np.exp(-0.5 * values * values) / ROOT_OF_TWO_PI


def terms(contracts: Contracts) -> Terms:
    """Return d1, d2 and the discounted legs.

    d1 = (ln(S / K) + (r - q + v^2 / 2) T) / (v sqrt(T)), d2 = d1 - v sqrt(T). Without time or
    volatility they are infinite, or 0 exactly at the forward.
    """
    each = contracts
    spread = each.volatility * np.sqrt(each.years)
    moneyness = np.log(each.spot / each.strike) + (each.rate - each.dividend_yield) * each.years
    still = spread <= 0
    centre = moneyness / np.where(still, 1.0, spread)
    if still.any():
        certain = np.where(moneyness == 0, 0.0, np.copysign(np.inf, moneyness))
        centre = np.where(still, certain, centre)
    return Terms(
        d1=centre + spread / 2,
        d2=centre - spread / 2,
        grown=each.spot * np.exp(-each.dividend_yield * each.years),
        owed=each.strike * np.exp(-each.rate * each.years),
        spread=spread,
    )


def price(contracts: Contracts) -> Floats:
    """Return the price of European options.

    C = S exp(-qT) N(d1) - K exp(-rT) N(d2), and a put by parity: P = C - S exp(-qT) + K exp(-rT),
    written with N(-d) so that a cheap put keeps its digits.

    Example:
        >>> price(
        ...     Contracts.of(call=True, spot=60, strike=65, years=0.25, volatility=0.3, rate=0.08)
        ... )
        array([2.13336845])
    """
    sound = contracts.sound
    if not sound.all():
        return _spread(sound, price(contracts.take(sound)))
    found, sign, normal = terms(contracts), contracts.sign, cumulative()
    value = sign * (found.grown * normal(sign * found.d1) - found.owed * normal(sign * found.d2))
    return np.maximum(value, 0.0)


def greeks(contracts: Contracts) -> Greeks:
    """Return price and greeks of European options, in the units that `Greeks` states.

    At expiry a delta is 1, 0 or -1, half of it exactly at the strike, and nothing bends: gamma,
    vega, vanna, volga and charm are 0. So it is before, without volatility, around the forward.
    """
    sound = contracts.sound
    if not sound.all():
        some = greeks(contracts.take(sound))
        return Greeks(*(_spread(sound, getattr(some, each.name)) for each in fields(some)))
    each, sign, normal = contracts, contracts.sign, cumulative()
    found = terms(each)
    near, likely = normal(sign * found.d1), normal(sign * found.d2)
    fade, bell = np.exp(-each.dividend_yield * each.years), density(found.d1)
    moving = found.spread > 0
    spread = np.where(moving, found.spread, 1.0)
    years = np.where(moving, each.years, 1.0)
    volatility = np.where(moving, each.volatility, 1.0)
    d1, d2 = np.where(moving, found.d1, 0.0), np.where(moving, found.d2, 0.0)
    bell = np.where(moving, bell, 0.0)

    value = np.maximum(sign * (found.grown * near - found.owed * likely), 0.0)
    delta = sign * fade * near
    vega = found.grown * bell * np.sqrt(each.years)
    carried = each.dividend_yield * found.grown * near - each.rate * found.owed * likely
    decay = -found.grown * bell * volatility / (2 * np.sqrt(years)) + sign * carried
    alive = each.years > 0
    bend = 2 * (each.rate - each.dividend_yield) * years - d2 * spread
    charm = sign * each.dividend_yield * fade * near - fade * bell * bend / (2 * years * spread)
    return settled(
        Greeks(
            price=value,
            delta=delta,
            gamma=fade * bell / (each.spot * spread),
            theta=np.where(alive, decay, 0.0) / DAYS_IN_YEAR,
            vega=vega * POINT,
            rho=sign * each.years * found.owed * likely * POINT,
            dividend_rho=-sign * each.years * found.grown * near * POINT,
            elasticity=delta * each.spot / np.where(value > 0, value, np.nan),
            vanna=-fade * bell * d2 / volatility * POINT,
            volga=vega * d1 * d2 / volatility * POINT * POINT,
            charm=np.where(alive, charm, 0.0) / DAYS_IN_YEAR,
            in_the_money=likely,
        )
    )


def settled(found: Greeks) -> Greeks:
    """Return the same numbers with no zero that has a minus."""
    return Greeks(*(getattr(found, each.name) + 0.0 for each in fields(found)))


def extrinsic(contracts: Contracts, prices: Floats) -> Floats:
    """Return the part of each price that exercising now would give up."""
    return prices - contracts.intrinsic


def _spread(rows: Flags, values: Floats) -> Floats:
    whole = np.full(len(rows), np.nan)
    whole[rows] = values
    return whole
