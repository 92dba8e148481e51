"""The price chart: prices, studies, trades, price lines, and what the pointer is on."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolTip
from typing_extensions import override

from puffling.core.formats import UNKNOWN
from puffling.ui.charts.chart_lines import Marks, PriceLines
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.overlays import LineLayer
from puffling.ui.charts.price_view import PriceView
from puffling.ui.charts.pyramid import LinePyramid
from puffling.ui.charts.scales import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.axes import Tag
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.studies import Study
    from puffling.ui.theme.theme import Theme


class PriceChart(PriceView):
    """Prices of one symbol.

    Signals:
        line_dropped: A price line was dragged to another price (its key, the price).
    """

    line_dropped = Signal(str, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._studies: list[tuple[Study, LineLayer]] = []
        self._marks = Marks(self.pane)
        self._lines = PriceLines(self.pane, theme)
        self.voices.append(self._say_studies)
        self.bars_replaced.connect(self._renew)
        self.bar_updated.connect(self._follow_studies)

    # -- what is shown -----------------------------------------------------------------------

    def set_studies(self, studies: Iterable[Study]) -> None:
        """Draw these studies, in the colours of their order."""
        for _, layer in self._studies:
            self.pane.remove(layer)
        self._studies = []
        for index, study in enumerate(studies):
            layer = LineLayer(self.pane, self.surface.colors.series(index))
            layer.line = LinePyramid(study.over(self.pyramid.close))
            self._studies.append((study, layer))
        self._settle.start()
        self.say(self.cursor)
        self.refresh()

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies drawn."""
        return tuple(study for study, _ in self._studies)

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """Mark these trades."""
        self._marks.set(marks, self.pyramid)
        self.viewport().update()

    def set_price_lines(self, lines: Iterable[PriceLine]) -> None:
        """Draw lines at these prices, with tags on the axis; one that is held stays where it is."""
        self._lines.set(lines)
        self.refresh()

    def export(self, path: Path) -> bool:
        """Save the chart as a picture; whether that worked."""
        return bool(self.grab().save(str(path)))

    def _renew(self) -> None:
        for study, layer in self._studies:
            layer.line = LinePyramid(study.over(self.pyramid.close))
        self._marks.place(self.pyramid)

    def _follow_studies(self) -> None:
        close = self.pyramid.close
        for study, layer in self._studies:
            line = layer.line
            if line is None:
                continue
            if len(line) < len(close):
                line.append(float("nan"))
            line.set_last(study.last(close, line.values))

    def _say_studies(self, at: int) -> Iterator[tuple[Pane, list[Said]]]:
        words = self.surface.colors.axis_text
        for study, layer in self._studies:
            value = float("nan") if layer.line is None else float(layer.line.values[at])
            text = quoted(value) if isfinite(value) else UNKNOWN
            yield self.pane, [Said(study.title, words), Said(text, layer.color)]

    # -- what the pointer is on --------------------------------------------------------------

    @override
    def hovered(self, at: QPointF) -> None:
        grips = self._lines.at(at) is not None or self.has_base_at(at)
        self.viewport().setCursor(
            Qt.CursorShape.SizeVerCursor if grips else Qt.CursorShape.ArrowCursor
        )
        text = self._marks.text_at(at)
        if text:
            QToolTip.showText(self.mapToGlobal(at.toPoint()), text, self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    @override
    def grip(self, at: QPointF) -> bool:
        return self._lines.grip(at) or super().grip(at)

    @override
    def move_grip(self, at: QPointF) -> None:
        super().move_grip(at)
        self._lines.move(at)
        self.refresh()

    @override
    def drop_grip(self, at: QPointF | None) -> None:
        super().drop_grip(at)
        moved = self._lines.drop(at)
        self.refresh()
        if moved is not None:
            self.line_dropped.emit(moved.key, moved.price)

    # -- how it is painted -------------------------------------------------------------------

    @override
    def price_tags(self) -> list[Tag]:
        return self._lines.tags() + super().price_tags()

    @override
    def retint(self) -> None:
        super().retint()
        for index, (_, layer) in enumerate(self._studies):
            layer.color = self.surface.colors.series(index)
        self._lines.retint()

    @override
    def _take_over(self) -> None:
        if not any(layer.line.take_over() for _, layer in self._studies if layer.line is not None):
            super()._take_over()
