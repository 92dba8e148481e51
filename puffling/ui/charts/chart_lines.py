"""Horizontal lines at prices and the marks of trades: what they say, and dragging a line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from puffling.ui.charts.axes import Tag
from puffling.ui.charts.edges import GRIP
from puffling.ui.charts.overlays import MarkLayer, PriceLineLayer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QPointF

    from puffling.ui.charts.marks import Mark, PriceLine
    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.theme.theme import Theme

MOST_TEXTS = 8  # in a tooltip of marks


class PriceLines:
    """The lines of a pane; one that is held stays under the pointer."""

    def __init__(self, pane: Pane, theme: Theme) -> None:
        self._pane = pane
        self._theme = theme
        self._lines: tuple[PriceLine, ...] = ()
        self._held: PriceLine | None = None
        self._before: PriceLine | None = None
        self.layer = PriceLineLayer(pane)

    def set(self, lines: Iterable[PriceLine]) -> None:
        """Draw lines at these prices."""
        held = self._held
        self._lines = tuple(held if held and each.key == held.key else each for each in lines)
        self.retint()

    def retint(self) -> None:
        """Take the colours of the theme again."""
        self.layer.lines = tuple((each, self._theme.color(each.tone)) for each in self._lines)

    def tags(self) -> list[Tag]:
        """Their tags on the axis."""
        ink = self._pane.surface.colors.on_price
        return [Tag(line.price, color, ink) for line, color in self.layer.lines]

    def at(self, at: QPointF) -> PriceLine | None:
        """The nearest line that can be dragged from here."""
        frame = self._pane.frame
        near = [
            (abs(frame.y(each.price) - at.y()), place)
            for place, each in enumerate(self._lines)
            if each.key and frame.left <= at.x() <= frame.right
        ]
        distance, place = min(near, default=(GRIP + 1, 0))
        return self._lines[place] if distance <= GRIP else None

    def grip(self, at: QPointF) -> bool:
        """Take hold of a line; whether there is one."""
        self._held = self._before = self.at(at)
        return self._held is not None

    def move(self, at: QPointF) -> None:
        """Take the line along."""
        frame = self._pane.frame
        price = frame.value_at(min(max(at.y(), frame.top), frame.bottom))
        if self._held is not None and price > 0:
            self._held = replace(self._held, price=price)
            self.set(self._lines)

    def drop(self, at: QPointF | None) -> PriceLine | None:
        """Let go: the line with its new price, if it was moved there and not put back.

        It goes back at once: the order is as it was until somebody agrees to its change.
        """
        moved, before = self._held, self._before
        self._held = self._before = None
        if moved is None or before is None:
            return None
        self.set(before if each.key == moved.key else each for each in self._lines)
        return moved if at is not None and moved.price != before.price else None


class Marks:
    """The trades marked in a pane."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane
        self._marks: tuple[Mark, ...] = ()
        self.layer = MarkLayer(pane)

    def set(self, marks: Iterable[Mark], bars: BarPyramid) -> None:
        """Mark these trades."""
        self._marks = tuple(marks)
        self.place(bars)

    def place(self, bars: BarPyramid) -> None:
        """Put every mark on its bar."""
        if not len(bars):
            return
        placed = [
            (int(np.searchsorted(bars.time, each.time, side="right")) - 1, each)
            for each in self._marks
        ]
        kept = [(index, each) for index, each in placed if index >= 0]
        self.layer.show_marks(kept, bars.low, bars.high)

    def text_at(self, at: QPointF) -> str:
        """What the marks under the pointer have to say."""
        texts = self.layer.texts_near(self._pane.frame, at.x(), at.y())
        shown, more = texts[:MOST_TEXTS], len(texts) - MOST_TEXTS
        return "\n".join([*shown, *([f"… and {more} more"] if more > 0 else [])])
