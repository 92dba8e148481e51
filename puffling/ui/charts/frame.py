"""Where a pane shows which bars and which values: numbers to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil, floor, log
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

N = TypeVar("N", float, "NDArray[np.float64]")
_LEAST = 5e-324  # what a logarithm is taken of instead of nothing, far below any pane


class Scale(Enum):
    """Whether equal steps or equal ratios are equally tall."""

    LINEAR = "linear"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the widget, in its own pixels, and the bars and values it shows.

    Bar `i` reaches from `i - 0.5` to `i + 0.5`, so that days without trading take no room.
    Every layer and axis draws with the same frame, so nothing is a pixel off. `ratio` is device
    pixels per pixel. On a logarithmic scale `y0` is over 0. `inverted` puts low values at the top.
    """

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0
    x0: float = 0.0
    x1: float = 1.0
    y0: float = 0.0
    y1: float = 1.0
    ratio: float = 1.0
    scale: Scale = Scale.LINEAR
    inverted: bool = False

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def bar_width(self) -> float:
        """Pixels from one bar to the next."""
        return self.width / (self.x1 - self.x0)

    def x(self, index: N) -> N:
        """Where bar `index` has its middle."""
        return self.left + (index - self.x0) * self.bar_width

    def y(self, value: N) -> N:
        """Where `value` is drawn."""
        low, high = self.y0, self.y1
        if self.scale is Scale.LOG:
            low, high, value = log(low), log(high), _log(value)
        down = (high - value) * (self.height / (high - low))
        return self.bottom - down if self.inverted else self.top + down

    def index_at(self, x: float) -> float:
        """The bar, with fractions, at a pixel."""
        return self.x0 + (x - self.left) / self.bar_width

    def value_at(self, y: float) -> float:
        """The value at a pixel."""
        down = (self.bottom - y if self.inverted else y - self.top) / self.height
        if self.scale is Scale.LOG:
            return float(self.y1 * (self.y0 / self.y1) ** down)
        return self.y1 - down * (self.y1 - self.y0)

    def stretched(self, factor: float) -> tuple[float, float]:
        """The values at the ends when `factor` times as much is shown around the middle."""
        middle, half = self.top + self.height / 2, self.height / 2 * factor
        return self._ends(middle + half, middle - half)

    def moved(self, pixels: float) -> tuple[float, float]:
        """The values at the ends when the drawing moves down by so many pixels."""
        return self._ends(self.bottom - pixels, self.top - pixels)

    def _ends(self, bottom: float, top: float) -> tuple[float, float]:
        one, other = self.value_at(bottom), self.value_at(top)
        return (other, one) if self.inverted else (one, other)

    def bars(self, count: int, left: float | None = None, right: float | None = None) -> range:
        """The bars of `count` that touch the frame, or the part of it between two pixels."""
        first = self.x0 if left is None else self.index_at(left)
        last = self.x1 if right is None else self.index_at(right)
        return range(min(count, max(0, floor(first + 0.5))), max(0, min(count, ceil(last + 0.5))))


def _log(value: N) -> N:
    if isinstance(value, np.ndarray):
        return np.asarray(np.log(np.maximum(value, _LEAST)))
    return log(max(value, _LEAST))
