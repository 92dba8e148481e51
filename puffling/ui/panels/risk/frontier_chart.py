"""The efficient frontier: return over volatility, each symbol alone, and what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from typing_extensions import override

from puffling.core.formats import number, percent
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.plot import Plot, dot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from puffin.portfolio.allocation import Allocation
    from puffin.portfolio.frontier import Frontier
    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.plot import Bounds
    from puffling.ui.theme.theme import Theme

_RADIUS, _LARGE = 3.0, 5.5
_NEAR = 24.0  # pixels from a dot that still mean it
_MOST_NAMED = 3
_BESIDE = 6.0  # pixels from a dot to its name


class FrontierChart(Plot):
    """Points of the frontier first, then each symbol alone, then the weights that were chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Efficient frontier", parent)
        self.found: Frontier | None = None
        self._x = self._y = np.zeros(0)
        self._chosen: Allocation | None = None
        self.x_title, self.y_title = "Volatility a year (%)", "Return a year (%)"

    def show_frontier(self, found: Frontier, chosen: Allocation) -> None:
        """Show a frontier, and where the chosen weights lie."""
        self.found, self._chosen = found, chosen
        self._x = 100 * np.concatenate(
            [found.volatilities, found.own_volatilities, [chosen.volatility]]
        )
        self._y = 100 * np.concatenate([found.returns, found.own_returns, [chosen.expected_return]])
        self.refresh()

    @property
    @override
    def count(self) -> int:
        return len(self._x)

    @override
    def bounds(self) -> Bounds | None:
        if not self.count:
            return None
        return (
            float(self._x.min()),
            float(self._x.max()),
            float(self._y.min()),
            float(self._y.max()),
        )

    @override
    def nearest(self, at: QPointF) -> int | None:
        if not self.count:
            return None
        away = np.hypot(self.frame.x(self._x) - at.x(), self.frame.y(self._y) - at.y())
        index = int(away.argmin())
        return index if away[index] <= _NEAR else None

    @override
    def step(self, by: int) -> int:
        """Return the point so many places to the side; symbols come after the frontier."""
        start = self.count - 1 if self.looked_at is None else self.looked_at
        return (start + by) % self.count if self.count else 0

    @override
    def words(self, index: int | None) -> Sequence[Said]:
        found, colors = self.found, self.surface.colors
        if found is None or self._chosen is None:
            return ()
        if index is None:
            return [
                Said("Efficient frontier: return a year (%)", colors.equity, strong=True),
                Said("Best Sharpe ratio", self.theme.color("up")),
                Said("Chosen", colors.tag_text),
                Said("Single symbols", self.theme.color("muted")),
            ]
        points = len(found.returns)
        if index < points:
            title = "Best Sharpe ratio" if index == found.best else "Frontier"
            largest = np.argsort(-np.abs(found.weights[index]))[:_MOST_NAMED]
            held = ", ".join(
                f"{found.symbols[at]} {percent(float(found.weights[index, at]), places=0)}"
                for at in largest
                if abs(found.weights[index, at]) > 1e-3  # noqa: PLR2004 - nothing in it
            )
            sharpe = f"Sharpe {number(float(found.sharpes[index]))}"
        elif index < points + len(found.symbols):
            title, held, sharpe = found.symbols[index - points], "alone", ""
        else:
            title, held = "Chosen", ""
            sharpe = f"Sharpe {number(self._chosen.sharpe)}"
        said = [
            Said(title, colors.tag_text, strong=True),
            Said(f"return {number(float(self._y[index]))} %", colors.equity),
            Said(f"volatility {number(float(self._x[index]))} %", colors.axis_text),
        ]
        return said + [Said(each, colors.axis_text) for each in (sharpe, held) if each]

    @override
    def draw(self, painter: QPainter, frame: Frame) -> None:
        found, colors = self.found, self.surface.colors
        if found is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        xs, ys = frame.x(self._x).tolist(), frame.y(self._y).tolist()
        places = [QPointF(*each) for each in zip(xs, ys, strict=True)]
        points = len(found.returns)
        painter.setPen(colors.pen(colors.equity, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places[:points]))
        alone = self.theme.color("muted")
        for at, symbol in enumerate(found.symbols):
            place = places[points + at]
            dot(painter, place, _RADIUS, alone)
            painter.setPen(colors.axis_text)
            wide = self.surface.width(symbol)
            fits = place.x() + _BESIDE + wide <= frame.right
            aside = _BESIDE if fits else -_BESIDE - wide
            painter.drawText(place + QPointF(aside, 4), symbol)
        dot(painter, places[found.best], _LARGE, self.theme.color("up"))
        dot(painter, places[-1], _LARGE, colors.tag_text)
        if self.looked_at is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colors.pen(self.theme.color("accent"), 2.0))
            painter.drawEllipse(places[self.looked_at], _LARGE + 2, _LARGE + 2)
