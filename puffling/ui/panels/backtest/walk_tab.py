"""Train against test: each fold of a walk-forward, and what was left of the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from puffin import measures
from puffin.backtest.trials import Objective
from puffling.core import formats
from puffling.ui.panels.backtest.metrics import METRICS
from puffling.ui.panels.backtest.search_columns import folds
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.theme import Theme
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from puffin.backtest.walked import FoldResult, WalkForwardResult
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.charts.scatter import Dots, ScatterChart
    from puffling.ui.panels.backtest.digest import Digest

_STRIP = (
    ("train", "Mean in train"),
    ("test", "Mean in test"),
    ("degradation", "Lost on the way"),
    ("kept", "Kept"),
    ("return", "Return in the tests"),
    ("folds", "Folds"),
)
_NONE = "Turn on Walk forward to choose on one part of history and try on the next."
_NOT_YET = "The folds appear when the walk-forward has ended."
_BESIDE = 560  # pixels that two charts need beside each other
_ALIKE = [1_000, 1_000]  # shared out in these proportions
_ROBUST = 0.5  # of the objective kept in test; half of it or more is seen as robust (Pardo 2008)


class WalkTab(QWidget):
    """Shows a walk-forward."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: object = None
        self.words = QLabel(_NONE)
        self.words.setWordWrap(True)
        theme.set_role(self.words, "muted")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.scatter: ScatterChart | None = None
        self.equity: EquityChart | None = None
        self.folds: RecordModel[FoldResult] = RecordModel(
            folds(Objective.SHARPE), lambda row: str(row.number), self
        )
        self.folds_view = RecordView(theme, self.folds, name="Folds")
        self._charts = QSplitter(Qt.Orientation.Horizontal)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._charts.setChildrenCollapsible(False)
        self._split.addWidget(self._charts)
        self._split.addWidget(self.folds_view)
        self._split.setSizes([theme.px(280), theme.px(160)])
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(8)] * 4)
        column.setSpacing(theme.px(6))
        column.addWidget(self.words)
        column.addWidget(self.strip)
        column.addWidget(self._split, 1)
        column.addStretch(0)
        self._hide(_NONE)

    def show_digest(self, digest: Digest) -> None:
        """Show a search; one without a walk-forward says how to get one."""
        walked = digest.walked
        if walked is None or not walked.folds:
            self._hide(_NOT_YET if digest.is_walk and not digest.search.is_over else _NONE)
            return
        if self._shown is walked:
            return
        self._shown = walked
        self._show_figures(walked)
        self._show_charts(walked)
        self.folds.columns = folds(walked.objective)
        self.folds.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.folds.columns) - 1)
        self.folds.reset(walked.folds)
        self.strip.show()
        self._split.show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the charts above each other where there is no room beside each other."""
        super().resizeEvent(event)
        wide = self.width() >= self._theme.px(_BESIDE)
        turned = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._charts.orientation() is not turned:
            self._charts.setOrientation(turned)
            self._charts.setSizes(_ALIKE)

    def _hide(self, sentence: str) -> None:
        self._shown = None
        self.words.setText(sentence)
        self.strip.hide()
        self._split.hide()

    def _show_figures(self, walked: WalkForwardResult) -> None:
        metric = METRICS[walked.objective.value]
        total = walked.metrics.get("total_return")
        kept = walked.kept
        self.strip.show_value("train", metric.write(walked.train))
        self.strip.show_value("test", metric.write(walked.test), Theme.sign_tone(walked.test))
        self.strip.show_value("degradation", metric.write(walked.degradation))
        self.strip.show_value("kept", formats.percent(kept, places=0))
        self.strip.show_value("return", formats.percent(total, sign=True), Theme.sign_tone(total))
        done = f"{len(walked.folds)} of {walked.planned}"
        self.strip.show_value("folds", done)
        self.words.setText(_sentence(walked))

    def _show_charts(self, walked: WalkForwardResult) -> None:
        if self.scatter is None or self.equity is None:
            from puffling.ui.charts.equity import EquityChart
            from puffling.ui.charts.scatter import ScatterChart

            self.scatter = ScatterChart(self._theme, "Train against test")
            self.equity = EquityChart(self._theme)
            self._charts.addWidget(self.scatter)
            self._charts.addWidget(self.equity)
            self._charts.setSizes(_ALIKE)
        label = walked.objective.label
        self.scatter.show_dots(_dots(walked), x=f"{label} in train", y=f"{label} in test")
        self.equity.set_result(walked.time, walked.equity, measures.drawdown(walked.equity))


def _sentence(walked: WalkForwardResult) -> str:
    kept = walked.kept
    if walked.train is None or walked.test is None:
        return "No fold has a figure in both parts, so nothing can be compared."
    label = walked.objective.label
    if kept is None:
        return f"{label} was not above zero where it was chosen: there was nothing to keep."
    share = formats.percent(max(kept, 0.0), places=0)
    if walked.test <= 0:
        return f"Nothing of the {label} in train was left in the tests: do not rely on it."
    if kept < _ROBUST:
        return f"{share} of the {label} in train was left in the tests: most of it was fitted."
    return f"{share} of the {label} in train was left in the tests; half or more is seen as robust."


def _dots(walked: WalkForwardResult) -> Dots:
    """Return every combination of every fold; those that were chosen if only they were tried."""
    from puffling.ui.charts.scatter import Dots

    pairs: list[tuple[float | None, float | None]] = []
    names: list[str] = []
    for fold in walked.folds:
        chosen = walked.objective.of(fold.chosen), walked.objective.of(fold.found)
        found = fold.scatter or ((chosen,) if None not in chosen else ())
        pairs += found
        names += [f"Fold {fold.number}{', chosen' if each == chosen else ''}" for each in found]
    table = np.array(pairs, np.float64).reshape(-1, 2)
    return Dots(table[:, 0], table[:, 1], names, diagonal=True)
