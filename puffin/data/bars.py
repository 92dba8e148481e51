"""Bars: the prices of one symbol at one interval, as columns that check themselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

import numpy as np

from puffin.data.checks import first_fault
from puffin.data.times import moment, nanoseconds, time_column
from puffin.errors import BarsError, NoDataError, ParameterError

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from puffin.data.checks import Fault

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]
    _Scalar = TypeVar("_Scalar", bound=np.generic)

DAY = 86_400
YEAR = 252 * 6.5 * 3600  # seconds of exchange sessions
PRICES = ("open", "high", "low", "close")


class Interval(StrEnum):
    """How long one bar lasts."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    H1 = "1h"
    D1 = "1d"
    W1 = "1w"
    MO1 = "1mo"

    @property
    def is_intraday(self) -> bool:
        """Whether several bars fit into one session."""
        return self.seconds < DAY

    @property
    def seconds(self) -> int:
        """Nominal length in seconds; a month counts as a twelfth of a mean year."""
        return _LENGTHS[self][0]

    @property
    def in_year(self) -> float:
        """How many bars a year of exchange sessions has."""
        return _IN_YEAR.get(self, YEAR / self.seconds)

    @property
    def label(self) -> str:
        """The length in words: "1 day"; `title` is taken by str."""
        return _LENGTHS[self][1]


_LENGTHS = {
    Interval.M1: (60, "1 minute"),
    Interval.M5: (300, "5 minutes"),
    Interval.M15: (900, "15 minutes"),
    Interval.H1: (3600, "1 hour"),
    Interval.D1: (DAY, "1 day"),
    Interval.W1: (7 * DAY, "1 week"),
    Interval.MO1: (2_629_746, "1 month"),
}
_IN_YEAR = {Interval.D1: 252.0, Interval.W1: 52.0, Interval.MO1: 12.0}


