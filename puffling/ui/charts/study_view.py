"""One study on a chart: its layers, its colours and its words; what each kind of them shares."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from typing_extensions import override

from puffin.data.bars import Interval
from puffling.core.formats import UNKNOWN, number
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.pyramid import BarPyramid
from puffling.ui.charts.scales import Reading, quoted
from puffling.ui.charts.ticks import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.axes import Tag
    from puffling.ui.charts.pane import Bounds, Layer, Pane

LARGE = 100_000.0  # from here on a value is written as a count
SMALL = 0.01
NONE = float("nan"), float("nan")


class StudyView:
    """A study drawn in a pane. A subclass makes the layers and keeps them up to date."""

    def __init__(self, spec: StudySpec, pane: Pane, *, owns_pane: bool) -> None:
        self.spec, self.pane, self.owns_pane = spec, pane, owns_pane
        self.surface = pane.surface
        self.pyramid = BarPyramid.empty()
        self.interval = Interval.D1
        self.layers: list[Layer] = []
        self.colors: dict[str, QColor] = {}  # by output

    @property
    def is_ready(self) -> bool:
        """Whether it shows the bars of the chart."""
        return True

    def take(self, pyramid: BarPyramid, interval: Interval) -> None:
        """Belong to other bars; what is shown of the ones before is gone."""
        self.pyramid, self.interval = pyramid, interval

    def follow(self) -> bool:
        """Follow the last bar; False if that has to be done elsewhere."""
        return True

    def tint(self, first: int) -> int:
        """Take colours, from the `first`-th of the theme on; return the next one that is free."""
        del first
        raise NotImplementedError

    def bounds(self, bars: range) -> Bounds:
        """The lowest and the highest value of some bars."""
        del bars
        return NONE

    def words(self, at: int) -> list[Said]:
        """What the legend says of a bar."""
        del at
        return [Said(self.spec.title, self.surface.colors.axis_text)]

    def tags(self, at: int | None = None) -> list[Tag]:
        """What is written on the axis of a pane of its own, of a bar or of the last one."""
        del at
        return []

    def columns(self) -> list[tuple[str, NDArray[np.float64]]]:
        """What is exported of it: a title and a value for each bar, of each line."""
        return []

    def remove(self) -> None:
        """Take the layers away; a pane of its own goes with them."""
        for layer in self.layers:
            if layer in self.pane.layers:
                self.pane.remove(layer)
        self.layers.clear()

    def theme_color(self, place: int, own: int = 0) -> QColor:
        """The colour chosen for an output, or the theme's."""
        chosen = self.spec.colors
        if own < len(chosen) and chosen[own]:
            return QColor(chosen[own])
        return self.surface.colors.series(place)


@dataclass(frozen=True, slots=True)
class StudyReading(Reading):
    """How the axis of a pane of its own reads values: large ones as counts."""

    @override
    def text(self, value: float, decimals: int) -> str:
        if abs(value) >= LARGE:
            return compact(value)
        return Reading.text(self, value, decimals)

    @property
    @override
    def decimals(self) -> int | None:
        return 2


def value_text(value: float, *, is_price: bool) -> str:
    """Write a value of a study: as prices are where it is one, else in a few figures."""
    if not isfinite(value):
        return UNKNOWN
    if is_price and abs(value) < LARGE:
        return quoted(value)
    if abs(value) >= LARGE:
        return compact(value)
    if 0 < abs(value) < SMALL:
        return ("−" if value < 0 else "") + quoted(abs(value))
    return number(value, places=2)


def joined(bounds: Iterable[Bounds]) -> Bounds:
    """The lowest and the highest of all that are known."""
    known = [each for each in bounds if isfinite(each[0]) and isfinite(each[1])]
    if not known:
        return NONE
    return min(low for low, _ in known), max(high for _, high in known)
