"""Tokens into what a chart draws with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from puffling.ui.theme.theme import Theme

_GRID, _VOLUME, _WATERMARK, _FILL = 0.08, 0.35, 0.05, 0.14
_OUTSIDE = 0.035
SERIES = ("series_1", "series_2", "series_3", "series_4", "series_5", "series_6")


class ChartColors:
    """Colours and pens of a chart; make a new one when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.background = theme.color("panel")
        self.up, self.down = theme.up, theme.down
        self.volume_up = theme.color("up", _VOLUME)
        self.volume_down = theme.color("down", _VOLUME)
        self.grid = theme.color("text", _GRID)
        self.outside = theme.color("text", _OUTSIDE)
        self.axis_text = theme.color("muted")
        self.axis_line = theme.color("line")
        self.crosshair = theme.color("faint")
        self.tag, self.tag_text = theme.color("line_strong"), theme.color("text")
        self.on_price = theme.color("on_mode")  # words on a tag filled with up or down
        self.watermark = theme.color("text", _WATERMARK)
        self.equity = theme.color("accent")
        self.equity_fill = theme.color("accent", _FILL)
        self.up_fill, self.down_fill = theme.color("up", _FILL), theme.color("down", _FILL)
        self.drawdown = theme.color("down")
        self.drawdown_fill = theme.color("down", _FILL)

    def series(self, index: int) -> QColor:
        """Return the colour of the study added `index`-th (from 0)."""
        return self._theme.color(SERIES[index % len(SERIES)])

    @staticmethod
    def pen(color: QColor, width: float = 1.0, *, dashed: bool = False) -> QPen:
        """Return a pen that keeps its width at any zoom."""
        pen = QPen(color, width)
        pen.setCosmetic(True)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen
