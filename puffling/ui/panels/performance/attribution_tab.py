"""The Attribution tab: trades in groups, and what the benchmark explains of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from puffin.monitor.attribution import By, attribute
from puffling.core import formats
from puffling.ui.charts.bars import BarChart, Bars
from puffling.ui.panels.performance.words import change, ratio, share
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.sums import summed
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.monitor.attribution import Against, Group
    from puffling.services.reports import Report

_TITLES = {
    By.SYMBOL: "Symbol",
    By.SOURCE: "Who asked",
    By.SIDE: "Long and short",
    By.ASSET: "Asset class",
    By.WEEKDAY: "Weekday of entry",
    By.HOUR: "Hour of entry",
    By.MONTH: "Month of exit",
}
_AGAINST = (
    ("own", "Account"),
    ("total", "Benchmark"),
    ("excess", "Difference"),
    ("alpha", "Alpha a year"),
    ("beta", "Beta"),
    ("correlation", "Correlation"),
    ("tracking_error", "Tracking error"),
    ("information_ratio", "Information ratio"),
)

GROUPS: tuple[Column[Group], ...] = (
    Column("name", "Group", lambda row: row.name, draw=Draw.STRONG, width=120),
    number(
        "net",
        "Net",
        lambda row: formats.money(row.net, sign=True),
        lambda row: row.net,
        tone=lambda row: Theme.sign_tone(row.net),
        help_="After commissions, with dividends",
        width=96,
        total=summed(
            lambda row: row.net,
            lambda amount: formats.money(amount, sign=True),
            tone=Theme.sign_tone,
        ),
    ),
    number("trades", "Trades", lambda row: str(row.trades), lambda row: row.trades, width=60),
    number(
        "win_rate",
        "Win rate",
        lambda row: share(row.win_rate),
        lambda row: row.win_rate,
        width=72,
    ),
    number(
        "factor",
        "Profit factor",
        lambda row: ratio(row.profit_factor),
        lambda row: row.profit_factor,
        help_="What winners made over what losers lost; a dash while nothing was lost",
        width=92,
    ),
    number(
        "average",
        "Average",
        lambda row: formats.money(row.average, sign=True),
        lambda row: row.average,
        tone=lambda row: Theme.sign_tone(row.average),
        width=84,
    ),
    number(
        "best",
        "Best",
        lambda row: formats.money(row.best, sign=True),
        lambda row: row.best,
        tone=lambda row: Theme.sign_tone(row.best),
        width=84,
    ),
    number(
        "worst",
        "Worst",
        lambda row: formats.money(row.worst, sign=True),
        lambda row: row.worst,
        tone=lambda row: Theme.sign_tone(row.worst),
        width=84,
    ),
    number(
        "fees",
        "Fees",
        lambda row: formats.money(row.fees),
        lambda row: row.fees,
        tone=lambda _: Tone.MUTED,
        width=64,
        total=summed(lambda row: row.fees, formats.money),
    ),
)


class AttributionTab(QWidget):
    """Sorts the closed trades of a report."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._report: Report | None = None
        self.box = QComboBox()
        self.box.setAccessibleName("Sort trades by")
        for by, title in _TITLES.items():
            self.box.addItem(title, by.value)
        label = QLabel("Profit by")
        theme.set_role(label, "muted")
        label.setBuddy(self.box)
        self.caption, self.strip = QLabel(), KeyValueStrip(theme, _AGAINST)
        self.caption.setWordWrap(True)
        theme.set_role(self.caption, "caption")
        self.model: RecordModel[Group] = RecordModel(GROUPS, lambda row: row.name, self)
        self.view = RecordView(
            theme, self.model, name="Groups", empty="No trade ended in this period."
        )
        self.chart = BarChart(theme, "Profit of each group")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.chart)
        split.addWidget(self.view)
        split.setSizes([theme.px(220), theme.px(260)])
        head = QHBoxLayout()
        head.addWidget(label)
        head.addWidget(self.box)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.sizes.padding] * 4)
        column.setSpacing(theme.px(6))
        column.addWidget(self.caption)
        column.addWidget(self.strip)
        column.addLayout(head)
        column.addWidget(split, 1)
        self.box.currentIndexChanged.connect(lambda _: self._show())

    def show_report(self, report: Report) -> None:
        """Show where the profit of a period came from."""
        self._report = report
        self._show_against(None if report.sheet is None else report.sheet.against, report.why)
        self._show()

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember, as JSON would."""
        return {"by": self.box.currentData(), "table": self.view.layout_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        place = self.box.findData(state.get("by"))
        if place >= 0:
            self.box.setCurrentIndex(place)
        if isinstance(state.get("table"), dict):
            self.view.restore_layout(state["table"])

    def _show(self) -> None:
        if self._report is None:
            return
        by = By(self.box.currentData())
        groups = attribute(self._report.closed, by, sources=self._report.sources)
        self.model.reset(groups)
        self.chart.setVisible(bool(groups))
        self.chart.show_bars(
            Bars(
                f"Net profit · {_TITLES[by].lower()}",
                [each.name for each in groups],
                np.array([float(each.net) for each in groups]),
                lambda value: formats.money(value, sign=True),
            )
        )

    def _show_against(self, found: Against | None, why: str) -> None:
        if found is None:
            self.caption.setText(why or "There is no benchmark to compare with.")
        else:
            self.caption.setText(
                f"Beside {found.name}, held through the same {found.sessions} sessions"
            )
        self.strip.setVisible(found is not None)
        if found is None:
            return
        for name, write, tone in (
            ("own", change(found.own), Theme.sign_tone(found.own)),
            ("total", change(found.total), Theme.sign_tone(found.total)),
            ("excess", change(found.excess), Theme.sign_tone(found.excess)),
            ("alpha", change(found.alpha), Theme.sign_tone(found.alpha)),
            ("beta", ratio(found.beta), Tone.TEXT),
            ("correlation", ratio(found.correlation), Tone.TEXT),
            ("tracking_error", share(found.tracking_error), Tone.TEXT),
            ("information_ratio", ratio(found.information_ratio), Tone.TEXT),
        ):
            self.strip.show_value(name, write, tone, _MEANINGS.get(name, ""))


_MEANINGS = {
    "excess": "What the account made more than holding the benchmark",
    "alpha": "Return that the benchmark does not explain (Jensen)",
    "beta": "How far the account moves when the benchmark moves by one",
    "tracking_error": "Deviation of the difference, a year",
    "information_ratio": "Difference over the tracking error",
}
