"""Renko: a brick for every so much that the price moved, however long that took."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.pyramid import BarPyramid, Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANGE = 14  # bars of the true range that a box is made of
MOST_BRICKS = 100_000  # of one chart: where prices fell from millions to cents
_FIGURES = 2  # of a box's size
_EDGE = 1e-9  # of a box: a price that is on its edge but for the rounding of a double


def usual_box(bars: BarPyramid) -> float:
    """The mean true range of the last bars, to two figures; 1 % of the price if there is none."""
    if len(bars) < 2:  # noqa: PLR2004 - a true range needs the bar before
        return _figures(float(bars.close[-1]) / 100) if len(bars) else 1.0
    high, low = bars.high[-RANGE:], bars.low[-RANGE:]
    before = bars.close[-RANGE - 1 : -1][-len(high) :]
    high, low = high[-len(before) :], low[-len(before) :]
    true = np.maximum(high, before) - np.minimum(low, before)
    return _figures(float(true.mean())) or _figures(abs(float(bars.close[-1])) / 100) or 1.0


def box_of(bars: BarPyramid, wanted: float) -> float:
    """The box that is wanted, or the smallest that lays no more bricks than there may be."""
    way = float(np.nansum(np.abs(np.diff(bars.close))))
    least = way / MOST_BRICKS
    return wanted if wanted >= least else _figures(least * 1.1)  # 1.1: rounding takes nothing back


def _figures(value: float) -> float:
    return round(value, _FIGURES - 1 - floor(log10(value))) if value > 0 else 0.0


class Change(Enum):
    """What a live bar did to the bars that a chart counts."""

    NONE = "none"
    LAST = "last"  # the last one is another, or one was added
    MORE = "more"


@dataclass(frozen=True, slots=True)
class _State:
    """The last brick reaches from `level` to one more, in boxes; what was traded since."""

    level: int
    volume: float


Brick = tuple[int, float, float, float]  # its time, open, close and volume


class Renko:
    """The bricks of a pyramid's closes, which it follows at its live end.

    Bricks stand on multiples of the box. A turn takes two boxes: one back through the last brick
    and one beyond it. Those of the live bar come and go with its close.
    """

    def __init__(self, bars: BarPyramid, box: float) -> None:
        self.box = box
        self._bars = bars
        self._live: list[Brick] = []
        # What was before the last bar is settled.
        self._state, self.made = self._settled(max(0, len(bars) - 1))
        self._count = len(self.made)
        self._ahead = len(bars)
        if len(bars):
            _, self._live = self._step(self._state, len(bars) - 1)
            self._lay()

    def follow(self) -> Change:
        """Lay the bricks of the last bar anew."""
        bars = self._bars
        if len(bars) > self._ahead:
            self._state, kept = self._step(self._state, len(bars) - 2)
            self._count += len(kept)
            self._ahead, self._live = len(bars), []
        before = self._live
        _, self._live = self._step(self._state, len(bars) - 1)
        if before == self._live:
            return Change.NONE
        self.made.cut(self._count)
        self._lay()
        added = len(self._live) - len(before)
        same = len(self._live) - 1
        last = added in {0, 1} and self._live[:same] == before[:same]
        return Change.LAST if last else Change.MORE

    def _lay(self) -> None:
        """Put the live bricks behind the settled ones."""
        for time, opened, close, volume in self._live:
            ends = (max(opened, close), min(opened, close))
            self.made.append(time, (opened, *ends, close, volume))

    def _settled(self, stop: int) -> tuple[_State | None, BarPyramid]:
        """The bricks of the bars up to `stop` (not included)."""
        if not stop:
            return None, BarPyramid.empty()
        close = self._bars.close[:stop]
        ups = np.floor(close / self.box + _EDGE).astype(np.int64)
        downs = np.ceil(close / self.box - _EDGE).astype(np.int64)
        traded = np.cumsum(self._bars.volume[:stop])
        # A close in the same box as the one before it adds nothing.
        turns = np.flatnonzero((np.diff(ups) != 0) | (np.diff(downs) != 0)) + 1
        level = int(ups[0])
        runs = [(0, level, level + 1)]  # a bar, and where its bricks begin and end
        columns = (turns, ups[turns], downs[turns])
        for at, up, down in zip(*(each.tolist() for each in columns), strict=True):
            if up > level + 1:
                runs.append((at, level + 1, up))
                level = up - 1
            elif down < level:
                runs.append((at, level, down))
                level = down
        bars, starts, ends = np.array(runs, dtype=np.int64).T
        state = _State(level, float(traded[-1] - traded[bars[-1]]))
        return state, self._expanded(bars, starts, ends, np.diff(traded[bars], prepend=0.0))

    def _expanded(
        self,
        bars: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        traded: NDArray[np.float64],
    ) -> BarPyramid:
        """A brick for each box of the runs."""
        counts = np.abs(ends - starts)
        last = np.cumsum(counts) - 1
        number = np.arange(last[-1] + 1) - np.repeat(last + 1 - counts, counts)  # within its run
        side = np.repeat(np.sign(ends - starts), counts)
        opened = np.repeat(starts, counts) + side * number
        time = np.repeat(self._bars.time[bars], counts) + number
        volume = np.zeros(len(number))
        volume[last] = traded
        one, other = opened * self.box, (opened + side) * self.box
        return BarPyramid(
            time, Columns(one, np.maximum(one, other), np.minimum(one, other), other, volume)
        )

    def _step(self, state: _State | None, at: int) -> tuple[_State, list[Brick]]:
        """The bricks of one bar, after those before it."""
        bars = self._bars
        place = float(bars.close[at]) / self.box
        up, down = floor(place + _EDGE), ceil(place - _EDGE)
        traded = float(bars.volume[at]) + (state.volume if state is not None else 0.0)
        if state is None:
            tops = [(up, up + 1)]
            level = up
        elif up > state.level + 1:
            tops = [(each, each + 1) for each in range(state.level + 1, up)]
            level = up - 1
        elif down < state.level:
            tops = [(each + 1, each) for each in range(state.level - 1, down - 1, -1)]
            level = down
        else:
            return _State(state.level, traded), []
        time = int(bars.time[at])
        bricks = [
            (
                time + number,
                one * self.box,
                other * self.box,
                traded if (one, other) == tops[-1] else 0.0,
            )
            for number, (one, other) in enumerate(tops)
        ]
        return _State(level, 0.0), bricks
