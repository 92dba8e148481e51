"""Heikin-Ashi: bars made of the mean prices of bars, which show a trend without its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.pyramid import BarPyramid, Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEMORY = 64  # bars after which half of a half … of an open no longer shows in a double


class HeikinAshi:
    """The Heikin-Ashi bars of a pyramid, which it follows at its live end."""

    def __init__(self, bars: BarPyramid) -> None:
        self._bars = bars
        close = (bars.open + bars.high + bars.low + bars.close) / 4
        opens = _opens(bars, close)
        high = np.maximum(bars.high, np.maximum(opens, close))
        low = np.minimum(bars.low, np.minimum(opens, close))
        self.made = BarPyramid(bars.time, Columns(opens, high, low, close, bars.volume))

    def follow(self) -> None:
        """Make the last bar anew, or one for a bar that was added."""
        bars, made = self._bars, self.made
        at = len(bars) - 1
        high, low, volume = bars.high[at], bars.low[at], bars.volume[at]
        close = (bars.open[at] + high + low + bars.close[at]) / 4
        opened = (bars.open[0] + bars.close[0]) / 2
        if at:
            opened = (made.open[at - 1] + made.close[at - 1]) / 2
        ends = (float(max(high, opened, close)), float(min(low, opened, close)))
        values = (float(opened), *ends, float(close), float(volume))
        if len(made) < len(bars):
            made.append(int(bars.time[at]), values)
        else:
            made.set_last(values)


def _opens(bars: BarPyramid, close: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each open: half of the open before it and half of the close before it.

    Each pass adds the terms of twice as many bars, so the whole column takes seven of them.
    """
    opens = np.empty(len(close))
    if len(close):
        opens[0] = (bars.open[0] + bars.close[0]) / 2
        np.multiply(close[:-1], 0.5, out=opens[1:])
    reach = 1
    while reach <= _MEMORY and reach < len(opens):
        opens[reach:] += 0.5**reach * opens[:-reach]
        reach *= 2
    return opens