@dataclass(frozen=True, slots=True)
class Bar:
    """The prices of one bar; `time` is its open, aware UTC (daily: the session date at 00:00)."""

    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Prices of one symbol at one interval, oldest first; the columns cannot be written to.

    `time` is each bar's open in nanoseconds since 1970 UTC; a daily bar has its session's date at
    00:00 UTC. A bar is knowable at its close only. `adjusted_close` is the vendor's close with
    later splits and dividends taken out, at any scale; `as_of` is when the prices were fetched,
    or the moment they are adjusted to.
    """

    symbol: str
    interval: Interval
    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    adjusted_close: Floats | None = field(default=None)
    source: str = ""
    adjusted: bool = False
    as_of: datetime | None = None
    # The columns do not change, so what takes long to find out of them is found out once.
    _hash: str = field(default="", init=False, repr=False)
    _sound: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "time", _locked(time_column(self.time)))
        for name in (*PRICES, "volume"):
            object.__setattr__(self, name, _locked(np.asarray(getattr(self, name), np.float64)))
        if self.adjusted_close is not None:
            adjusted = _locked(np.asarray(self.adjusted_close, np.float64))
            object.__setattr__(self, "adjusted_close", adjusted)

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def empty(cls, symbol: str, interval: Interval) -> Self:
        """Make a table without rows, to append live bars to."""
        none = np.empty(0)
        return cls(symbol, interval, none.astype(np.int64), none, none, none, none, none)

    @classmethod
    def from_columns(  # noqa: PLR0913 - a bar has that many columns
        cls,
        symbol: str,
        interval: Interval,
        *,
        time: ArrayLike,
        open: ArrayLike,  # noqa: A002 - the column's name
        high: ArrayLike,
        low: ArrayLike,
        close: ArrayLike,
        volume: ArrayLike,
        adjusted_close: ArrayLike | None = None,
        source: str = "",
        as_of: datetime | None = None,
    ) -> Self:
        """Make bars from anything numpy can read; `time` in nanoseconds or as datetime64."""
        columns = (open, high, low, close, volume)
        o, h, low_, c, v = (np.asarray(each, np.float64) for each in columns)
        adj = None if adjusted_close is None else np.asarray(adjusted_close, np.float64)
        when = time_column(time)
        return cls(symbol, interval, when, o, h, low_, c, v, adj, source=source, as_of=as_of)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, symbol: str, interval: Interval, *, source: str = ""
    ) -> Self:
        """Make bars from a data frame with a time index and columns such as Open and Adj Close.

        The index of daily and longer bars is read as dates in its own zone, that of intraday
        bars as moments (without a zone: UTC).
        """
        import pandas as pd

        columns = {str(name).strip().lower().replace(" ", "_"): name for name in frame.columns}
        index = pd.DatetimeIndex(frame.index)
        if index.tz is not None:
            # A moment in UTC for bars inside a session, the exchange's own date for longer ones.
            index = index.tz_convert(None) if interval.is_intraday else index.tz_localize(None)
        time = index.to_numpy().astype("datetime64[ns]")
        if not interval.is_intraday:
            time = time.astype("datetime64[D]")

        def column(name: str) -> Floats:
            return frame[columns[name]].to_numpy(np.float64)

        return cls.from_columns(
            symbol,
            interval,
            time=time,
            open=column("open"),
            high=column("high"),
            low=column("low"),
            close=column("close"),
            volume=column("volume"),
            adjusted_close=column("adj_close") if "adj_close" in columns else None,
            source=source,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a data frame with columns open to adj_close and an aware UTC index named time."""
        import pandas as pd

        columns = {name.replace("adjusted", "adj"): each for name, each in self._columns().items()}
        index = pd.DatetimeIndex(self.time.astype("datetime64[ns]"), name="time", tz="UTC")
        return pd.DataFrame(columns, index=index)

    @property
    def first(self) -> datetime:
        """When the first bar opened."""
        return self.when(0)

    @property
    def last(self) -> datetime:
        """When the last bar opened."""
        return self.when(-1)

    @property
    def factors(self) -> Floats:
        """What each raw price is multiplied by to take splits and dividends out."""
        if self.adjusted_close is None:
            return np.ones(len(self))
        return self.adjusted_close / self.close

    @property
    def data_hash(self) -> str:
        """Fingerprint of symbol, interval and every number."""
        if not self._hash:
            digest = hashlib.sha256(f"{self.symbol}\n{self.interval}\n{self.adjusted}\n".encode())
            digest.update(np.ascontiguousarray(self.time).data)
            for name, values in self._columns().items():
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(values).data)
            object.__setattr__(self, "_hash", digest.hexdigest())
        return self._hash

    def when(self, row: int) -> datetime:
        """Return when the bar at `row` opened; negative rows count from the end."""
        if not len(self):
            raise NoDataError(f"There are no prices of {self.symbol}.")
        return moment(int(self.time[row]))

    def bar(self, row: int) -> Bar:
        """Return one row as a record; negative rows count from the end."""
        values = (float(getattr(self, name)[row]) for name in (*PRICES, "volume"))
        return Bar(self.when(row), *values)

    def row_at(self, when: datetime) -> int:
        """Return the row of the last bar that opened at or before `when`; -1 if there is none."""
        return int(np.searchsorted(self.time, nanoseconds(when), side="right")) - 1

    def between(self, start: datetime | None = None, end: datetime | None = None) -> Bars:
        """Return the bars that opened in [start, end); None leaves that side open."""
        low = 0 if start is None else int(np.searchsorted(self.time, nanoseconds(start)))
        high = len(self) if end is None else int(np.searchsorted(self.time, nanoseconds(end)))
        return self._rows(slice(low, max(low, high)))

    def head(self, count: int) -> Bars:
        """Return the first `count` bars."""
        return self._rows(slice(0, max(0, count)))

    def tail(self, count: int) -> Bars:
        """Return the last `count` bars."""
        return self._rows(slice(max(0, len(self) - max(0, count)), len(self)))

    def _rows(self, rows: slice) -> Bars:
        adjusted = self.adjusted_close
        return replace(
            self,
            time=self.time[rows],
            open=self.open[rows],
            high=self.high[rows],
            low=self.low[rows],
            close=self.close[rows],
            volume=self.volume[rows],
            adjusted_close=None if adjusted is None else adjusted[rows],
        )

    def _columns(self) -> dict[str, Floats]:
        columns: dict[str, Floats] = {name: getattr(self, name) for name in (*PRICES, "volume")}
        if self.adjusted_close is not None:
            columns["adjusted_close"] = self.adjusted_close
        return columns

    def validate(self, *, row_offset: int = 0) -> Bars:
        """Return these bars, or refuse them.

        Raises:
            NoDataError: There are no rows.
            BarsError: With the first bad row, counted from 1 after `row_offset`.
        """
        if not self._sound:
            fault = self.fault()
            if fault is not None:
                raise BarsError(f"{self.symbol}, row {fault.row + 1 + row_offset}: {fault.text}")
            object.__setattr__(self, "_sound", True)
        return self

    def fault(self) -> Fault | None:
        """Find the first row that cannot be trusted; nothing is ever repaired.

        Raises:
            NoDataError: There are no rows.
            BarsError: The columns differ in length.
        """
        columns = self._columns()
        lengths = {"time": len(self)} | {name: len(each) for name, each in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise BarsError(f"The columns of {self.symbol} have different lengths: {told}.")
        if not len(self):
            raise NoDataError(f"There are no prices of {self.symbol}.")
        return first_fault(self.time, columns)

    def adjust(self, as_of: datetime | None = None) -> Bars:
        """Take splits and dividends out, as they were known at `as_of` (default: the last bar).

        The bar at `as_of` keeps its price; earlier ones are scaled by adjusted close over close,
        volume the other way. Later bars are left out and have no influence. Without a known
        adjusted close the prices stay as they are, and `adjusted` stays False.

        Raises:
            NoDataError: Every bar is after `as_of`.
        """
        count = len(self) if as_of is None else self.row_at(as_of) + 1
        if not count:
            raise NoDataError(f"There are no prices of {self.symbol} that early.")
        known = self.head(count)
        if known.adjusted_close is None:
            return known
        factors = known.factors / known.factors[-1]
        return replace(
            known,
            open=known.open * factors,
            high=known.high * factors,
            low=known.low * factors,
            close=known.close * factors,
            volume=known.volume / factors,
            adjusted_close=None,
            adjusted=True,
            as_of=as_of or known.as_of,
        )

    def resample(self, interval: Interval) -> Bars:
        """Gather daily bars into weeks (Monday to Sunday) or months, named by their first session.

        Adjust first: a raw week with a split inside mixes two scales.
        """
        if interval is self.interval:
            return self
        if self.interval is not Interval.D1 or interval not in {Interval.W1, Interval.MO1}:
            raise ParameterError(
                f"Bars of {self.interval.label} cannot be gathered into bars of {interval.label}."
            )
        if not len(self):
            return replace(self, interval=interval)
        days = self.time.astype("datetime64[ns]").astype("datetime64[D]")
        if interval is Interval.W1:
            period = (days.astype(np.int64) + 3) // 7  # day 0 was a Thursday
        else:
            period = days.astype("datetime64[M]").astype(np.int64)
        starts = np.flatnonzero(np.diff(period, prepend=period[0] - 1))
        ends = np.append(starts[1:], len(self)) - 1
        adjusted = self.adjusted_close
        return replace(
            self,
            interval=interval,
            time=self.time[starts],
            open=self.open[starts],
            high=np.maximum.reduceat(self.high, starts),
            low=np.minimum.reduceat(self.low, starts),
            close=self.close[ends],
            volume=np.add.reduceat(self.volume, starts),
            adjusted_close=None if adjusted is None else adjusted[ends],
        )

    def with_last(self, bar: Bar) -> Bars:
        """Return these bars with `bar` in place of the last one, or after it when it is newer.

        A replaced bar keeps its adjustment, a new one takes that of the bar before it.

        Raises:
            BarsError: `bar` is older than the last one.
        """
        time = nanoseconds(bar.time)
        if len(self) and time < self.time[-1]:
            raise BarsError(f"A bar of {self.symbol} came too late.")
        kept = self.head(len(self) - 1) if len(self) and time == self.time[-1] else self
        adjusted = None
        if self.adjusted_close is not None and kept.adjusted_close is not None:
            factor = self.factors[-1] if len(self) else 1.0
            adjusted = np.append(kept.adjusted_close, bar.close * factor)
        return replace(
            kept,
            time=np.append(kept.time, np.int64(time)),
            open=np.append(kept.open, bar.open),
            high=np.append(kept.high, bar.high),
            low=np.append(kept.low, bar.low),
            close=np.append(kept.close, bar.close),
            volume=np.append(kept.volume, bar.volume),
            adjusted_close=adjusted,
        )


def _locked(values: NDArray[_Scalar]) -> NDArray[_Scalar]:
    view = values.view()
    view.flags.writeable = False
    return view
