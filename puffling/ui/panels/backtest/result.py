"""What came of a backtest: key figures, curves, trades, every metric, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.charts.ticks import Calendar
from puffling.ui.panels.backtest.metrics import (
    KEY_METRICS,
    METRIC_COLUMNS,
    METRICS,
    MetricRow,
    tone_of,
)
from puffling.ui.panels.backtest.trades import TRADES, TradeRow
from puffling.ui.panels.backtest.words import bar_time, parameter_words, title_of
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.theme.theme import Theme

CHART = "puffling.ui.charts.equity"  # the module to load before a result is shown
NANOSECONDS = 1_000_000_000


class ResultView(QWidget):
    """Shows one result.

    Signals:
        mark_asked: The trades are to be marked on the chart.
        trade_opened: A trade is to be shown on the chart (the RoundTrip).
    """

    mark_asked = Signal()
    trade_opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.result: BacktestResult | None = None
        self.title, self.subtitle = QLabel(), QLabel()
        theme.set_role(self.title, "heading")
        theme.set_role(self.subtitle, "caption")
        self.subtitle.setWordWrap(True)
        self.mark_button = QPushButton(theme.icon("chart"), "Show on chart")
        self.figures = KeyValueStrip(theme, [(each, METRICS[each].title) for each in KEY_METRICS])
        self.equity: EquityChart | None = None  # built for the first result
        self._split = QSplitter(Qt.Orientation.Vertical)
        self.trades: RecordModel[TradeRow] = RecordModel(TRADES, lambda row: str(row.place), self)
        self.trades_view = RecordView(
            theme, self.trades, name="Trades", empty="The strategy never traded."
        )
        self.metrics: RecordModel[MetricRow] = RecordModel(METRIC_COLUMNS, lambda row: row.id, self)
        self.metrics_view = RecordView(theme, self.metrics, name="Metrics")
        self.assumptions = QTextBrowser()
        theme.set_role(self.assumptions, "page")
        self.tabs = QTabWidget()
        self._lay_out()
        self.mark_button.clicked.connect(self.mark_asked)
        self.trades_view.opened.connect(lambda row: self.trade_opened.emit(row.trade))

    def show_result(self, result: BacktestResult, source: str) -> None:
        """Show `result` in place of what was there; `source` is where its prices come from."""
        self.result = result
        intraday = result.interval.is_intraday
        first = bar_time(result.first, intraday=intraday)
        last = bar_time(result.last, intraday=intraday)
        self.title.setText(f"{title_of(result.strategy_id)} on {result.symbol}")
        words = parameter_words(result.parameters)
        self.subtitle.setText(f"{result.interval.label.capitalize()}, {first} to {last} · {words}")
        for key in KEY_METRICS:
            metric, value = METRICS[key], result.metrics.get(key)
            self.figures.show_value(
                key, metric.write(value), tone_of(metric, value), metric.meaning
            )
        self._show_curves(result)
        self.trades.reset(
            TradeRow(place, trade, intraday) for place, trade in enumerate(result.trades, start=1)
        )
        self.metrics.reset(MetricRow(name, value) for name, value in result.metrics.items())
        self.assumptions.setPlainText(_assumed(result, source))
        self.tabs.setTabText(0, f"Trades ({len(result.trades)})")

    def _show_curves(self, result: BacktestResult) -> None:
        chart = self.equity or self._build_chart()
        if not len(result.close):
            chart.clear()
            return
        held = result.equity[0] * result.close / result.close[0]
        chart.set_result(
            result.time,
            result.equity,
            result.drawdown,
            benchmark=("Buy and hold", held),
            calendar=Calendar(round(result.interval.seconds * NANOSECONDS)),
        )

    def _build_chart(self) -> EquityChart:
        # The drawing library takes a third of a second to load: whoever reads the result loads
        # it on that thread (see `CHART`), and the desk opens without it.
        from puffling.ui.charts.equity import EquityChart

        self.equity = chart = EquityChart(self._theme)
        self._split.insertWidget(0, chart)
        self._split.setSizes([self._theme.px(330), self._theme.px(260)])
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        return chart

    def _lay_out(self) -> None:
        theme = self._theme
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addWidget(self.mark_button, 0, Qt.AlignmentFlag.AlignTop)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.trades_view, "Trades")
        self.tabs.addTab(self.metrics_view, "Metrics")
        self.tabs.addTab(self.assumptions, "Assumptions")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addWidget(self.figures)
        column.addWidget(self._split, 1)


def _assumed(result: BacktestResult, source: str) -> str:
    last = bar_time(result.last, intraday=result.interval.is_intraday)
    lines = [f"{topic}: {words}." for topic, words in result.assumptions.items()]
    lines += [
        f"Source: {source}; adjusted as of {last}, whose price is as it was traded.",
        f"Data fingerprint: {result.data_hash[:16]}",
        f"Settings fingerprint: {result.config_hash[:16]}",
        "Two runs with the same fingerprints are the same run.",
    ]
    return "\n".join(lines)
