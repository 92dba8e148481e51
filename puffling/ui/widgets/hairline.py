"""A progress line two pixels high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from puffling.ui.theme.theme import Theme

_HEIGHT = 2
_STEP_MS = 33
_STEPS = 60  # of the band's way across
_BAND = 0.3  # its share of the width


class Hairline(QWidget):
    """Shows how far something is; a band wanders across when that cannot be known."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._progress: float | None = 0.0
        self._step = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._advance)
        self.setFixedHeight(_HEIGHT)
        theme.changed.connect(self.update)

    @property
    def progress(self) -> float | None:
        """From 0 to 1; None while it is not known."""
        return self._progress

    def show_progress(self, progress: float | None) -> None:
        """Show how far it is; None for not known."""
        self._progress = progress if progress is None else min(max(progress, 0.0), 1.0)
        self._settle()
        self.update()

    @override
    def showEvent(self, event: object) -> None:
        self._settle()

    @override
    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        width = self.width()
        if self._progress is None:
            start = (self._step / _STEPS) * (1 + _BAND) - _BAND
            left, right = max(start, 0.0) * width, min(start + _BAND, 1.0) * width
        else:
            left, right = 0.0, self._progress * width
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("line"))
        band = QRectF(left, 0, right - left, self.height())
        painter.fillRect(band, self._theme.color(Tone.ACCENT))

    def _settle(self) -> None:
        moving = self._progress is None and not self._theme.reduced_motion and self.isVisible()
        if not moving:
            self._timer.stop()
            self._step = _STEPS // 2
        elif not self._timer.isActive():
            self._timer.start()

    def _advance(self) -> None:
        self._step = (self._step + 1) % _STEPS
        self.update()
