"""What commands ask of the charts of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError
from puffling.ui.panels.chart.linking import Reach
from puffling.ui.panels.chart.panel import ChartPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal

    from puffling.ui.shell.workspace import Workspace


class DeskCharts:
    """Carries out what commands ask of the focused chart, or of all that go with it.

    Args:
        workspace: Where the charts are.
        focused: Gives the chart that is meant: the focused one, or the first.
    """

    def __init__(self, workspace: Workspace, focused: Callable[[], ChartPanel]) -> None:
        self._workspace, self._focused = workspace, focused

    def series(self, kind: str) -> None:
        """Draw prices as candles, a line or another type."""
        self._focused().set_series(kind)

    def scale(self, kind: str) -> None:
        """Show prices on another scale."""
        self._focused().set_scale(kind)

    def go_to(self, day: date | None) -> None:
        """Bring a day into view; None asks for it."""
        panel = self._focused()
        if day is None:
            panel.ask_date()
        else:
            panel.go_to(day)

    def grid(self, charts: int) -> None:
        """Lay so many charts side by side, each like the focused one where it is new."""
        self._focused()  # says so if the desk is still opening
        self._workspace.arrange_grid("chart", charts, alike=True)

    def crosshair(self, reach: str) -> None:
        """Show the crosshairs of charts on which others: off, colour or all."""
        for panel in self._group():
            panel.linking.choose(crosshair=Reach(reach))

    def together(self, *, interval: bool | None, time: bool | None) -> None:
        """Let charts of one colour share interval or stretch of time; None leaves it."""
        if interval is None and time is None:
            raise BadValueError(
                "Nothing to share was named.", hint="Choose interval, time, or both."
            )
        for panel in self._group():
            panel.linking.choose(interval=interval, time=time)

    def data(self) -> None:
        """Show the data window of the focused chart, or put it away."""
        self._focused().turn_data()

    def alert(self, price: Decimal | None) -> None:
        """Set an alert at a price; None takes that of the crosshair, or the last one."""
        self._focused().alert_at(price)

    def replay(self) -> None:
        """Begin the replay of the focused chart at its crosshair, ask for the bar, or end it."""
        self._focused().replaying.turn()

    def play(self) -> None:
        """Let the replay run, or hold it."""
        self._focused().replaying.play()

    def _charts(self) -> Iterator[ChartPanel]:
        for widget in self._workspace.widgets().values():
            if isinstance(widget, ChartPanel):
                yield widget

    def _group(self) -> list[ChartPanel]:
        """The focused chart and those of its colour."""
        focused = self._focused()
        return [each for each in self._charts() if each is focused or each.link is focused.link]
