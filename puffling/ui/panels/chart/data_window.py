"""The data window: every number of the bar under the crosshair, beside the chart."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem
from typing_extensions import override

from puffling.core.formats import UNKNOWN, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.crosshair import Said
    from puffling.ui.theme.theme import Theme

GAP, INDENT = "  ", "  "
_NAMED = re.compile(r"(.*\D.*) (\S*\d\S*|—|up|down)")  # such as "Upper 31.07"
_MOST_NAME = 0.48  # of its width, that names may take; longer ones end in an ellipsis
_WIDE = 220
_ROOM = 560  # pixels that a chart needs to have one beside it


class DataWindow(QTreeWidget):
    """Names and numbers of one bar; Ctrl+C copies what is selected, or all of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: PriceChart | None = None
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.setAccessibleName("Data window")
        self.wanted = False
        self._named: list[str] = []
        self.hide()
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    def fit(self, width: int) -> None:
        """Stand beside a chart of this width if that is wanted and leaves room for prices."""
        self.setVisible(self.wanted and width >= self._theme.px(_ROOM))

    def _follow_theme(self) -> None:
        self.setFixedWidth(self._theme.px(_WIDE))
        self._named = []
        self.renew()

    def take(self, chart: PriceChart) -> None:
        """Say the numbers of this chart."""
        self._chart = chart
        chart.cursor_moved.connect(self.renew)
        chart.bar_updated.connect(self.renew)
        chart.bars_replaced.connect(self.renew)

    def renew(self, *_: object) -> None:
        """Say the numbers of the bar under the crosshair, or of the last one."""
        if self.isHidden() or self._chart is None:
            return
        rows = rows_of(self._chart)
        while self.topLevelItemCount() > len(rows):
            self.takeTopLevelItem(len(rows))
        named = [name for name, *_ in rows]
        plain, quiet = self._theme.color("text"), QBrush(self._theme.color("muted"))
        for place, (name, value, color) in enumerate(rows):
            item = self.topLevelItem(place)
            if item is None:
                item = QTreeWidgetItem()
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
                self.addTopLevelItem(item)
            item.setForeground(0, quiet)
            item.setText(0, name)
            item.setToolTip(0, name.strip())
            item.setToolTip(1, value)
            item.setText(1, value)
            item.setForeground(1, QBrush(color or plain))
            item.setFirstColumnSpanned(not value)
        if named != self._named:
            self._named = named
            self._share_out()

    def _share_out(self) -> None:
        """Give names what they need and numbers the rest, which is never too little."""
        most = int(self.viewport().width() * _MOST_NAME)
        self.setColumnWidth(0, min(self.sizeHintForColumn(0), most))

    def copy(self) -> str:
        """Put what is selected, or everything, on the clipboard; return it."""
        every = [self.topLevelItem(place) for place in range(self.topLevelItemCount())]
        known = [each for each in every if each is not None]
        chosen = [each for each in known if each.isSelected()] or known
        text = "\n".join(f"{each.text(0)}\t{each.text(1)}" for each in chosen)
        QGuiApplication.clipboard().setText(text)
        return text

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    @override
    def showEvent(self, event: object) -> None:
        self.renew()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()


def rows_of(chart: PriceChart) -> list[tuple[str, str, QColor | None]]:
    """Return name, number and colour of everything known of the bar under the crosshair."""
    from puffling.ui.charts.chart_words import change_of
    from puffling.ui.charts.scales import price_text
    from puffling.ui.charts.ticks import price_decimals

    bars = chart.pyramid
    if not chart.count:
        return []
    at = chart.count - 1 if chart.cursor is None else chart.cursor
    close, change = float(bars.close[at]), change_of(bars, at)
    places, colors = price_decimals(abs(close)), chart.surface.colors
    tone = None if not change else colors.up if change > 0 else colors.down
    rows: list[tuple[str, str, QColor | None]] = [("Bar", chart.time_text(at), None)]
    for name, column in (
        ("Open", bars.open),
        ("High", bars.high),
        ("Low", bars.low),
        ("Close", bars.close),
    ):
        rows.append((name, price_text(float(column[at]), places), None))
    before = float(bars.close[at - 1]) if at else 0.0
    sign = "+" if change is not None and change > 0 else ""
    said = UNKNOWN if change is None else f"{sign}{price_text(change, places)}"
    rows += [
        ("Change", said, tone),
        ("Change %", percent(close / before - 1, sign=True) if before else UNKNOWN, tone),
        ("Range", price_text(float(bars.high[at] - bars.low[at]), places), None),
        ("Volume", number(float(bars.volume[at]), places=0), None),
    ]
    for _, line in chain.from_iterable(voice(at) for voice in chart.voices):
        if len(line) > 1:
            rows += _said(line[0].text, line[1:])
    return rows


def _said(title: str, said: Sequence[Said]) -> list[tuple[str, str, QColor | None]]:
    """Rows of what a legend says in one line: several numbers stand below each other."""
    parts = [(part, each.color) for each in said for part in each.text.split(GAP)]
    named = [(_NAMED.fullmatch(part), color) for part, color in parts]
    if len(parts) == 1 or not all(found for found, _ in named):
        return [(title, GAP.join(part for part, _ in parts), said[-1].color)]
    own = [(INDENT + found[1], found[2], color) for found, color in named if found]
    return [(title, "", None), *own]
