"""Orders as a strategy places them: entries with their stops, for all bars or one at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from puffin.errors import ParameterError
from puffin.types import TimeInForce

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Life: TypeAlias = int | Literal[TimeInForce.DAY, TimeInForce.GTC]

_PRICES = ("limit", "stop", "stop_loss", "take_profit", "trail")


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Entry orders of one side, decided at each bar's close; one value for each bar.

    `weight` is a share, 0 to 1, of what the sizing gives; NaN places nothing and 0 withdraws what
    waits. A new order takes the place of the one that waits. With neither `limit` nor `stop` it is
    a market order, with both a stop-limit order. `stop_loss` and `take_profit` are prices and
    `trail` a distance in money: together they are a bracket, of which one cancels the others.
    `hold` bars after the entry the position is closed; 0 is never. `life` is how many bars the
    order waits, the session (day), or until it is withdrawn (gtc).

    Raises:
        ParameterError: A column has another length, or a value makes no sense.
    """

    weight: Floats
    limit: Floats | None = None
    stop: Floats | None = None
    stop_loss: Floats | None = None
    take_profit: Floats | None = None
    trail: Floats | None = None
    hold: int = 0
    life: Life = TimeInForce.GTC

    def __post_init__(self) -> None:
        if bool(((self.weight < 0) | (self.weight > 1)).any()):
            raise ParameterError("The weight of an entry must lie between 0 and 1.")
        for name in _PRICES:
            values: Floats | None = getattr(self, name)
            if values is None:
                continue
            if len(values) != len(self.weight):
                raise ParameterError(f"There are {len(values)} values of {name.replace('_', ' ')}.")
            if bool(((values <= 0) | np.isinf(values)).any()):
                raise ParameterError(f"The {name.replace('_', ' ')} must be more than zero.")
        check_life(self.hold, self.life)

    def column(self, name: str) -> Floats:
        """Return a column of prices; NaN where there is none."""
        values: Floats | None = getattr(self, name)
        return np.full(len(self.weight), math.nan) if values is None else values


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Everything a strategy orders: entries of each side, and how much of a position to close.

    `exits` is the share of the position to close at the market, 0 to 1, decided at each close.

    Raises:
        ParameterError: The columns differ in length, or a share lies outside 0 to 1.
    """

    buy: Entries | None = None
    sell: Entries | None = None
    exits: Floats | None = field(default=None)

    def __post_init__(self) -> None:
        if len(self._lengths()) > 1:
            raise ParameterError("The columns of a strategy's orders differ in length.")
        if self.exits is not None and not bool(((self.exits >= 0) & (self.exits <= 1)).all()):
            raise ParameterError("The share of a position to close must lie between 0 and 1.")

    def __len__(self) -> int:
        return next(iter(self._lengths()), 0)

    def _lengths(self) -> set[int]:
        columns = [each.weight for each in (self.buy, self.sell) if each is not None]
        if self.exits is not None:
            columns.append(self.exits)
        return {len(each) for each in columns}


class Context(Protocol):
    """What a strategy that decides bar by bar sees and may do at a bar's close.

    The columns of prices end with this bar. What is ordered here is carried out as
    `puffin.strategies.orders.Entries` says. The money in `equity` is at this close.
    """

    @property
    def row(self) -> int:
        """The bar, counted from 0."""
        ...

    @property
    def open(self) -> Floats:
        """Opening prices up to this bar."""
        ...

    @property
    def high(self) -> Floats:
        """Highest prices up to this bar."""
        ...

    @property
    def low(self) -> Floats:
        """Lowest prices up to this bar."""
        ...

    @property
    def close(self) -> Floats:
        """Closing prices up to this bar."""
        ...

    @property
    def volume(self) -> Floats:
        """Volumes up to this bar."""
        ...

    @property
    def held(self) -> float:
        """Signed shares held."""
        ...

    @property
    def entry_price(self) -> float:
        """What a share held cost on average; NaN while nothing is held."""
        ...

    @property
    def bars_held(self) -> int:
        """Bars since the entry; 0 on its own bar."""
        ...

    @property
    def equity(self) -> float:
        """Cash and what is held, at this close."""
        ...

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
        ...

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
        ...

    def target(self, weight: float, *, reason: str = "") -> None:
        """Want to hold this signed share, as the targets of `puffin.strategies.base.Signals`."""
        ...

    def close_position(self, share: float = 1.0, *, reason: str = "") -> None:
        """Close a share of the position at the market."""
        ...

    def cancel(self) -> None:
        """Withdraw the orders that wait."""
        ...


def check_life(hold: int, life: Life) -> None:
    """Refuse a number of bars that makes no sense.

    Raises:
        ParameterError: `hold` is negative, or `life` is neither at least one bar, nor a day, nor
            until cancelled.
    """
    if hold < 0:
        raise ParameterError("The bars to hold a position must be zero or more.")
    if isinstance(life, TimeInForce):
        if life not in {TimeInForce.DAY, TimeInForce.GTC}:
            raise ParameterError("A tested order lives for a day, until cancelled, or some bars.")
    elif life < 1:
        raise ParameterError("An order must live for one bar or more.")
