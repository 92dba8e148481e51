"""What the panels' tests share: an open market, a panel on the screen, and a quiet end."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent

from puffling.ui.panels import PANELS
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    import qasync
    from PySide6.QtWidgets import QApplication

    from puffin.types import Quote
    from puffling.ui.panel import Parts
    from tests.fakes import Stepper


class Room:
    """One panel on the screen, and ways to let things happen around it."""

    def __init__(self, loop: qasync.QEventLoop, parts: Parts, stepper: Stepper) -> None:
        self.loop, self.parts, self.stepper = loop, parts, stepper
        self.context = parts.context
        self.opened: list[Any] = []

    def open(self, id_: str, *, width: int = 900, height: int = 600) -> Any:
        panel = next(each for each in PANELS if each.id == id_).build(self.parts)
        panel.resize(width, height)
        panel.show()
        panel.activateWindow()
        self.opened.append(panel)
        self.settle()
        return panel

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def until(self, happened: Callable[[], object]) -> None:
        self.do(until(happened))

    def settle(self) -> None:
        """Let everything that panels and clicks began come to its end."""
        self.until(lambda: not self.parts.runner.tasks)

    def run(self, id_: str, **values: object) -> Any:
        return self.do(self.parts.registry[id_].run_with(self.context, values))

    def trade(self, minutes: int = 1) -> None:
        """Let the market run, and announce the quotes that came."""
        self.do(self.stepper.step(minutes))
        self.context.quotes.flush()

    def last(self, symbol: str) -> Quote:
        """Return the newest quote of `symbol`, which there must be."""
        quote = self.context.quotes.last(symbol)
        assert quote is not None
        return quote

    def held(self, symbol: str) -> Decimal:
        """Return how much of `symbol` is held."""
        position = self.context.portfolio.position(symbol)
        return Decimal(0) if position is None else position.quantity

    def close(self) -> None:
        for each in self.opened:
            each.shut()
            each.close()
            each.deleteLater()
        self.settle()


@pytest.fixture
def room(
    loop: qasync.QEventLoop, parts: Parts, stepper: Stepper, qapp: QApplication
) -> Iterator[Room]:
    """A desk at the market's first minutes, with quotes."""
    made = Room(loop, parts, stepper)
    made.trade(2)
    yield made
    made.close()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
