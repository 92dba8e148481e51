"""What weights must keep to, and what an allocation is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Weights: TypeAlias = Mapping[str, float]

ROUNDING = 1e-6  # weights that miss their sum by this much are as good


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits of the weights, as shares of the whole: 0.4 is 40 %.

    Args:
        smallest: The least of each symbol; below zero allows short positions.
        largest: The most of each symbol.
        own: Limits of single symbols, (least, most), in place of the two.
        total: What the weights add up to; the rest is cash.

    Raises:
        ParameterError: If they contradict themselves.
    """

    smallest: float = 0.0
    largest: float = 1.0
    own: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    total: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.total <= 1:
            raise ParameterError("The weights must add up to more than 0 and at most 100 %.")
        for name, (least, most) in {
            "each symbol": (self.smallest, self.largest),
            **self.own,
        }.items():
            if not -1 <= least <= most <= 1:
                raise ParameterError(
                    f"The limits of {name} must lie between -100 % and 100 %, the lower one first."
                )

    @property
    def long_only(self) -> bool:
        """Whether nothing may be sold short."""
        return self.smallest >= 0 and all(least >= 0 for least, _ in self.own.values())

    def bounds(self, symbols: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the least and the most of each symbol.

        Raises:
            ParameterError: A limit is of a symbol that is not there, or they cannot be met.
        """
        unknown = sorted(set(self.own) - set(symbols))
        if unknown:
            raise ParameterError(f"There is a limit for {unknown[0]}, which is not in the list.")
        each = [self.own.get(symbol, (self.smallest, self.largest)) for symbol in symbols]
        low, high = np.array([one[0] for one in each]), np.array([one[1] for one in each])
        least, most = float(low.sum()), float(high.sum())
        if least > self.total + ROUNDING:
            raise ParameterError(
                f"The smallest weights add up to {least:.0%}, more than the {self.total:.0%} there "
                "is to give.",
                hint="Lower the least of each symbol, or leave some out.",
            )
        if most < self.total - ROUNDING:
            raise ParameterError(
                f"The largest weights add up to {most:.0%}, less than the {self.total:.0%} there "
                "is to give.",
                hint="Raise the most of each symbol, add symbols, or keep the rest as cash.",
            )
        return low, high


@dataclass(frozen=True, slots=True)
class View:
    """An opinion for Black-Litterman: what a mixture of symbols will return in a year.

    Args:
        weights: The mixture: {"AAA": 1} is AAA alone, {"AAA": 1, "BBB": -1} AAA over BBB.
        expected: Its return in a year, 0.05 is 5 %.
        confidence: From more than 0 to 1. At 1/2 a view weighs as much as the market's own
            opinion of that mixture; at 1 it is taken for certain (Idzorek 2005).

    Raises:
        ParameterError: If it says nothing, or the confidence makes no sense.
    """

    weights: Mapping[str, float]
    expected: float
    confidence: float = 0.5

    def __post_init__(self) -> None:
        known = all(math.isfinite(each) for each in self.weights.values())
        if not known or not any(self.weights.values()) or not math.isfinite(self.expected):
            raise ParameterError("A view needs symbols with weights, and the return it expects.")
        if not 0 < self.confidence <= 1:
            raise ParameterError("The confidence in a view must be more than 0 and at most 1.")


@dataclass(frozen=True, slots=True)
class Options:
    """What an allocation is asked for; a method takes what concerns it.

    Args:
        target_return: Expected return of a year, for `target_return`.
        target_risk: Annual volatility, for `target_risk`.
        risk_free: Annual rate that the Sharpe ratio compares with.
        confidence: Of the shortfall, for `cvar`: 0.95 looks at the worst day in twenty.
        views: Opinions, for `black_litterman`.
        market: The market's weights, for `black_litterman`; equal ones unless given.
        risk_aversion: What return the market wants for its variance, for `black_litterman`.
        current: What is held now, as weights; with it, trades have costs.
        cost: Of what is traded: 0.0015 is 0.15 %.
        years: For how long the new weights are held; spreads the costs.

    Raises:
        ParameterError: If one of them makes no sense.
    """

    target_return: float | None = None
    target_risk: float | None = None
    risk_free: float = 0.0
    confidence: float = 0.95
    views: tuple[View, ...] = ()
    market: Weights | None = None
    risk_aversion: float = 2.5
    current: Weights | None = None
    cost: float = 0.0
    years: float = 1.0

    def __post_init__(self) -> None:
        if self.target_risk is not None and not 0 < self.target_risk < math.inf:
            raise ParameterError("The volatility to aim at must be more than zero; 0.15 is 15 %.")
        if self.target_return is not None and not math.isfinite(self.target_return):
            raise ParameterError("The return to aim at must be a number; 0.1 is 10 %.")
        if not -1 < self.risk_free < 1:
            raise ParameterError("The risk-free rate must lie between -1 and 1; 0.02 is 2 %.")
        if not 0.5 <= self.confidence < 1:  # noqa: PLR2004 - below, a shortfall is no tail
            raise ParameterError("The level of the shortfall must lie between 50 % and 100 %.")
        if not 0 < self.risk_aversion < math.inf:
            raise ParameterError("The risk aversion must be more than zero; 2.5 is usual.")
        if not 0 <= self.cost < 1:
            raise ParameterError("The cost of trading must lie between 0 and 1; 0.001 is 0.1 %.")
        if not 0 < self.years < math.inf:
            raise ParameterError("The weights must be held for more than no time.")


def in_order(
    weights: Weights, symbols: Sequence[str], *, what: str, total: float | None = 1.0
) -> Floats:
    """Return weights as a column in the order of `symbols`; what is not named has none.

    Args:
        weights: By symbol.
        symbols: The order.
        what: What the weights are, for the sentence: "market weights".
        total: What they must add up to; None for anything.

    Raises:
        ParameterError: A name is unknown, a weight is no number, or the sum is wrong.
    """
    unknown = sorted(set(weights) - set(symbols))
    if unknown:
        raise ParameterError(f"The {what} name {unknown[0]}, which is not in the list.")
    found = np.array([float(weights.get(symbol, 0.0)) for symbol in symbols])
    if not np.isfinite(found).all():
        raise ParameterError(f"The {what} must be numbers.")
    added = float(found.sum())
    if total is not None and abs(added - total) > ROUNDING:
        raise ParameterError(f"The {what} add up to {added:.2%}, not {total:.0%}.")
    return found
