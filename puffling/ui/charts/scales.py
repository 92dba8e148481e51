"""How the values of a price axis are placed and read: linear, logarithmic, in percent, indexed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from puffling.core.formats import number, signed
from puffling.ui.charts.frame import Scale
from puffling.ui.charts.ticks import PriceTicks, log_ticks, price_decimals, price_ticks

_PLAIN = 8  # decimals from which a price's zeros are counted and not written
_ROOM, _LEAST_ROOM = 44.0, 24.0  # pixels from one mark to the next
_FEW = 5  # marks that a low pane should have
_SMALL = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class ScaleKind(StrEnum):
    """What the price axis of a chart shows."""

    LINEAR = "linear"
    LOG = "log"
    PERCENT = "percent"
    INDEXED = "indexed"

    @property
    def label(self) -> str:
        """What a menu calls it."""
        return _LABELS[self]

    @property
    def scale(self) -> Scale:
        """How it places values."""
        return Scale.LOG if self is ScaleKind.LOG else Scale.LINEAR


_LABELS = {
    ScaleKind.LINEAR: "Linear",
    ScaleKind.LOG: "Logarithmic",
    ScaleKind.PERCENT: "Percent",
    ScaleKind.INDEXED: "Indexed to 100",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How an axis reads values: as they are, or against `base`, which reads as `start`.

    In percent the base reads 0 and has a sign, indexed it reads 100.
    """

    base: float | None = None
    start: float = 0.0

    def shown(self, value: float) -> float:
        """What is written for a value."""
        return value if self.base is None else (value / self.base - 1) * 100 + self.start

    def value(self, shown: float) -> float:
        """The value something is written for."""
        return shown if self.base is None else ((shown - self.start) / 100 + 1) * self.base

    def ticks(self, low: float, high: float, pixels: float, scale: Scale) -> PriceTicks:
        """Mark the values from low to high so that what is written is round."""
        if scale is Scale.LOG:
            return log_ticks(low, high, pixels)
        room = min(_ROOM, max(_LEAST_ROOM, pixels / _FEW))
        ticks = price_ticks(self.shown(low), self.shown(high), pixels, room)
        if self.base is None:
            return ticks
        return PriceTicks(tuple(map(self.value, ticks.values)), ticks.decimals)

    def text(self, value: float, decimals: int) -> str:
        """Write a value."""
        if self.base is None:
            return price_text(value, decimals)
        shown = self.shown(value)
        if self.start:
            return number(shown, places=decimals)
        near = round(shown, decimals) == 0
        return f"{number(0, places=decimals) if near else signed(shown, places=decimals)} %"

    @property
    def decimals(self) -> int | None:
        """The decimals of a tag; None: those of a price of that size."""
        return None if self.base is None else 2


@lru_cache(maxsize=4_096)  # an axis says the same from frame to frame
def price_text(value: float, decimals: int) -> str:
    """Write a price; of a very small one the zeros are counted: 0.0₇1234 is 0.00000001234."""
    if decimals <= _PLAIN or not 0 < abs(value) < 10.0 ** -(_PLAIN // 2):
        return number(value, places=decimals)
    digits = f"{abs(value):.{decimals}f}"[2:]
    figures = digits.lstrip("0")
    if not figures:
        return number(0, places=2)
    sign = "−" if value < 0 else ""
    return f"{sign}0.0{str(len(digits) - len(figures)).translate(_SMALL)}{figures}"


def quoted(price: float) -> str:
    """Write a price with the decimals one of its size is quoted with."""
    return price_text(price, price_decimals(abs(price)))
