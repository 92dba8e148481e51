"""How long widgets take to paint, for whoever listens; nobody listening costs next to nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from PySide6.QtWidgets import QWidget

_listeners: list[Callable[[QWidget, float], None]] = []


def listen(heard: Callable[[QWidget, float], None]) -> Callable[[], None]:
    """Call `heard` with each widget that painted and its seconds; return what stops that."""
    _listeners.append(heard)
    return lambda: _listeners.remove(heard)


class Painting:
    """Times one paint: `with Painting(widget): …`."""

    __slots__ = ("_begun", "_widget")

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if _listeners:
            seconds = time.perf_counter() - self._begun
            for each in _listeners:
                each(self._widget, seconds)
