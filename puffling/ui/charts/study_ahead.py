"""The part of a cloud that lies ahead of the last bar: its edges are known so many bars before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF
from typing_extensions import override

from puffling.ui.charts.pane import Layer, device_pixels
from puffling.ui.charts.primitives import draw_rects
from puffling.ui.charts.study_layers import HUE
from puffling.ui.charts.study_track import bars_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from puffin.data.bars import Interval
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.surface import Part

    Floats = NDArray[np.float64]

EDGES = ("fast", "slow")
NOTHING = np.empty(0)


class AheadLayer(Layer):
    """Both edges from the last bar on, and what is between them."""

    def __init__(self, pane: Pane, spec: StudySpec) -> None:
        super().__init__(pane, -9)  # just above the grid, which is seen through it
        self._spec = spec
        self._of: tuple[int, float, float, float] | None = None  # what it was worked out for
        self.start = 0
        self.edges: dict[str, Floats] = dict.fromkeys(EDGES, NOTHING)
        self.colors: dict[str, QColor] = {}  # of the edges
        self.color = self.other = QColor()  # of the cloud where the first edge is above, and below

    def follow(self, pyramid: BarPyramid, interval: Interval) -> None:
        """Work it out for the bars there are; without a change of the last one it is kept."""
        count = len(pyramid)
        last = (pyramid.high[-1], pyramid.low[-1], pyramid.close[-1]) if count else (0.0, 0.0, 0.0)
        now = (count, float(last[0]), float(last[1]), float(last[2]))
        if now == self._of:
            return
        self._of = now
        self.edges = dict.fromkeys(EDGES, NOTHING)
        indicator = self._spec.offer.indicator
        shift = int(self._spec.typed.model_dump().get("shift", 0))
        if indicator is None or not shift or count < 1:
            return
        unmoved = self._spec.typed.model_copy(update={"shift": 0})
        needed = indicator.lasting(unmoved) + shift + 2
        bars = bars_of(pyramid, interval, max(0, count - needed))
        if len(bars) <= indicator.lasting(unmoved):
            return
        found = indicator.compute(bars, unmoved)
        # The edges at the last bar are those of `shift` bars before; the rest lies ahead.
        self.edges = {name: found[name][-shift - 1 :] for name in EDGES}
        self.start = count - 1 + max(0, shift + 1 - len(self.edges[EDGES[0]]))

    def extremes(self, until: float) -> tuple[float, float]:
        """The lowest and the highest value before a place on the time axis; NaN without any."""
        many = max(0, int(until) - self.start + 1)
        known = np.concatenate([each[:many] for each in self.edges.values()])
        known = known[np.isfinite(known)]
        return (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Fill between the edges, then draw them."""
        one, two = (self.edges[name] for name in EDGES)
        x = frame.x(self.start + np.arange(len(one), dtype=np.float64))
        if len(one) < 2 or x[0] > part.right or x[-1] < part.left:  # noqa: PLR2004 - a line
            return
        self._fill(painter, frame, part, (x, frame.y(one), frame.y(two)))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for name, values in zip(EDGES, (one, two), strict=True):
            known = np.isfinite(values)
            points = zip(x[known].tolist(), frame.y(values[known]).tolist(), strict=True)
            painter.setPen(self.surface.colors.pen(self.colors[name], self._spec.width))
            painter.drawPolyline(QPolygonF([QPointF(*each) for each in points]))
        painter.restore()

    def _fill(
        self, painter: QPainter, frame: Frame, part: Part, edges: tuple[Floats, Floats, Floats]
    ) -> None:
        x, *heights = edges
        left, right = max(part.left, x[0]), min(part.right, x[-1])
        pixels = np.arange(np.floor(left * frame.ratio), np.ceil(right * frame.ratio))
        one, two = (
            np.interp(pixels + 0.5, x * frame.ratio, each * frame.ratio) for each in heights
        )
        painter.save()
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        for color, chosen in ((self.color, one <= two), (self.other, one > two)):
            boxes = np.empty((int(chosen.sum()), 4))
            boxes[:, 0], boxes[:, 2] = pixels[chosen], 1.0
            boxes[:, 1] = np.round(np.minimum(one, two)[chosen])
            boxes[:, 3] = np.round(np.maximum(one, two)[chosen]) - boxes[:, 1]
            paler = QColor(color)
            paler.setAlphaF(HUE)
            painter.setBrush(paler)
            draw_rects(painter, boxes)
        painter.restore()
