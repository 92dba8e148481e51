"""The Run tab: what is asked on one side, what came of it on the other."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.charts import loading
from puffling.ui.following import Following
from puffling.ui.panels.backtest.result import ResultView
from puffling.ui.panels.backtest.setup import Setup
from puffling.ui.panels.backtest.shown import read
from puffling.ui.panels.backtest.side_by_side import SideBySide
from puffling.ui.panels.backtest.words import bar_time
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.file_dialog import ask_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.backtest.result import RoundTrip
    from puffling.ui.following import Spawn
    from puffling.ui.panel import Parts
    from puffling.ui.widgets.suggestions import Suggestions


_REPORTS = "Reports (*.pdf);;Pages (*.html);;Trades and equity (*.csv)"


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
        split = SideBySide(theme, self)
        self.setup = Setup(theme, suggest, model, self._lists, split)
        self.result = ResultView(theme, self)  # without a parent it would be a window for a moment
        self.states = StateStack(theme, self.result)
        split.addWidget(self.states)
        split.settle()
        self.note = self.result.note  # how a run that was repeated compares with the first one
        self.following = Following(parts, spawn, self)
        self.judging = Following(parts, spawn, self)
        self._connect()
        self.show_ready()

    def fold(self, *, on: bool) -> None:
        """Hide the form, which leaves all the room to the result, or show it again."""
        self.setup.setVisible(not on)
        self.result.show_folded(on=on)
        if on and self.isVisible():
            self.result.fold_button.setFocus()

    @property
    def is_folded(self) -> bool:
        """Whether the form is hidden."""
        return self.setup.isHidden()

    # -- running -----------------------------------------------------------------------------

    def run(self) -> None:
        """Run what is filled in, unless a run is under way."""
        if self.following.is_running:
            return
        request = self.setup.request()
        if request is None:
            self.fold(on=False)
            return
        self.following.begin("backtest.run", request, f"Backtest {self.setup.headline}")

    def rerun(self, id_: str) -> None:
        """Run a stored backtest again, exactly as it was."""
        if not self.following.is_running:
            self._spawn(self._rerun(id_))

    async def _rerun(self, id_: str) -> None:
        try:
            plan = await asyncio.to_thread(self.parts.context.backtests.plan, id_)
        except (PuffinError, PufflingError) as error:
            fail(self.states, error)
            return
        self.following.begin("backtest.rerun", {"id": id_}, plan.words)

    def _finished(self, answer: Mapping[str, Any]) -> None:
        self.open(str(answer["id"]))
        if "identical" in answer:
            same = "It came out exactly as before: same prices, same numbers."
            said = same if answer["identical"] else " ".join(answer["differences"])
            self._say(said, Tone.SUCCESS if answer["identical"] else Tone.WARNING)

    def open(self, id_: str) -> None:
        """Show a stored result."""
        self.note.hide()
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
            await loading.load()
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
        if shown is None or not self.shown_id:
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
            from puffin.backtest.portfolio_why import PortfolioWhy

            title = f"{bar_time(why.time, intraday=intraday)}, bar {row + 1:,}"
            if isinstance(why, PortfolioWhy):
                why_view.show_many(title, why)
            else:
                why_view.show_why(title, why)

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

    def _connect(self) -> None:
        self.setup.run_asked.connect(self.run)
        self.setup.changed.connect(self.show_ready)
        self.states.acted.connect(self.run)
        self.states.retried.connect(self.run)
        self.states.cancelled.connect(self.following.cancel)
        following = self.following
        following.moved.connect(self.states.show_loading)
        following.changed.connect(lambda on: self.setup.run_button.setEnabled(not on))
        following.finished.connect(self._finished)
        following.failed.connect(partial(fail, self.states))
        following.gone.connect(self._after_nothing)
        self.judging.moved.connect(lambda text, _: self.result.verdict.show_nothing(text))
        self.judging.finished.connect(lambda _: self._judged())
        self.judging.failed.connect(
            lambda error: self.result.verdict.show_nothing(str(error), may_ask=True)
        )
        self.judging.gone.connect(self._judged)
        result = self.result
        result.fold_button.clicked.connect(lambda: self.fold(on=not self.is_folded))
        result.mark_asked.connect(self._mark)
        result.bar_chosen.connect(self.explain)
        result.trade_opened.connect(self.explain_trade)
        result.judge_asked.connect(self._judge)
        result.why.stepped.connect(self._step)
        result.save_asked.connect(self._save)
        result.export_asked.connect(self._ask_export)

    def _step(self, by: int) -> None:
        if self._explained is not None:
            self.explain(self._explained + by)

    def _mark(self) -> None:
        if self.shown_id:
            self.parts.context.desk.show_backtest(self.shown_id)

    def _save(self, name: str) -> None:
        if self.shown_id:
            said = f"{name} is among your strategies now."
            values = {"id": self.shown_id, "name": name}
            self._spawn(self._do("backtest.save_strategy", values, lambda _: said))

    def _ask_export(self) -> None:
        shown = self.result.shown
        if shown is not None and self.shown_id:
            name = re.sub(r"[^a-z0-9]+", "_", shown.title.lower()).strip("_")
            ask_file(
                self,
                f"Export {shown.title}",
                partial(self._export, self.shown_id),
                kinds=_REPORTS,
                save_as=f"{name}.pdf",
            )

    def _export(self, id_: str, path: str) -> None:
        values = {"id": id_, "path": path}
        self._spawn(self._do("backtest.export", values, _written))

    async def _do(
        self, command: str, values: Mapping[str, object], said: Callable[[Any], str]
    ) -> None:
        """Run a command and say below the title what came of it."""
        answer = await self.parts.registry[command].run_with(self.parts.context, values)
        self._say(said(answer))

    def _say(self, sentence: str, tone: str = Tone.SUCCESS) -> None:
        self.note.setText(sentence)
        self.parts.theme.set_tone(self.note, tone)
        self.note.show()


def _written(answer: Mapping[str, Any]) -> str:
    return f"Written: {', '.join(str(each) for each in answer['paths'])}"


def fail(states: StateStack, error: Exception) -> None:
    """Show an error above what was shown before."""
    states.show_error(str(error), str(getattr(error, "hint", "")))
