"""What an expression can read: prices, volume, and a few series made of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np

from puffin.data.bars import Bars
from puffin.factors.windows import delayed, mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

LONGEST: Final = 1_000  # rows that a window may have
TITLES: Final = {
    "open": "Open",
    "high": "High",
    "low": "Low",
    "close": "Close",
    "volume": "Volume, in shares",
    "returns": "Change of the close on the close before: close / delay(close, 1) - 1",
    "vwap": "Typical price, (high + low + close) / 3, as bars do not tell the volume-weighted one",
    "dollars": "Money traded: close * volume",
}
AVERAGE_DOLLARS: Final = re.compile(r"adv([1-9][0-9]{0,3})")
AVERAGE_TITLE: Final = "adv20 (any number of rows): the mean money traded over the last 20 rows"


class Prices(Protocol):
    """Prices of many symbols at common times: one row for each time, one column for each symbol.

    `mask` tells where a symbol has a bar.
    """

    @property
    def symbols(self) -> tuple[str, ...]:
        """Name of each column."""
        ...

    @property
    def open(self) -> Floats:
        """First price of each bar."""
        ...

    @property
    def high(self) -> Floats:
        """Highest price of each bar."""
        ...

    @property
    def low(self) -> Floats:
        """Lowest price of each bar."""
        ...

    @property
    def close(self) -> Floats:
        """Last price of each bar."""
        ...

    @property
    def volume(self) -> Floats:
        """Shares traded in each bar."""
        ...

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Whether there is a bar."""
        ...


class Table:
    """The columns that expressions read, for one symbol or many; each is made once."""

    def __init__(self, source: Bars | Prices) -> None:
        self._source = source
        self._made: dict[str, Floats] = {}
        self.shape: tuple[int, int] = (
            (len(source), 1)
            if isinstance(source, Bars)
            else (source.close.shape[0], source.close.shape[1])
        )

    def column(self, name: str) -> Floats:
        """Return a column that `exists`, one row for each time, one column for each symbol."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Floats:
        if name == "returns":
            close = self.column("close")
            return np.asarray(close / delayed(close, 1) - 1, np.float64)
        if name == "vwap":
            return (self.column("high") + self.column("low") + self.column("close")) / 3
        if name == "dollars":
            return self.column("close") * self.column("volume")
        average = AVERAGE_DOLLARS.fullmatch(name)
        if average is not None:
            return mean(self.column("dollars"), int(average[1]))
        values: Floats = getattr(self._source, name)
        if isinstance(self._source, Bars):
            return values[:, None]
        return np.where(self._source.mask, values, np.nan)


def exists(name: str) -> bool:
    """Whether there is a column of this name."""
    average = AVERAGE_DOLLARS.fullmatch(name)
    return name in TITLES or (average is not None and int(average[1]) <= LONGEST)


def warm_up(name: str) -> int:
    """Return how many first rows of a column have no value."""
    average = AVERAGE_DOLLARS.fullmatch(name)
    return int(average[1]) - 1 if average is not None else int(name == "returns")
