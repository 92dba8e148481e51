"""The lines of one study: worked out on any thread, then kept up with live bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Bars, Interval
from puffin.factors.following import Follower
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.ticks import SECOND

if TYPE_CHECKING:
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.pyramid import BarPyramid


class Track:
    """What an indicator gave for the bars of a chart, a line for each output."""

    def __init__(self, spec: StudySpec, bars: Bars) -> None:
        """Work everything out; this may take its time and needs no window."""
        indicator = spec.offer.indicator
        if indicator is None:
            raise ValueError(f"{spec.indicator} is not worked out as lines.")
        self._follower = Follower(indicator, spec.typed)
        found = self._follower.start(bars)
        self.lines = {name: LinePyramid(values) for name, values in found.items()}
        for line in self.lines.values():
            line.take_over()  # here, so that the first live bar has nothing to copy
        self.count = len(bars)

    def follow(self, pyramid: BarPyramid, interval: Interval) -> bool:
        """Bring the last bars up to date; False if that takes too long to be done at once."""
        if len(pyramid) < self.count:
            return False
        known = {name: line.values for name, line in self.lines.items()}
        found = self._follower.follow(lambda row: bars_of(pyramid, interval, row), known)
        if found is None:
            return False
        before = self.count
        self.count = len(pyramid)
        for name, values in found.items():
            line = self.lines[name]
            for place, value in enumerate(values.tolist()):
                if place == 0 and before:
                    line.set_last(value)
                else:
                    line.append(value)
        return True


def bars_of(pyramid: BarPyramid, interval: Interval, start: int = 0) -> Bars:
    """Return the bars of a chart from a row on, as an indicator takes them; nothing is copied."""
    rows = slice(start, None)
    return Bars(
        "",
        interval,
        pyramid.time[rows],
        pyramid.open[rows],
        pyramid.high[rows],
        pyramid.low[rows],
        pyramid.close[rows],
        pyramid.volume[rows],
    )


def interval_of(bar: int) -> Interval:
    """Return the interval whose bars are so many nanoseconds long, or the one next to it."""
    return min(Interval, key=lambda each: abs(each.seconds * SECOND - bar))
