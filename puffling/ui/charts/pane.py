"""A pane of a chart: its frame, its price axis, and the layers painted in it."""

from __future__ import annotations

from math import exp, inf, isfinite, log, nan
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

from puffling.ui.charts.axes import PriceAxis
from puffling.ui.charts.frame import Frame, Scale
from puffling.ui.charts.plotting import GraphicsObject, ViewBox
from puffling.ui.charts.ticks import PriceTicks

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

    from puffling.ui.charts.surface import Part, Surface

Bounds = tuple[float, float]
UNIT = QRectF(0, 0, 1, 1)


class Layer(GraphicsObject):
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
        """All of the pane, which counts as one by one: what is in it is placed by its frame."""
        return UNIT

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
    the axis in hand (`manual`), the pane shows just those, with room above and below. What
    `also` says of the bars in view is to be seen too. Where values reach down to 0, a logarithmic
    scale gives way to a linear one.
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
        self.also: list[Callable[[range], Bounds]] = []
        self.share = share  # of the chart's height, against the other panes' shares
        self.room = (0.1, 0.06)  # above and below, as shares of the pane's height
        self.manual: Bounds | None = None
        self._known: Bounds = (nan, nan)  # the lowest and the highest value of what is in view
        self.scale = Scale.LINEAR
        self.inverted = False
        self.is_empty = True  # nothing to mark the axis for
        self.frame = Frame()
        self.layers: list[Layer] = []
        self.axis = PriceAxis(surface)
        self.box = ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
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
        low, high = self._known = self._ends(bars)
        self.is_empty = not (isfinite(low) and isfinite(high))
        if self.is_empty:
            return 0.0, 1.0
        if high <= low:
            span = abs(high) * 0.02 or 1.0
            low, high = low - span / 2, high + span / 2
        above, below = self.room[::-1] if self.inverted else self.room
        is_log = self.scale is Scale.LOG and low > 0
        if is_log:
            low, high = log(low), log(high)
        spread = (high - low) / (1 - above - below)
        low, high = low - below * spread, high + above * spread
        return (exp(low), exp(high)) if is_log else (low, high)

    def is_clear(self, part: Part) -> bool:
        """Whether a part lies above or below all that its bounds speak of.

        The last bar's column is as tall as the pane, so that it never does.
        """
        low, high = self._known
        if self.manual is not None or not (isfinite(low) and isfinite(high)):
            return False
        one, other = self.frame.y(low), self.frame.y(high)
        return part.bottom < min(one, other) - 1 or part.top > max(one, other) + 1

    def is_outgrown(self, bars: range) -> bool:
        """Whether values of these bars lie beyond those it shows.

        A last value that was the highest and fell back leaves it as it is: a line at its live end
        would else lay out the whole chart at every tick.
        """
        if self.manual is not None:
            return False
        (low, high), (lowest, highest) = self._ends(bars), self._known
        if not (isfinite(low) and isfinite(high)):
            return False
        return self.is_empty or low < lowest or high > highest

    def _ends(self, bars: range) -> Bounds:
        """The lowest and the highest value to be seen."""
        low, high = self.bounds(bars)
        for each in self.also:
            lower, higher = each(bars)
            low = lower if lower < low or not isfinite(low) else low
            high = higher if higher > high or not isfinite(high) else high
        return low, high

    def place(self, area: QRectF, bars: Bounds, values: Bounds, ratio: float) -> None:
        """Show these bars and values in this part of the widget."""
        scale = self.scale if values[0] > 0 else Scale.LINEAR
        where = (area.x(), area.y(), area.width(), area.height())
        frame = Frame(*where, *bars, *values, ratio, scale, self.inverted)
        self.frame = self.axis.frame = frame
        if self.is_empty:
            self.axis.ticks = PriceTicks((), 2)
        else:
            least = 0.0 if self.manual is None and self._known[0] >= 0 else -inf
            self.axis.ticks = self.axis.reading.ticks(*values, area.height(), scale).above(least)

    def commit(self) -> None:
        """Hand the frame to pyqtgraph at once, so that no second paint follows the first."""
        frame = self.frame
        area = QRectF(frame.left, frame.top, frame.width, frame.height)
        if self.box.geometry() != area:
            self.box.setGeometry(area)
            self.box.setRange(UNIT, padding=0)
            self.box.prepareForPaint()

    def show(self, *, shown: bool) -> None:
        """Show it, or put it away as long as another pane has all the room."""
        self.box.setVisible(shown)
        self.axis.setVisible(shown)
