"""Dots over two axes: train against test, and how a search came along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from typing_extensions import override

from puffling.core.formats import number
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

_RADIUS, _LOOKED_AT = 3.0, 5.0
_NEAR = 24.0  # pixels from a dot that still mean it


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Points with names; `line` is drawn through other points, such as the best so far."""

    x: Floats
    y: Floats
    names: Sequence[str]
    line: Floats | None = None  # [n] over the same x, drawn in steps
    line_title: str = ""
    diagonal: bool = False  # a line where both are the same
    strong: int | None = None  # one that is marked


class ScatterChart(Plot):
    """Shows `Dots`."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self.dots: Dots | None = None

    def show_dots(self, dots: Dots | None, *, x: str = "", y: str = "", unit: str = "") -> None:
        """Show these, with a title for each axis; None shows nothing."""
        looked_at = self.looked_at
        self.dots = dots
        self.x_title, self.y_title, self.x_unit, self.y_unit = x, y, "", unit
        if dots is not None and dots.diagonal:
            self.x_unit = unit
        self.refresh()
        self.look_at(looked_at)

    @property
    @override
    def count(self) -> int:
        return 0 if self.dots is None else len(self.dots.x)

    @override
    def bounds(self) -> Bounds | None:
        if self.dots is None or not self.count:
            return None
        dots = self.dots
        known = np.isfinite(dots.x) & np.isfinite(dots.y)
        if not known.any():
            return None
        left, right = float(dots.x[known].min()), float(dots.x[known].max())
        low, high = float(dots.y[known].min()), float(dots.y[known].max())
        if dots.diagonal:
            left, right, low, high = min(left, 0.0), max(right, 0.0), min(low, 0.0), max(high, 0.0)
        return left, right, low, high

    @override
    def nearest(self, at: QPointF) -> int | None:
        if self.dots is None or not self.count:
            return None
        away = np.hypot(self.frame.x(self.dots.x) - at.x(), self.frame.y(self.dots.y) - at.y())
        away[~np.isfinite(away)] = np.inf
        index = int(away.argmin())
        return index if away[index] <= _NEAR else None

    @override
    def step(self, by: int) -> int:
        """Return the dot so many places to the side, by what is on the lower axis."""
        if self.dots is None:
            return 0
        order = np.argsort(self.dots.x, kind="stable")
        if self.looked_at is None:
            return int(order[0 if by > 0 else -1])
        place = int(np.flatnonzero(order == self.looked_at)[0]) + by
        return int(order[min(max(place, 0), self.count - 1)])

    @override
    def words(self, index: int | None) -> Sequence[Said]:
        dots, colors = self.dots, self.surface.colors
        if dots is None or not self.count:
            return ()
        if index is None:
            said = [Said(self.y_title, colors.tag_text, strong=True)]
            if dots.line is not None:
                said.append(Said(dots.line_title, colors.equity))
            if dots.diagonal:
                said.append(Said("Dashed: the same in both", colors.axis_text))
            return said
        y = number(float(dots.y[index])) + self.y_unit
        said = [Said(dots.names[index], colors.tag_text, strong=True)]
        if dots.diagonal:
            x = number(float(dots.x[index])) + self.x_unit
            said.append(Said(f"{self.x_title} {x}", colors.axis_text))
        said.append(Said(f"{self.y_title} {y}", colors.equity))
        return said

    @override
    def draw(self, painter: QPainter, frame: Frame) -> None:
        dots, colors = self.dots, self.surface.colors
        if dots is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if dots.diagonal:
            self._draw_cross(painter, frame)
        if dots.line is not None:
            painter.setPen(colors.pen(colors.equity, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(_stairs(frame.x(dots.x), frame.y(dots.line)))
        plain = self.theme.color("muted" if dots.line is not None else "info", 0.75)
        for index, (x, y) in enumerate(
            zip(frame.x(dots.x).tolist(), frame.y(dots.y).tolist(), strict=True)
        ):
            if np.isfinite(y) and index not in {self.looked_at, dots.strong}:
                dot(painter, QPointF(x, y), _RADIUS, plain)
        for special, color in ((dots.strong, colors.equity), (self.looked_at, colors.tag_text)):
            if special is not None and special < self.count:
                at = QPointF(frame.x(float(dots.x[special])), frame.y(float(dots.y[special])))
                dot(painter, at, _LOOKED_AT, color)

    def _draw_cross(self, painter: QPainter, frame: Frame) -> None:
        colors = self.surface.colors
        painter.setPen(colors.pen(colors.crosshair))
        painter.drawLine(QLineF(frame.x(0.0), frame.top, frame.x(0.0), frame.bottom))
        painter.drawLine(QLineF(frame.left, frame.y(0.0), frame.right, frame.y(0.0)))
        painter.setPen(colors.pen(colors.crosshair, dashed=True))
        low, high = max(frame.x0, frame.y0), min(frame.x1, frame.y1)
        painter.drawLine(QLineF(frame.x(low), frame.y(low), frame.x(high), frame.y(high)))


def _stairs(x: Floats, y: Floats) -> QPolygonF:
    """Return a line that keeps its height until the next point."""
    known = np.isfinite(y)
    x, y = np.repeat(x[known], 2)[1:], np.repeat(y[known], 2)[:-1]
    return QPolygonF([QPointF(*each) for each in zip(x.tolist(), y.tolist(), strict=True)])
