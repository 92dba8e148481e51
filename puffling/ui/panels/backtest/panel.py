"""The backtest panel: try a strategy on the past, and look for what works."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.panels.backtest.choices import from_cards
from puffling.ui.panels.backtest.history import HistoryTab
from puffling.ui.panels.backtest.run_tab import RunTab, fail
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.store.backtests import SavedBacktest
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.setup import Setup

_YEARS = 5  # proposed to whoever limits the period


class BacktestPanel(PanelWidget):
    """Tabs around one set-up: what the Run tab asks is what the others vary."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self._suggest = Suggestions()
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        column.addWidget(self.tabs)
        self.run_tab = RunTab(parts, self.spawn, self._suggest)
        self.history = HistoryTab(theme)
        self.tabs.addTab(self.run_tab, "Run")
        self.tabs.addTab(self.history, "History")
        self._runs_read = Reading(
            self.spawn,
            parts.context.backtests.all,
            self.history.show_runs,
            partial(fail, self.history.states),
        )
        self._connect()
        self.setup.follow(self.symbol)
        today = parts.context.market.now().astimezone(EXCHANGE).date()
        self.setup.propose_days(date(today.year - _YEARS, 1, 1), today)
        self.run_tab.show_ready()
        self._runs_read.ask()
        self.spawn(self._read_instruments())
        self.spawn(self._read_strategies())

    # -- what the desk may ask ---------------------------------------------------------------

    @property
    def setup(self) -> Setup:
        """What is asked."""
        return self.run_tab.setup

    def show_backtest(self, id_: str) -> None:
        """Show a stored result."""
        self.tabs.setCurrentWidget(self.run_tab)
        self.run_tab.open(id_)

    def run(self) -> None:
        """Run what is filled in."""
        self.tabs.setCurrentWidget(self.run_tab)
        self.run_tab.run()

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.setup.follow(symbol)

    @override
    def run_focused(self) -> None:
        self.run()

    @override
    def apply_focused(self) -> None:
        self.run()

    @override
    def primary_focus(self) -> QWidget:
        if self.tabs.currentWidget() is self.history:
            return self.history.view
        return self.setup.strategy.box

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": self.tabs.currentIndex(),
            "shown": self.run_tab.shown_id,
            "setup": self.setup.state(),
            "history": self.history.view.layout_state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if isinstance(state.get("setup"), dict):
            self.setup.restore(state["setup"])
        if isinstance(state.get("history"), dict):
            self.history.view.restore_layout(state["history"])
        if isinstance(state.get("shown"), str) and state["shown"]:
            self.show_backtest(state["shown"])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.setup.symbols_chosen.connect(self._take_symbols)
        self.history.opened.connect(self.show_backtest)
        self.history.rerun.connect(self._rerun)
        self.history.removed.connect(self._remove)
        self.history.new_asked.connect(partial(self.tabs.setCurrentWidget, self.run_tab))
        self.history.states.retried.connect(self._runs_read.ask)
        signals = self.parts.signals
        self.listen(signals.job_changed, self.run_tab.following.on_job)
        self.listen(signals.job_changed, self.run_tab.judging.on_job)
        self.listen(signals.backtest_done, self._runs_read.ask)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    async def _read_strategies(self) -> None:
        cards = await asyncio.to_thread(self.parts.context.strategies.cards)
        self.setup.strategy.show_choices(from_cards(cards))

    def _take_symbols(self, symbols: Sequence[str]) -> None:
        if len(symbols) == 1:
            self.set_symbol(symbols[0])

    # -- acting ------------------------------------------------------------------------------

    def _rerun(self, run: SavedBacktest) -> None:
        self.setup.fill(
            {"strategy": run.strategy_id, "parameters": run.parameters, "symbols": run.symbols}
        )
        self.run()

    def _remove(self, ids: list[str]) -> None:
        for each in ids:
            self.run_tab.forget(each)
            self.parts.runner.command("backtest.remove", id=each)


PANEL = Panel(
    "backtest",
    "Backtest",
    "flask",
    Area.CENTER,
    BacktestPanel,
    hint="Try a strategy on the past",
)
