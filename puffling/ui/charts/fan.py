"""The fan chart: where many possible runs would have been, from the worst twentieth to the best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from typing_extensions import override

from puffling.core.formats import money, number
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.plot import Plot, dot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.plot import Bounds
    from puffling.ui.theme.theme import Theme

    Floats = NDArray[np.float64]

_OUTER, _INNER = 0.14, 0.28
_MOST_CORNERS = 700  # of a band; more than that no screen shows


@dataclass(frozen=True, slots=True, eq=False)
class FanCurves:
    """Equity at each step of many runs: `bands` has the 5, 25, 50, 75 and 95 % lines.

    `steps` says what a step is, as in "after 20 trades"; `actual` is the run they come from.
    """

    bands: Floats  # [5, n]
    actual: Floats | None = None
    steps: str = "trades"
    actual_title: str = "The run itself"
    x: Floats = field(default_factory=lambda: np.empty(0))  # empty: 0, 1, 2 …

    @property
    def places(self) -> Floats:
        """Where the steps lie."""
        return self.x if len(self.x) else np.arange(self.bands.shape[1], dtype=np.float64)


class FanChart(Plot):
    """Shows `FanCurves`; the read-out says what share of the runs was below what."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Fan of possible runs", parent)
        self.curves: FanCurves | None = None

    def show_curves(self, curves: FanCurves | None) -> None:
        """Show these; None shows nothing."""
        self.curves = curves
        self.x_title = "" if curves is None else curves.steps.capitalize()
        self.refresh()

    @property
    @override
    def count(self) -> int:
        return 0 if self.curves is None else self.curves.bands.shape[1]

    @override
    def bounds(self) -> Bounds | None:
        if self.curves is None or not self.count:
            return None
        curves = self.curves
        values = curves.bands if curves.actual is None else (curves.bands, curves.actual)
        low = min(float(np.nanmin(each)) for each in values)
        high = max(float(np.nanmax(each)) for each in values)
        return float(curves.places[0]), float(curves.places[-1]), low, high

    @override
    def nearest(self, at: QPointF) -> int | None:
        if self.curves is None:
            return None
        places = self.curves.places
        return int(np.abs(places - self.frame.index_at(at.x())).argmin())

    @override
    def words(self, index: int | None) -> Sequence[Said]:
        curves, colors = self.curves, self.surface.colors
        if curves is None or not self.count:
            return ()
        at = self.count - 1 if index is None else index
        low, quarter, middle, three, high = (float(each) for each in curves.bands[:, at])
        said = [
            Said(
                f"After {number(float(curves.places[at]), places=0)} {curves.steps}",
                colors.tag_text,
                strong=True,
            ),
            Said(f"Median {money(middle, places=0)}", colors.equity),
            Said(
                f"Half between {money(quarter, places=0)} and {money(three, places=0)}",
                colors.axis_text,
            ),
            Said(
                f"9 in 10 between {money(low, places=0)} and {money(high, places=0)}",
                colors.axis_text,
            ),
        ]
        if curves.actual is not None and at < len(curves.actual):
            value = money(float(curves.actual[at]), places=0)
            said.append(Said(f"{curves.actual_title} {value}", colors.tag_text))
        return said

    @override
    def draw(self, painter: QPainter, frame: Frame) -> None:
        curves = self.curves
        if curves is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        every = max(1, -(-self.count // _MOST_CORNERS))
        chosen = np.unique(np.append(np.arange(0, self.count, every), self.count - 1))
        x = frame.x(curves.places[chosen])
        y = frame.y(curves.bands[:, chosen])
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, alpha in ((0, 4, _OUTER), (1, 3, _INNER)):
            painter.setBrush(self.theme.color("accent", alpha))
            painter.drawPolygon(_polygon(np.append(x, x[::-1]), np.append(y[low], y[high][::-1])))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colors = self.surface.colors
        if curves.actual is not None:
            painter.setPen(colors.pen(colors.tag_text, 1.2))
            painter.drawPolyline(_polygon(x, frame.y(curves.actual[chosen])))
        painter.setPen(colors.pen(colors.equity, 1.8))
        painter.drawPolyline(_polygon(x, y[2]))
        if self.looked_at is not None:
            place = frame.x(float(curves.places[self.looked_at]))
            painter.setPen(colors.pen(colors.crosshair, dashed=True))
            painter.drawLine(QLineF(place, frame.top, place, frame.bottom))
            middle = frame.y(float(curves.bands[2, self.looked_at]))
            dot(painter, QPointF(place, middle), 3.5, colors.equity)


def _polygon(x: Floats, y: Floats) -> QPolygonF:
    return QPolygonF([QPointF(*each) for each in zip(x.tolist(), y.tolist(), strict=True)])
