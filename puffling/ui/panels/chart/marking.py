"""Which trades a chart marks: your fills, or those of a backtest, and the prices of orders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from puffling.ui.panels.chart.menus import FILLS, NONE
from puffling.ui.panels.chart.trades import Traded, read_traded, traded_in, trades_of
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.events import BacktestDone, FillBooked
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.panel import PanelWidget


class Marking:
    """Keeps what is traded in the panel's symbol up to date, and hands it to `show`."""

    def __init__(
        self,
        panel: PanelWidget,
        show: Callable[[tuple[Mark, ...], tuple[PriceLine, ...]], object],
    ) -> None:
        self._panel = panel
        self._context = panel.parts.context
        self._show = show
        self._traded = Traded("")
        self._run: tuple[str, str, tuple[Mark, ...]] = ("", "", ())  # id, symbol, trades
        self.what = FILLS  # or NONE, or the id of a backtest
        self._read = Reading(panel.spawn, self._read_traded, self._take, panel.parts.runner.report)
        signals = panel.parts.signals
        panel.listen(signals.fill_booked, self._on_fill)
        panel.listen(signals.order_changed, self._read.ask)
        panel.listen(signals.portfolio_changed, self._read.ask)
        panel.listen(signals.backtest_done, self._on_backtest)

    @property
    def traded(self) -> Traded:
        """What is known of the symbol in view."""
        symbol = self._panel.symbol
        return self._traded if self._traded.symbol == symbol else Traded(symbol)

    def choose(self, what: str) -> None:
        """Mark fills, nothing, or a backtest by its id."""
        if what in {FILLS, NONE}:
            self.what = what
            self.refresh()
        else:
            self._panel.spawn(self._load(what))

    def ask(self) -> None:
        """Read anew, after the symbol or the bars changed."""
        if self._run[1] != self._panel.symbol and self.what == self._run[0]:
            self.what = FILLS
        self._read.ask()
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, as far as it is known."""
        marks: tuple[Mark, ...] = ()
        if self.what == FILLS:
            marks = self.traded.fills
        elif self.what == self._run[0]:
            marks = self._run[2]
        self._show(marks, self.traded.levels)

    def _read_traded(self) -> Traded:
        return read_traded(self._context, self._panel.symbol)

    def _take(self, traded: Traded) -> None:
        self._traded = traded
        self.refresh()

    def _on_fill(self, event: FillBooked) -> None:
        if event.fill.symbol == self._panel.symbol:
            self._read.ask()

    def _on_backtest(self, event: BacktestDone) -> None:
        self._read.ask()
        self._panel.spawn(self._load(event.id))

    async def _load(self, id_: str) -> None:
        result = await asyncio.to_thread(self._context.backtests.load, id_)
        symbol = self._panel.symbol
        if symbol in traded_in(result):
            self._run = (id_, symbol, trades_of(result, symbol))
            self.what = id_
            self.refresh()
