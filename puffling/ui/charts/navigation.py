"""Moving through a chart by mouse and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from typing_extensions import override

from puffling.ui.charts.view import FEWEST, PaneView

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.pane import Pane
    from puffling.ui.theme.theme import Theme

Key = Qt.Key
NOTCH = 120  # of a mouse wheel
PACE = 0.12  # of the view, for one press of an arrow key
ZOOM = 1.25


class ChartView(PaneView):
    """Panes that can be moved and zoomed.

    Mouse: the wheel zooms at the pointer, a drag pans, or moves what can be moved (Esc puts it
    back); on an axis a drag stretches it; a double click fits. Keys: Left and Right pan, with Shift
    they move the crosshair; + and - zoom; Up and Down stretch the prices; Home fits, End goes to
    the last bar, Page Up and Down turn pages.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._held: QPointF | None = None
        self._drag = ""
        self._keys: dict[Qt.Key, Callable[[], None]] = {
            Key.Key_Left: lambda: self.pan(-PACE),
            Key.Key_Right: lambda: self.pan(PACE),
            Key.Key_PageUp: lambda: self.pan(-0.9),
            Key.Key_PageDown: lambda: self.pan(0.9),
            Key.Key_Plus: lambda: self.zoom(1 / ZOOM),
            Key.Key_Equal: lambda: self.zoom(1 / ZOOM),
            Key.Key_Minus: lambda: self.zoom(ZOOM),
            Key.Key_Up: lambda: self.stretch(self.panes[0], 1 / ZOOM),
            Key.Key_Down: lambda: self.stretch(self.panes[0], ZOOM),
            Key.Key_Home: self.fit,
            Key.Key_End: lambda: self.show_last(self.visible_count),
            Key.Key_Escape: lambda: self.set_cursor_bar(None),
        }

    def pan(self, share: float) -> None:
        """Move by a share of the view; to the right shows later bars."""
        first, last = self.view_range
        step = (last - first) * share
        self.show_range(first + step, last + step)

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show `factor` times as many bars, around bar `at` or the one that matters most."""
        first, last = self.view_range
        if at is None:
            at = self.count - 1.0 if self.at_end else (first + last) / 2
        factor = max(factor, FEWEST / (last - first))
        self.show_range(at - (at - first) * factor, at + (last - at) * factor)

    def stretch(self, pane: Pane, factor: float) -> None:
        """Show `factor` times as much of a pane's values, from now on regardless of the bars."""
        low, high = pane.frame.y0, pane.frame.y1
        middle, half = (low + high) / 2, (high - low) / 2 * factor
        pane.manual = (middle - half, middle + half)
        self.refresh()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move; leave every other key to the panel."""
        key, shift = Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        if shift and key in {Key.Key_Left, Key.Key_Right}:
            self._step_cursor(-1 if key is Key.Key_Left else 1)
        elif (plain or key is Key.Key_Plus) and key in self._keys:
            if key is Key.Key_Escape and self._drag == "grip":
                self._drag, self._held = "", None
                self.drop_grip(None)
                return
            if key is Key.Key_Escape and self.cursor is None:
                event.ignore()
                return
            self._keys[key]()
        else:
            event.ignore()

    def _step_cursor(self, step: int) -> None:
        if not self.count:
            return
        index = self.count - 1 if self.cursor is None else self.cursor + step
        index = min(max(index, 0), self.count - 1)
        first, last = self.view_range
        if not first <= index <= last:
            self.pan((index - (first + last) / 2) / (last - first))
        frame = self.panes[0].frame
        value = self.value_of(index)
        self.set_cursor_bar(index, QPointF(frame.x(float(index)), frame.y(value)))

    def value_of(self, index: int) -> float:
        """The value of a bar that the crosshair stands on when moved by keys."""
        del index
        return (self.panes[0].frame.y0 + self.panes[0].frame.y1) / 2

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; sideways pans."""
        turn = event.angleDelta()
        if abs(turn.x()) > abs(turn.y()):
            self.pan(-turn.x() / NOTCH * PACE)
        elif turn.y():
            at = self.panes[0].frame.index_at(event.position().x())
            self.zoom(ZOOM ** (-turn.y() / NOTCH), at)
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the chart or of an axis."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = event.position()
            gripped = self.grip(event.position())
            self._drag = "grip" if gripped else self._part_at(event.position())
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is not None and self._drag == "grip":
            self.drop_grip(event.position())
        self._held = None
        self._drag = ""
        event.accept()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit: the values on a price axis, everything elsewhere."""
        if self._part_at(event.position()) == "price":
            self.pane_at(event.position().y()).manual = None
            self.refresh()
        else:
            self.fit()
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, or move the crosshair."""
        at = event.position()
        if self._held is not None and self._drag == "grip":
            self.move_grip(at)
        elif self._held is not None:
            moved, self._held = at - self._held, at
            self._drag_by(moved, at)
        elif self._part_at(at) == "pane":
            frame = self.panes[0].frame
            self.set_cursor_bar(round(frame.index_at(at.x())), at)
            self.hovered(at)
        else:
            self.set_cursor_bar(None)
        event.accept()

    def hovered(self, at: QPointF) -> None:
        """Say what is under the pointer."""

    def grip(self, at: QPointF) -> bool:
        """Take hold of what can be dragged here; whether there is something."""
        del at
        return False

    def move_grip(self, at: QPointF) -> None:
        """Take along what is held."""

    def drop_grip(self, at: QPointF | None) -> None:
        """Let go of what is held; nowhere puts it back."""

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Take the crosshair away."""
        self.set_cursor_bar(None)
        event.accept()

    def _part_at(self, at: QPointF) -> str:
        if at.x() >= self.panes[0].frame.right:
            return "price"
        return "time" if at.y() >= self.time_axis.top else "pane"

    def _drag_by(self, moved: QPointF, at: QPointF) -> None:
        frame = self.panes[0].frame
        pane = self.pane_at(at.y())
        if self._drag == "time":
            self.zoom(1.01 ** -moved.x(), frame.index_at(frame.right))
        elif self._drag == "price":
            self.stretch(pane, 1.01 ** moved.y())
        else:
            if pane.manual is not None:
                step = moved.y() * (pane.frame.y1 - pane.frame.y0) / pane.frame.height
                pane.manual = (pane.manual[0] + step, pane.manual[1] + step)
            bars = moved.x() / frame.bar_width
            first, last = self.view_range
            self.show_range(first - bars, last - bars)
