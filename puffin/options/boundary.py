"""The price below which an American put is worth exercising, at every time to expiry.

Method of Andersen, Lake and Offengenden, "High-performance American option pricing" (2016): the
boundary solves an integral equation; it is kept as a polynomial through Chebyshev nodes of the
root of time, begun with Barone-Adesi and Whaley's estimate and improved by fixed-point steps.
Everything is in units of the strike, for puts with a positive rate; `american` maps calls to
puts. The price is right to about five digits of the strike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.options.pricing import cumulative, density

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

NODES: Final = 8  # of the boundary
POINTS: Final = 12  # of each integral along it
STEPS: Final = 5  # towards the fixed point
PRICE_POINTS: Final = 32  # of the integral that gives the price
GUESS_STEPS: Final = 3
SIMILAR: Final = 1e-3  # rates closer than this take the equation that stays stable there
LOWEST: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Puts:
    """American puts in units of their strikes; the rate is above zero."""

    years: Floats
    volatility: Floats
    rate: Floats
    dividend_yield: Floats

    @property
    def carry(self) -> Floats:
        """What the underlying is expected to gain in a year."""
        return self.rate - self.dividend_yield

    @property
    def highest(self) -> Floats:
        """The boundary just before expiry: the strike, or r / q of it where dividends are more."""
        richer = self.dividend_yield > self.rate
        return np.where(richer, self.rate / np.where(richer, self.dividend_yield, 1.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """Where puts are exercised: `squares` holds ln(B / B at expiry)^2 at the nodes after 0."""

    puts: Puts
    squares: Floats

    @property
    def now(self) -> Floats:
        """The boundary today, as a share of the strike."""
        return self.puts.highest * np.exp(-np.sqrt(self.squares[:, -1]))

    def premium(self, spot: Floats) -> Floats:
        """Return what the right to exercise early adds to puts, for spots in units of the strike.

        The interest on the strike less the dividends, over the times when exercise is best.
        """
        puts, normal = self.puts, cumulative()
        points, weights = _gauss(PRICE_POINTS)
        share = (1 + points) / 2
        among = _interpolation(np.sqrt(1 - share * share))
        edge = _edge(puts.highest[:, None], self.squares @ among.T)
        lag = puts.years[:, None] * share * share
        spread = puts.volatility[:, None] * np.sqrt(lag)
        rate, dividend = puts.rate[:, None], puts.dividend_yield[:, None]
        d1 = (np.log(spot[:, None] / edge) + (rate - dividend) * lag) / spread + spread / 2
        interest = rate * np.exp(-rate * lag) * normal(spread - d1)
        dividends = dividend * spot[:, None] * np.exp(-dividend * lag) * normal(-d1)
        earned = (interest - dividends) * share * weights
        return np.asarray(earned.sum(axis=1) * puts.years, np.float64)


@np.errstate(all="ignore")
def solve(puts: Puts) -> Boundary:
    """Find the boundaries of puts.

    Where so little spread is left that a step divides nothing by nothing, the last one stands.
    """
    root = np.sqrt(puts.years)[:, None] * (1 + _nodes()[1:]) / 2
    years = root * root
    highest = puts.highest[:, None]
    guess = _guess(puts, years)
    edge = np.where(np.isfinite(guess), np.minimum(guess, highest), highest)
    paths = _Paths(puts, years)
    for _ in range(STEPS):
        squares = np.log(edge / highest) ** 2
        better = paths.improved(edge, squares)
        edge = np.where(np.isfinite(better), np.clip(better, LOWEST, highest), edge)
    return Boundary(puts, np.log(edge / highest) ** 2)


class _Paths:
    """What a fixed-point step needs and the boundary does not change.

    The integrals run over y in (-1, 1), where the lag is years (1 + y)^2 / 4: that takes the root
    out of the denominator. Axes: put, node, point.
    """

    def __init__(self, puts: Puts, years: Floats) -> None:
        points, weights = _gauss(POINTS)
        share = (1 + points) / 2
        self._puts = puts
        self._highest = puts.highest[:, None, None]
        nodes = (1 + _nodes()[1:]) / 2
        self._among = _interpolation(nodes[:, None] * np.sqrt(1 - share * share))
        rate, dividend = puts.rate[:, None], puts.dividend_yield[:, None]
        volatility, carry = puts.volatility[:, None], puts.carry[:, None]
        lag = years[:, :, None] * share * share
        since = years[:, :, None] - lag
        self._spread = volatility[:, :, None] * np.sqrt(lag)
        self._drift = carry[:, :, None] * lag / self._spread
        self._whole_spread = volatility * np.sqrt(years)
        self._whole_drift = carry * years
        self._discount = np.exp(-carry * years)
        by_root = np.sqrt(years)[:, :, None] * weights / volatility[:, :, None]
        by_time = years[:, :, None] * share * weights
        grown = rate[:, :, None] * np.exp(rate[:, :, None] * since)
        paid = dividend[:, :, None] * np.exp(dividend[:, :, None] * since)
        self._interest = (grown * by_root, grown * by_time)
        self._dividends = (paid * by_root, paid * by_time)
        self._similar = np.abs(puts.carry) < SIMILAR

    def improved(self, edge: Floats, squares: Floats) -> Floats:
        """Return the boundary after one more step: exp(-(r - q) t) N(B) / D(B)."""
        normal = cumulative()
        along = np.einsum("kpj,ij->ikp", self._among, squares)
        below = _edge(self._highest, along)
        d1 = np.log(edge[:, :, None] / below) / self._spread + self._drift + self._spread / 2
        d2 = d1 - self._spread
        last = (np.log(edge) + self._whole_drift) / self._whole_spread + self._whole_spread / 2
        before = last - self._whole_spread
        likely = normal(d1)
        upper = density(before) / self._whole_spread + _total(self._interest[0], density(d2))
        lower = density(last) / self._whole_spread + normal(last)
        lower += _total(self._dividends[0], density(d1)) + _total(self._dividends[1], likely)
        if self._similar.any():
            rows = self._similar
            matched = normal(before[rows]) + _total(self._interest[1][rows], normal(d2[rows]))
            upper[rows] = matched
            lower[rows] = normal(last[rows]) + _total(self._dividends[1][rows], likely[rows])
        return self._discount * upper / lower


def _total(weights: Floats, values: Floats) -> Floats:
    return np.asarray(np.einsum("ikp,ikp->ik", weights, values), np.float64)


def _edge(highest: Floats, squares: Floats) -> Floats:
    return highest * np.exp(-np.sqrt(np.maximum(squares, 0.0)))


@cache
def _nodes() -> Floats:
    return np.asarray(-np.cos(np.pi * np.arange(NODES + 1) / NODES), np.float64)


@cache
def _gauss(count: int) -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return np.asarray(points, np.float64), np.asarray(weights, np.float64)


def _interpolation(root: Floats) -> Floats:
    """Return what each node counts at shares of the root of time; the node at 0 is always 0."""
    signs = (-1.0) ** np.arange(NODES + 1)
    signs[[0, -1]] /= 2
    parts = signs / ((2 * root - 1)[..., None] - _nodes())
    return np.asarray((parts / parts.sum(axis=-1, keepdims=True))[..., 1:], np.float64)


def _guess(puts: Puts, years: Floats) -> Floats:
    """Return Barone-Adesi and Whaley's boundary, found by Newton's steps."""
    normal = cumulative()
    rate, carry = puts.rate[:, None], puts.carry[:, None]
    variance = puts.volatility[:, None] ** 2
    lean = 2 * carry / variance - 1
    power = -(lean + np.sqrt(lean**2 - 8 * rate / variance / np.expm1(-rate * years))) / 2
    forever = -(lean + np.sqrt(lean**2 + 8 * rate / variance)) / 2
    lowest = forever / (forever - 1)
    spread = np.sqrt(variance * years)
    fade = np.exp((carry - rate) * years)
    edge = lowest + (1 - lowest) * np.exp((carry * years - 2 * spread) / (1 - lowest))
    for _ in range(GUESS_STEPS):
        d1 = (np.log(edge) + carry * years) / spread + spread / 2
        deep = fade * normal(-d1)
        value = np.exp(-rate * years) * normal(spread - d1) - edge * deep
        wanted = value - (1 - deep) * edge / power
        slope = -deep * (1 - 1 / power) - (1 + fade * density(d1) / spread) / power
        edge = np.clip((1 - wanted + slope * edge) / (1 + slope), LOWEST, 1.0)
    return np.asarray(edge, np.float64)
