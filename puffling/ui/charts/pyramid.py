"""Columns of numbers kept at every zoom: summaries of 4, 16, 64 … with exact extremes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.ladder import Buffer, Fold, Ladder, level_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars


@dataclass(frozen=True, slots=True)
class Columns:
    """Bars or summaries of bars, side by side; views into a pyramid."""

    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]


class BarPyramid:
    """The bars of one chart at every zoom; `version` is another one after each change."""

    def __init__(self, time: NDArray[np.int64], columns: Columns) -> None:
        self.version = 0
        self._time = Buffer(time)
        self._open = Buffer(columns.open)
        self._high = Buffer(columns.high)
        self._low = Buffer(columns.low)
        self._close = Buffer(columns.close)
        self._volume = Buffer(columns.volume)
        self._opens = Ladder(Fold.FIRST, self._open)
        self._highs = Ladder(Fold.HIGH, self._high)
        self._lows = Ladder(Fold.LOW, self._low)
        self._closes = Ladder(Fold.LAST, self._close)
        self._volumes = Ladder(Fold.SUM, self._volume)

    def __len__(self) -> int:
        return len(self._time)

    @property
    def time(self) -> NDArray[np.int64]:
        """Each bar's time in nanoseconds UTC."""
        return self._time.values

    @property
    def open(self) -> NDArray[np.float64]:
        """Each bar's open."""
        return self._open.values

    @property
    def high(self) -> NDArray[np.float64]:
        """Each bar's high."""
        return self._high.values

    @property
    def low(self) -> NDArray[np.float64]:
        """Each bar's low."""
        return self._low.values

    @property
    def volume(self) -> NDArray[np.float64]:
        """Each bar's volume."""
        return self._volume.values

    @staticmethod
    def of(bars: Bars) -> BarPyramid:
        """Hold these bars."""
        columns = Columns(bars.open, bars.high, bars.low, bars.close, bars.volume)
        return BarPyramid(bars.time, columns)

    @staticmethod
    def empty() -> BarPyramid:
        """Hold no bars."""
        none = np.empty(0)
        return BarPyramid(np.empty(0, dtype=np.int64), Columns(none, none, none, none, none))

    @property
    def close(self) -> NDArray[np.float64]:
        """Each bar's close."""
        return self._close.values

    @property
    def top(self) -> int:
        """The number of the coarsest level."""
        return self._highs.top

    def level_within(self, bars: float) -> int:
        """The coarsest level whose columns hold at most so many bars each."""
        return level_within(bars, self.top)

    def columns(self, level: int, start: int = 0, stop: int | None = None) -> Columns:
        """Columns `start` up to `stop` of a level, counted in that level's own columns."""
        part = slice(start, stop)
        return Columns(
            self._opens.level(level)[part],
            self._highs.level(level)[part],
            self._lows.level(level)[part],
            self._closes.level(level)[part],
            self._volumes.level(level)[part],
        )

    def extremes(self, start: int, stop: int) -> tuple[float, float]:
        """The lowest low and the highest high of bars `start` up to `stop`: O(log n)."""
        return self._lows.over(start, stop), self._highs.over(start, stop)

    def set_last(self, values: tuple[float, float, float, float, float]) -> None:
        """Change the last bar: open, high, low, close, volume."""
        for buffer, value in zip(self._buffers, values, strict=True):
            buffer.set_last(value)
        self._refresh()

    def append(self, time: int, values: tuple[float, float, float, float, float]) -> None:
        """Add a bar after the last one."""
        self._time.append(time)
        for buffer, value in zip(self._buffers, values, strict=True):
            buffer.append(value)
        self._refresh()

    def cut(self, size: int) -> None:
        """Keep the first so many bars."""
        self.version += 1
        self._time.cut(size)
        for buffer in self._buffers:
            buffer.cut(size)
        for ladder in self._ladders:
            ladder.cut()

    def take_over(self) -> bool:
        """Copy one of the columns that are only borrowed; whether there may be more to copy."""
        return self._time.take_over() or any(each.take_over() for each in self._buffers)

    @property
    def _buffers(self) -> tuple[Buffer[np.float64], ...]:
        return self._open, self._high, self._low, self._close, self._volume

    @property
    def _ladders(self) -> tuple[Ladder, ...]:
        return self._opens, self._highs, self._lows, self._closes, self._volumes

    def _refresh(self) -> None:
        self.version += 1
        for ladder in self._ladders:
            ladder.refresh()


class LinePyramid:
    """One line, such as a moving average, at every zoom; it may begin with NaN."""

    def __init__(self, values: NDArray[np.float64]) -> None:
        self._base = Buffer(values)
        self._highs = Ladder(Fold.HIGH, self._base)
        self._lows = Ladder(Fold.LOW, self._base)

    def __len__(self) -> int:
        return len(self._base)

    @property
    def values(self) -> NDArray[np.float64]:
        """Every value; a view."""
        return self._base.values

    @property
    def top(self) -> int:
        """The number of the coarsest level."""
        return self._highs.top

    def level_within(self, values: float) -> int:
        """The coarsest level whose columns hold at most so many values each."""
        return level_within(values, self.top)

    def bounds(
        self, level: int, start: int, stop: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lows and highs of columns `start` up to `stop` of a level."""
        return self._lows.level(level)[start:stop], self._highs.level(level)[start:stop]

    def extremes(self, start: int, stop: int) -> tuple[float, float]:
        """The lowest and the highest of values `start` up to `stop`: O(log n)."""
        return self._lows.over(start, stop), self._highs.over(start, stop)

    def take_over(self) -> bool:
        """Copy the values if they are only borrowed; whether they were."""
        return self._base.take_over()

    def set_last(self, value: float) -> None:
        """Change the last value."""
        self._base.set_last(value)
        self._refresh()

    def append(self, value: float) -> None:
        """Add a value after the last one."""
        self._base.append(value)
        self._refresh()

    def _refresh(self) -> None:
        self._highs.refresh()
        self._lows.refresh()
