"""Positions of several legs: profit now and at expiry, break-evens, extremes, and the odds.

Money is for the whole position: a contract is for 100 shares. What was paid or received to open
it is part of the profit; commission and interest on it are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import ParameterError
from puffin.options import pricing
from puffin.options.contract import Right
from puffin.options.pricing import DAYS_IN_YEAR, Contracts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from puffin.options.legs import Leg, Market

    Floats: TypeAlias = NDArray[np.float64]

FINE: Final = 2001  # prices tried where the curve is not made of straight lines
REACH: Final = 8.0  # standard deviations looked at to either side
NARROWEST: Final = 1e-12
HALVINGS: Final = 60
FLAT: Final = 1e-9  # of the largest sum of money in a position: less than this is nothing
GREEKS: Final = ("delta", "gamma", "theta", "vega", "rho")


@dataclass(frozen=True)
class Structure:
    """Legs on one underlying.

    Options are valued as European ones; `market.volatility` is that of the underlying and says
    how likely each end is. "At expiry" is when the first option expires: one that lasts longer is
    valued then, at its own volatility.

    Raises:
        ParameterError: There are no legs.
    """

    legs: tuple[Leg, ...]
    market: Market

    def __post_init__(self) -> None:
        if not self.legs:
            raise ParameterError("A position needs at least one leg.")

    @cached_property
    def options(self) -> tuple[Leg, ...]:
        """The legs that are options."""
        return tuple(leg for leg in self.legs if leg.right is not None)

    @property
    def years(self) -> float:
        """Time to the first expiry; 0 without options."""
        return min((leg.years for leg in self.options), default=0.0)

    @property
    def straight(self) -> bool:
        """Whether the profit at expiry is made of straight lines: all options expire together."""
        return all(leg.years == self.years for leg in self.options)

    @property
    def cost(self) -> float:
        """What it took to open: paid above zero, received below."""
        return sum(leg.shares * leg.price for leg in self.legs)

    def profit(self, spots: ArrayLike, *, days: float = 0.0) -> Floats:
        """Return the profit at prices of the underlying when `days` have passed.

        Raises:
            ParameterError: `days` is negative.
        """
        if not days >= 0:
            raise ParameterError("The days that pass must be zero or more.")
        return self._profit(np.asarray(spots, np.float64), days / DAYS_IN_YEAR)

    def profit_at_expiry(self, spots: ArrayLike) -> Floats:
        """Return the profit at prices of the underlying at the first expiry."""
        return self._profit(np.asarray(spots, np.float64), self.years)

    def _profit(self, spots: Floats, passed: float) -> Floats:
        total = np.full(spots.shape, -float(self.cost))
        for leg in self.legs:
            if leg.right is None:
                total += leg.shares * spots
                continue
            left = leg.years - passed
            if left <= 0:
                sign = 1.0 if leg.right is Right.CALL else -1.0
                total += leg.shares * np.maximum(sign * (spots - leg.strike), 0.0)
                continue
            contracts = self._contracts(leg, np.maximum(spots, NARROWEST).ravel(), left)
            total += leg.shares * pricing.price(contracts).reshape(spots.shape)
        return total

    def _contracts(self, leg: Leg, spots: Floats, years: float) -> Contracts:
        return Contracts.of(
            call=leg.right is Right.CALL,
            spot=spots,
            strike=leg.strike,
            years=years,
            volatility=leg.volatility,
            rate=self.market.rate,
            dividend_yield=self.market.dividend_yield,
        )

    def greeks(self) -> dict[str, float]:
        """Return delta (in shares), gamma, theta, vega and rho of the whole position now."""
        totals = dict.fromkeys(GREEKS, 0.0)
        for leg in self.legs:
            if leg.right is None:
                totals["delta"] += leg.shares
                continue
            found = pricing.greeks(self._contracts(leg, np.array([self.market.spot]), leg.years))
            for name in GREEKS:
                totals[name] += leg.shares * float(getattr(found, name)[0])
        return totals

    def curve(self, *, reach: float = 0.4, points: int = 101) -> tuple[Floats, Floats, Floats]:
        """Return prices around the spot, and the profit now and at expiry at each of them.

        Strikes within reach are among the prices, so that every corner is drawn.
        """
        low, high = self.market.spot * (1 - reach), self.market.spot * (1 + reach)
        strikes = [leg.strike for leg in self.options if low < leg.strike < high]
        spots = np.unique(np.concatenate([np.linspace(low, high, points), strikes]))
        return spots, self.profit(spots), self.profit_at_expiry(spots)

    @cached_property
    def break_evens(self) -> tuple[float, ...]:
        """The prices at expiry where the profit crosses zero, in order."""
        spots = self._corners()
        values = self.profit_at_expiry(spots)
        scale = self._scale()
        found: list[float] = []
        for index in range(len(spots) - 1):
            left, right = float(values[index]), float(values[index + 1])
            if abs(left) <= FLAT * scale:
                beside = float(values[index - 1]) if index else 0.0
                if beside * right < 0 or (abs(right) > FLAT * scale) != (
                    abs(beside) > FLAT * scale
                ):
                    found.append(float(spots[index]))
            elif left * right < 0 and abs(right) > FLAT * scale:
                found.append(self._root(float(spots[index]), float(spots[index + 1])))
        end = self._end_slope()
        last = float(values[-1])
        if end * last < 0 and self.straight:
            found.append(float(spots[-1]) - last / end)
        return tuple(found)

    @cached_property
    def max_profit(self) -> float | None:
        """The most it can make at the first expiry; None where there is no limit."""
        if self._end_slope() > FLAT * self._shares():
            return None
        return float(self.profit_at_expiry(self._corners()).max()) + 0.0

    @cached_property
    def max_loss(self) -> float | None:
        """The most it can lose at the first expiry, above zero; None where there is no limit."""
        if self._end_slope() < -FLAT * self._shares():
            return None
        return abs(min(float(self.profit_at_expiry(self._corners()).min()), 0.0))

    @cached_property
    def probability_of_profit(self) -> float | None:
        """The chance that it makes money at the first expiry; None without options.

        Risk-neutral: the underlying drifts at the rate less dividends and ends lognormal, with
        the market's volatility. The chance to end below a price K is N(-d2(K)).
        """
        if not self.options:
            return None
        edges = np.array([0.0, *self.break_evens, np.inf])
        inner = edges[1:-1]
        beyond = max(self._corners()[-1], inner[-1] if len(inner) else 0.0) * 2
        middles = [(low + min(high, beyond)) / 2 for low, high in pairwise(edges)]
        gains = self.profit_at_expiry(np.array(middles)) > FLAT * self._scale()
        below = np.concatenate([[0.0], self._chance_below(inner), [1.0]])
        return float(np.diff(below)[gains].sum())

    def _chance_below(self, prices: Floats) -> Floats:
        if not len(prices):
            return np.empty(0)
        market = self.market
        contracts = Contracts.of(
            call=False,
            spot=market.spot,
            strike=prices,
            years=self.years,
            volatility=market.volatility,
            rate=market.rate,
            dividend_yield=market.dividend_yield,
        )
        return pricing.greeks(contracts).in_the_money

    def _corners(self) -> Floats:
        """Return the prices between which the profit at expiry is simple, from 0 upward."""
        strikes = [leg.strike for leg in self.options]
        if self.straight:
            return np.unique([0.0, *strikes, 2 * max([*strikes, self.market.spot])])
        longest = max(leg.years for leg in self.options)
        wildest = max(self.market.volatility, *(leg.volatility for leg in self.options))
        far = np.exp(REACH * wildest * np.sqrt(longest) + abs(self.market.rate) * longest)
        ends = (min([*strikes, self.market.spot]) / far, max([*strikes, self.market.spot]) * far)
        return np.unique(np.concatenate([[0.0], np.geomspace(*ends, FINE), strikes]))

    def _end_slope(self) -> float:
        """Return what one more of the underlying brings when its price is already very high."""
        slope = sum(leg.shares for leg in self.legs if leg.right is None)
        for leg in self.options:
            if leg.right is Right.CALL:
                fade = np.exp(-self.market.dividend_yield * (leg.years - self.years))
                slope += leg.shares * float(fade)
        return slope if abs(slope) > FLAT * self._shares() else 0.0

    def _root(self, low: float, high: float) -> float:
        rising = float(self.profit_at_expiry(low)) < 0
        if self.straight:
            left, right = self.profit_at_expiry([low, high]).tolist()
            return float(low - left * (high - low) / (right - left))
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if (float(self.profit_at_expiry(middle)) < 0) == rising:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _shares(self) -> float:
        return sum(abs(leg.shares) for leg in self.legs)

    def _scale(self) -> float:
        prices = [max(leg.strike, leg.price, self.market.spot) for leg in self.legs]
        return self._shares() * max(prices)

    def at_volatility(self, points: float) -> Structure:
        """Return the same position with every volatility `points` higher: 0.05 is five points."""
        legs = tuple(
            leg if leg.right is None else replace(leg, volatility=max(leg.volatility + points, 0.0))
            for leg in self.legs
        )
        higher = max(self.market.volatility + points, 0.0)
        return Structure(legs, replace(self.market, volatility=higher))
