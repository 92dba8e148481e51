"""What is asked beside what was found; below each other where the panel is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from puffling.ui.widgets.turning_split import TurningSplit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_FROM = 620  # pixels from which both fit side by side
_ASKED, _FOUND, _LEAST = 340, 700, 330
_FORM_SHARE = 0.4  # of the height, where both are below each other


class SideBySide(TurningSplit):
    """Turns by itself as it gets wider or narrower, and never stops a dock from getting narrow."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Fill the parent; what is asked and what was found are then made as its children.

        From the outside in: each widget is styled once, not again at every level.
        """
        super().__init__(theme.px(_FROM), parent)
        self._theme = theme
        column = QVBoxLayout(parent)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)

    def settle(self) -> None:
        """Share out the room; both children are there."""
        theme, asked = self._theme, self.widget(0)
        if asked is not None:
            asked.setMinimumWidth(theme.px(_LEAST))
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setSizes([theme.px(_ASKED), theme.px(_FOUND)])

    @override
    def minimumSizeHint(self) -> QSize:
        """Return what both need below each other: it can always turn."""
        children = (self.widget(place) for place in range(self.count()))
        hints = [each.minimumSizeHint() for each in children if each is not None]
        wide = max(*(each.width() for each in hints), self._theme.px(_LEAST))
        return QSize(wide, max(each.height() for each in hints))

    @override
    def share_out(self, whole: int, *, narrow: bool) -> list[int]:
        if not narrow:
            return [self._theme.px(_ASKED), self._theme.px(_FOUND)]
        high = round(whole * _FORM_SHARE)
        return [high, whole - high]
