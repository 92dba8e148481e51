"""How many shares a target means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from puffin.execution.costs import Rates


class Moment(NamedTuple):
    """What is known when an order is sized: it was decided on `close` and fills at `price`."""

    equity: float
    price: float
    close: float
    rates: Rates


class Sizing(Protocol):
    """Turns the size of a target, 0 to 1, into a number of shares.

    The backtest rounds down to whole shares if asked to, and never buys more than equity pays for.
    """

    @property
    def words(self) -> str:
        """The rule in words, for the list of assumptions."""
        ...

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        ...


@dataclass(frozen=True, slots=True)
class ShareOfEquity:
    """As many shares as a share of equity pays for at the fill, commission included."""

    share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ParameterError("The share of equity must be more than 0 and at most 1.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"{self.share:.0%} of equity at the fill"

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        return moment.rates.affordable(moment.equity * self.share * target, moment.price)


@dataclass(frozen=True, slots=True)
class FixedValue:
    """As many shares as an amount of money buys at the close of the signal, at least one."""

    value: float

    def __post_init__(self) -> None:
        if not 0 < self.value < float("inf"):
            raise ParameterError("The value of a position must be more than zero.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"{self.value:,.2f} at the close of the signal, at least one share"

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        return max(1.0, self.value * target / moment.close)


@dataclass(frozen=True, slots=True)
class FixedQuantity:
    """Always the same number of shares."""

    shares: float

    def __post_init__(self) -> None:
        if not 0 < self.shares < float("inf"):
            raise ParameterError("The number of shares must be more than zero.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"{self.shares:g} shares"

    def quantity(self, target: float, _moment: Moment, /) -> float:
        """Return the shares to hold."""
        return self.shares * target
