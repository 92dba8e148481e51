"""What all who decide at a bar's close share: prices up to that bar, and orders that make sense."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeAlias

from puffin.errors import ParameterError
from puffin.strategies.orders import check_life
from puffin.types import TimeInForce

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.orders import Life

    Floats: TypeAlias = NDArray[np.float64]


class AtClose(ABC):
    """The prices and the entries of `puffin.strategies.orders.Context`, at the close of `row`."""

    def __init__(self, bars: Bars, row: int) -> None:
        self._bars = bars
        self.row = row

    @property
    def open(self) -> Floats:
        """Opening prices up to this bar."""
        return self._bars.open[: self.row + 1]

    @property
    def high(self) -> Floats:
        """Highest prices up to this bar."""
        return self._bars.high[: self.row + 1]

    @property
    def low(self) -> Floats:
        """Lowest prices up to this bar."""
        return self._bars.low[: self.row + 1]

    @property
    def close(self) -> Floats:
        """Closing prices up to this bar."""
        return self._bars.close[: self.row + 1]

    @property
    def volume(self) -> Floats:
        """Volumes up to this bar."""
        return self._bars.volume[: self.row + 1]

    def buy(  # noqa: PLR0913 - an order has that many parts, each given by name
        self,
        weight: float = 1.0,
        *,
        limit: float | None = None,
        stop: float | None = None,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trail: float | None = None,
        hold: int = 0,
        life: Life = TimeInForce.GTC,
        reason: str = "",
    ) -> None:
        """Place an order to buy, in the place of the one that waits."""
        prices = (limit, stop, stop_loss, take_profit, trail)
        self._place(0, weight, prices, hold, life, reason)

    def sell(  # noqa: PLR0913 - as above
        self,
        weight: float = 1.0,
        *,
        limit: float | None = None,
        stop: float | None = None,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        trail: float | None = None,
        hold: int = 0,
        life: Life = TimeInForce.GTC,
        reason: str = "",
    ) -> None:
        """Place an order to sell short, in the place of the one that waits."""
        prices = (limit, stop, stop_loss, take_profit, trail)
        self._place(1, weight, prices, hold, life, reason)

    @abstractmethod
    def _place(
        self,
        side: int,
        weight: float,
        prices: tuple[float | None, ...],
        hold: int,
        life: Life,
        reason: str,
    ) -> None:
        """Place an order of a side: 0 buys, 1 sells; the prices are in the order of `buy`."""


def check_entry(weight: float, prices: tuple[float | None, ...], hold: int, life: Life) -> None:
    """Refuse an entry that makes no sense.

    Raises:
        ParameterError: Its weight, one of its prices, or how long it lives or holds.
    """
    if not 0 <= weight <= 1:
        raise ParameterError("The weight of an entry must lie between 0 and 1.")
    if not all(each is None or 0 < each < math.inf for each in prices):
        raise ParameterError("The prices of an order must be more than zero.")
    check_life(hold, life)


def check_target(weight: float) -> None:
    """Refuse a target outside -1 to 1.

    Raises:
        ParameterError: It is.
    """
    if not -1 <= weight <= 1:
        raise ParameterError("A strategy's targets must lie between -1 and 1.")


def check_share(share: float) -> None:
    """Refuse a share of a position that is not between 0 and 1.

    Raises:
        ParameterError: It is not.
    """
    if not 0 <= share <= 1:
        raise ParameterError("The share of a position to close must lie between 0 and 1.")
