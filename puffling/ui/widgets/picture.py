"""An icon by itself, as a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme


class Picture(QWidget):
    """Paints one icon in the colours of the scheme in force."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        tone: str = Tone.MUTED,
        size: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._name, self._tone = theme, name, tone
        self._size = size or theme.sizes.icon
        self.setFixedSize(self._size, self._size)
        theme.changed.connect(self.update)

    def show_icon(self, name: str, tone: str | None = None) -> None:
        """Show another icon, in another colour if one is given."""
        self._name, self._tone = name, tone or self._tone
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = self._theme.pixmap(self._name, self._tone, self._size, ratio)
        QPainter(self).drawPixmap(QPoint(0, 0), pixmap)
