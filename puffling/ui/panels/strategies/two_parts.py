"""Two parts beside each other, or below each other where the panel is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from typing_extensions import override

from puffling.ui.widgets.turning_split import TurningSplit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_FROM = 560  # logical pixels from which both fit side by side
_LEAST = 240
_FIRST = 0.58  # of the width or height, for the first part


class TwoParts(TurningSplit):
    """Never keeps a dock from getting narrow."""

    def __init__(self, theme: Theme, first: QWidget, second: QWidget) -> None:
        super().__init__(theme.px(_FROM))
        self._theme = theme
        self.addWidget(first)
        self.addWidget(second)
        for place in (0, 1):
            self.setStretchFactor(place, 1)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return little: it can turn, and what does not fit scrolls."""
        return QSize(self._theme.px(_LEAST), self._theme.px(_LEAST // 2))

    @override
    def share_out(self, whole: int, *, narrow: bool) -> list[int]:
        first = round(whole * _FIRST)
        return [first, whole - first]
