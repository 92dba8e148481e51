"""The bars of a replay: all there are, of which only those that had ended are ever shown."""

from __future__ import annotations

from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from puffin.data.bars import Interval
from puffin.data.times import midnight, moment, nanoseconds
from puffin.errors import NoDataError
from puffling.core import formats

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.types import Dividend, Split
    from puffling.services.bars import BarService

SECOND = 1_000_000_000  # nanoseconds
MOST_FRESH = 10  # bars that may follow one another without reading all of them again
RECENT = 70  # base bars that hold the last three months
AT_ONCE = {True: MOST_FRESH + 1, False: 3}  # bars to follow with: as they are, or gathered
SAME_SCALE = 1e-6  # adjusted closes are rounded


class ReplayTape:
    """Raw bars by symbol and interval, cut where the replay stands.

    Prices are adjusted as of the last bar that is shown, so that a split or dividend of the
    future has no influence on them.
    """

    def __init__(self, bars: BarService) -> None:
        self._bars = bars
        self._raw: dict[tuple[str, Interval], Bars] = {}
        self._ends: dict[tuple[str, Interval], NDArray[np.int64]] = {}
        self._splits: dict[str, list[Split]] = {}
        self._dividends: dict[str, list[Dividend]] = {}

    def base(self, symbol: str, interval: Interval) -> Interval:
        """Return how long the bars are that bars of `interval` are gathered from."""
        return self._bars.base(symbol, interval)

    def load(self, symbol: str, interval: Interval) -> Bars:
        """Return every raw bar there is; blocks the first time.

        Raises:
            DataError: There are none, with the reason.
        """
        key = (symbol, interval)
        if key not in self._raw:
            found = self._bars.history(symbol, interval, adjusted=False)
            self._splits.setdefault(symbol, self._bars.splits(symbol))
            self._dividends.setdefault(symbol, self._bars.dividends(symbol))
            self._ends[key] = ends_of(found)
            self._raw[key] = found
        return self._raw[key]

    def has(self, symbol: str, interval: Interval) -> bool:
        """Whether `cut` answers at once."""
        return (symbol, self.base(symbol, interval)) in self._raw

    def ends(self, symbol: str, interval: Interval) -> NDArray[np.int64]:
        """Return when each raw bar ends; blocks the first time."""
        self.load(symbol, interval)
        return self._ends[symbol, interval]

    def steps(self, symbol: str, interval: Interval) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return when each bar of any interval opens and ends; blocks the first time."""
        base = self.base(symbol, interval)
        raw = self.load(symbol, base)
        if base is interval:
            return raw.time, self._ends[symbol, base]
        gathered = raw.resample(interval)
        last = np.append(np.searchsorted(raw.time, gathered.time[1:]), len(raw)) - 1
        return gathered.time, self._ends[symbol, base][last]

    def cut(self, symbol: str, interval: Interval, until: int) -> Bars:
        """Return the bars as they stood then: the last one may not be over; blocks at first.

        Raises:
            DataError: There are none that early, with the reason.
        """
        known = self.known(symbol, self.base(symbol, interval), until)
        return known.adjust(known.last).resample(interval)

    def known(self, symbol: str, interval: Interval, until: int) -> Bars:
        """Return the raw bars that had ended then.

        Raises:
            DataError: There are none that early, with the reason.
        """
        raw = self.load(symbol, interval)
        count = int(np.searchsorted(self._ends[symbol, interval], until, side="right"))
        if not count:
            first = formats.day(raw.first, zone=midnight(raw.first.date()).tzinfo)
            raise NoDataError(
                f"{symbol} has no prices before {first}.", hint="Move the replay to a later bar."
            )
        return raw.head(count)

    def tail(self, symbol: str, interval: Interval, since: int, until: int) -> Bars | None:
        """Return the last bars, if those shown since `since` can be followed by them, else None.

        They cannot when older prices are restated: by a split or a dividend meanwhile.
        """
        base = self.base(symbol, interval)
        if (symbol, base) not in self._raw or until < since:
            return None
        ends = self._ends[symbol, base]
        before, now = (int(np.searchsorted(ends, at, side="right")) for at in (since, until))
        if not before or now - before > MOST_FRESH:
            return None
        recent = self._raw[symbol, base].head(now).tail(RECENT)
        scale = recent.factors
        if not np.allclose(scale, scale[-1], rtol=SAME_SCALE):
            return None
        return recent.adjust(recent.last).resample(interval).tail(AT_ONCE[base is interval])

    def splits(self, symbol: str, after: int, up_to: int) -> list[Split]:
        """Return the splits that took effect after one bar's time and up to another's."""
        return [
            each for each in self._splits.get(symbol, ()) if after < nanoseconds(each.date) <= up_to
        ]

    def dividends(self, symbol: str, after: int, up_to: int) -> list[tuple[datetime, Decimal]]:
        """Return when dividends were due between two bars, and how much on a share of then."""
        found = []
        for each in self._dividends.get(symbol, ()):
            if after < nanoseconds(each.date) <= up_to:
                later = [one.ratio for one in self._splits[symbol] if one.date > each.date]
                found.append((each.date, each.per_share * prod(later, start=Decimal(1))))
        return found


def ends_of(bars: Bars) -> NDArray[np.int64]:
    """Return the moment from which each bar is known: its end, in nanoseconds.

    A day ends with its date, a week on its Sunday, a month with its last day.
    """
    if bars.interval not in {Interval.W1, Interval.MO1}:
        return bars.time + bars.interval.seconds * SECOND
    days = bars.time.astype("datetime64[ns]").astype("datetime64[D]")
    if bars.interval is Interval.W1:
        weekday = (days.astype(np.int64) + 3) % 7  # day 0 was a Thursday
        after = days + (7 - weekday)
    else:
        after = (days.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return after.astype("datetime64[ns]").astype(np.int64)


def words_of(until: int, interval: Interval) -> str:
    """Say in words where a replay stands: the date, and the time of bars within a day."""
    from puffin.data.sessions import EXCHANGE

    if interval.is_intraday:
        at = moment(until).astimezone(EXCHANGE)
        return f"{formats.day(at, zone=EXCHANGE)} {at:%H:%M}"
    last = moment(until - SECOND)
    return formats.day(last, zone=last.tzinfo)
