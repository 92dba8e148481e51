"""The Overview tab: key figures, the account's curve, what each session made, and the months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from puffin import measures
from puffin.data.times import moment
from puffling.core import formats
from puffling.ui.charts import loading
from puffling.ui.charts.bars import BarChart, Bars
from puffling.ui.charts.calendar_map import MonthMap
from puffling.ui.panels.performance.figure_grid import FigureGrid
from puffling.ui.panels.performance.words import FIGURES, change, share, tone_of
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import Headline

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.services.reports import Curve, Report
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.panel import PanelWidget

_FROM_SHEET = (
    "cagr",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "max_drawdown_days",
    "volatility",
    "value_at_risk",
    "expected_shortfall",
    "skewness",
    "kurtosis",
    "best_day",
    "worst_day",
)
_CURVES = 340  # the least height of curves, days and months together
_FIRST = (
    ("total_return", "Return"),
    ("profit", "Profit"),
    ("cagr", FIGURES["cagr"].title),
    ("sharpe", FIGURES["sharpe"].title),
    ("max_drawdown", FIGURES["max_drawdown"].title),
    ("win_rate", "Win rate"),
)
_MORE = (
    ("money", "IRR"),
    ("exposure", "Exposure"),
    *((each, FIGURES[each].title) for each in _FROM_SHEET if each not in dict(_FIRST)),
    ("trades", "Trades"),
    ("average_win", "Average win"),
    ("average_loss", "Average loss"),
    ("profit_factor", "Profit factor"),
    ("expectancy", "Expectancy"),
)


class OverviewTab(QWidget):
    """Shows a report; draws its charts when it is seen with one."""

    def __init__(self, owner: PanelWidget) -> None:
        super().__init__()
        self._owner, theme = owner, owner.parts.theme
        self._theme = theme
        self._report: Report | None = None
        self.equity = Headline(theme, "Equity")
        self.first, self.more = FigureGrid(theme, _FIRST), FigureGrid(theme, _MORE)
        self.benchmark = QCheckBox("Benchmark")
        self.benchmark.setChecked(True)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        theme.set_role(self.notes, "caption")
        self.chart: EquityChart | None = None  # built for the first curve
        self.days = BarChart(theme, "What each session made")
        self.months = MonthMap(theme)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._below = QSplitter(Qt.Orientation.Horizontal)
        self.states = StateStack(theme, self._split)
        self._lay_out()
        self.benchmark.toggled.connect(lambda _: self._draw())

    def show_report(self, report: Report) -> None:
        """Show the figures and curves of a period."""
        self._report = report
        self.show_now(report.moment.equity, report.moment.day_profit, report.moment.day_ratio)
        self._show_strip(report)
        self.notes.setText(" ".join(report.notes))
        self.notes.setVisible(bool(report.notes))
        if report.curve is None:
            self.states.show_empty(report.why, "", "gain")
            return
        self._owner.spawn(self._show_curve())

    def show_now(self, equity: Decimal | None, day: Decimal | None, ratio: Decimal | None) -> None:
        """Show what the account is worth at this moment."""
        note = f"{formats.money(day, sign=True)}  {formats.percent(ratio, sign=True)} today"
        self.equity.show_number(
            formats.money(equity),
            "",
            note if day is not None else "The day's profit is not known yet",
            Theme.sign_tone(day),
        )

    def text(self, key: str) -> str:
        """Return what the card called `key` shows."""
        return (self.first if key in dict(_FIRST) else self.more).text(key)

    # -- inside ------------------------------------------------------------------------------

    def _show(self, key: str, text: str, tone: str, tip: str) -> None:
        (self.first if key in dict(_FIRST) else self.more).show_value(key, text, tone, tip)

    def _show_strip(self, report: Report) -> None:
        figures = {} if report.sheet is None else report.sheet.figures
        for name in _FROM_SHEET:
            figure, value = FIGURES[name], figures.get(name)
            self._show(name, figure.write(value), tone_of(figure, value), figure.meaning)
        whole = report.time_weighted
        self._show(
            "total_return",
            change(whole),
            Theme.sign_tone(whole) if whole is not None else Tone.TEXT,
            f"Time-weighted, to the last session's end{_until(report)}",
        )
        own = report.money_weighted_period
        self._show(
            "money",
            change(own),
            Theme.sign_tone(own) if own is not None else Tone.TEXT,
            "Money-weighted: what your money made, by when it came and went; "
            f"{change(report.money_weighted)} a year",
        )
        made = report.profit
        tone = Theme.sign_tone(made) if made is not None else Tone.TEXT
        self._show(
            "profit", formats.money(made, sign=True), tone, "Change of equity without transfers"
        )
        self._show(
            "exposure",
            share(report.exposure),
            Tone.TEXT,
            "Session ends at which something was held",
        )
        self._show_trades(report)

    def _show_trades(self, report: Report) -> None:
        nets = np.array([float(each.net) for each in report.closed])
        won, lost = nets[nets > 0], nets[nets < 0]
        expected = measures.expectancy(nets)
        for key, text, tone, tip in (
            ("trades", formats.number(len(nets), places=0), Tone.TEXT, "Round trips that ended"),
            ("win_rate", share(measures.win_rate(nets)), Tone.TEXT, "Trades that made money"),
            (
                "average_win",
                formats.money(float(won.mean()) if len(won) else None),
                Tone.TEXT,
                "The mean of the winners",
            ),
            (
                "average_loss",
                formats.money(float(lost.mean()) if len(lost) else None),
                Tone.TEXT,
                "The mean of the losers",
            ),
            (
                "profit_factor",
                formats.number(measures.profit_factor(nets)),
                Tone.TEXT,
                "What winners made over what losers lost",
            ),
            (
                "expectancy",
                formats.money(expected, sign=True),
                Theme.sign_tone(expected) if expected is not None else Tone.TEXT,
                "The mean of all trades",
            ),
        ):
            self._show(key, text, tone, tip)

    async def _show_curve(self) -> None:
        await loading.load()
        if self.chart is None:
            from puffling.ui.charts.equity import EquityChart

            self.chart = EquityChart(self._theme)
            self._split.insertWidget(0, self.chart)
            self._split.setSizes([self._theme.px(260), self._theme.px(180)])
        self._draw()
        self.states.show_content()

    def _draw(self) -> None:
        report = self._report
        if report is None or report.curve is None or self.chart is None or report.sheet is None:
            return
        curve = report.curve
        name = "" if curve.benchmark is None else curve.benchmark[0]
        self.benchmark.setVisible(bool(name))
        self.benchmark.setToolTip(f"{name}, bought when the period began and held")
        self.chart.set_result(
            curve.time,
            curve.equity,
            report.sheet.below,
            benchmark=curve.benchmark if self.benchmark.isChecked() else None,
        )
        self.days.show_bars(_days(curve))
        self.months.show_months(report.sheet.months)

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setSpacing(theme.px(20))
        head.addWidget(self.equity, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.first, 1, Qt.AlignmentFlag.AlignTop)
        for each in (self.days, self.months):
            self._below.addWidget(each)
        self._below.setChildrenCollapsible(False)
        self._below.setSizes([theme.px(300), theme.px(420)])
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._below)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        below = QHBoxLayout()
        below.setSpacing(theme.px(16))
        below.addWidget(self.benchmark, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.notes, 1)
        column.addLayout(below)
        # The curves take the room there is, and no more than they need where there is little.
        self.states.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.states.setMinimumHeight(theme.px(_CURVES))
        column.addWidget(self.states, 1)
        column.addWidget(self.more)
        self.benchmark.hide()


def _until(report: Report) -> str:
    return "" if report.last is None else f" on {report.last.day} {report.last:%b %Y}"


def _days(curve: Curve) -> Bars:
    names = [f"{at.day} {at:%b %Y}" for at in map(moment, curve.time[1:].tolist())]
    return Bars(
        "Profit of each session",
        names,
        curve.profit[1:],
        lambda value: formats.money(value, sign=True),
    )
