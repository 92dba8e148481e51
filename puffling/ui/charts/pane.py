"""A pane of a chart: its frame, its price axis, and the layers painted in it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

from puffling.ui.charts.axes import PriceAxis
from puffling.ui.charts.frame import Frame
from puffling.ui.charts.ticks import PriceTicks, price_ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

    from puffling.ui.charts.surface import Part, Surface

Bounds = tuple[float, float]


class Layer(pg.GraphicsObject):
    """One thing painted in a pane, such as candles or a line.

    A subclass implements `draw`. It is given the part of the frame that has to be painted, and
    paints in the widget's own pixels: without the view's transform, edges stay on whole pixels.
    """

    def __init__(self, pane: Pane, height: float) -> None:
        super().__init__()
        self.pane = pane
        self.surface = pane.surface
        self.setZValue(height)
        pane.add(self)

    def boundingRect(self) -> QRectF:
        """All of what the pane shows, in bars and values."""
        return self.pane.view_rect

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint each part that has to be painted."""
        frame = self.pane.frame
        painter.resetTransform()
        for part in self.surface.exposed(frame):
            self.draw(painter, frame, part)

    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint what lies in a part of the frame."""
        raise NotImplementedError


def device_pixels(painter: QPainter, frame: Frame) -> None:
    """Let the painter count in device pixels, so that thin things are sharp on any screen."""
    if frame.ratio != 1.0:
        painter.setWorldTransform(QTransform.fromScale(1 / frame.ratio, 1 / frame.ratio))


class Pane:
    """A part of a chart with a price axis of its own.

    `bounds` says the lowest and the highest value of a range of bars; unless the person took
    the axis in hand (`manual`), the pane shows just those, with room above and below.
    """

    def __init__(
        self,
        surface: Surface,
        scene: QGraphicsScene,
        bounds: Callable[[range], Bounds],
        *,
        share: float = 1.0,
    ) -> None:
        self.surface = surface
        self.bounds = bounds
        self.share = share  # of the chart's height, against the other panes' shares
        self.room = (0.1, 0.06)  # above and below, as shares of the pane's height
        self.manual: Bounds | None = None
        self.is_empty = True  # nothing to mark the axis for
        self.frame = Frame()
        self.view_rect = QRectF(0, 0, 1, 1)
        self.layers: list[Layer] = []
        self.axis = PriceAxis(surface)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.box.disableAutoRange()
        scene.addItem(self.box)
        scene.addItem(self.axis)

    def add(self, layer: Layer) -> None:
        """Take a layer in."""
        self.layers.append(layer)
        self.box.addItem(layer, ignoreBounds=True)

    def remove(self, layer: Layer) -> None:
        """Let a layer go."""
        self.layers.remove(layer)
        self.box.removeItem(layer)

    def fitted(self, bars: range) -> Bounds:
        """The values to show for these bars."""
        if self.manual is not None:
            return self.manual
        low, high = self.bounds(bars)
        self.is_empty = not (isfinite(low) and isfinite(high))
        if self.is_empty:
            return 0.0, 1.0
        span = high - low
        if span <= 0:
            span = abs(high) * 0.02 or 1.0
            low, high = low - span / 2, high + span / 2
        above, below = self.room
        scale = span / (1 - above - below)
        return low - below * scale, high + above * scale

    def place(self, area: QRectF, bars: Bounds, values: Bounds, ratio: float) -> None:
        """Show these bars and values in this part of the widget."""
        frame = Frame(area.x(), area.y(), area.width(), area.height(), *bars, *values, ratio)
        self.frame = self.axis.frame = frame
        marked = not self.is_empty
        self.axis.ticks = price_ticks(*values, area.height()) if marked else PriceTicks((), 2)

    def commit(self) -> None:
        """Hand the frame to pyqtgraph at once, so that no second paint follows the first."""
        frame = self.frame
        area = QRectF(frame.left, frame.top, frame.width, frame.height)
        if self.box.geometry() != area:
            self.box.setGeometry(area)
        self.view_rect = QRectF(frame.x0, frame.y0, frame.x1 - frame.x0, frame.y1 - frame.y0)
        self.box.setRange(xRange=(frame.x0, frame.x1), yRange=(frame.y0, frame.y1), padding=0)
        self.box.prepareForPaint()
