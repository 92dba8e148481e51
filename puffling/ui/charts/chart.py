"""The price chart: prices, studies, trades, price lines, and what the pointer is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolTip
from typing_extensions import override

from puffling.ui.charts.chart_lines import Marks, PriceLines
from puffling.ui.charts.exporting import export
from puffling.ui.charts.price_view import PriceView
from puffling.ui.charts.study_host import StudyHost

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QWidget

    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.axes import Tag
    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.theme.theme import Theme


class PriceChart(PriceView):
    """Prices of one symbol.

    Signals:
        line_dropped: A price line was dragged to another price (its key, the price).
    """

    line_dropped = Signal(str, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._marks = Marks(self.pane)
        self._lines = PriceLines(self.pane, theme)
        self.studied = StudyHost(self)
        self.bars_replaced.connect(self._renew)

    # -- what is shown -----------------------------------------------------------------------

    def set_studies(self, studies: Iterable[StudySpec]) -> None:
        """Draw these studies."""
        self.studied.set_specs(studies)

    @property
    def studies(self) -> tuple[StudySpec, ...]:
        """The studies drawn."""
        return self.studied.specs

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """Mark these trades."""
        self._marks.set(marks, self.pyramid)
        self.viewport().update()

    def set_price_lines(self, lines: Iterable[PriceLine]) -> None:
        """Draw lines at these prices, with tags on the axis; one that is held stays where it is."""
        self._lines.set(lines)
        self.refresh()

    def export(self, path: Path) -> bool:
        """Save the chart as the suffix says: a picture, a drawing or a table; whether it worked."""
        return export(self, path)

    def _renew(self) -> None:
        self._marks.place(self.pyramid)

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
        self.studied.retint()
        self._lines.retint()
