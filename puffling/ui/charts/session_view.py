"""A chart that knows the sessions of the exchange, and whose time its axis shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.ui.charts.legend_view import LegendView
from puffling.ui.charts.session_marks import NO_SESSIONS, SessionLayer, ever_closes, sessions_of
from puffling.ui.charts.ticks import EXCHANGE, SECOND, Calendar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from puffin.data.bars import Interval
    from puffling.ui.charts.pane import Bounds, Pane
    from puffling.ui.theme.theme import Theme


class SessionView(LegendView):
    """Panes with the sessions of intraday bars marked in each."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._session_layers: dict[Pane, SessionLayer] = {}
        self._zone: tzinfo | None = EXCHANGE
        self._with_sessions = True
        self._closes = False  # whether the market of the bars ever does

    @override
    def add_pane(self, bounds: Callable[[range], Bounds], *, share: float = 1.0) -> Pane:
        pane = super().add_pane(bounds, share=share)
        self._session_layers[pane] = SessionLayer(pane)
        return pane

    @override
    def remove_pane(self, pane: Pane) -> None:
        self._session_layers.pop(pane, None)
        super().remove_pane(pane)

    def take_times(self, time: NDArray[np.int64], interval: Interval) -> None:
        """Read the times of bars as those of an interval."""
        self.calendar = Calendar(interval.seconds * SECOND, self._zone)
        self._closes = self.calendar.is_intraday and ever_closes(time)

    def mark_sessions(self, *, wanted: bool) -> None:
        """Mark the sessions in view, before a full paint."""
        marked = NO_SESSIONS
        if wanted and self._with_sessions and self._closes:
            marked = sessions_of(self.time, self._bars_in_view(), self.bar_width)
        for layer in self._session_layers.values():
            layer.sessions = marked
            layer.setVisible(marked != NO_SESSIONS)

    @property
    def zone(self) -> tzinfo | None:
        """What intraday times are shown in: the exchange's, or None for this computer's."""
        return self._zone

    def set_zone(self, zone: tzinfo | None) -> None:
        """Show intraday times in a zone."""
        self._zone = zone
        self.calendar = Calendar(self.calendar.bar, zone)
        self.set_cursor_bar(None)
        self.refresh()
        self.describe()

    @property
    def with_sessions(self) -> bool:
        """Whether intraday bars outside the regular hours are shaded, and days divided."""
        return self._with_sessions

    def set_sessions(self, *, shown: bool) -> None:
        """Mark the sessions of the exchange, or not."""
        self._with_sessions = shown
        self.refresh()
