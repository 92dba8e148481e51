"""The Behaviour tab: how long trades were held, their streaks, and what followed a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from puffin.monitor.behaviour import behaviour
from puffling.core import formats
from puffling.ui.charts.bars import BarChart, Bars
from puffling.ui.panels.performance.words import share, span
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from puffin.monitor.behaviour import After, Behaviour, Bin, Held
    from puffling.services.reports import Report

_STRIP = (
    ("trades", "Trades"),
    ("winners", "Winners held"),
    ("losers", "Losers held"),
    ("longest_win", "Longest winning streak"),
    ("longest_loss", "Longest losing streak"),
    ("streak", "Streak now"),
    ("a_day", "Trades a day"),
    ("busiest", "Busiest day"),
)

HELD: tuple[Column[Held], ...] = (
    Column("name", "Held", lambda row: row.name.capitalize(), draw=Draw.STRONG, width=104),
    number("trades", "Trades", lambda row: str(row.trades), lambda row: row.trades, width=54),
    number(
        "net",
        "Net",
        lambda row: formats.money(row.net, sign=True),
        lambda row: row.net,
        tone=lambda row: Theme.sign_tone(row.net),
        width=84,
    ),
    number("win_rate", "Win rate", lambda row: share(row.win_rate), lambda row: row.win_rate),
)
AFTER: tuple[Column[After], ...] = (
    Column("name", "Trades begun", lambda row: row.name, draw=Draw.STRONG, width=98),
    number("trades", "Trades", lambda row: str(row.trades), lambda row: row.trades, width=54),
    number(
        "win_rate",
        "Win rate",
        lambda row: share(row.win_rate),
        lambda row: row.win_rate,
        width=72,
    ),
    number(
        "average",
        "Average",
        lambda row: formats.money(row.average, sign=True),
        lambda row: row.average,
        tone=lambda row: Theme.sign_tone(row.average),
        width=80,
    ),
    number(
        "size",
        "Put in",
        lambda row: formats.money(row.size, places=0),
        lambda row: row.size,
        help_="The money that entering took, on average",
        width=70,
    ),
    number(
        "pause",
        "After",
        lambda row: span(row.pause),
        lambda row: row.pause,
        help_="The median time between that end and the next entry",
        width=78,
    ),
)


class BehaviourTab(QWidget):
    """Shows the habits behind the closed trades of a report."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.strip = KeyValueStrip(theme, _STRIP)
        self.words = QLabel()
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.chart = BarChart(theme, "How much trades made")
        self.held: RecordModel[Held] = RecordModel(HELD, lambda row: row.name, self)
        self.after: RecordModel[After] = RecordModel(AFTER, lambda row: row.name, self)
        self.held_view = RecordView(theme, self.held, name="How long trades were held")
        self.after_view = RecordView(theme, self.after, name="After a win and after a loss")
        tables = QSplitter(Qt.Orientation.Horizontal)
        split = QSplitter(Qt.Orientation.Vertical)
        for view in (self.held_view, self.after_view):
            tables.addWidget(view)
        split.addWidget(self.chart)
        split.addWidget(tables)
        tables.setChildrenCollapsible(False)
        split.setChildrenCollapsible(False)
        split.setSizes([theme.px(240), theme.px(180)])
        tables.setSizes([theme.px(340), theme.px(430)])
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(*[theme.sizes.padding] * 4)
        inside.setSpacing(theme.px(6))
        inside.addWidget(self.strip)
        inside.addWidget(self.words)
        inside.addWidget(split, 1)
        self.states = StateStack(theme, content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)

    def show_report(self, report: Report) -> None:
        """Show how the trades that ended in a period were traded."""
        told = behaviour(report.closed)
        if not told.trades:
            self.states.show_empty("Habits show once trades have ended in this period.", "", "wave")
            return
        for name, text in (
            ("trades", str(told.trades)),
            ("winners", span(told.winners)),
            ("losers", span(told.losers)),
            ("longest_win", str(told.longest_win)),
            ("longest_loss", str(told.longest_loss)),
            ("streak", _streak(told.streak)),
            ("a_day", formats.number(told.a_day, places=1)),
            ("busiest", str(told.busiest)),
        ):
            tone = Theme.sign_tone(told.streak) if name == "streak" else Tone.TEXT
            self.strip.show_value(name, text, tone, _TIPS.get(name, ""))
        self.words.setText(" ".join(remarks(told)))
        self.words.setVisible(bool(self.words.text()))
        self.held.reset(told.held)
        self.after.reset((told.after_win, told.after_loss))
        self.chart.show_bars(_bins(told.distribution))
        self.states.show_content()


_TIPS = {
    "winners": "Median; from the first entry to the last exit",
    "losers": "Median; from the first entry to the last exit",
    "a_day": "On days with any",
    "busiest": "The most trades begun on one day",
}
_ENOUGH = 5  # trades on either side before a habit is spoken of
_MORE = 1.25


def remarks(told: Behaviour) -> list[str]:
    """Return what stands out, in sentences; nothing while there are few trades."""
    found = []
    after, usual = told.after_loss, told.after_win
    if min(after.trades, usual.trades) >= _ENOUGH and after.size and usual.size:
        if float(after.size / usual.size) > _MORE:
            more = formats.percent(after.size / usual.size - 1, places=0)
            found.append(f"After a loss {more} more money was put in than after a win.")
        if after.pause and usual.pause and after.pause * _MORE < usual.pause:
            found.append("After a loss the next trade came sooner than after a win.")
    if told.winners and told.losers and told.trades >= 2 * _ENOUGH:
        if told.losers > told.winners * _MORE:
            found.append("Losers were held longer than winners.")
        elif told.winners > told.losers * _MORE:
            found.append("Winners were held longer than losers.")
    return found


def _streak(count: int) -> str:
    if not count:
        return formats.UNKNOWN
    word = "won" if count > 0 else "lost"
    return f"{abs(count)} {word}"


def _bins(bins: tuple[Bin, ...]) -> Bars:
    return Bars(
        "How many trades made how much",
        [
            f"{formats.money(each.low, places=0)} to {formats.money(each.high, places=0)}"
            for each in bins
        ],
        np.array([float(each.count) for each in bins]),
        lambda value: f"{formats.number(value, places=0)} trades",
        np.array([1.0 if each.low >= 0 else -1.0 for each in bins]),
    )
