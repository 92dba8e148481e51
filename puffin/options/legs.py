"""The legs of a position, and the market it is valued in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffin.errors import ParameterError
from puffin.options.contract import MULTIPLIER

if TYPE_CHECKING:
    from puffin.options.contract import Right


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of a position: a long (+) or short (-) quantity of contracts, or of shares.

    Args:
        quantity: Contracts, or shares of the underlying when `right` is None.
        price: What one share, or the option on one share, was bought or sold for.
        right: Call or put; None for shares.
        strike: Of the option.
        years: To its expiry, from now.
        volatility: At which it is valued before that.
        multiplier: Shares in a contract.

    Raises:
        ParameterError: With a sentence that names the field.
    """

    quantity: float
    price: float
    right: Right | None = None
    strike: float = 0.0
    years: float = 0.0
    volatility: float = 0.0
    multiplier: float = MULTIPLIER

    def __post_init__(self) -> None:
        if not np.isfinite(self.quantity) or self.quantity == 0:
            raise ParameterError("A leg needs a quantity other than zero.")
        if not (np.isfinite(self.price) and self.price >= 0):
            raise ParameterError("The price of a leg must be zero or more.")
        if self.right is None:
            return
        if not (np.isfinite(self.strike) and self.strike > 0):
            raise ParameterError("The strike of a leg must be more than zero.")
        if not (np.isfinite(self.years) and self.years >= 0):
            raise ParameterError("The time to expiry of a leg must be zero or more.")
        if not (np.isfinite(self.volatility) and self.volatility >= 0):
            raise ParameterError("The volatility of a leg must be zero or more.")

    @property
    def shares(self) -> float:
        """How many shares it is about, with its sign."""
        return self.quantity * (1.0 if self.right is None else self.multiplier)


@dataclass(frozen=True, slots=True)
class Market:
    """What the legs are valued with.

    Raises:
        ParameterError: The spot is not above zero, or the volatility below it.
    """

    spot: float
    volatility: float
    rate: float = 0.0
    dividend_yield: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.spot) and self.spot > 0):
            raise ParameterError("The price of the underlying must be more than zero.")
        if not (np.isfinite(self.volatility) and self.volatility >= 0):
            raise ParameterError("The volatility of the underlying must be zero or more.")
