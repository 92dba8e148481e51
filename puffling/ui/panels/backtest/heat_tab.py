"""The Heat map tab: the objective over two parameters of your choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from puffling.ui.panels.backtest.digest import value_names
from puffling.ui.panels.backtest.metrics import METRICS
from puffling.ui.panels.backtest.words import parameter_title

if TYPE_CHECKING:
    from puffin.backtest.ranking import HeatMap as Heat
    from puffling.ui.charts.heatmap import HeatMap
    from puffling.ui.panels.backtest.digest import Digest
    from puffling.ui.theme.theme import Theme


class HeatTab(QWidget):
    """Two boxes for the axes, and the map.

    Signals:
        axes_changed: Other parameters are to be on the axes.
        cell_chosen: A cell was clicked, or Return pressed on it (column, row).
    """

    axes_changed = Signal()
    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._varied: tuple[str, ...] = ()
        self.map: HeatMap | None = None  # built with the first search
        self.across, self.up = QComboBox(), QComboBox()
        self.across.setAccessibleName("Parameter across")
        self.up.setAccessibleName("Parameter upwards")
        self.words = QLabel()
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), 0)
        self._labels = [QLabel("Across"), QLabel("Upwards")]
        for label, box in zip(self._labels, (self.across, self.up), strict=True):
            theme.set_role(label, "muted")
            label.setBuddy(box)
            head.addWidget(label)
            head.addWidget(box)
            box.activated.connect(self._choose)
        head.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(4))
        self._column.addLayout(head)
        self._column.addWidget(self.words)
        self.words.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setText("The map of two parameters appears with the first results of a search.")
        for each in (*self._labels, self.across, self.up):
            each.hide()

    @property
    def axes(self) -> tuple[str, str] | None:
        """The parameters on the axes; None while the first two are fine."""
        chosen = str(self.across.currentData() or ""), str(self.up.currentData() or "")
        return chosen if all(chosen) and chosen[0] != chosen[1] else None

    def show_digest(self, digest: Digest) -> None:
        """Show a search."""
        self._offer(digest.varied)
        heat = digest.heat
        chart = self.map or self._build()
        chart.setVisible(heat is not None)
        if heat is None:
            few = len(digest.varied) < 2  # noqa: PLR2004 - a map has two axes
            self.words.setText(
                "A map needs two parameters that are varied."
                if few
                else "The map appears with the first results."
            )
            return
        self.words.setText(f"{said(digest, heat)}. Click a cell to choose its parameters.")
        from puffling.ui.charts.heatmap import Grid

        chart.show_grid(
            Grid(
                parameter_title(heat.x),
                parameter_title(heat.y),
                value_names(heat.xs),
                value_names(heat.ys),
                heat.values,
                digest.objective.label,
                METRICS[digest.objective.value].write,
            )
        )

    def _offer(self, varied: tuple[str, ...]) -> None:
        if varied == self._varied:
            return
        self._varied = varied
        for place, box in enumerate((self.across, self.up)):
            box.clear()
            for name in varied:
                box.addItem(parameter_title(name), name)
            box.setCurrentIndex(place if place < len(varied) else -1)
        several = len(varied) > 2  # noqa: PLR2004 - two leave nothing to choose
        for each in (*self._labels, self.across, self.up):
            each.setVisible(several)

    def _choose(self) -> None:
        if self.across.currentData() == self.up.currentData():  # they change places
            other = self.up if self.sender() is self.across else self.across
            rest = [name for name in self._varied if name != self.across.currentData()]
            other.setCurrentIndex(other.findData(rest[0]))
        self.axes_changed.emit()

    def _build(self) -> HeatMap:
        from puffling.ui.charts.heatmap import HeatMap

        self.map = chart = HeatMap(self._theme)
        chart.chosen.connect(self.cell_chosen)
        self._column.addWidget(chart, 1)
        return chart


def said(digest: Digest, heat: Heat) -> str:
    """Return what a cell stands for, where other parameters are varied too."""
    others = [parameter_title(each) for each in digest.varied if each not in {heat.x, heat.y}]
    if not others:
        return f"{digest.objective.label} of each pair"
    return f"Best {digest.objective.label} over {', '.join(others).lower()}"
