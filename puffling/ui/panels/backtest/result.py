"""What came of a backtest: verdict, key figures, curves, and behind tabs all that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.charts.ticks import Calendar
from puffling.ui.panels.backtest.attribution import CONTRIBUTIONS
from puffling.ui.panels.backtest.metrics import (
    KEY_METRICS,
    METRIC_COLUMNS,
    METRICS,
    MetricRow,
    tone_of,
)
from puffling.ui.panels.backtest.months import MONTHS
from puffling.ui.panels.backtest.rolling_tab import RollingTab
from puffling.ui.panels.backtest.trades import TRADES
from puffling.ui.panels.backtest.verdict_view import VerdictView
from puffling.ui.panels.backtest.why_view import HOW, WhyView
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.ask_bar import AskBar
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.backtest.attribution import Contribution
    from puffin.backtest.result import YearOfReturns
    from puffin.truth.verdict import Verdict
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.panels.backtest.shown import Shown
    from puffling.ui.panels.backtest.trades import TradeRow
    from puffling.ui.theme.theme import Theme

NANOSECONDS = 1_000_000_000
_LOWEST_CHART, _LOWEST_TABS = 180, 150  # below it a curve says nothing
NO_VERDICT = "Nobody has checked yet whether this result can be believed."
_COLOURS = {"red": Tone.DANGER, "amber": Tone.WARNING, "green": Tone.SUCCESS}


class ResultView(QWidget):
    """Shows one result.

    Signals:
        mark_asked: The trades are to be marked on the chart.
        trade_opened: A trade was opened (the RoundTrip).
        bar_chosen: A bar is to be explained (its index).
        judge_asked: A verdict is asked for.
        save_asked: The strategy with these parameters is to be saved (the name).
        export_asked: A report is to be written.
    """

    mark_asked = Signal()
    trade_opened = Signal(object)
    bar_chosen = Signal(int)
    judge_asked = Signal()
    save_asked = Signal(str)
    export_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shown: Shown | None = None
        self.title, self.subtitle = QLabel(), QLabel()
        theme.set_role(self.title, "heading")
        theme.set_role(self.subtitle, "caption")
        self.title.setWordWrap(True)
        self.subtitle.setWordWrap(True)
        self.note = QLabel()
        self.note.setWordWrap(True)
        theme.set_role(self.note, "caption")
        self.note.hide()
        self.verdict_button = QPushButton()
        self.verdict_button.setToolTip("Show the checks behind the verdict")
        theme.set_role(self.verdict_button, "flat")
        self.fold_button = QToolButton()
        self.show_folded(on=False)
        self.mark_button = self._button("chart", "Show the trades on the chart")
        self.save_button = self._button("save", "Save as a strategy of yours")
        self.export_button = self._button("export", "Export a report, or trades and equity")
        self.ask_bar = AskBar(theme)
        self.figures = KeyValueStrip(theme, [(each, METRICS[each].title) for each in KEY_METRICS])
        self.equity: EquityChart | None = None  # built for the first result
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.area = QScrollArea()  # in a low dock curve and tables keep their least height
        self._build_pages()
        self._lay_out()
        self.mark_button.clicked.connect(self.mark_asked)
        self.save_button.clicked.connect(self.ask_name)
        self.export_button.clicked.connect(self.export_asked)
        self.ask_bar.closed.connect(self.save_button.setFocus)
        self.verdict_button.clicked.connect(lambda: self.tabs.setCurrentWidget(self.verdict))
        self.verdict.judge_asked.connect(self.judge_asked)
        self.trades_view.opened.connect(lambda row: self.trade_opened.emit(row.trade))

    def ask_name(self) -> None:
        """Ask what the strategy is to be called."""
        if self.shown is not None:
            words = f"Save {self.shown.strategy} with the parameters of this run as"
            self.ask_bar.ask_name(words, self.shown.saved_name, "Save", self.save_asked.emit)

    def show_folded(self, *, on: bool) -> None:
        """Say what the button does: hide what is asked, or show it again."""
        self.fold_button.setIcon(self._theme.icon("chevron-right" if on else "chevron-left"))
        words = "Show the form again" if on else "Hide the form: more room for the result"
        self.fold_button.setToolTip(words)
        self.fold_button.setAccessibleName(words)

    def show_result(self, shown: Shown) -> None:
        """Show a result in place of what was there."""
        same = self.shown is not None and self.shown.id == shown.id
        self.shown = shown
        self.title.setText(shown.title)
        self.subtitle.setText(shown.subtitle)
        for key in KEY_METRICS:
            metric, value = METRICS[key], shown.metrics.get(key)
            self.figures.show_value(
                key, metric.write(value), tone_of(metric, value), metric.meaning
            )
        if not same:
            self._show_curves(shown)
            self.why.say(HOW)
        self.trades.reset(shown.trades)
        self.trades_view.set_empty(shown.why_nothing)
        symbol = next(place for place, each in enumerate(TRADES) if each.id == "symbol")
        self.trades_view.setColumnHidden(symbol, not shown.is_portfolio)
        self.months.reset(shown.months)
        self.metrics.reset(MetricRow(name, value) for name, value in shown.metrics.items())
        self.contributions.reset(shown.contributions)
        self.rolling.show_result(shown)
        self.assumptions.setPlainText(
            "\n".join(each for each in (shown.assumptions, shown.problem) if each)
        )
        self.tabs.setTabVisible(self.tabs.indexOf(self.contributions_view), shown.is_portfolio)
        self.show_verdict(shown.verdict)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show what the truth gate says; None if it was not asked."""
        if verdict is None:
            self.verdict.show_nothing(NO_VERDICT, may_ask=True)
            self.verdict_button.setText("Not checked")
            self.verdict_button.setIcon(self._theme.icon("info", Tone.MUTED))
            return
        self.verdict.show_checks(verdict.grade, verdict.checks)
        icon = {"red": "error", "amber": "warning", "green": "check"}.get(verdict.grade, "info")
        tone = _COLOURS.get(verdict.grade, Tone.MUTED)
        words = badge(verdict)
        self.verdict_button.setText(words)
        self.verdict_button.setIcon(self._theme.icon(icon, tone))
        self.verdict_button.setAccessibleName(f"Verdict: {verdict.sentence}")
        self.verdict_button.setToolTip(f"{verdict.sentence} Click to see why.")

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {
            "tab": self.tabs.currentIndex(),
            "trades": self.trades_view.layout_state(),
            "metrics": self.metrics_view.layout_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        for view, name in ((self.trades_view, "trades"), (self.metrics_view, "metrics")):
            if isinstance(state.get(name), dict):
                view.restore_layout(state[name])
        if state.get("tab") in range(self.tabs.count()):
            self.tabs.setCurrentIndex(state["tab"])

    def point_at(self, index: int | None) -> None:
        """Mark the bar that is being explained, and turn to the explanation."""
        if self.equity is not None:
            self.equity.point_at(index)
        if index is not None:
            self.tabs.setCurrentWidget(self.why)

    def _show_curves(self, shown: Shown) -> None:
        chart = self.equity or self._build_chart()
        result = shown.result
        if not len(result.time):
            chart.clear()
            return
        chart.set_result(
            result.time,
            result.equity,
            result.drawdown,
            benchmark=shown.held,
            calendar=Calendar(round(result.interval.seconds * NANOSECONDS)),
        )

    def _build_chart(self) -> EquityChart:
        # Whoever shows a result has loaded the drawing library; the desk opens without it.
        from puffling.ui.charts.equity import EquityChart

        self.equity = chart = EquityChart(self._theme)
        chart.setMinimumHeight(self._theme.px(_LOWEST_CHART))
        chart.bar_chosen.connect(self.bar_chosen)
        self.split.insertWidget(0, chart)
        self.split.setSizes([self._theme.px(330), self._theme.px(260)])
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        return chart

    def _build_pages(self) -> None:
        theme = self._theme
        self.verdict = VerdictView(theme)
        self.trades: RecordModel[TradeRow] = RecordModel(TRADES, lambda row: str(row.place), self)
        self.trades_view = RecordView(
            theme, self.trades, name="Trades", empty="The strategy never traded."
        )
        self.months: RecordModel[YearOfReturns] = RecordModel(
            MONTHS, lambda row: str(row.year), self
        )
        self.months_view = RecordView(theme, self.months, name="Monthly returns")
        self.rolling = RollingTab(theme)
        self.contributions: RecordModel[Contribution] = RecordModel(
            CONTRIBUTIONS, lambda row: row.symbol, self
        )
        self.contributions_view = RecordView(theme, self.contributions, name="Symbols")
        self.metrics: RecordModel[MetricRow] = RecordModel(METRIC_COLUMNS, lambda row: row.id, self)
        self.metrics_view = RecordView(theme, self.metrics, name="Metrics")
        self.why = WhyView(theme)
        self.assumptions = QTextBrowser()
        theme.set_role(self.assumptions, "page")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setUsesScrollButtons(True)
        self.tabs.tabBar().setElideMode(Qt.TextElideMode.ElideNone)
        for page, title in (
            (self.trades_view, "Trades"),
            (self.verdict, "Verdict"),
            (self.why, "Why"),
            (self.months_view, "Months"),
            (self.rolling, "Rolling"),
            (self.contributions_view, "Symbols"),
            (self.metrics_view, "Metrics"),
            (self.assumptions, "Assumed"),
        ):
            self.tabs.addTab(page, title)

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # reached by Tab, as buttons with words
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.addWidget(self.fold_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        for button in (self.mark_button, self.save_button, self.export_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        said = QHBoxLayout()
        said.addWidget(self.subtitle, 1)
        said.addWidget(self.verdict_button, 0, Qt.AlignmentFlag.AlignTop)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addLayout(said)
        column.addWidget(self.note)
        column.addWidget(self.ask_bar)
        column.addWidget(self.area, 1)
        inside = QWidget()
        below = QVBoxLayout(inside)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.px(8))
        below.addWidget(self.figures)
        below.addWidget(self.split, 1)
        self.tabs.setMinimumHeight(theme.px(_LOWEST_TABS))
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        inside.setAutoFillBackground(False)  # the panel's own ground shows through
        self.area.viewport().setAutoFillBackground(False)


def badge(verdict: Verdict) -> str:
    """Return the verdict in a few words: how many checks failed, or passed if none did.

    A check that passes says that a result can be believed, not that it is a good one.
    """
    counts = {grade: sum(each.grade == grade for each in verdict.checks) for grade in _COLOURS}
    for grade, said in (("red", "failed"), ("amber", "to look at"), ("green", "passed")):
        if count := counts[grade]:
            return f"{count} check{'' if count == 1 else 's'} {said}"
    return "Nothing to check"
