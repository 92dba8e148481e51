"""The Allocate tab: money split over symbols, tried out of sample, and the way there previewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from puffin.errors import PuffinError
from puffin.portfolio.methods import METHODS
from puffling.commands.allocation_words import asked_of
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.ui.charts import loading
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.lead import Lead
from puffling.ui.panels.risk.sheet import Part, Sheet
from puffling.ui.panels.risk.split_columns import (
    TRADES,
    TRIAL,
    WEIGHTS,
    trial_rows,
    weight_rows,
)
from puffling.ui.panels.risk.split_words import SplitForm, Way, asked_words
from puffling.ui.panels.risk.splitting import split
from puffling.ui.panels.risk.work import Work
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from puffin.portfolio.rebalance import Trade
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.panel import PanelWidget
    from puffling.ui.panels.risk.frontier_chart import FrontierChart
    from puffling.ui.panels.risk.split_columns import (
        TrialRow,
        WeightRow,
    )
    from puffling.ui.panels.risk.splitting import Split

_STRIP = (
    ("return", "Expected return"),
    ("volatility", "Volatility"),
    ("sharpe", "Sharpe ratio"),
    ("cost", "Cost of trading"),
)
_CARDS = {each.id.value: each for each in METHODS}
_ASK = "How should money be split over these symbols? Nothing is ordered."
_VIEWED = (Way.BLACK_LITTERMAN,)


def _by(*ways: Way) -> Any:  # noqa: ANN401 - a test of a form's values
    return lambda values: values.get("method") in ways


class AllocateTab(QWidget):
    """Asks for symbols, a method and limits; shows weights and what speaks for and against them.

    Signals:
        measure_asked: The risk of these weights is to be measured (a dict).
    """

    measure_asked = Signal(object)

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, self._parts = owner, owner.parts
        theme = owner.parts.theme
        self.found: Split | None = None
        self.about = QLabel()
        self.sheet = Sheet(
            theme,
            SplitForm,
            (
                Part(("symbols", "method")),
                Part(("target_return",), matters=_by(Way.TARGET_RETURN)),
                Part(("target_risk",), matters=_by(Way.TARGET_RISK)),
                Part(("confidence",), matters=_by(Way.CVAR)),
                Part(("opinions",), matters=_by(*_VIEWED)),
                Part(("out_of_sample",)),
                Part(("smallest", "largest", "total"), "Limits"),
                Part(("start", "end"), "Days to learn from"),
                Part(("risk_free", "cost", "from_holdings"), "Costs"),
            ),
        )
        self.sheet.add(self.about, 1)
        self.button = QPushButton("Allocate")
        self.button.setToolTip("Find the weights (F5); nothing is ordered")
        theme.set_role(self.button, "primary")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words, self.trial_words, self.way_words = QLabel(), QLabel(), QLabel()
        self.frontier_words, self.curve_words = QLabel(), QLabel()
        self.weights: RecordModel[WeightRow] = RecordModel(WEIGHTS, lambda row: row.symbol, self)
        self.trial: RecordModel[TrialRow] = RecordModel(TRIAL, lambda row: row.title, self)
        self.trades: RecordModel[Trade] = RecordModel(TRADES, lambda row: row.symbol, self)
        self.views = {
            "weights": RecordView(theme, self.weights, name="Weights"),
            "trial": RecordView(theme, self.trial, name="Out of sample"),
            "trades": RecordView(theme, self.trades, name="Rebalance preview"),
        }
        self.measure_button = QPushButton("Measure their risk")
        self.measure_button.setToolTip("Take these weights to the Portfolio tab")
        self.chart: FrontierChart | None = None  # built with the first result
        self.curve: EquityChart | None = None
        self._frontier_page, self._trial_page = QWidget(), QWidget()
        self._curve_page = QWidget()
        self.lead = self._results()
        self.states = StateStack(theme, self.lead)
        self.faces = Faces(theme, self.sheet, self.button, self.states)
        self.work = Work(owner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.faces)
        self._connect()
        self._describe()
        self.states.show_empty(_ASK, "Allocate", "wallet")

    def propose(self, symbols: Sequence[str]) -> None:
        """Fill in symbols, where none are named yet."""
        if symbols and not self.sheet.values().get("symbols"):
            self.sheet.show_values({"symbols": tuple(symbols)})

    def start(self) -> None:
        """Allocate, in a job."""
        if not self.sheet.check():
            self.faces.show_asked()
            return
        self.faces.show_found()
        try:
            words = asked_words(self.sheet.values())
            asked = asked_of(self._parts.context, words)
        except (PuffinError, PufflingError) as error:
            self.states.show_error(str(error), error.hint, retry=False)
            return
        service = self._parts.context.allocation
        title = f"Allocate by {_CARDS[words.method].title.lower()}"
        self.work.start(title, lambda progress: split(service, words, asked, progress))

    def show_split(self, found: Split) -> None:
        """Show what was found."""
        self.found = found
        self.weights.reset(weight_rows(found.allocation))
        self._show_strip(found)
        self._show_trial(found)
        self._show_way()
        self.frontier_words.setText(found.no_frontier)
        self.frontier_words.setVisible(bool(found.no_frontier))
        self._owner.spawn(self._draw(found))
        self.states.show_content()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "form": self.sheet.state(),
            "tab": self.lead.chosen,
            "tables": {name: view.layout_state() for name, view in self.views.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("form"), dict):
            self.sheet.restore(state["form"])
        tables = state.get("tables")
        for name, view in self.views.items():
            if isinstance(tables, dict) and isinstance(tables.get(name), dict):
                view.restore_layout(tables[name])
        self.lead.choose(state.get("tab"))
        self._describe()

    # -- showing -----------------------------------------------------------------------------

    def _show_strip(self, found: Split) -> None:
        made = found.allocation
        self.strip.show_value(
            "return",
            formats.percent(made.expected_return, places=1, sign=True),
            tip="A year, before costs, from the mean of the days looked at: a poor prophet.",
        )
        self.strip.show_value("volatility", formats.percent(made.volatility, places=1))
        self.strip.show_value("sharpe", formats.number(made.sharpe))
        self.strip.show_value("cost", formats.percent(made.cost))
        self.words.setText(" ".join((made.words, *made.notes)))

    def _show_trial(self, found: Split) -> None:
        trial = found.trial
        self.views["trial"].setVisible(trial is not None)
        if self.curve is not None:
            self.curve.setVisible(trial is not None)
        if trial is None:
            self.trial.reset()
            self.trial_words.setText(found.no_trial)
            self.curve_words.setText(found.no_trial)
            return
        self.trial.reset(trial_rows(trial))
        self.curve_words.setText("What 100 became, by the method and with equal weights.")
        self.trial_words.setText(" ".join((trial.sentence, *trial.notes)))

    def _show_way(self) -> None:
        if self.found is None:
            return
        weights = dict(self.found.allocation.weights)
        rest = 1 - sum(weights.values())
        if rest > 1e-6:  # noqa: PLR2004 - rounding
            weights["CASH"] = rest
        try:
            preview = self._parts.context.allocation.rebalance(weights)
        except (PuffinError, PufflingError) as error:
            self.trades.reset()
            self.way_words.setText(f"{error} {error.hint}".strip())
            return
        self.trades.reset(preview.trades)
        self.way_words.setText(
            f"Preview only, nothing is ordered. It trades "
            f"{formats.percent(preview.turnover, places=1)} of the account, costs "
            f"{formats.money(preview.cost)} and leaves {formats.money(preview.cash_after)} "
            f"in cash. {' '.join(preview.notes)}".strip()
        )

    async def _draw(self, found: Split) -> None:
        await loading.load()
        from puffling.ui.charts.equity import EquityChart
        from puffling.ui.panels.risk.frontier_chart import FrontierChart

        if found is not self.found:
            return
        if self.chart is None:
            self.chart = FrontierChart(self._parts.theme)
            _add(self._frontier_page, self.chart)
        self.chart.setVisible(found.frontier is not None)
        if found.frontier is not None:
            self.chart.show_frontier(found.frontier, found.allocation)
        if found.trial is None:
            return
        if self.curve is None:
            self.curve = EquityChart(self._parts.theme)
            _add(self._curve_page, self.curve)
        self.curve.show()
        trial = found.trial
        peak = np.maximum.accumulate(trial.curve)
        self.curve.set_result(
            trial.time,
            trial.curve * _OF,
            trial.curve / peak - 1,
            benchmark=("Equal weights", trial.equal_curve * _OF),
        )

    def _describe(self) -> None:
        card = _CARDS.get(str(self.sheet.values().get("method", "")))
        self.about.setText("" if card is None else f"{card.summary} {card.advice}")

    def _after(self) -> None:
        if self.found is not None:
            self.states.show_content()
        else:
            self.states.show_empty(_ASK, "Allocate", "wallet")

    def _measure(self) -> None:
        if self.found is not None:
            self.measure_asked.emit(
                {row.symbol: row.weight for row in weight_rows(self.found.allocation)}
            )

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.sheet.changed.connect(lambda _: self._describe())
        self.button.clicked.connect(self.start)
        self.measure_button.clicked.connect(self._measure)
        self.states.acted.connect(self.start)
        self.states.retried.connect(self.start)
        self.work.tell(self.states)
        self.work.finished.connect(self.show_split)
        self.work.gone.connect(self._after)
        self.work.changed.connect(lambda on: self.button.setEnabled(not on))
        self.lead.tabs.currentChanged.connect(lambda _: self._show_way())

    def _results(self) -> Lead:
        theme = self._parts.theme
        for label in (
            self.about,
            self.words,
            self.trial_words,
            self.way_words,
            self.frontier_words,
            self.curve_words,
        ):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.set_role(label, "caption")
        theme.set_role(self.words, "muted")
        theme.set_tone(self.frontier_words, Tone.WARNING)
        weights = _page((self.views["weights"], self.measure_button))
        for page, inside in (
            (self._frontier_page, (self.frontier_words,)),
            (self._trial_page, (self.trial_words, self.views["trial"])),
            (self._curve_page, (self.curve_words,)),
        ):
            _fill(page, inside)
        way = _page((self.way_words, self.views["trades"]))
        return Lead(
            theme,
            (self.strip, self.words),
            (
                (weights, "Weights"),
                (self._frontier_page, "Frontier"),
                (self._trial_page, "Trial"),
                (self._curve_page, "Curves"),
                (way, "Trades"),
            ),
        )


_OF = 100.0  # both curves begin there


def _fill(page: QWidget, widgets: Sequence[QWidget]) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(4, 4, 4, 4)
    for each in widgets:
        column.addWidget(each)


def _page(widgets: Sequence[QWidget]) -> QWidget:
    page = QWidget()
    _fill(page, widgets)
    return page


def _add(page: QWidget, widget: QWidget) -> None:
    column = page.layout()
    if isinstance(column, QVBoxLayout):
        column.addWidget(widget, 1)
