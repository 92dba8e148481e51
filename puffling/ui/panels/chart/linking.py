"""Keeps a chart in step with the others: crosshair, stretch of time and length of bars."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from puffling.ui.panel import PanelWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.data.bars import Interval
    from puffling.ui.charts.chart import PriceChart

FRAME_MS = 16  # others follow once a frame, however fast the pointer moves


class Reach(StrEnum):
    """Which other charts a crosshair is shown on."""

    OFF = "off"
    COLOUR = "colour"
    ALL = "all"

    @property
    def label(self) -> str:
        """What a menu calls it."""
        return {
            "off": "This chart only",
            "colour": "Charts of the same link colour",
            "all": "All charts",
        }[self]


class Linking:
    """One chart's part in it; every chart says what it does, and follows what it wants to.

    Args:
        panel: The chart's panel.
        take_interval: Shows bars of another length.
        pointed: Hears that another chart moved this one's crosshair.
    """

    def __init__(
        self,
        panel: PanelWidget,
        take_interval: Callable[[Interval], object],
        pointed: Callable[[], object],
    ) -> None:
        self._panel, self._take_interval, self._pointed = panel, take_interval, pointed
        self._chart: PriceChart | None = None
        self.crosshair = Reach.COLOUR
        self.interval = False
        self.time = False
        self._following = False
        self._due: int | None = None
        self._seen = (0.0, 0.0)  # the bars that were in view last
        self._frame = QTimer(panel, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._point)
        self._scroll = QTimer(panel, singleShot=True, interval=FRAME_MS)
        self._scroll.timeout.connect(self._tell_range)
        links = panel.parts.links
        panel.listen(links.pointed, self._on_pointed)
        panel.listen(links.stretched, self._on_stretched)
        panel.listen(links.scrolled, self._on_scrolled)

    def take(self, chart: PriceChart) -> None:
        """Keep this chart in step from now on."""
        self._chart = chart
        chart.cursor_moved.connect(self._on_cursor)
        chart.range_changed.connect(self._on_range)

    def stop(self) -> None:
        """Tell nothing any more; the panel is about to go."""
        self._frame.stop()
        self._scroll.stop()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        return {"crosshair": self.crosshair.value, "interval": self.interval, "time": self.time}

    def restore(self, state: object) -> None:
        """Take up what a layout remembered; what does not fit is passed over."""
        if not isinstance(state, dict):
            return
        kept: Mapping[str, object] = state
        if kept.get("crosshair") in list(Reach):
            self.crosshair = Reach(str(kept["crosshair"]))
        self.interval = kept.get("interval") is True
        self.time = kept.get("time") is True

    def choose(
        self,
        *,
        crosshair: Reach | None = None,
        interval: bool | None = None,
        time: bool | None = None,
    ) -> None:
        """Share more or less with the other charts from now on; None leaves it."""
        self.crosshair = self.crosshair if crosshair is None else crosshair
        self.interval = self.interval if interval is None else interval
        self.time = self.time if time is None else time
        if time:
            self._scroll.start()

    # -- telling -----------------------------------------------------------------------------

    def tell_interval(self, interval: Interval) -> None:
        """Say that another length of bars was chosen here."""
        if self.interval and not self._following:
            self._panel.parts.links.stretched.emit(self._panel, interval)

    def _on_cursor(self, index: int | None) -> None:
        chart = self._chart
        if self.crosshair is Reach.OFF or chart is None:
            return
        self._due = None if index is None else int(chart.time[index])
        if not self._frame.isActive():
            self._frame.start()

    def _point(self) -> None:
        self._panel.parts.links.pointed.emit(self._panel, self._due)

    def _on_range(self) -> None:
        chart = self._chart
        if chart is None or chart.view_range == self._seen:
            return  # painted again, not moved
        self._seen = chart.view_range
        if self.time and not self._following and not self._scroll.isActive():
            self._scroll.start()

    def _tell_range(self) -> None:
        chart = self._chart
        if chart is not None and chart.count:
            first, last = (chart.time_at(each) for each in chart.view_range)
            self._panel.parts.links.scrolled.emit(self._panel, first, last)

    # -- following ---------------------------------------------------------------------------

    def _is_mine(self, other: object) -> bool:
        return (
            isinstance(other, PanelWidget)
            and other is not self._panel
            and other.link is self._panel.link
        )

    def _on_pointed(self, other: object, time: int | None) -> None:
        if other is self._panel or self._chart is None or self.crosshair is Reach.OFF:
            return
        if self.crosshair is Reach.COLOUR and not self._is_mine(other):
            return
        self._chart.set_cursor_time(time)
        self._pointed()

    def _on_stretched(self, other: object, interval: Interval) -> None:
        if self.interval and self._is_mine(other):
            self._following = True
            try:
                self._take_interval(interval)
            finally:
                self._following = False

    def _on_scrolled(self, other: object, first: int, last: int) -> None:
        chart = self._chart
        if not self.time or not self._is_mine(other) or chart is None or not chart.count:
            return
        self._following = True
        try:
            chart.show_range(chart.place(first), chart.place(last))
        finally:
            self._following = False
