"""The prices of a period as they were known at its end, so that a rerun sees the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffin.errors import NoDataError
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from datetime import date

    from puffin.data.bars import Bars
    from puffling.services.bars import BarService

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Which bars are meant: their length, the first and the last day; None is all there is.

    Raises:
        BadValueError: The first day is after the last.
    """

    interval: Interval = Interval.D1
    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise BadValueError(f"The first day, {self.start}, is after the last, {self.end}.")


def prices(bars: BarService, symbol: str, period: Period) -> Bars:
    """Return the bars of a period, adjusted with what was known on its last day; blocks.

    Splits and dividends after the period change nothing, so that whoever asks for the same days
    again gets the same numbers.

    Raises:
        DataError: There are none, with the reason, or they cannot be trusted.
    """
    start = None if period.start is None else datetime.combine(period.start, time(), UTC)
    after = None if period.end is None else datetime.combine(period.end, time(), UTC) + DAY
    known = bars.history(symbol, bars.base(symbol, period.interval), adjusted=False)
    until = known.between(None, after)
    if not len(until):
        raise NoDataError(
            f"There are no prices of {symbol} up to {period.end}; they begin on "
            f"{known.first:%Y-%m-%d}."
        )
    found = until.adjust().resample(period.interval).between(start, None)
    if not len(found):
        raise NoDataError(
            f"There are no prices of {symbol} from {period.start} on; they end on "
            f"{until.last:%Y-%m-%d}."
        )
    return found.validate()
