"""Two parts beside each other, or below each other where there is too little width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget


class TurningSplit(QSplitter):
    """Turns by itself as it gets wider or narrower than `turns_at` pixels."""

    def __init__(self, turns_at: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._turns_at = turns_at
        self._is_laid_out = False
        self.setChildrenCollapsible(False)

    def share_out(self, whole: int, *, narrow: bool) -> list[int]:
        """Return how much of the height, if `narrow`, or of the width each part gets."""
        del narrow
        return [whole - whole // 2, whole // 2]

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        size = event.size()
        narrow = size.width() < self._turns_at
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.orientation() is not wanted or not self._is_laid_out:
            self._is_laid_out = True
            self.setOrientation(wanted)
            self.setSizes(self.share_out(size.height() if narrow else size.width(), narrow=narrow))
        super().resizeEvent(event)
