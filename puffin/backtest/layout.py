"""Where each number stands in the tables that both paths of the backtester fill and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.measures import Floats, Times

    Number = TypeVar("Number", bound=np.generic)

# A trade; TRADE_EXIT is -1 while it is open, TRADE_QUANTITY is signed.
TRADE_ENTRY: Final = 0  # row
TRADE_EXIT: Final = 1  # row
TRADE_QUANTITY: Final = 2
TRADE_PRICE: Final = 3
TRADE_LEFT_AT: Final = 4
TRADE_PROFIT: Final = 5
TRADE_COMMISSION: Final = 6
TRADE_FEES: Final = 7
TRADE_LOW: Final = 8
TRADE_HIGH: Final = 9
TRADE_WHY: Final = 10
TRADE_WHY_ROW: Final = 11  # the row on which the entry was decided
TRADE_END: Final = 12
TRADE_END_ROW: Final = 13
TRADE_COLUMNS: Final = 14

# An order, as a strategy places it; ORDER_SIDE is 0 for a buy and 1 for a sell.
ORDER_ROW: Final = 0
ORDER_SIDE: Final = 1
ORDER_WEIGHT: Final = 2
ORDER_LIMIT: Final = 3
ORDER_STOP: Final = 4
ORDER_STOP_LOSS: Final = 5
ORDER_TAKE_PROFIT: Final = 6
ORDER_TRAIL: Final = 7
ORDER_HOLD: Final = 8
ORDER_LAST: Final = 9  # the last row on which it may fill
ORDER_COLUMNS: Final = 10

# Why something was bought or sold.
TARGET: Final = 1
MARKET: Final = 2
LIMIT: Final = 3
STOP: Final = 4
STOP_LIMIT: Final = 5
EXIT: Final = 6
HELD_LONG_ENOUGH: Final = 7
STOP_LOSS: Final = 8
TRAILING_STOP: Final = 9
TAKE_PROFIT: Final = 10
REVERSED: Final = 11
MARGIN_CALL: Final = 12
USED_UP: Final = 13

# How a size is found.
BY_SHARE: Final = 0
BY_VALUE: Final = 1
BY_QUANTITY: Final = 2
BY_RISK: Final = 3
BY_VOLATILITY: Final = 4
BY_KELLY: Final = 5

# What the indicators of a plain strategy are, and so how they are read.
GIVEN: Final = 0  # the targets themselves
CROSSING: Final = 1  # two averages
RETURNING: Final = 2  # a distance from the average

WHOLE: Final = 1e-9  # 99.9999999999 shares are a hundred
DAY_NS: Final = 86_400_000_000_000
DAYS_OF_INTEREST: Final = 365.0  # lenders count a year so


class Prices(NamedTuple):
    """The columns a run is fed with; `volatility` is empty unless sizes need it."""

    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    volatility: Floats

    def from_row(self, first: int) -> Prices:
        """Return the rows from `first` on."""
        return Prices(self.time[first:], *(each[first:] for each in self[1:]))


class Curves(NamedTuple):
    """What a run leaves at each close; shares are signed, the drawdown is a negative share."""

    equity: Floats
    position: Floats
    drawdown: Floats

    @classmethod
    def of(cls, count: int) -> Curves:
        """Return room for so many bars.

        It is one piece of memory: the system gives back several large ones after each run and
        takes as long to get them again as the run itself.
        """
        return cls(*np.empty((len(cls._fields), count)))

    def from_row(self, first: int) -> Curves:
        """Return the rows from `first` on."""
        return Curves(*(each[first:] for each in self))


class Plan(NamedTuple):
    """What is decided at each close; a column that is not used has no rows."""

    wanted: Floats
    exits: Floats
    orders: Floats


class Rules(NamedTuple):
    """The settings of a run as plain numbers."""

    per_order: float
    per_share: float
    ratio: float
    minimum: float
    slippage: float
    slippage_money: float
    impact: float
    size_kind: int
    size_value: float
    size_fewest: float
    size_before: float
    whole: bool
    short: bool
    leverage: float
    maintenance: float
    borrow: float
    interest: float
    participation: float
    pyramiding: float
    exclusive: bool
    one_cancels_other: bool
    at_close: bool


def fixed(values: NDArray[Number]) -> NDArray[Number]:
    """Return `values` in the one form that the loops are compiled for: in a row, and read only."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


NOTHING = np.empty(0)
NO_ORDERS = np.empty((0, ORDER_COLUMNS))
