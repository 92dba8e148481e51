"""The Compare tab: which strategy suits the symbol, how sure that is, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from puffin.backtest.recommend import Recommendation
from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.following import Following
from puffling.ui.panels.backtest.compare_columns import COMPARED, rows_of
from puffling.ui.panels.backtest.search_plan import compared
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.core.events import SearchChanged
    from puffling.services.search_plans import LiveSearch
    from puffling.ui.following import Spawn
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.compare_columns import Compared
    from puffling.ui.panels.backtest.setup import Setup

COMMAND = "optimise.compare"
_TONES = {"high": Tone.SUCCESS, "medium": Tone.WARNING, "low": Tone.DANGER, "none": Tone.MUTED}


class CompareTab(QWidget):
    """Walks every strategy forward on one symbol and says which did best where it was not fitted.

    Signals:
        use_asked: A strategy with parameters is to be used in the Run tab (id, dict).
    """

    use_asked = Signal(str, object)

    def __init__(self, parts: Parts, spawn: Spawn, setup: Setup, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts, self._spawn, self._setup = parts, spawn, setup
        theme = parts.theme
        self.shown_id = ""
        self._awaiting = False
        self.found: Recommendation | None = None
        self.what = QLabel()
        self.what.setWordWrap(True)
        self.start_button = QPushButton("Compare strategies")
        self.start_button.setToolTip("Walk each one forward (F5)")
        theme.set_role(self.start_button, "primary")
        self.card = QFrame()
        theme.set_role(self.card, "card")
        self.headline, self.reasons = QLabel(), QLabel()
        theme.set_role(self.headline, "heading")
        for each in (self.headline, self.reasons):
            each.setWordWrap(True)
            each.setTextFormat(Qt.TextFormat.PlainText)
        self.badge = Badge(theme)
        self.use_button = QPushButton("Use it")
        self.use_button.setToolTip("Put the chosen strategy and its parameters into the Run tab")
        self.model: RecordModel[Compared] = RecordModel(COMPARED, lambda row: row.title, self)
        self.view = RecordView(theme, self.model, name="Strategies compared")
        self.content = QWidget(self)
        self.states = StateStack(theme, self.content)
        self.following = Following(parts, spawn, self)
        self._lay_out()
        self._connect()
        self.follow_setup()
        self._show_ready()

    def follow_setup(self) -> None:
        """Take over symbol, period and costs of the Run tab."""
        symbols = self._setup.symbols.symbols
        symbol = symbols[0] if symbols else "…"
        assumed = self._setup.options.words()
        self.what.setText(
            f"Every strategy on {symbol}{f', {assumed}' if assumed else ''}: its parameters are "
            "chosen on one part of history and tried on the next, five times."
        )
        if self.found is None and not self.following.is_running:
            self._show_ready()

    def start(self) -> None:
        """Start a comparison, unless one is under way."""
        if self.following.is_running:
            return
        run = self._setup.request(show=False)
        if run is None:
            wrong = self._setup.problem_words() or "The Run tab has something to put right."
            self.states.show_error(wrong, retry=False)
            return
        self._awaiting = True
        self.following.begin(COMMAND, compared(run), f"Compare strategies on {run['symbols'][0]}")

    def on_search(self, event: SearchChanged) -> None:
        """Take what is told of searches; others than the shown one are passed over."""
        if self._awaiting and event.id:
            self._awaiting = False
            self.shown_id = event.id
        if event.id and event.id == self.shown_id:
            self._spawn(self._read(event.id))

    def open(self, id_: str) -> None:
        """Show a stored comparison."""
        self.shown_id = id_
        self._spawn(self._read(id_))

    async def _read(self, id_: str) -> None:
        try:
            search = await asyncio.to_thread(self.parts.context.searches.live, id_)
        except (PuffinError, PufflingError) as error:
            self.states.show_error(str(error), error.hint, retry=False)
            return
        if id_ == self.shown_id:
            self._show(search)

    def _show(self, search: LiveSearch) -> None:
        found = search.found
        if isinstance(found, Recommendation):
            self.found = found
            self._show_found(found, over=search.is_over)
        if search.is_over:
            if self.found is not None:
                self.states.show_content()
            else:
                self._show_ready()

    def _show_found(self, found: Recommendation, *, over: bool) -> None:
        self.model.reset(rows_of(found))
        self.headline.setText(headline(found) if over else f"{found.symbol}, so far")
        self.reasons.setText("\n".join(f"•  {each}" for each in found.reasons))
        confidence = found.confidence.value
        self.badge.show_text(
            f"{confidence.capitalize()} confidence" if confidence != "none" else "No confidence",
            _TONES[confidence],
        )
        self._judge()

    def use(self) -> None:
        """Use the chosen strategy; the best one if none is chosen."""
        chosen: Compared | None = self.view.current or self.model.record(0)
        if chosen is not None and chosen.row is not None:
            self.use_asked.emit(chosen.row.strategy_id, dict(chosen.row.parameters or {}))

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {"shown": self.shown_id, "table": self.view.layout_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])
        if isinstance(state.get("shown"), str) and state["shown"]:
            self.open(state["shown"])

    def _judge(self) -> None:
        chosen: Compared | None = self.view.current or self.model.record(0)
        self.use_button.setEnabled(chosen is not None and chosen.row is not None)

    def _show_ready(self) -> None:
        symbols = self._setup.symbols.symbols
        if not symbols:
            self.states.show_empty("Choose a symbol in the Run tab.", icon="flask")
            return
        self.states.show_empty(
            f"Which strategy suits {symbols[0]}? Each one is tried where it was not fitted.",
            "Compare strategies",
            "flask",
        )

    def _connect(self) -> None:
        self._setup.changed.connect(self.follow_setup)
        self.start_button.clicked.connect(self.start)
        self.use_button.clicked.connect(self.use)
        self.view.opened.connect(lambda _: self.use())
        self.view.chosen.connect(lambda _: self._judge())
        self.states.acted.connect(self.start)
        self.states.retried.connect(self.start)
        self.states.cancelled.connect(self.following.cancel)
        following = self.following
        following.moved.connect(self.states.show_loading)
        following.changed.connect(lambda on: self.start_button.setEnabled(not on))
        following.finished.connect(lambda _: self._over())
        following.failed.connect(self._failed)
        following.gone.connect(self._over)

    def _failed(self, error: Exception) -> None:
        self._awaiting = False
        self.states.show_error(str(error), str(getattr(error, "hint", "")))

    def _over(self) -> None:
        self._awaiting = False
        if self.shown_id:
            self._spawn(self._read(self.shown_id))
        else:
            self._show_ready()

    def _lay_out(self) -> None:
        theme = self.parts.theme
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.sizes.padding] * 4)
        theme.set_role(self.what, "muted")
        head.addWidget(self.what, 1)
        head.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignTop)
        top = QHBoxLayout()
        top.addWidget(self.headline, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.use_button, 0, Qt.AlignmentFlag.AlignTop)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(*[theme.px(10)] * 4)
        inside.addLayout(top)
        inside.addWidget(self.reasons)
        below = QVBoxLayout(self.content)
        below.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(8))
        below.setSpacing(theme.px(8))
        below.addWidget(self.card)
        below.addWidget(self.view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.states, 1)


def headline(found: Recommendation) -> str:
    """Return what a comparison came to, in a sentence."""
    stopped = " Stopped before all had run." if found.stopped else ""
    if not found.strategy:
        return f"No strategy has a result on {found.symbol}.{stopped}"
    if not found.recommended:
        return f"None is recommended on {found.symbol}: {found.strategy} lost least.{stopped}"
    return f"{found.strategy} did best on {found.symbol}.{stopped}"
