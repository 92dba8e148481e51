"""The backtest panel: asks, runs as a job, shows, and keeps."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffin.errors import CancelledError, PuffinError
from puffling.core.errors import PufflingError
from puffling.core.events import JobState
from puffling.core.formats import percent
from puffling.ui.panel import Area, Panel, PanelWidget
from puffling.ui.panels.backtest.history import HistoryTab
from puffling.ui.panels.backtest.result import CHART, ResultView
from puffling.ui.panels.backtest.setup import Setup
from puffling.ui.panels.backtest.words import title_of
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from puffin.backtest.result import BacktestResult
    from puffling.core.events import JobChanged
    from puffling.store.backtests import SavedBacktest
    from puffling.ui.panel import Parts

_HISTORY_TAB = 1
_SIDE_BY_SIDE = 620
_YEARS = 5  # proposed to whoever limits the period


class BacktestPanel(PanelWidget):
    """Tries a strategy on the past."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        self.shown_id = ""
        self._job = ""
        self._running = ""  # what the job is called while it runs
        self._suggest = Suggestions()
        self.setup = Setup(theme, self._suggest, parts.registry["backtest.run"].params)
        self.result = ResultView(theme)
        self.states = StateStack(theme, self.result)
        self.history = HistoryTab(theme)
        self.tabs = QTabWidget()
        self._lay_out()
        self._runs_read = Reading(
            self.spawn, parts.context.backtests.all, self.history.show_runs, self._fail_history
        )
        self._connect()
        self.setup.symbol.set_symbol(self.symbol)
        today = parts.context.market.now().astimezone(EXCHANGE).date()
        self.setup.propose_days(date(today.year - _YEARS, 1, 1), today)
        self._show_ready()
        self._runs_read.ask()
        self.spawn(self._read_instruments())

    # -- what the desk may ask ---------------------------------------------------------------

    def show_backtest(self, id_: str) -> None:
        """Show a stored result."""
        self.tabs.setCurrentIndex(0)
        self.spawn(self._open(id_))

    def run(self) -> None:
        """Run what is filled in, unless a run is under way."""
        if self._running:
            return
        request = self.setup.request()
        if request is None:
            return
        self._running = f"Backtest {title_of(request['strategy'])} on {request['symbol']}"
        self._job = ""
        self.tabs.setCurrentIndex(0)
        self.setup.run_button.setEnabled(False)
        self.states.show_loading("Starting…", None)
        # The run belongs to the desk, not to the panel: closing the panel does not stop it.
        command = self.parts.registry["backtest.run"]
        task = self.parts.runner.spawn(command.run_with(self.parts.context, request))
        self.spawn(self._follow(task))

    def cancel(self) -> None:
        """Stop the run that is under way."""
        if self._job:
            self.parts.runner.command("job.cancel", id=self._job)

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.setup.symbol.set_symbol(symbol)
        if self.result.result is None and not self._running:
            self._show_ready()

    @override
    def run_focused(self) -> None:
        self.run()

    @override
    def apply_focused(self) -> None:
        self.run()

    @override
    def primary_focus(self) -> QWidget:
        if self.tabs.currentIndex() == _HISTORY_TAB:
            return self.history.view
        return self.setup.strategy

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": self.tabs.currentIndex(),
            "shown": self.shown_id,
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
        if state.get("tab") in {0, _HISTORY_TAB}:
            self.tabs.setCurrentIndex(state["tab"])

    # -- building ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # From the outside in: each widget is then styled once, not again at every level.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        split = self._split = QSplitter(Qt.Orientation.Horizontal)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(split, "Run")
        self.tabs.addTab(self.history, "History")
        split.setChildrenCollapsible(False)
        split.addWidget(self.setup)
        split.addWidget(self.states)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        self.setup.setMinimumWidth(self.parts.theme.px(330))
        split.setSizes([self.parts.theme.px(340), self.parts.theme.px(700)])

    @override
    def resizeEvent(self, event: object) -> None:
        """Put the result below the form where they do not fit side by side."""
        narrow = self.width() < self.parts.theme.px(_SIDE_BY_SIDE)
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self._split.orientation() is not wanted:
            self._split.setOrientation(wanted)
            self._split.setSizes([1, 1] if narrow else [340, 700])

    def _connect(self) -> None:
        self.setup.run_asked.connect(self.run)
        self.setup.symbol_chosen.connect(self.set_symbol)
        self.states.acted.connect(self.run)
        self.states.retried.connect(self.run)
        self.states.cancelled.connect(self.cancel)
        self.result.mark_asked.connect(self._mark)
        self.result.trade_opened.connect(lambda _: self._mark())
        self.history.opened.connect(self.show_backtest)
        self.history.rerun.connect(self._rerun)
        self.history.removed.connect(self._remove)
        self.history.new_asked.connect(partial(self.tabs.setCurrentIndex, 0))
        self.history.states.retried.connect(self._runs_read.ask)
        signals = self.parts.signals
        self.listen(signals.job_changed, self._on_job)
        self.listen(signals.backtest_done, self._runs_read.ask)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    # -- running -----------------------------------------------------------------------------

    async def _follow(self, task: asyncio.Task[Any]) -> None:
        """Wait for a run and show what came of it; the runner reports what nobody expected."""
        try:
            await asyncio.wait({task})
            error = None if task.cancelled() else task.exception()
            if error is None and not task.cancelled():
                await self._open(task.result()["id"])
            elif _is_expected(error):
                self.states.show_error(str(error), getattr(error, "hint", ""))
            else:
                self._after_nothing()
        finally:
            self._running = self._job = ""
            self.setup.run_button.setEnabled(True)

    async def _open(self, id_: str) -> None:
        try:
            result, source = await asyncio.to_thread(self._read_result, id_)
        except (PuffinError, PufflingError) as error:
            self.states.show_error(str(error), error.hint, retry=False)
            return
        self.shown_id = id_
        self.result.show_result(result, source)
        self.states.show_content()

    def _read_result(self, id_: str) -> tuple[BacktestResult, str]:
        """Return a stored result and where its prices come from; runs on a thread."""
        context = self.parts.context
        import_module(CHART)
        result = context.backtests.load(id_)
        try:
            return result, context.bars.source(result.symbol)
        except PuffinError:
            return result, "no source in use any more"

    def _on_job(self, event: JobChanged) -> None:
        if not self._running or event.title != self._running:
            return
        if not self._job and not event.state.is_over:
            self._job = event.id
        if event.id != self._job or event.state.is_over:
            return
        text = "Stopping…" if event.state is JobState.CANCELLING else f"{event.title}…"
        if event.progress:
            text = f"{text} {percent(event.progress, places=0)}"
        self.states.show_loading(text, event.progress)

    def _after_nothing(self) -> None:
        """Go back to what was shown before a run that was stopped."""
        if self.result.result is None:
            self._show_ready()
        else:
            self.states.show_content()

    def _show_ready(self) -> None:
        chosen = title_of(self.setup.strategy_id)
        if self.symbol:
            sentence = f"{chosen} on {self.symbol} is ready to be tried on the past."
            self.states.show_empty(sentence, "Run backtest", "flask")
        else:
            self.states.show_empty("Choose a symbol to try a strategy on.", icon="flask")

    # -- acting ------------------------------------------------------------------------------

    def _mark(self) -> None:
        if self.shown_id:
            self.parts.context.desk.show_backtest(self.shown_id)

    def _rerun(self, run: SavedBacktest) -> None:
        self.setup.choose(run.strategy_id, run.parameters)
        self.set_symbol(run.symbol)
        self.run()

    def _remove(self, ids: list[str]) -> None:
        if self.shown_id in ids:
            self.shown_id = ""
        for each in ids:
            self.parts.runner.command("backtest.remove", id=each)

    def _fail_history(self, error: Exception) -> None:
        self.history.states.show_error(str(error), getattr(error, "hint", ""))


def _is_expected(error: BaseException | None) -> bool:
    """Whether the person should read it here; a run that was stopped on purpose says nothing."""
    return isinstance(error, PuffinError | PufflingError) and not isinstance(error, CancelledError)


PANEL = Panel(
    "backtest",
    "Backtest",
    "flask",
    Area.CENTER,
    BacktestPanel,
    hint="Try a strategy on the past",
)
