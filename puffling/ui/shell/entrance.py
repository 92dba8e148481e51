"""What building the app needs of the window: the desk, the gate, the lane and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.clock import SystemClock
from puffling.core.errors import PufflingError
from puffling.ui.dialogs.confirm_order import DialogGate
from puffling.ui.lanes import QtLane
from puffling.ui.shell.desk import WindowDesk

if TYPE_CHECKING:
    from puffin.types import Quote
    from puffling.commands.context import Context
    from puffling.core.settings import Mode
    from puffling.ui.shell.layouts import Layouts
    from puffling.ui.shell.window import MainWindow


class Entrance:
    """Made before the app; `context` is set once the app is there."""

    def __init__(self, window: MainWindow, layouts: Layouts) -> None:
        self.window, self.layouts = window, layouts
        self._context: Context | None = None
        self.clock = SystemClock()
        self.lane = QtLane()
        self.desk = WindowDesk(window, layouts)
        self.gate = DialogGate(
            window, window.theme, clock=self.clock, mode=self._mode, last=self._last
        )

    @property
    def context(self) -> Context:
        """What the app's commands may use."""
        if self._context is None:
            raise PufflingError("The desk is still opening.", hint="Try again in a moment.")
        return self._context

    @context.setter
    def context(self, context: Context) -> None:
        self._context = context

    def _mode(self) -> Mode:
        return self.context.market.mode

    def _last(self, symbol: str) -> Quote | None:
        return self.context.quotes.last(symbol)
