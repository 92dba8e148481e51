"""One drawing of each kind, and bars whose time is their number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor, Drawing
from puffling.ui.charts.frame import Frame, Scale
from puffling.ui.charts.scales import price_text
from puffling.ui.charts.ticks import price_decimals

LINEAR = Frame(0, 0, 800, 400, 0, 100, 50, 150)
LOG = Frame(0, 0, 800, 400, 0, 100, 50, 150, scale=Scale.LOG)


@dataclass
class Numbers:
    """Bars by their number: the ground of a chart that needs no chart."""

    frame: Frame = LINEAR
    price_of: dict[int, float] = field(default_factory=dict)

    def place(self, time: int) -> float:
        return float(time)

    def time_at(self, index: float) -> int:
        return round(index)

    def closes(self, first: float, last: float):
        index = np.arange(max(round(first), 0), round(last) + 1)
        return index, np.array([self.price_of.get(int(each), 100.0) for each in index])

    def price(self, value: float, like: float | None = None) -> str:
        return price_text(value, price_decimals(abs(value if like is None else like)))


def drawing_of(kind: DrawingKind, *anchors: tuple[int, float], **more) -> Drawing:
    """A drawing at these bars and prices, or at usual ones."""
    usual = [(20, 80.0), (60, 120.0), (20, 90.0), (70, 100.0)]
    if kind in {DrawingKind.PITCHFORK, DrawingKind.FIB_EXTENSION, DrawingKind.TRIANGLE}:
        usual[2] = (50, 70.0)
    if kind in {DrawingKind.LONG, DrawingKind.SHORT}:
        up = kind is DrawingKind.LONG
        usual = [(20, 100.0), (60, 120.0 if up else 80.0), (60, 90.0 if up else 110.0)]
    count = 4 if kind.facts.is_open else kind.facts.least
    places = anchors or usual[:count]
    return Drawing(
        kind.value,
        "TEST",
        kind,
        tuple(Anchor(time, price) for time, price in places),
        kind.facts.style,
        **more,
    )
