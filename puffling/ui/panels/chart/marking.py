"""What a chart marks: your fills, a backtest's trades, a strategy's signals; and orders' prices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from puffling.ui.panels.chart.trades import (
    FILLS,
    NONE,
    SIGNALS,
    Traded,
    read_traded,
    traded_in,
    trades_of,
    virtual_fills,
    virtual_levels,
)
from puffling.ui.panels.chart.turns import StrategyTurns
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from puffin.data.bars import Interval
    from puffling.core.events import BacktestDone, FillBooked
    from puffling.services.replay import ReplayPlace
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.panel import PanelWidget


class Marking:
    """Keeps what is traded in the panel's symbol up to date, and hands it to `show`."""

    def __init__(
        self,
        panel: PanelWidget,
        interval: Callable[[], Interval],
        show: Callable[[tuple[Mark, ...], tuple[PriceLine, ...]], object],
        listed: Callable[[Iterable[tuple[str, str]]], object],
        past: Callable[[], ReplayPlace | None],
    ) -> None:
        """Take the panel, what says how long its bars are, and who shows what is found.

        `listed` is told id and title of the strategies that can be asked, after `listing.ask`.
        """
        self._panel = panel
        self._context = panel.parts.context
        self._show, self._past = show, past
        self._traded = Traded("")
        self._run: tuple[str, str, tuple[Mark, ...]] = ("", "", ())  # id, symbol, trades
        self.what = FILLS  # or NONE, the id of a backtest, or SIGNALS with that of a strategy
        self.turns = StrategyTurns(panel, interval, self.refresh)
        self._read = Reading(panel.spawn, self._read_traded, self._take, panel.parts.runner.report)
        self.listing = Reading(panel.spawn, self._strategies, listed, panel.parts.runner.report)
        signals = panel.parts.signals
        panel.listen(signals.fill_booked, self._on_fill)
        panel.listen(signals.order_changed, self._read.ask)
        panel.listen(signals.portfolio_changed, self._read.ask)
        panel.listen(signals.backtest_done, self._on_backtest)
        panel.listen(signals.strategies_changed, self.turns.ask)

    @property
    def traded(self) -> Traded:
        """What is known of the symbol in view."""
        symbol = self._panel.symbol
        return self._traded if self._traded.symbol == symbol else Traded(symbol)

    @property
    def note(self) -> str:
        """What to know of what is marked; mostly nothing."""
        return self.turns.note

    def choose(self, what: str) -> None:
        """Mark fills, nothing, a backtest by its id, or a strategy's signals by SIGNALS and its."""
        if what in {FILLS, NONE} or what.startswith(SIGNALS):
            self._take_up(what)
            self.refresh()
        else:
            self._panel.spawn(self._load(what))

    @property
    def lasting(self) -> str:
        """What a layout should remember: a backtest is marked when it is shown, not for ever."""
        return self.what if self.what == NONE or self.what.startswith(SIGNALS) else FILLS

    def restore(self, what: object) -> None:
        """Take up what a layout remembered."""
        if isinstance(what, str) and (what == NONE or what.startswith(SIGNALS)):
            self.choose(what)

    def forget(self) -> None:
        """Stop asking; the panel is about to go."""
        self.turns.forget()

    def ask(self) -> None:
        """Read anew, after the symbol or the bars changed."""
        if self._run[1] != self._panel.symbol and self.what == self._run[0]:
            self._take_up(FILLS)
        self.turns.ask()
        self._read.ask()
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, as far as it is known."""
        marks: tuple[Mark, ...] = ()
        if self.what == FILLS:
            marks = self.traded.fills
        elif self.what.startswith(SIGNALS):
            marks = self.turns.marks
        elif self.what == self._run[0]:
            marks = self._run[2]
        past = self._past()
        if past is None:
            self._show(marks, self.traded.levels)
            return
        book, symbol = self._context.replay.book, self._panel.symbol
        if self.what == FILLS:
            marks = virtual_fills(book, symbol)
        self._show(
            tuple(each for each in marks if each.time < past.until), virtual_levels(book, symbol)
        )

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
            self._take_up(id_)
            self.refresh()

    def _take_up(self, what: str) -> None:
        self.what = what
        self.turns.choose(what.removeprefix(SIGNALS) if what.startswith(SIGNALS) else "")

    def _strategies(self) -> list[tuple[str, str]]:
        """Return id and title of those that can be asked about one symbol; blocks."""
        cards = self._context.strategies.cards()
        fit = (each for each in cards if each.needs == "one symbol" and not each.error)
        return [(each.id, each.title) for each in fit]
