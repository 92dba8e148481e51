"""How many shares a target means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from puffin.execution.costs import Rates

FEWEST = 2  # returns that have a spread


class Record(NamedTuple):
    """The trades closed so far: how many won and lost, and the sums of what they returned."""

    wins: float = 0.0
    losses: float = 0.0
    won: float = 0.0
    lost: float = 0.0


class Moment(NamedTuple):
    """What is known when an order is sized: it was decided on `close` and fills at `price`.

    `distance` is from the price to the order's stop, `volatility` is the annual one at the
    decision; each is NaN if there is none.
    """

    equity: float
    price: float
    close: float
    rates: Rates
    leverage: float = 1.0
    distance: float = math.nan
    volatility: float = math.nan
    record: Record = Record()


class Sizing(Protocol):
    """Turns the size of a target, 0 to 1, into a number of shares.

    The backtest rounds down to whole shares if asked to, and never buys more than equity, times
    the leverage, pays for.
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
        money = moment.equity * moment.leverage * self.share * target
        return moment.rates.affordable(money, moment.price)


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


@dataclass(frozen=True, slots=True)
class RiskPerTrade:
    """As many shares as lose a share of equity if the price goes from the fill to the stop.

    Formula: quantity = equity * risk / |price - stop|. A trade without a stop has no such size.
    """

    risk: float = 0.01

    def __post_init__(self) -> None:
        if not 0 < self.risk < 1:
            raise ParameterError("The risk of a trade must lie between 0 and 1; 0.01 is 1 %.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"{self.risk:.2%} of equity lost at the stop"

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        if not moment.distance > 0:
            return 0.0
        return moment.equity * self.risk * target / moment.distance


@dataclass(frozen=True, slots=True)
class VolatilityTarget:
    """The share of equity that makes the position swing as much as wanted, never on more credit.

    Formula: share = annual / volatility, with the annual volatility of the returns of the last
    `window` bars at the decision. Nothing is bought before there are so many.
    """

    annual: float = 0.15
    window: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.annual < float("inf"):
            raise ParameterError("The volatility to aim at must be more than zero; 0.15 is 15 %.")
        if self.window < FEWEST:
            raise ParameterError(f"Volatility needs a window of at least {FEWEST} bars.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return f"{self.annual:.0%} annual volatility, as over the last {self.window} bars"

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        if not moment.volatility > 0:
            return 0.0
        share = min(moment.leverage, self.annual / moment.volatility)
        return moment.rates.affordable(moment.equity * share * target, moment.price)


@dataclass(frozen=True, slots=True)
class KellyFraction:
    """A fraction of the share of equity by Kelly's formula, from the trades closed so far.

    Formula: W - (1 - W) / R, with the share of winning trades W and the mean win over the mean
    loss R (Kelly 1956). Below zero nothing is bought any more. Until `fewest` trades are closed
    it is `before`. Half of Kelly is usual: the whole is right only if W and R are known exactly.
    """

    fraction: float = 0.5
    fewest: int = 30
    before: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1:
            raise ParameterError("The fraction of Kelly must be more than 0 and at most 1.")
        if self.fewest < 1 or not 0 < self.before <= 1:
            raise ParameterError("Kelly needs a share of equity, and how many trades to use it.")

    @property
    def words(self) -> str:
        """The rule in words."""
        return (
            f"{self.fraction:.0%} of Kelly's share of equity, "
            f"{self.before:.0%} before {self.fewest} trades"
        )

    def quantity(self, target: float, moment: Moment, /) -> float:
        """Return the shares to hold."""
        money = moment.equity * moment.leverage * self._share(moment.record) * target
        return moment.rates.affordable(money, moment.price)

    def _share(self, record: Record) -> float:
        count = record.wins + record.losses
        if count < self.fewest:
            return self.before
        if not record.wins:
            return 0.0
        share = rate = record.wins / count
        if record.lost > 0:
            payoff = (record.won / record.wins) / (record.lost / record.losses)
            share = rate - (1.0 - rate) / payoff
        return min(1.0, max(0.0, share * self.fraction))
