"""The Run tab: what is asked on one side, what came of it on the other."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.panels.backtest.following import Following
from puffling.ui.panels.backtest.result import ResultView
from puffling.ui.panels.backtest.setup import Setup
from puffling.ui.panels.backtest.shown import read
from puffling.ui.panels.backtest.words import bar_time
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from puffin.backtest.result import RoundTrip
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.following import Spawn
    from puffling.ui.widgets.suggestions import Suggestions

_SIDE_BY_SIDE = 620
_ASKED, _FOUND = 340, 700


class RunTab(QWidget):
    """Asks, runs, shows, explains.

    Signals:
        shown_changed: Another result is shown, or none any more (its id).
    """

    shown_changed = Signal(str)

    def __init__(self, parts: Parts, spawn: Spawn, suggest: Suggestions) -> None:
        super().__init__()
        self.parts, self._spawn = parts, spawn
        theme = parts.theme
        self.shown_id = ""
        self._opening = ""
        self._explained: int | None = None
        model = parts.registry["backtest.run"].params
        self.setup = Setup(theme, suggest, model, self._lists)
        self.result = ResultView(theme)
        self.states = StateStack(theme, self.result)
        self.following = Following(parts, spawn, self)
        self.judging = Following(parts, spawn, self)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        self.show_ready()

    # -- running -----------------------------------------------------------------------------

    def run(self) -> None:
        """Run what is filled in, unless a run is under way."""
        if self.following.is_running:
            return
        request = self.setup.request()
        if request is not None:
            self.following.begin("backtest.run", request, f"Backtest {self.setup.headline}")

    def open(self, id_: str) -> None:
        """Show a stored result."""
        self._opening = id_
        if self.result.shown is not None and id_ != self.shown_id:
            self.states.show_loading("Reading the result…", cancellable=False)
        self._spawn(self._open(id_))

    def forget(self, id_: str) -> None:
        """A stored result is gone: what is shown of it stays, but cannot be asked about."""
        if id_ == self.shown_id:
            self.shown_id = ""
            self.shown_changed.emit("")

    async def _open(self, id_: str) -> None:
        try:
            shown = await asyncio.to_thread(read, self.parts.context, id_)
        except (PuffinError, PufflingError) as error:
            if self._opening == id_:
                self.states.show_error(str(error), error.hint, retry=False)
            return
        if self._opening != id_:  # another one was asked for meanwhile
            return
        self.shown_id, self._explained = id_, None
        self.result.show_result(shown)
        self.states.show_content()
        self.shown_changed.emit(id_)

    def show_ready(self) -> None:
        """Say that everything is there for a first run; a result that is shown stays."""
        if self.result.shown is not None or self.following.is_running or self._opening:
            return
        if self.setup.symbols.symbols:
            sentence = f"{self.setup.headline} is ready to be tried on the past."
            self.states.show_empty(sentence, "Run backtest", "flask")
        else:
            self.states.show_empty("Choose a symbol to try a strategy on.", icon="flask")

    def _after_nothing(self) -> None:
        """Go back to what was shown before a run that was stopped."""
        if self.result.shown is None:
            self.show_ready()
        else:
            self.states.show_content()

    # -- asking about what is shown ----------------------------------------------------------

    def explain(self, row: int) -> None:
        """Say why the run did on a bar what it did."""
        shown = self.result.shown
        if shown is None or shown.is_portfolio or not self.shown_id:
            return
        row = min(max(row, 0), len(shown.result.time) - 1)
        self._explained = row
        self.result.point_at(row)
        self._spawn(self._explain(self.shown_id, row))

    def explain_trade(self, trade: RoundTrip) -> None:
        """Say why a trade was entered: the bar of its entry."""
        shown = self.result.shown
        if shown is None:
            return
        wanted = round(trade.entry_time.timestamp() * 1_000_000_000)
        self.explain(int(shown.result.time.searchsorted(wanted)))

    async def _explain(self, id_: str, row: int) -> None:
        why_view, shown = self.result.why, self.result.shown
        try:
            why = await asyncio.to_thread(self.parts.context.backtests.explain, id_, row)
        except (PuffinError, PufflingError) as error:
            if self._explained == row:
                why_view.say(" ".join([str(error), error.hint]).strip())
            return
        if self._explained == row and id_ == self.shown_id and shown is not None:
            intraday = shown.result.interval.is_intraday
            why_view.show_why(f"{bar_time(why.time, intraday=intraday)}, bar {row + 1:,}", why)

    def _judge(self) -> None:
        shown = self.result.shown
        if self.shown_id and shown is not None:
            title = f"Verdict on {shown.strategy}"
            self.judging.begin("backtest.verdict", {"id": self.shown_id}, title)

    def _judged(self) -> None:
        if self.shown_id:
            self.open(self.shown_id)

    # -- building ----------------------------------------------------------------------------

    def _lists(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(each.name, tuple(each.symbols)) for each in self.parts.context.watchlists.all()]

    def _lay_out(self) -> None:
        theme = self.parts.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.split)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.setup)
        self.split.addWidget(self.states)
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        self.setup.setMinimumWidth(theme.px(330))
        self.split.setSizes([theme.px(_ASKED), theme.px(_FOUND)])

    @override
    def resizeEvent(self, event: object) -> None:
        """Put the result below the form where they do not fit side by side."""
        narrow = self.width() < self.parts.theme.px(_SIDE_BY_SIDE)
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.split.orientation() is not wanted:
            self.split.setOrientation(wanted)
            self.split.setSizes([1, 1] if narrow else [_ASKED, _FOUND])

    def _connect(self) -> None:
        self.setup.run_asked.connect(self.run)
        self.setup.changed.connect(self.show_ready)
        self.states.acted.connect(self.run)
        self.states.retried.connect(self.run)
        self.states.cancelled.connect(self.following.cancel)
        following = self.following
        following.moved.connect(self.states.show_loading)
        following.changed.connect(lambda on: self.setup.run_button.setEnabled(not on))
        following.finished.connect(lambda answer: self.open(str(answer["id"])))
        following.failed.connect(partial(fail, self.states))
        following.gone.connect(self._after_nothing)
        self.judging.moved.connect(lambda text, _: self.result.verdict.show_nothing(text))
        self.judging.finished.connect(lambda _: self._judged())
        self.judging.failed.connect(
            lambda error: self.result.verdict.show_nothing(str(error), may_ask=True)
        )
        self.judging.gone.connect(self._judged)
        result = self.result
        result.mark_asked.connect(self._mark)
        result.bar_chosen.connect(self.explain)
        result.trade_opened.connect(self.explain_trade)
        result.judge_asked.connect(self._judge)
        result.why.stepped.connect(self._step)

    def _step(self, by: int) -> None:
        if self._explained is not None:
            self.explain(self._explained + by)

    def _mark(self) -> None:
        if self.shown_id:
            self.parts.context.desk.show_backtest(self.shown_id)


def fail(states: StateStack, error: Exception) -> None:
    """Show an error above what was shown before."""
    states.show_error(str(error), str(getattr(error, "hint", "")))
