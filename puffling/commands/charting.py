"""What can be asked of the desk about the chart in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


class ChartMoves(Protocol):
    """Draws the focused chart otherwise, moves it, and keeps it in step with others."""

    def series(self, kind: str) -> None:
        """Draw prices as candles, a line or another type."""
        ...

    def scale(self, kind: str) -> None:
        """Show prices on another scale."""
        ...

    def go_to(self, day: date | None) -> None:
        """Bring a day into view; None asks for it."""
        ...

    def grid(self, charts: int) -> None:
        """Lay so many charts side by side, each like the focused one where it is new."""
        ...

    def crosshair(self, reach: str) -> None:
        """Show the crosshairs of charts on which others: off, colour or all."""
        ...

    def together(self, *, interval: bool | None, time: bool | None) -> None:
        """Let charts of one colour share interval or stretch of time; None leaves it."""
        ...

    def data(self) -> None:
        """Show the data window of the focused chart, or put it away."""
        ...

    def alert(self, price: Decimal | None) -> None:
        """Set an alert at a price; None takes that of the crosshair, or the last one."""
        ...

    def replay(self) -> None:
        """Begin the replay of the focused chart at its crosshair, ask for the bar, or end it."""
        ...

    def play(self) -> None:
        """Let the replay run, or hold it."""
        ...
