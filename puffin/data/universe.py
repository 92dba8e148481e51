"""A universe: the bars of many symbols side by side, one row a moment, with what is missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import numpy as np

from puffin.data.bars import PRICES, Bars, Interval
from puffin.data.times import moment
from puffin.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Times: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]
    How: TypeAlias = Literal["union", "inner"]
    Scalar = TypeVar("Scalar", bound=np.generic)

COLUMNS = (*PRICES, "volume")
WEEK, SATURDAY = 7, 5
THURSDAY = 3  # day 0 of 1970 was one
NAMED = 5  # symbols a sentence names before it counts the rest


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """Many symbols at one interval; columns have one row a moment and one column a symbol.

    Where a symbol has no bar, `mask` is False and its prices are NaN, and its volume 0: nothing
    is filled in. `last_close` carries the latest known close forward, to mark what is held.

    Attributes:
        symbols: The columns, in order.
        interval: How long a bar is.
        time: Each row's moment, nanoseconds since 1970 UTC, as in `Bars`.
        open: Opening prices [n, k]; high, low, close and volume alike.
        mask: Where there is a bar [n, k].
        adjusted: Whether every symbol's splits and dividends are taken out.
        data_hash: Fingerprint of every number.
        notes: What a reader should know of gaps and calendars, in sentences.
        raw: The symbols whose splits and dividends are not taken out.
    """

    symbols: tuple[str, ...]
    interval: Interval
    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    mask: Flags
    adjusted: bool = False
    data_hash: str = ""
    notes: tuple[str, ...] = field(default=())
    raw: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @property
    def first(self) -> datetime:
        """When the first row's bars opened."""
        return moment(int(self.time[0]))

    @property
    def last(self) -> datetime:
        """When the last row's bars opened."""
        return moment(int(self.time[-1]))

    @property
    def periods(self) -> float:
        """How many bars a year of exchange sessions has."""
        return self.interval.in_year

    @property
    def is_mixed(self) -> bool:
        """Whether some symbols are adjusted and others are not."""
        return 0 < len(self.raw) < len(self.symbols)

    @property
    def last_close(self) -> Floats:
        """The latest close known at each row [n, k]; NaN before a symbol's first bar."""
        row = np.maximum.accumulate(np.where(self.mask, np.arange(len(self))[:, None], 0), axis=0)
        return np.take_along_axis(self.close, row, axis=0)

    def place(self, symbol: str) -> int:
        """Return the column of `symbol`.

        Raises:
            ParameterError: It is not one of these.
        """
        if symbol not in self.symbols:
            raise ParameterError(f"{symbol} is not one of {listed(self.symbols)}.")
        return self.symbols.index(symbol)

    def bars(self, symbol: str) -> Bars:
        """Return one symbol's bars, without the rows on which it has none."""
        column = self.place(symbol)
        rows = self.mask[:, column]
        values = {name: getattr(self, name)[rows, column] for name in COLUMNS}
        adjusted = self.adjusted or (self.is_mixed and symbol not in self.raw)
        return Bars(symbol, self.interval, self.time[rows], **values, adjusted=adjusted)

    def head(self, count: int) -> Universe:
        """Return the first `count` rows, as they were known then: later gaps are not told of."""
        rows = slice(0, max(0, count))
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return Universe(
            self.symbols,
            self.interval,
            self.time[rows],
            **columns,
            mask=self.mask[rows],
            adjusted=self.adjusted,
            data_hash=hashlib.sha256(f"{self.data_hash}\n{count}".encode()).hexdigest(),
            raw=self.raw,
        )


