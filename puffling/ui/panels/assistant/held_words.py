"""Words of an answer that come faster than they can be drawn: held, and drawn together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOW = 0.008  # seconds; an answer that takes this long to draw is drawn less often
_REST = 3.0  # how much longer than drawing it then waits
_VERY_SLOW, _LONG_REST, _LONGEST_REST = 0.05, 12.0, 5.0  # a large table: the desk comes first


class HeldWords(QObject):
    """Draws words as they come; where that takes long, the next ones wait and come together."""

    def __init__(self, draw: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._draw_words = draw
        self._words = ""
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._draw)

    def add(self, words: str) -> None:
        """Draw more words, now or soon."""
        self._words += words
        if not self._rest.isActive():
            self._draw()

    def forget(self) -> None:
        """Pass over the words that wait: they are drawn by another way."""
        self._words = ""

    def drop(self) -> None:
        """Draw nothing more of this answer."""
        self._words = ""
        self._rest.stop()

    def _draw(self) -> None:
        if not self._words:
            return
        begun = time.perf_counter()
        words, self._words = self._words, ""
        self._draw_words(words)
        took = time.perf_counter() - begun
        if took > _SLOW:
            longer = _REST if took < _VERY_SLOW else _LONG_REST
            self._rest.start(round(min(took * longer, _LONGEST_REST) * 1000))
