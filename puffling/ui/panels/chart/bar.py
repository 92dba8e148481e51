"""The bar above a chart: type, bars, studies, drawings, scale, replay, and what else there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QMenu, QToolButton, QWidget
from typing_extensions import override

from puffin.data.bars import Interval

if TYPE_CHECKING:
    from collections.abc import Collection

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
KEYS = {interval: str(number) for number, interval in enumerate(WORDS, 1)}
FULL, ICONS, ONE_INTERVAL, LEAST = range(4)  # how much of the bar there is room for


class ChartBar(QWidget):
    """How prices are drawn at the left, intervals, menus, and the rest at the right.

    Where it is narrow, words give way to icons, the intervals to one menu, and what "More" has
    too goes.

    Signals:
        interval_chosen: Another interval was chosen (an `Interval`).
    """

    interval_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[Interval, QToolButton] = {}
        self.why_not = ""  # the intervals that cannot be chosen cannot
        self._interval = Interval.D1
        self._group = QButtonGroup(self)
        self.type = self._menu_button("chart", "", "Type of series")
        for interval, words in WORDS.items():
            self._buttons[interval] = self._interval_button(interval, words)
        self.intervals = self._menu_button("", WORDS[self._interval], "Interval")
        self.studies = self._menu_button("wave", "Studies", "Studies")
        self.drawings = self._icon_button("draw", "Draw (D)", "Draw")
        self.trades = self._menu_button("dot", "Marks", "Trades, signals and events")
        self.scale = self._menu_button("scale", "", "Price scale (L: logarithmic)")
        self.replay = self._icon_button("rewind", "Replay the past (R)")
        self.data = self._icon_button("table", "Data window (W)")
        self.fit = self._icon_button("fit", "Fit all bars (Home)")
        self.more = self._menu_button("more", "", "More")
        for each in (self.replay, self.data):
            each.setCheckable(True)
        self._worded = {each: each.text() for each in (self.studies, self.drawings, self.trades)}
        self._level = FULL
        self._row = row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(theme.px(6), theme.px(2), theme.px(6), theme.px(2))
        row.setSpacing(theme.px(2))
        row.addWidget(self.type)
        for button in (*self._buttons.values(), self.intervals):
            row.addWidget(button)
        row.addSpacing(theme.px(6))
        for button in (self.studies, self.drawings, self.trades, self.scale):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.replay, self.data, self.fit, self.more):
            row.addWidget(button)
        self.intervals.hide()
        menu = self.intervals.menu()
        menu.aboutToShow.connect(lambda: self._fill_intervals(menu))
        self.setMinimumWidth(theme.px(60))

    def show_interval(self, interval: Interval) -> None:
        """Press the button of the interval in view."""
        self._interval = interval
        self._buttons[interval].setChecked(True)
        self.intervals.setText(WORDS[interval])

    def allow(self, intervals: Collection[Interval], why_not: str) -> None:
        """Let only these intervals be chosen; the others say why they cannot."""
        self.why_not = why_not
        for interval, button in self._buttons.items():
            fits = interval in intervals
            button.setEnabled(fits)
            words = f"Bars of {interval.label} ({KEYS[interval]})"
            button.setToolTip(words if fits else why_not)

    def allows(self, interval: Interval) -> bool:
        """Whether an interval can be chosen."""
        return self._buttons[interval].isEnabled()

    @staticmethod
    def words(interval: Interval) -> str:
        """What the button of an interval says."""
        return WORDS[interval]

    # -- how much of it there is room for ----------------------------------------------------

    @override
    def resizeEvent(self, event: object) -> None:
        """Show as much as fits."""
        room = self.width()
        self._show_level(next((each for each in range(LEAST) if self._needs(each) <= room), LEAST))

    def _needs(self, level: int) -> int:
        """How wide the bar is at a level."""
        seen = [self.type, *self._intervals(level), *self._worded, self.scale]
        seen += [self.more, *(() if level == LEAST else (self.replay, self.data, self.fit))]
        less = sum(self._word_width(each) for each in self._worded) if level >= ICONS else 0
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        wide = sum(each.sizeHint().width() + gap for each in seen)
        if self._level >= ICONS:  # the hints are of icons alone now
            less -= sum(self._word_width(each) for each in self._worded)
        return wide - less + margins.left() + margins.right() + self._theme.px(6)

    def _word_width(self, button: QToolButton) -> int:
        return button.fontMetrics().horizontalAdvance(self._worded[button]) + self._theme.px(6)

    def _intervals(self, level: int) -> tuple[QToolButton, ...]:
        return (self.intervals,) if level >= ONE_INTERVAL else tuple(self._buttons.values())

    def _show_level(self, level: int) -> None:
        if level == self._level:
            return
        self._level = level
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._worded:
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonIconOnly if level >= ICONS else beside
            )
        for button in self._buttons.values():
            button.setVisible(level < ONE_INTERVAL)
        self.intervals.setVisible(level >= ONE_INTERVAL)
        for button in (self.replay, self.data, self.fit):
            button.setVisible(level < LEAST)

    def _fill_intervals(self, menu: QMenu) -> None:
        menu.clear()
        for interval, button in self._buttons.items():
            action = menu.addAction(interval.label.capitalize())
            action.setCheckable(True)
            action.setChecked(interval is self._interval)
            action.setEnabled(button.isEnabled())
            action.setToolTip(button.toolTip())
            action.triggered.connect(lambda _=False, each=interval: self.interval_chosen.emit(each))

    # -- buttons -----------------------------------------------------------------------------

    def _interval_button(self, interval: Interval, words: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setAccessibleName(f"Bars of {interval.label}")
        button.clicked.connect(lambda: self.interval_chosen.emit(interval))
        self._group.addButton(button)
        return button

    def _menu_button(self, icon: str, text: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        if icon:
            button.setIcon(self._theme.icon(icon))
            beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            button.setToolButtonStyle(beside if text else Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setMenu(QMenu(button))
        return button

    def _icon_button(self, icon: str, words: str, text: str = "") -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon))
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button
