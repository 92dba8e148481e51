"""The backtest panel: try a strategy on the past, and look for what works."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffin.errors import PuffinError
from puffling.commands.backtest_words import words_of
from puffling.core.errors import PufflingError
from puffling.services.plans import Plan
from puffling.services.search_plans import Kind
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.backtest.choices import from_cards
from puffling.ui.panels.backtest.compare_tab import CompareTab
from puffling.ui.panels.backtest.history import HistoryTab
from puffling.ui.panels.backtest.monte_carlo_tab import MonteCarloTab
from puffling.ui.panels.backtest.optimise_tab import OptimiseTab
from puffling.ui.panels.backtest.page import Page
from puffling.ui.panels.backtest.run_tab import RunTab, fail
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from puffling.core.events import JobChanged, SearchChanged
    from puffling.store.backtests import SavedBacktest
    from puffling.store.searches import SavedSearch
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.setup import Setup

W = TypeVar("W", bound=QWidget)

_TITLES = {
    "run": "Run",
    "optimise": "Optimise",
    "compare": "Compare",
    "monte_carlo": "Monte Carlo",
    "history": "History",
}
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
        self.pages: dict[str, Page[Any]] = {
            "optimise": Page(self._build_optimise),
            "compare": Page(self._build_compare),
            "monte_carlo": Page(self._build_monte_carlo),
            "history": Page(self._build_history),
        }
        self._places: dict[str, QWidget] = {"run": self.run_tab, **self.pages}
        for name, page in self._places.items():
            self.tabs.addTab(page, _TITLES[name])
        self._runs_read = Reading(
            self.spawn, parts.context.backtests.all, self._show_runs, self._fail_runs
        )
        self._searches_read = Reading(
            self.spawn, parts.context.searches.all, self._show_searches, self._fail_searches
        )
        self._connect()
        self.setup.follow(self.symbol)
        today = parts.context.market.now().astimezone(EXCHANGE).date()
        self.setup.propose_days(date(today.year - _YEARS, 1, 1), today)
        self.run_tab.show_ready()
        self.spawn(self._read_instruments())
        self.spawn(self._read_strategies())

    # -- what the desk may ask ---------------------------------------------------------------

    @property
    def setup(self) -> Setup:
        """What is asked."""
        return self.run_tab.setup

    @property
    def optimise(self) -> OptimiseTab:
        """The Optimise tab; built now if it was not."""
        return self._page("optimise", OptimiseTab)

    @property
    def compare(self) -> CompareTab:
        """The Compare tab; built now if it was not."""
        return self._page("compare", CompareTab)

    @property
    def monte_carlo(self) -> MonteCarloTab:
        """The Monte Carlo tab; built now if it was not."""
        return self._page("monte_carlo", MonteCarloTab)

    @property
    def history(self) -> HistoryTab:
        """The History tab; built now if it was not."""
        return self._page("history", HistoryTab)

    def _page(self, name: str, kind: type[W]) -> W:
        found = self.pages[name].widget
        if not isinstance(found, kind):
            raise TypeError(name)
        return found

    @property
    def tab(self) -> str:
        """Which tab is in view: "run", "optimise", "compare", "monte_carlo" or "history"."""
        return list(self._places)[self.tabs.currentIndex()]

    def turn_to(self, name: str) -> None:
        """Bring a tab into view."""
        self.tabs.setCurrentWidget(self._places[name])

    def show_backtest(self, id_: str) -> None:
        """Show a stored result."""
        self.turn_to("run")
        self.run_tab.open(id_)

    def run(self) -> None:
        """Run what is filled in."""
        self.turn_to("run")
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
        if self.tab == "optimise":
            self.optimise.start()
        elif self.tab == "compare":
            self.compare.start()
        elif self.tab == "monte_carlo":
            self.monte_carlo.start()
        else:
            self.run()

    @override
    def apply_focused(self) -> None:
        self.run_focused()

    @override
    def primary_focus(self) -> QWidget:
        if self.tab == "history":
            return self.history.view
        if self.tab == "optimise":
            return self.optimise.form.start_button
        if self.tab == "compare":
            return self.compare.start_button
        if self.tab == "monte_carlo":
            return self.monte_carlo.form
        folded = self.run_tab.is_folded
        return self.run_tab.result.trades_view if folded else self.setup.strategy.box

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": self.tabs.currentIndex(),
            "shown": self.run_tab.shown_id,
            "setup": self.setup.state(),
            "folded": self.run_tab.is_folded,
            "result": self.run_tab.result.state(),
            **{name: page.state() for name, page in self.pages.items()},
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        for name, take in (
            ("setup", self.setup.restore),
            ("result", self.run_tab.result.restore),
            *((name, page.restore) for name, page in self.pages.items()),
        ):
            if isinstance(state.get(name), dict):
                take(state[name])
        if isinstance(state.get("shown"), str) and state["shown"]:
            self.show_backtest(state["shown"])
            self.run_tab.fold(on=state.get("folded") is True)
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self._keys = turn_with_keys(self, self.tabs, self.primary_focus)
        self.setup.symbols_chosen.connect(self._take_symbols)
        self.run_tab.shown_changed.connect(self._show_chance)
        signals = self.parts.signals
        self.listen(signals.job_changed, self._on_job)
        self.listen(signals.backtest_done, self._ask_history)
        self.listen(signals.search_changed, self._on_search)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))
        self.listen(signals.strategies_changed, lambda _: self.spawn(self._read_strategies()))

    def _build_optimise(self, parent: QWidget) -> OptimiseTab:
        made = OptimiseTab(self.parts, self.spawn, self.setup, parent)
        made.use_asked.connect(lambda found: self.use(self.setup.strategy_id, found))
        made.change_asked.connect(partial(self.turn_to, "run"))
        return made

    def _build_compare(self, parent: QWidget) -> CompareTab:
        made = CompareTab(self.parts, self.spawn, self.setup, parent)
        made.use_asked.connect(self.use)
        return made

    def _build_monte_carlo(self, parent: QWidget) -> MonteCarloTab:
        made = MonteCarloTab(self.parts, self.spawn, parent)
        made.show_result(self.run_tab.shown_id, self.run_tab.result.shown)
        return made

    def _build_history(self, parent: QWidget) -> HistoryTab:
        made = HistoryTab(self.parts.theme, parent)
        runs, searches = made.runs, made.searches
        runs.opened.connect(self.show_backtest)
        runs.rerun.connect(self._rerun)
        runs.filled.connect(self._fill)
        runs.noted.connect(self._note)
        runs.removed.connect(self._remove_runs)
        runs.asked.connect(lambda id_: self.parts.runner.command("assistant.about", backtest=id_))
        runs.new_asked.connect(partial(self.turn_to, "run"))
        runs.states.retried.connect(self._runs_read.ask)
        searches.opened.connect(self.show_search)
        searches.removed.connect(self._remove_searches)
        searches.new_asked.connect(partial(self.turn_to, "optimise"))
        searches.states.retried.connect(self._searches_read.ask)
        self._runs_read.ask()
        self._searches_read.ask()
        return made

    def _on_job(self, event: JobChanged) -> None:
        self.run_tab.following.on_job(event)
        self.run_tab.judging.on_job(event)
        for name in ("optimise", "compare", "monte_carlo"):
            if self.pages[name].is_built:
                self.pages[name].widget.following.on_job(event)

    def _on_search(self, event: SearchChanged) -> None:
        for name in ("optimise", "compare"):
            if self.pages[name].is_built:
                self.pages[name].widget.on_search(event)
        self._ask_history()

    def _ask_history(self, *_: object) -> None:
        """Read anew what History lists, if anybody has looked at it."""
        if self.pages["history"].is_built:
            self._runs_read.ask()
            self._searches_read.ask()

    def _show_runs(self, runs: list[SavedBacktest]) -> None:
        self.history.runs.show_runs(runs)

    def _show_searches(self, searches: list[SavedSearch]) -> None:
        self.history.searches.show_searches(searches)

    def _fail_runs(self, error: Exception) -> None:
        fail(self.history.runs.states, error)

    def _fail_searches(self, error: Exception) -> None:
        fail(self.history.searches.states, error)

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    async def _read_strategies(self) -> None:
        cards = await asyncio.to_thread(self.parts.context.strategies.cards)
        self.setup.strategy.show_choices(from_cards(cards))

    def _take_symbols(self, symbols: Sequence[str]) -> None:
        if len(symbols) == 1:
            self.set_symbol(symbols[0])

    def _show_chance(self, id_: str) -> None:
        if self.pages["monte_carlo"].is_built:
            self.monte_carlo.show_result(id_, self.run_tab.result.shown if id_ else None)

    # -- acting ------------------------------------------------------------------------------

    def show_search(self, search: SavedSearch) -> None:
        """Show a stored search, or a comparison, in its tab."""
        comparison = search.plan.get("kind") == Kind.STRATEGIES.value
        self.turn_to("compare" if comparison else "optimise")
        (self.compare if comparison else self.optimise).open(search.id)

    def _rerun(self, id_: str) -> None:
        self.turn_to("run")
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
        self.turn_to("run")

    def _note(self, id_: str, note: str) -> None:
        self.parts.runner.command("backtest.note", id=id_, note=note)

    def _remove_runs(self, ids: list[str]) -> None:
        for each in ids:
            self.run_tab.forget(each)
            self.parts.runner.command("backtest.remove", id=each)

    def _remove_searches(self, ids: list[str]) -> None:
        for each in ids:
            self.parts.runner.command("optimise.remove", id=each)
