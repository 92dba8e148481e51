"""A chart that says what is known of a bar: in a legend for each pane, and to a screen reader."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from typing_extensions import override

from puffling.ui.charts.chart_words import described, price_words
from puffling.ui.charts.crosshair import LegendLayer, Said
from puffling.ui.charts.placed_view import PlacedView
from puffling.ui.charts.pyramid import BarPyramid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.chart_words import ColumnSource, Voice
    from puffling.ui.charts.pane import Bounds, Pane
    from puffling.ui.theme.theme import Theme

WORDS = 0.5  # of a pane's height that its legend may cover


class LegendView(PlacedView):
    """Panes with legends. `pyramid` holds the bars that the index of the chart counts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._legends: dict[Pane, LegendLayer] = {}
        self._notes: tuple[str, ...] = ()
        self.voices: list[Voice] = []  # what else the legends say of a bar
        self.column_sources: list[ColumnSource] = []  # what is exported beside the bars
        self.pyramid = BarPyramid.empty()

    @property
    def title(self) -> str:
        """What the bars are of."""
        return ""

    @override
    def add_pane(self, bounds: Callable[[range], Bounds], *, share: float = 1.0) -> Pane:
        """Add a pane below the others; `share` is of the height, against the others' shares."""
        pane = super().add_pane(bounds, share=share)
        self._legends[pane] = LegendLayer(pane, share=WORDS)
        return pane

    @override
    def remove_pane(self, pane: Pane) -> None:
        """Take a pane away with all that is in it; the first one stays."""
        legend = self._legends.pop(pane, None)
        super().remove_pane(pane)
        del legend

    def set_notes(self, notes: Sequence[str]) -> None:
        """Say these things about the data, below the first line of the legend."""
        self._notes = tuple(each for each in notes if each)
        self.say(self.cursor)
        self.refresh()

    @property
    def _legend(self) -> LegendLayer:
        return self._legends[self.panes[0]]

    @override
    def say(self, index: int | None) -> None:
        colors = self.surface.colors
        lines: dict[Pane, list[list[Said]]] = {pane: [] for pane in self._legends}
        own = lines[self.panes[0]]
        if self.title:
            own.append([Said(self.title, colors.tag_text, strong=True)])
        if self.count:
            at = self.count - 1 if index is None else index
            if own:
                own[0] += price_words(self.pyramid, at, colors)
            for pane, line in chain.from_iterable(voice(at) for voice in self.voices):
                lines[pane].append(line)
        own += [[Said(each, colors.axis_text)] for each in self._notes]
        for pane, legend in self._legends.items():
            legend.say(lines[pane])

    @override
    def words_rects(self) -> list[QRectF]:
        return [self._legends[pane].area for pane in self.seen_panes]

    def describe(self) -> None:
        """Put the bar of the crosshair, or the last one, into words for a screen reader."""
        at = self.count - 1 if self.cursor is None else self.cursor
        time = self.time_text(at) if self.count else ""
        said = described(self.title, self.pyramid, at, time)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    @override
    def put_cursor(self, index: int) -> None:
        super().put_cursor(index)
        self.describe()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say how things stand now: not every tick is spoken of."""
        self.describe()
        super().focusInEvent(event)
