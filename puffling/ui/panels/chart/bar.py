"""The bar above a chart: timeframes, studies, trades, and what else one does to a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from puffin.data.bars import Interval
from puffling.ui.charts.studies import LONGEST, SHORTEST

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QKeyEvent

    from puffling.ui.theme.theme import Theme

WORDS = {
    Interval.M1: "1m",
    Interval.M5: "5m",
    Interval.M15: "15m",
    Interval.H1: "1h",
    Interval.D1: "1D",
    Interval.W1: "1W",
    Interval.MO1: "1M",
}
KEYS = {Interval.D1: "1", Interval.W1: "2", Interval.MO1: "3"}
USUAL = 20


class ChartBar(QWidget):
    """Timeframes at the left, menus after them.

    Signals:
        interval_chosen: Another timeframe was clicked (an `Interval`).
    """

    interval_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[Interval, QToolButton] = {}
        self.why_not = ""  # the timeframes that cannot be chosen cannot
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(6), theme.px(2), theme.px(6), theme.px(2))
        row.setSpacing(theme.px(2))
        for interval, words in WORDS.items():
            button = QToolButton()
            button.setText(words)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setAccessibleName(f"Bars of {interval.label}")
            button.clicked.connect(lambda _=False, each=interval: self.interval_chosen.emit(each))
            self._group.addButton(button)
            self._buttons[interval] = button
            row.addWidget(button)
        row.addSpacing(theme.px(8))
        self.studies = self._menu_button("wave", "Studies")
        self.trades = self._menu_button("dot", "Trades")
        self.fit = self._icon_button("fit", "Fit all bars (Home)")
        self.more = self._icon_button("more", "More")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        row.addWidget(self.studies)
        row.addWidget(self.trades)
        row.addStretch(1)
        row.addWidget(self.fit)
        row.addWidget(self.more)

    def show_interval(self, interval: Interval) -> None:
        """Press the button of the timeframe in view."""
        self._buttons[interval].setChecked(True)

    def allow(self, intervals: Collection[Interval], why_not: str) -> None:
        """Let only these timeframes be chosen; the others say why they cannot."""
        self.why_not = why_not
        for interval, button in self._buttons.items():
            fits = interval in intervals
            button.setEnabled(fits)
            key = f" ({KEYS[interval]})" if interval in KEYS else ""
            button.setToolTip(f"Bars of {interval.label}{key}" if fits else why_not)

    def allows(self, interval: Interval) -> bool:
        """Whether a timeframe can be chosen."""
        return self._buttons[interval].isEnabled()

    @staticmethod
    def words(interval: Interval) -> str:
        """What the button of a timeframe says."""
        return WORDS[interval]

    def _menu_button(self, icon: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setIcon(self._theme.icon(icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(QMenu(button))
        return button

    def _icon_button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon))
        button.setAutoRaise(True)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button


class StudyBar(QWidget):
    """Asks for a moving average of any window, in a line above the chart.

    Signals:
        wanted: Add was pressed (kind, window).
        closed: It was put away.
    """

    wanted = Signal(str, int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.kind.addItem("Simple", "sma")
        self.kind.addItem("Exponential", "ema")
        self.kind.setAccessibleName("Kind of average")
        self.window_box = QSpinBox()
        self.window_box.setRange(SHORTEST, LONGEST)
        self.window_box.setValue(USUAL)
        self.window_box.setSuffix(" bars")
        self.window_box.setAccessibleName("Bars averaged")
        self.add = QPushButton("Add average")
        cancel = QToolButton()
        cancel.setIcon(theme.icon("close"))
        cancel.setAutoRaise(True)
        cancel.setAccessibleName("Close")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(2), theme.px(6), theme.px(4))
        for each in (QLabel("Moving average"), self.kind, self.window_box, self.add):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(cancel)
        self.add.clicked.connect(self._add)
        cancel.clicked.connect(self.put_away)
        self.hide()

    def open(self) -> None:
        """Ask."""
        self.show()
        self.window_box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.window_box.selectAll()

    def put_away(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.put_away()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._add()
        else:
            super().keyPressEvent(event)

    def _add(self) -> None:
        self.wanted.emit(str(self.kind.currentData()), self.window_box.value())
        self.put_away()