def align(bars: Sequence[Bars], how: How = "union") -> Universe:
    """Put the bars of many symbols side by side.

    Args:
        bars: One table for each symbol, all at one interval; each is checked.
        how: "union" keeps every moment on which anybody has a bar, "inner" only those on which
            all have one.

    Raises:
        BarsError: A table cannot be trusted; the message names symbol and row.
        NoDataError: There is nothing, or no moment that all share.
        ParameterError: A symbol comes twice, or the intervals differ.
    """
    symbols = _checked(bars)
    time = bars[0].time if len(bars) == 1 else np.unique(np.concatenate([b.time for b in bars]))
    rows = [np.searchsorted(time, each.time) for each in bars]
    mask = np.zeros((len(time), len(bars)), np.bool_)
    for column, found in enumerate(rows):
        mask[found, column] = True
    columns = {name: np.full(mask.shape, 0.0 if name == "volume" else np.nan) for name in COLUMNS}
    for name, table in columns.items():
        for column, (each, found) in enumerate(zip(bars, rows, strict=True)):
            table[found, column] = getattr(each, name)
    notes = [*_adjustments(bars)]
    if bars[0].interval is Interval.D1:
        notes += _weekends(symbols, time, mask)
    if how == "union":
        notes += _gaps(symbols, time, mask)
    else:
        kept = mask.all(axis=1)
        if not kept.any():
            raise NoDataError(f"{listed(symbols)} have no bar at the same moment.")
        left_out = len(time) - int(kept.sum())
        if left_out:
            notes.append(f"{left_out:,} of {len(time):,} rows are left out: not all have a bar.")
        time, mask = time[kept], mask[kept]
        columns = {name: table[kept] for name, table in columns.items()}
    told = "\n".join([how, *(each.data_hash for each in bars)])
    return Universe(
        symbols,
        bars[0].interval,
        _locked(time),
        **{name: _locked(table) for name, table in columns.items()},
        mask=_locked(mask),
        adjusted=all(each.adjusted for each in bars),
        data_hash=hashlib.sha256(told.encode()).hexdigest(),
        notes=tuple(notes),
        raw=tuple(each.symbol for each in bars if not each.adjusted),
    )


def _checked(bars: Sequence[Bars]) -> tuple[str, ...]:
    if not bars:
        raise NoDataError("A universe needs the prices of at least one symbol.")
    symbols = tuple(each.symbol for each in bars)
    twice = next((each for each in symbols if symbols.count(each) > 1), None)
    if twice is not None:
        raise ParameterError(f"{twice} comes twice in the list of symbols.")
    for each in bars:
        if each.interval is not bars[0].interval:
            raise ParameterError(
                f"{each.symbol} has bars of {each.interval.label} and {symbols[0]} bars of "
                f"{bars[0].interval.label}; side by side they must be equally long."
            )
        each.validate()
    return symbols


def _adjustments(bars: Sequence[Bars]) -> tuple[str, ...]:
    raw = [each.symbol for each in bars if not each.adjusted]
    if not raw or len(raw) == len(bars):
        return ()
    verb = "is" if len(raw) == 1 else "are"
    return (f"{listed(raw)} {verb} not adjusted for splits and dividends; the others are.",)


def _gaps(symbols: tuple[str, ...], time: Times, mask: Flags) -> list[str]:
    """Say who begins late, ends early, or has gaps."""
    found = []
    last = len(time) - 1
    for column, symbol in enumerate(symbols):
        own = np.flatnonzero(mask[:, column])
        begins, ends = int(own[0]), int(own[-1])
        if begins:
            found.append(f"{symbol} begins on {_day(time[begins])}, {begins:,} bars after others.")
        if ends < last:
            found.append(
                f"{symbol} ends on {_day(time[ends])}, {last - ends:,} bars before others: what is "
                "held of it then stays at its last price and cannot be sold."
            )
        missing = begins + np.flatnonzero(~mask[begins : ends + 1, column])
        if len(missing):
            found.append(
                f"{symbol} has no bar on {len(missing):,} of {ends - begins + 1:,} rows, first on "
                f"{_day(time[missing[0]])}: nothing of it is traded there."
            )
    return found


def _weekends(symbols: tuple[str, ...], time: Times, mask: Flags) -> list[str]:
    day = time.astype("datetime64[ns]").astype("datetime64[D]").astype(np.int64)
    weekend = (day + THURSDAY) % WEEK >= SATURDAY
    at_weekends: list[bool] = np.logical_or.reduce(mask[weekend], axis=0).tolist()
    if all(at_weekends) or not any(at_weekends):
        return []
    do = [symbol for symbol, does in zip(symbols, at_weekends, strict=True) if does]
    do_not = [symbol for symbol, does in zip(symbols, at_weekends, strict=True) if not does]
    trade, not_ = "trades" if len(do) == 1 else "trade", "does" if len(do_not) == 1 else "do"
    told = f"{listed(do)} also {trade} at weekends, {listed(do_not)} {not_} not"
    return [f"Calendars are mixed: {told}."]


def _day(stamp: np.int64) -> str:
    return f"{moment(int(stamp)):%Y-%m-%d}"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: some of them, and how many more there are."""
    if len(names) == 1:
        return names[0]
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _locked(values: NDArray[Scalar]) -> NDArray[Scalar]:
    view = values.view()
    view.flags.writeable = False
    return view
