"""Where an axis is marked, and the words beside the marks."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from math import ceil, exp, floor, log, log10
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from puffling.core.formats import MONTHS, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from numpy.typing import NDArray

EXCHANGE = ZoneInfo("America/New_York")
SECOND = 1_000_000_000  # in nanoseconds
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
MOST_DECIMALS = 16  # a double holds no more of a price under 1
MOST_RATIO = 10.0  # on a logarithmic axis, two marks in one decade are less apart than it is tall
RESOLUTION = timedelta(microseconds=1)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Rank(IntEnum):
    """How much a mark on the time axis says; the higher ones win where room is short."""

    TIME = 0
    DAY = 1
    MONTH = 2
    YEAR = 3


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A mark on the time axis: the first bar of a year, a month, a day or an hour."""

    index: int
    text: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class _Unit:
    """A spacing of marks: its usual length, and which dates or times of day bear one."""

    length: int
    years: int = 1
    months: tuple[int, ...] = tuple(range(1, 13))
    days: tuple[int, ...] = tuple(range(1, 32))
    minutes: int = 0  # within a day; 0: only the day itself


_UNITS = (
    *(_Unit(each * MINUTE, minutes=each) for each in (1, 5, 15, 30, 60, 120, 240)),
    _Unit(DAY),
    _Unit(7 * DAY, days=(1, 8, 15, 22)),
    _Unit(15 * DAY, days=(1, 15)),
    _Unit(30 * DAY, days=(1,)),
    _Unit(91 * DAY, days=(1,), months=(1, 4, 7, 10)),
    _Unit(182 * DAY, days=(1,), months=(1, 7)),
    *(_Unit(each * 365 * DAY, each, (1,), (1,)) for each in (1, 2, 5, 10, 20, 50, 100)),
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How bar times are read: daily and longer bars as dates, shorter ones in a zone."""

    bar: int  # nanoseconds from one bar to the next
    zone: tzinfo | None = EXCHANGE  # None: this computer's

    @property
    def is_intraday(self) -> bool:
        """Whether several bars fit into a day."""
        return self.bar < DAY

    def when(self, time: int) -> datetime:
        """Return the moment as it is shown: a date, or the time in the zone."""
        moment = datetime.fromtimestamp(time // SECOND, UTC)
        return moment.astimezone(self.zone) if self.is_intraday else moment

    def zone_name(self, time: int) -> str:
        """Return what the zone is called then; daily bars have dates and no zone."""
        return (self.when(time).tzname() or "") if self.is_intraday else ""

    def text(self, time: int) -> str:
        """Return the moment in full, as the crosshair names it."""
        when = self.when(time)
        month = MONTHS[when.month - 1]
        day = f"{when.day} {month} {when.year}"
        if self.is_intraday:
            return f"{day} {when:%H:%M}"
        if self.bar >= 28 * DAY:
            return f"{month} {when.year}"
        return f"Week of {day}" if self.bar >= 7 * DAY else f"{WEEKDAYS[when.weekday()]} {day}"


def time_ticks(
    time: NDArray[np.int64], bars: range, pixels_per_bar: float, room: float, calendar: Calendar
) -> list[TimeTick]:
    """Mark the visible `bars` so that marks stand at least `room` pixels apart.

    The bars are looked up by date, so the cost depends on the marks and not on the bars.
    """
    if len(bars) < 2:  # noqa: PLR2004 - one bar has no spacing
        return [TimeTick(each, *_words(calendar.when(int(time[each])), calendar)) for each in bars]
    first, last = int(time[bars[0]]), int(time[bars[-1]])
    wanted = (last - first) / (len(bars) - 1) / pixels_per_bar * room
    smallest = calendar.bar if calendar.is_intraday else DAY
    fitting = [each for each in _UNITS if each.length >= wanted and each.length >= smallest]
    unit = fitting[0] if fitting else _UNITS[-1]
    # From the bar before: the first visible one may be the first of its year.
    before = int(time[max(0, bars.start - 1)])
    found: dict[int, TimeTick] = {}
    months: dict[int, int] = {}
    zone = calendar.zone if calendar.is_intraday else UTC
    for boundary in _boundaries(unit, calendar.when(before), calendar.when(last)):
        moment = int(boundary.replace(tzinfo=zone).timestamp()) * SECOND
        index = int(np.searchsorted(time, moment))
        if index in bars:
            tick = TimeTick(index, *_words(boundary, calendar))
            if tick.rank is Rank.TIME and int(time[index]) - moment >= calendar.bar:
                continue  # no bar was traded then
            if index not in found or found[index].rank <= tick.rank:
                found[index] = tick
                months[index] = boundary.month
    return _with_month(_spread(found, room / pixels_per_bar), months)


def _with_month(ticks: list[TimeTick], months: dict[int, int]) -> list[TimeTick]:
    """Name the month with the first day when no mark in view does."""
    first = next((tick for tick in ticks if tick.rank is Rank.DAY), None)
    if first is None or any(tick.rank > Rank.DAY for tick in ticks):
        return ticks
    named = replace(first, text=f"{first.text} {MONTHS[months[first.index] - 1]}")
    return [named if tick is first else tick for tick in ticks]


def _spread(found: dict[int, TimeTick], apart: float) -> list[TimeTick]:
    """Keep the most telling marks that stand `apart` bars from each other."""
    kept: list[TimeTick] = []
    for tick in sorted(found.values(), key=lambda each: (-each.rank, each.index)):
        if all(abs(tick.index - each.index) >= apart * 0.7 for each in kept):
            kept.append(tick)
    return sorted(kept, key=lambda each: each.index)


def _boundaries(unit: _Unit, first: datetime, last: datetime) -> Iterator[datetime]:
    """Every start of a unit from `first` to `last`, without a zone."""
    first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
    step = timedelta(minutes=unit.minutes or 1_440)
    for midnight in _midnights(unit, first, last):
        end = min(last + RESOLUTION, midnight + timedelta(days=1))
        moment = midnight + step * max(0, -((midnight - first) // step))
        while moment < end:
            yield moment
            moment += step


def _midnights(unit: _Unit, first: datetime, last: datetime) -> Iterator[datetime]:
    for year in range(first.year - first.year % unit.years, last.year + 1, unit.years):
        for month in unit.months:
            if (first.year, first.month) <= (year, month) <= (last.year, last.month):
                longest = monthrange(year, month)[1]
                yield from (
                    datetime(year, month, day)  # noqa: DTZ001 - local; its zone is the caller's
                    for day in unit.days
                    if day <= longest
                )


def _words(when: datetime, calendar: Calendar) -> tuple[str, Rank]:
    if calendar.is_intraday and (when.hour or when.minute):
        return f"{when:%H:%M}", Rank.TIME
    if when.day > 1:
        return str(when.day), Rank.DAY
    if when.month > 1:
        return MONTHS[when.month - 1], Rank.MONTH
    return str(when.year), Rank.YEAR


@dataclass(frozen=True, slots=True)
class PriceTicks:
    """Round values on a price axis and the decimals they are written with."""

    values: tuple[float, ...]
    decimals: int
    own: tuple[int, ...] = ()  # each value's decimals, where they differ

    def above(self, least: float) -> PriceTicks:
        """Leave out what is under a value that nothing can be under; a hair is none."""
        spare = 1e-9 * abs(self.values[-1]) if self.values else 0.0
        kept = [row for row, each in enumerate(self.values) if each >= least - spare]
        if len(kept) == len(self.values):
            return self
        own = tuple(self.own[row] for row in kept) if self.own else ()
        return PriceTicks(tuple(self.values[row] for row in kept), self.decimals, own)

    def written(self) -> list[tuple[float, int]]:
        """Every value with its decimals."""
        return list(zip(self.values, self.own or (self.decimals,) * len(self.values), strict=True))


def price_ticks(low: float, high: float, pixels: float, room: float = 44.0) -> PriceTicks:
    """Mark low to high with steps of 1, 2 or 5 times a power of ten, `room` pixels apart."""
    count = max(1.0, pixels / room)
    rough = (high - low) / count
    if not rough > 0:
        return PriceTicks((), 2)
    power = 10.0 ** floor(log10(rough))
    step = next(each for each in (power, 2 * power, 5 * power, 10 * power) if each >= rough * 0.999)
    first, last = ceil(low / step), floor(high / step)
    values = tuple(each * step for each in range(first, last + 1))
    return PriceTicks(values, max(0, -floor(log10(step) + 1e-9)))


def log_ticks(low: float, high: float, pixels: float, room: float = 40.0) -> PriceTicks:
    """Mark low to high, both over 0, on a logarithmic axis: round values, `room` pixels apart.

    Each mark is a multiple of a step that fits its height, and every decade begins one, so the
    marks stand still while the axis moves.
    """
    if not 0 < low < high:
        return PriceTicks((), 2)
    ratio = exp(room / pixels * log(high / low))  # of two marks that are `room` apart
    found: list[tuple[float, int]] = []
    decades = max(1, ceil(log10(ratio) - 1e-9))  # from one mark to the next, when that is many
    power = floor(log10(low) / decades) * decades
    while 10.0**power <= high:
        marks = _in_decade(ratio) if decades == 1 and ratio < MOST_RATIO else [1.0]
        for mark in marks:
            value = mark * 10.0**power
            if low <= value <= high:
                figures = len(f"{mark:.6f}".rstrip("0").partition(".")[2])
                found.append((value, max(0, figures - power)))
        power += decades
    values, own = zip(*found, strict=True) if found else ((), ())
    return PriceTicks(tuple(values), max(own, default=2), tuple(own))


def _in_decade(ratio: float) -> list[float]:
    """Marks from 1 up to 10 (not included), each at least `ratio` times the one before."""
    marks, at = [1.0], 1.0
    while True:
        least = at * ratio
        rough = least - at
        power = 10.0 ** floor(log10(rough))
        step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)
        at = round((floor(at / step + 1e-9) + 1) * step, 9)
        while at < least * 0.999:
            at = round(at + step, 9)
        if at * ratio > MOST_RATIO * (1 + 1e-9):
            return marks
        marks.append(at)


def price_decimals(price: float) -> int:
    """The decimals a price of this size is quoted with: cents from 1 up, four figures below."""
    if price >= 1 or price <= 0:
        return 2
    return min(MOST_DECIMALS, 3 - floor(log10(price)))


def compact(value: float) -> str:
    """Write a count such as a volume in three or four figures: 12.3M."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= size:
            return number(value / size, places=2 if abs(value) < 10 * size else 1) + letter
    return number(value, places=0)
