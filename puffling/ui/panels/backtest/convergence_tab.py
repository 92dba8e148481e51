"""The Convergence tab: what each try came to, and the best so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from puffling.ui.panels.backtest.metrics import METRICS

if TYPE_CHECKING:
    from puffling.ui.charts.scatter import ScatterChart
    from puffling.ui.panels.backtest.digest import Digest
    from puffling.ui.theme.theme import Theme

_PERCENT = {"total_return", "cagr", "max_drawdown"}
_MOST_DOTS = 3_000


class ConvergenceTab(QWidget):
    """One dot for each try, a stair for the best so far.

    Signals:
        chosen: A try was chosen (its place in the search, from 0).
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._places = np.empty(0, np.int64)
        self.chart: ScatterChart | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.words = QLabel("What each try came to appears with the first results of a search.")
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.words.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), 0)
        self._column.addWidget(self.words)
        self._column.addStretch(0)

    def show_digest(self, digest: Digest) -> None:
        """Show a search."""
        from puffling.ui.charts.scatter import Dots

        chart = self.chart or self._build()
        count = len(digest.values)
        if not np.isfinite(digest.values).any():
            chart.show_dots(None)
            return
        every = max(1, -(-count // _MOST_DOTS))
        self._places = places = np.unique(np.append(np.arange(0, count, every), count - 1))
        scale = 100.0 if digest.objective.value in _PERCENT else 1.0
        metric = METRICS[digest.objective.value]
        best = int(np.nanargmax(digest.values))
        chart.show_dots(
            Dots(
                places + 1.0,
                digest.values[places] * scale,
                [f"Try {place + 1:,}: {digest.name(place)}" for place in places.tolist()],
                line=digest.best[places] * scale,
                line_title=f"Best so far {metric.write(float(digest.values[best]))}",
            ),
            x="Tries",
            y=digest.objective.label,
            unit=" %" if scale > 1 else "",
        )

    def _build(self) -> ScatterChart:
        from puffling.ui.charts.scatter import ScatterChart

        self.chart = chart = ScatterChart(self._theme, "Convergence")
        chart.chosen.connect(lambda index: self.chosen.emit(int(self._places[index])))
        self._column.addWidget(chart, 1)
        self.words.hide()
        return chart
