"""The backtest panel: try a strategy on the past, and look for what works."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffin.errors import PuffinError
from puffling.commands.backtest_words import words_of
from puffling.core.errors import PufflingError
from puffling.services.plans import Plan
from puffling.services.search_plans import Kind
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.panels.backtest.choices import from_cards
from puffling.ui.panels.backtest.compare_tab import CompareTab
from puffling.ui.panels.backtest.history import HistoryTab
from puffling.ui.panels.backtest.monte_carlo_tab import MonteCarloTab
from puffling.ui.panels.backtest.optimise_tab import OptimiseTab
from puffling.ui.panels.backtest.run_tab import RunTab, fail
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.core.events import JobChanged
    from puffling.store.backtests import SavedBacktest
    from puffling.store.searches import SavedSearch
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.setup import Setup

_YEARS = 5  # proposed to whoever limits the period


class BacktestPanel(PanelWidget):
    """Tabs around one set-up: what the Run tab asks is what the others vary."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._suggest = Suggestions()
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setUsesScrollButtons(True)
        column.addWidget(self.tabs)
        self.run_tab = RunTab(parts, self.spawn, self._suggest)
        self.optimise = OptimiseTab(parts, self.spawn, self.setup)
        self.compare = CompareTab(parts, self.spawn, self.setup)
        self.monte_carlo = MonteCarloTab(parts, self.spawn)
        self.history = HistoryTab(parts.theme)
        for page, title in (
            (self.run_tab, "Run"),
            (self.optimise, "Optimise"),
            (self.compare, "Compare"),
            (self.monte_carlo, "Monte Carlo"),
            (self.history, "History"),
        ):
            self.tabs.addTab(page, title)
        context, history = parts.context, self.history
        self._runs_read = Reading(
            self.spawn,
            context.backtests.all,
            history.runs.show_runs,
            partial(fail, history.runs.states),
        )
        self._searches_read = Reading(
            self.spawn,
            context.searches.all,
            history.searches.show_searches,
            partial(fail, history.searches.states),
        )
        self._connect()
        self.setup.follow(self.symbol)
        today = context.market.now().astimezone(EXCHANGE).date()
        self.setup.propose_days(date(today.year - _YEARS, 1, 1), today)
        self.run_tab.show_ready()
        self._runs_read.ask()
        self._searches_read.ask()
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

    def use(self, strategy: str, parameters: Mapping[str, Any]) -> None:
        """Put a strategy and its parameters into the Run tab, and run it there."""
        self.setup.strategy.choose(strategy, parameters)
        self.run()

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.setup.follow(symbol)

    @override
    def run_focused(self) -> None:
        page = self.tabs.currentWidget()
        if page is self.optimise:
            self.optimise.start()
        elif page is self.compare:
            self.compare.start()
        elif page is self.monte_carlo:
            self.monte_carlo.start()
        else:
            self.run()

    @override
    def apply_focused(self) -> None:
        self.run_focused()

    @override
    def primary_focus(self) -> QWidget:
        page = self.tabs.currentWidget()
        if page is self.history:
            return self.history.view
        if page is self.optimise:
            return self.optimise.form.start_button
        if page is self.compare:
            return self.compare.start_button
        return self.monte_carlo.form if page is self.monte_carlo else self.setup.strategy.box

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": self.tabs.currentIndex(),
            "shown": self.run_tab.shown_id,
            "setup": self.setup.state(),
            "result": self.run_tab.result.state(),
            "optimise": self.optimise.state(),
            "compare": self.compare.state(),
            "monte_carlo": self.monte_carlo.state(),
            "history": self.history.state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        for name, take in (
            ("setup", self.setup.restore),
            ("result", self.run_tab.result.restore),
            ("optimise", self.optimise.restore),
            ("compare", self.compare.restore),
            ("monte_carlo", self.monte_carlo.restore),
            ("history", self.history.restore),
        ):
            if isinstance(state.get(name), dict):
                take(state[name])
        if isinstance(state.get("shown"), str) and state["shown"]:
            self.show_backtest(state["shown"])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.setup.symbols_chosen.connect(self._take_symbols)
        self.run_tab.shown_changed.connect(self._show_chance)
        self.optimise.use_asked.connect(lambda found: self.use(self.setup.strategy_id, found))
        self.optimise.change_asked.connect(partial(self.tabs.setCurrentWidget, self.run_tab))
        self.compare.use_asked.connect(self.use)
        runs, searches = self.history.runs, self.history.searches
        runs.opened.connect(self.show_backtest)
        runs.rerun.connect(self._rerun)
        runs.filled.connect(self._fill)
        runs.noted.connect(self._note)
        runs.removed.connect(self._remove_runs)
        runs.new_asked.connect(partial(self.tabs.setCurrentWidget, self.run_tab))
        runs.states.retried.connect(self._runs_read.ask)
        searches.opened.connect(self.show_search)
        searches.removed.connect(self._remove_searches)
        searches.new_asked.connect(partial(self.tabs.setCurrentWidget, self.optimise))
        searches.states.retried.connect(self._searches_read.ask)
        signals = self.parts.signals
        self.listen(signals.job_changed, self._on_job)
        self.listen(signals.backtest_done, self._runs_read.ask)
        self.listen(signals.search_changed, self._on_search)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))
        self.listen(signals.strategies_changed, lambda _: self.spawn(self._read_strategies()))

    def _on_job(self, event: JobChanged) -> None:
        for each in (
            self.run_tab.following,
            self.run_tab.judging,
            self.optimise.following,
            self.compare.following,
            self.monte_carlo.following,
        ):
            each.on_job(event)

    def _on_search(self, event: Any) -> None:  # noqa: ANN401 - a SearchChanged, as Qt hands it on
        self.optimise.on_search(event)
        self.compare.on_search(event)
        self._searches_read.ask()

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    async def _read_strategies(self) -> None:
        cards = await asyncio.to_thread(self.parts.context.strategies.cards)
        self.setup.strategy.show_choices(from_cards(cards))

    def _take_symbols(self, symbols: Sequence[str]) -> None:
        if len(symbols) == 1:
            self.set_symbol(symbols[0])

    def _show_chance(self, id_: str) -> None:
        self.monte_carlo.show_result(id_, self.run_tab.result.shown if id_ else None)

    # -- acting ------------------------------------------------------------------------------

    def show_search(self, search: SavedSearch) -> None:
        """Show a stored search, or a comparison, in its tab."""
        comparison = search.plan.get("kind") == Kind.STRATEGIES.value
        page = self.compare if comparison else self.optimise
        self.tabs.setCurrentWidget(page)
        page.open(search.id)

    def _rerun(self, id_: str) -> None:
        self.tabs.setCurrentWidget(self.run_tab)
        self.run_tab.rerun(id_)

    def _fill(self, run: SavedBacktest) -> None:
        """Fill the Run tab with everything a stored run was asked."""
        words: dict[str, Any] = {
            "strategy": run.strategy_id,
            "parameters": run.parameters,
            "symbols": run.symbols,
        }
        if run.plan is not None:
            try:
                words = words_of(Plan.from_dict(run.plan))
            except (PuffinError, PufflingError) as error:
                fail(self.history.runs.states, error)
                return
        self.setup.fill(words)
        if len(run.symbols) == 1:
            self.set_symbol(run.symbols[0])
        self.tabs.setCurrentWidget(self.run_tab)

    def _note(self, id_: str, note: str) -> None:
        self.parts.runner.command("backtest.note", id=id_, note=note)

    def _remove_runs(self, ids: list[str]) -> None:
        for each in ids:
            self.run_tab.forget(each)
            self.parts.runner.command("backtest.remove", id=each)

    def _remove_searches(self, ids: list[str]) -> None:
        for each in ids:
            self.parts.runner.command("optimise.remove", id=each)


PANEL = Panel(
    "backtest",
    "Backtest",
    "flask",
    Area.CENTER,
    BacktestPanel,
    hint="Try a strategy on the past",
)
