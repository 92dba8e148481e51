"""The volume-weighted price of a period that still runs, from sums that a live bar is added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from puffin.factors.base import typical_price
from puffin.factors.vwap import VwapParameters, anchored_at, banded, period_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.vwap import AnchoredVwapParameters

    Floats: TypeAlias = NDArray[np.float64]

Sums: TypeAlias = tuple[float, float, float]
NOTHING: Sums = (0.0, 0.0, 0.0)


class Running:
    """Sums over the bars of the present period, without its last bar, which may still change."""

    def __init__(self, bars: Bars, parameters: VwapParameters | AnchoredVwapParameters) -> None:
        self._parameters = parameters
        self._base: float | None = None  # sums are around it, so that large prices keep digits
        self._sums = NOTHING
        starts = self._starts(bars)
        if len(starts):
            period = bars.tail(len(bars) - int(starts[-1]))
            prices = typical_price(period)
            self._base = float(prices[0])
            gap, traded = prices[:-1] - self._base, period.volume[:-1]
            parts = (traded, gap * traded, gap * gap * traded)
            one, two, three = (float(each.sum()) for each in parts)
            self._sums = (one, two, three)

    def follow(self, bars: Bars) -> dict[str, Floats]:
        """Return the values of these bars: the last one of the time before, and newer ones."""
        starts = set(self._starts(bars).tolist())
        prices, traded = typical_price(bars).tolist(), bars.volume.tolist()
        mean, deviation = np.full(len(bars), np.nan), np.full(len(bars), np.nan)
        for row, (price, volume) in enumerate(zip(prices, traded, strict=True)):
            if row in starts and (row or self._base is None):
                self._base, self._sums = price, NOTHING
            if self._base is None:
                continue
            gap = price - self._base
            total, first, second = self._sums
            total, first = total + volume, first + gap * volume
            second += gap * gap * volume
            if row < len(bars) - 1:
                self._sums = (total, first, second)
            if total > 0:
                middle = first / total
                mean[row] = self._base + middle
                deviation[row] = max(second / total - middle * middle, 0.0) ** 0.5
        return banded(mean, deviation, self._parameters.deviations)

    def _starts(self, bars: Bars) -> NDArray[np.int64]:
        chosen = self._parameters
        if isinstance(chosen, VwapParameters):
            return period_starts(bars, chosen.since)
        return anchored_at(bars, chosen.anchor)
