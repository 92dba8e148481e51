"""The Rolling tab: a window's length, and the figures of that window as it moves along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.ui.charts.ticks import Calendar

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from puffling.ui.panels.backtest.rolling import RollingChart
    from puffling.ui.panels.backtest.shown import Shown
    from puffling.ui.theme.theme import Theme

_WINDOWS = (21, 63, 126, 252)
_USUAL = 63
_FIGURES = ("return", "volatility", "sharpe")
_NANOSECONDS = 1_000_000_000


class RollingTab(QWidget):
    """Draws only while it can be seen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Shown | None = None
        self._drawn: tuple[str, int, str] | None = None
        self.chart: RollingChart | None = None  # built when it is first seen with a result
        self.window_box = QComboBox()
        self.window_box.setAccessibleName("Bars in the window")
        for each in _WINDOWS:
            self.window_box.addItem(f"{each} bars", each)
        self.window_box.setCurrentIndex(_WINDOWS.index(_USUAL))
        self.figure_box = QComboBox()
        self.figure_box.setAccessibleName("Figure")
        for figure in _FIGURES:
            self.figure_box.addItem(figure.capitalize(), figure)
        for box in (self.window_box, self.figure_box):
            box.setMinimumWidth(theme.px(72))  # gives way beside the form
        self.note = QLabel()
        theme.set_role(self.note, "caption")
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), 0)
        label = QLabel("over")
        theme.set_role(label, "muted")
        for widget in (self.figure_box, label, self.window_box, self.note):
            head.addWidget(widget)
        head.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addStretch(0)
        self.window_box.currentIndexChanged.connect(self._draw)
        self.figure_box.currentIndexChanged.connect(self._draw)

    def show_result(self, shown: Shown) -> None:
        """Show the figures of this result."""
        self._shown = shown
        self._draw()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Draw what has come meanwhile."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        shown, window = self._shown, int(self.window_box.currentData())
        figure = str(self.figure_box.currentData())
        if shown is None or not self.isVisible() or self._drawn == (shown.id, window, figure):
            return
        self._drawn = (shown.id, window, figure)
        bars = len(shown.result.equity)
        if bars <= window:
            self.note.setText(f"{bars} bars are fewer than a window of {window} needs.")
            if self.chart is not None:
                self.chart.hide()
            return
        self.note.setText("")
        chart = self.chart or self._build()
        chart.show()
        seconds = shown.result.interval.seconds
        from puffling.ui.panels.backtest.rolling import Figure

        calendar = Calendar(round(seconds * _NANOSECONDS))
        chart.show_rolling(shown.rolling(window), Figure(figure), f"{window} bars", calendar)

    def _build(self) -> RollingChart:
        from puffling.ui.panels.backtest.rolling import RollingChart

        self.chart = chart = RollingChart(self._theme)
        self._column.addWidget(chart, 1)
        return chart
