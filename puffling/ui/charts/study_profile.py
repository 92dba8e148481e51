"""Volume by price beside the candles: of all bars in view, or of each session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from puffin.data.bars import Bars, Interval
from puffin.errors import NoDataError
from puffin.factors.profile import volume_profile
from puffin.factors.vwap import Since, period_starts
from puffling.ui.charts.ladder import BASE
from puffling.ui.charts.pane import Layer, device_pixels
from puffling.ui.charts.primitives import draw_rects
from puffling.ui.charts.study_track import bars_of
from puffling.ui.charts.surface import over

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from puffin.factors.profile import VolumeProfile
    from puffling.ui.charts.frame import Frame
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.charts.surface import Part

MOST_COLUMNS = 8_192  # bars, or summaries of bars, that one profile is added up from
NARROWEST = 40.0  # pixels below which a session has no profile
MOST_SESSIONS = 64
INSIDE, OUTSIDE = 0.4, 0.18  # how strongly the value area and the rest are filled
NOTHING = 0.0, 0.0


class ProfileLayer(Layer):
    """Rows of volume at their prices, the value area stronger, and a line at the busiest price.

    Bars do not tell at which of their prices volume was traded: each bar's, or each summary's, is
    spread evenly from its low to its high.
    """

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane, -8)
        self.pyramid: BarPyramid | None = None
        self.interval = Interval.D1
        self.rows, self.share, self.width = 60, 0.7, 0.25
        self.by_session = False
        self.color, self.control = QColor(), QColor()
        self._key: tuple[object, ...] = ()
        self._shown: list[tuple[float, float, VolumeProfile]] = []  # between these bars
        self._kept: dict[tuple[int, int], VolumeProfile | None] = {}

    def forget(self) -> None:
        """Work everything out anew: bars or settings are others."""
        self.renew()
        self._kept.clear()

    def renew(self) -> None:
        """Count the live bar anew."""
        self._key = ()

    @property
    def shown(self) -> list[tuple[float, float, VolumeProfile]]:
        """The profiles in view: the first and the last bar of each, and what was traded."""
        pyramid, frame = self.pyramid, self.pane.frame
        if pyramid is None or not len(pyramid):
            return []
        bars = frame.bars(len(pyramid))
        # A live bar counts once the chart is laid out anew or told to forget: what is painted in
        # pieces must be of one profile.
        key = (bars.start, bars.stop, len(pyramid), frame)
        if key != self._key:
            self._key = key
            self._shown = self._sessions(pyramid, bars) if self.by_session else []
            if not self.by_session:
                found = self._profile(pyramid, bars.start, bars.stop)
                self._shown = [(frame.x0, frame.x1, found)] if found is not None else []
        return self._shown

    def _profile(self, pyramid: BarPyramid, start: int, stop: int) -> VolumeProfile | None:
        """Add up the finest level that has few enough columns; its edges may reach out a little."""
        level = 0
        while (stop - start) // BASE**level > MOST_COLUMNS and level < pyramid.top:
            level += 1
        size = BASE**level
        columns = pyramid.columns(level, start // size, -(-stop // size))
        bars = Bars(
            "",
            self.interval,
            np.zeros(len(columns.open), np.int64),
            columns.open,
            columns.high,
            columns.low,
            columns.close,
            columns.volume,
        )
        try:
            return volume_profile(bars, rows=self.rows, share=self.share)
        except NoDataError:
            return None

    def _sessions(
        self, pyramid: BarPyramid, bars: range
    ) -> list[tuple[float, float, VolumeProfile]]:
        frame = self.pane.frame
        day = max(1.0, NARROWEST / frame.bar_width)
        if not bars or len(bars) / day > MOST_SESSIONS:
            return []
        first = max(0, bars.start - self._longest())
        seen = bars_of(pyramid, self.interval, first).head(bars.stop - first + self._longest())
        starts = (period_starts(seen, Since.AUTO) + first).tolist()
        ends = [*starts[1:], first + len(seen)]
        found = []
        for start, stop in zip(starts, ends, strict=True):
            if stop <= bars.start or start >= bars.stop or stop - start < day:
                continue
            profile = self._session(pyramid, start, stop)
            if profile is not None:
                found.append((start - 0.5, stop - 0.5, profile))
        return found

    def _session(self, pyramid: BarPyramid, start: int, stop: int) -> VolumeProfile | None:
        if stop >= len(pyramid):  # it still runs
            return self._profile(pyramid, start, stop)
        if (start, stop) not in self._kept:
            self._kept[start, stop] = self._profile(pyramid, start, stop)
        return self._kept[start, stop]

    def _longest(self) -> int:
        """More bars than a session, or a month of days, has."""
        if not self.interval.is_intraday:
            return 32 if self.interval is Interval.D1 else 64
        return 86_400 // self.interval.seconds + 1

    @override
    def draw(self, painter: QPainter, frame: Frame, part: Part) -> None:
        """Paint each profile: of the view from the right edge, of a session from its start."""
        for start, stop, profile in self.shown:
            left, right = max(frame.x(start), frame.left), min(frame.x(stop), frame.right)
            room = (frame.x(stop) - frame.x(start)) * self.width
            if self.by_session:
                left, far = frame.x(start), frame.x(start) + room
            else:
                left, far = right - room, right
            if far >= part.left and left <= part.right:
                self._rows(painter, frame, part, profile, (left, far))
            if right >= part.left and frame.x(start) <= part.right:
                self._control(painter, frame, profile, (frame.x(start), right))

    def _rows(
        self,
        painter: QPainter,
        frame: Frame,
        part: Part,
        profile: VolumeProfile,
        ends: tuple[float, float],
    ) -> None:
        left, right = ends
        heights = np.round(frame.y(profile.edges) * frame.ratio)
        long = profile.volume / profile.volume.max() * (right - left) * frame.ratio
        boxes = np.empty((len(long), 4))
        boxes[:, 0] = left * frame.ratio if self.by_session else right * frame.ratio - long
        boxes[:, 1] = np.minimum(heights[1:], heights[:-1])
        boxes[:, 2] = long
        boxes[:, 3] = np.maximum(np.abs(np.diff(heights)) - (frame.ratio > 0), 1.0)
        inside = (profile.edges[:-1] >= profile.value_low) & (
            profile.edges[1:] <= profile.value_high
        )
        painter.save()
        device_pixels(painter, frame)
        painter.setPen(Qt.PenStyle.NoPen)
        for hue, chosen in ((INSIDE, inside), (OUTSIDE, ~inside)):
            color = QColor(self.color)
            color.setAlphaF(hue)
            painter.setBrush(over(color, self.surface.colors.background))
            draw_rects(painter, part.touched(boxes[chosen], frame.ratio))
        painter.restore()

    def _control(
        self, painter: QPainter, frame: Frame, profile: VolumeProfile, ends: tuple[float, float]
    ) -> None:
        y = round(frame.y(profile.point_of_control)) + 0.5
        painter.setPen(self.surface.colors.pen(self.control, frame.ratio))
        painter.drawLine(QLineF(ends[0], y, ends[1], y))
