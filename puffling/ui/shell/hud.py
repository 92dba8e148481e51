"""The latency display: ages of quotes, time to paint, stalls, over the corner of the window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel
from typing_extensions import override

from puffling.core import formats
from puffling.ui.widgets import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from puffling.core.events import QuotesChanged
    from puffling.ui.panel import Parts
    from puffling.work.flight import Flight, Spread

EACH = 500  # milliseconds between two looks


class Pulse(QObject):
    """Feeds the flight recorder with what only the window knows: paints, and quotes on screen."""

    def __init__(self, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._flight: Flight = parts.context.watchdog.flight
        self._quotes = parts.context.quotes
        self._since: float | None = None
        self._painted = QTimer(self, singleShot=True, interval=0)
        self._painted.timeout.connect(self._shown)
        self._stop: Callable[[], None] = frames.listen(self._on_paint)
        parts.signals.quotes_changed.connect(self._on_quotes)

    def end(self) -> None:
        """Stop listening."""
        self._stop()
        self._painted.stop()

    def _on_paint(self, widget: QWidget, seconds: float) -> None:
        self._flight.painted(name_of(widget), seconds)

    def _on_quotes(self, _event: QuotesChanged) -> None:
        if self._since is None:
            self._since = time.monotonic() - self._quotes.waited
            # A timer of no length comes when the paints that were asked for have been done.
            self._painted.start()

    def _shown(self) -> None:
        if self._since is not None:
            self._flight.shown(time.monotonic() - self._since)
            self._since = None


class Hud(QLabel):
    """A few lines in the corner; the pointer goes through them."""

    def __init__(self, parts: Parts, symbol: Callable[[], str], window: QWidget) -> None:
        super().__init__(window)
        self._parts, self._symbol = parts, symbol
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Latency")
        parts.theme.set_role(self, "hud")
        window.installEventFilter(self)
        self._timer = QTimer(self, interval=EACH)
        self._timer.timeout.connect(self._look)
        self.hide()

    def toggle(self) -> None:
        """Show it, or take it away."""
        if self.isVisible():
            self._timer.stop()
            self.hide()
        else:
            self._look()
            self.show()
            self.raise_()
            self._timer.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _look(self) -> None:
        self.setText(said(self._parts.context.watchdog.flight, self._symbol(), self._age()))
        self._place()

    def _age(self) -> float | None:
        return self._parts.context.quotes.age(self._symbol())

    def _place(self) -> None:
        self.adjustSize()
        window = self.parentWidget()
        if window is not None:
            edge = self._parts.theme.px(12)
            top = self._parts.theme.px(64)
            self.move(window.width() - self.width() - edge, top)


def said(flight: Flight, symbol: str, age: float | None) -> str:
    """Return the lines of the display."""
    quote = f"{symbol} quote {formats.age(age)}" if symbol else "No symbol"
    lines = [
        quote,
        f"quote to paint  {_spread(flight.latency())}",
        f"loop stall      {_longest(flight.stall())} in the last minute",
    ]
    lines += [f"{what[:15]:<15} {_spread(each)}" for what, each in flight.paints().items()]
    return "\n".join(lines)


def name_of(widget: QWidget) -> str:
    """Return what a widget calls itself, as a screen reader would say it.

    It is asked nothing about its parents: a wrapper made for one in passing takes the wrappers
    of its children with it when it goes.
    """
    return widget.accessibleName() or type(widget).__name__


def _spread(each: Spread) -> str:
    if each.median is None or each.p99 is None:
        return formats.UNKNOWN
    return f"p50 {each.median * 1000:.1f}  p99 {each.p99 * 1000:.1f} ms"


def _longest(each: Spread) -> str:
    return "none" if each.longest is None else f"{each.longest * 1000:.0f} ms"
