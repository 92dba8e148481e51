"""When a portfolio is brought back to its weights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from puffin.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.measures import Times

MONDAY_FIRST = 3  # day 0 of 1970 was a Thursday


class Every(StrEnum):
    """What a schedule goes by."""

    CHANGE = "change"
    BAR = "bar"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    BARS = "bars"
    DRIFT = "drift"


_WORDS = {
    Every.CHANGE: "a symbol is traded when its weight changes, and left alone otherwise",
    Every.BAR: "at every close, all symbols are brought back to their weights",
    Every.WEEK: "at the first close of each week (Monday to Sunday)",
    Every.MONTH: "at the first close of each month",
    Every.QUARTER: "at the first close of each quarter",
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the weights of a strategy are looked at and trades follow from them.

    The first weights are followed as soon as there are any. A week, month or quarter is looked at
    on its first close, because a bar cannot know that it is the last of a month.

    Args:
        every: What it goes by.
        bars: With `Every.BARS`: from one look to the next.
        band: With `Every.DRIFT`: how far a weight may be off before all are brought back; 0.05 is
            five points of percent. Changed weights are followed at once.

    Raises:
        ParameterError: If `bars` or `band` makes no sense.
    """

    every: Every = Every.CHANGE
    bars: int = 21
    band: float = 0.05

    def __post_init__(self) -> None:
        if self.every is Every.BARS and self.bars < 1:
            raise ParameterError("A schedule looks again after one bar or more.")
        if self.every is Every.DRIFT and not 0 < self.band < 1:
            raise ParameterError("The band must lie between 0 and 1; 0.05 is five points.")

    @property
    def words(self) -> str:
        """The schedule in words, for the list of assumptions."""
        if self.every is Every.BARS:
            return "at every close" if self.bars == 1 else f"at every {self.bars}th close"
        if self.every is Every.DRIFT:
            return (
                f"when a weight is more than {self.band:.1%} of the money off, all are brought "
                "back; a changed weight is followed at once"
            )
        return _WORDS[self.every]

    @property
    def only_changes(self) -> bool:
        """Whether a weight that stays the same is left to drift."""
        return self.every in {Every.CHANGE, Every.DRIFT}

    def looks(self, time: Times, first: int) -> NDArray[np.bool_]:
        """Return whether each row is looked at; `first` is the first row with weights."""
        count = len(time)
        rows = np.zeros(count, np.bool_)
        if first >= count:
            return rows
        if self.every in {Every.CHANGE, Every.BAR, Every.DRIFT}:
            rows[first:] = True
        elif self.every is Every.BARS:
            rows[first :: self.bars] = True
        else:
            period = self._period(time)
            rows[1:] = period[1:] != period[:-1]
            rows[:first] = False
        rows[first] = True
        return rows

    def _period(self, time: Times) -> NDArray[np.int64]:
        day = time.astype("datetime64[ns]").astype("datetime64[D]")
        if self.every is Every.WEEK:
            return (day.astype(np.int64) + MONDAY_FIRST) // 7
        month = day.astype("datetime64[M]").astype(np.int64)
        return month // 3 if self.every is Every.QUARTER else month
