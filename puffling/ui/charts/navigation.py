"""Moving through a chart by mouse and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from typing_extensions import override

from puffling.ui.charts.edges import LOWEST
from puffling.ui.charts.view import FEWEST, PaneView

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.tools import ChartTool
    from puffling.ui.theme.theme import Theme

Key, Modifier = Qt.Key, Qt.KeyboardModifier
NOTCH = 120  # of a mouse wheel
PACE = 0.12  # of the view, for one press of an arrow key
ZOOM = 1.25
GROWTH = 1.2  # of a pane's height, for one press of a key


class ChartView(PaneView):
    """Panes that can be moved and zoomed.

    Mouse: the wheel zooms at the pointer, a drag pans, or moves what can be moved (Esc puts it
    back); on an axis a drag stretches it, between panes it changes their heights; a double click
    fits, between panes it makes them equally tall. Keys: Left and Right pan, with Shift they move
    the crosshair; + and - zoom; Up and Down stretch the values; Home fits, End goes to the last
    bar, Page Up and Down turn pages. Shift+Up and Shift+Down choose a pane, Ctrl+Up and Ctrl+Down
    make it taller or less tall, Alt+Return gives it all the room and back. A `tool` is asked first.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._held: QPointF | None = None
        self._drag = ""
        self._edge = 0  # the one that is dragged
        self.tool: ChartTool | None = None
        self._pane_keys: dict[tuple[Qt.KeyboardModifier, Qt.Key], Callable[[], None]] = {
            (Modifier.ShiftModifier, Key.Key_Up): lambda: self.choose_pane(-1),
            (Modifier.ShiftModifier, Key.Key_Down): lambda: self.choose_pane(1),
            (Modifier.ControlModifier, Key.Key_Up): lambda: self.grow_pane(GROWTH),
            (Modifier.ControlModifier, Key.Key_Down): lambda: self.grow_pane(1 / GROWTH),
            (Modifier.AltModifier, Key.Key_Return): self.toggle_alone,
        }
        self._keys: dict[Qt.Key, Callable[[], None]] = {
            Key.Key_Left: lambda: self.pan(-PACE),
            Key.Key_Right: lambda: self.pan(PACE),
            Key.Key_PageUp: lambda: self.pan(-0.9),
            Key.Key_PageDown: lambda: self.pan(0.9),
            Key.Key_Plus: lambda: self.zoom(1 / ZOOM),
            Key.Key_Equal: lambda: self.zoom(1 / ZOOM),
            Key.Key_Minus: lambda: self.zoom(ZOOM),
            Key.Key_Up: lambda: self.stretch(self.current_pane, 1 / ZOOM),
            Key.Key_Down: lambda: self.stretch(self.current_pane, ZOOM),
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
        pane.manual = pane.frame.stretched(factor)
        self.refresh()

    @property
    def current_pane(self) -> Pane:
        """The pane that keys act on: the one chosen, or the first in view."""
        return self.edges.chosen or self.seen_panes[0]

    def choose_pane(self, step: int) -> None:
        """Let the keys act on the next pane below, or above."""
        panes = self.seen_panes
        at = panes.index(self.current_pane) + step
        self.edges.chosen = panes[min(max(at, 0), len(panes) - 1)]
        self.viewport().update()

    def grow_pane(self, factor: float) -> None:
        """Make the current pane so many times as tall, as far as the others can give way."""
        pane, panes = self.current_pane, self.seen_panes
        others = sum(each.share for each in panes if each is not pane)
        if not others:
            return
        whole = pane.share + others
        least = LOWEST / max(self.time_axis.top, LOWEST)
        share = min(max(pane.share / whole * factor, least), 1 - least * (len(panes) - 1))
        for each in panes:
            if each is not pane:
                each.share *= (1 - share) * whole / others
        pane.share = share * whole
        self.refresh()

    def toggle_alone(self) -> None:
        """Give the current pane all the room, or each its own again."""
        chosen = self.current_pane
        self.maximise(None if self.maximised else chosen)
        self.edges.chosen = chosen

    def show_time(self, time: int) -> None:
        """Bring the bar of a moment to the middle of the view, and the crosshair on it."""
        if not self.count:
            return
        index = int(np.searchsorted(self.time, time, side="right")) - 1
        index = min(max(index, 0), self.count - 1)
        first, last = self.view_range
        self.pan((index - (first + last) / 2) / (last - first))
        self.put_cursor(index)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move; leave every other key to the panel."""
        if self.tool is not None and self.tool.key(event):
            event.accept()
            return
        modifiers = event.modifiers() & ~Modifier.KeypadModifier
        act = self._pane_keys.get((modifiers, Key(event.key())))
        if act is not None and len(self.panes) > 1:
            act()
            return
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
        self.put_cursor(index)

    def put_cursor(self, index: int) -> None:
        """Put the crosshair on a bar and its value."""
        frame = self.panes[0].frame
        place = QPointF(frame.x(float(index)), frame.y(self.value_of(index)))
        self.set_cursor_bar(index, place if self.panes[0] in self.seen_panes else None)

    def value_of(self, index: int) -> float:
        """The value of a bar that the crosshair stands on when moved by keys."""
        del index
        frame = self.panes[0].frame
        return frame.value_at(frame.top + frame.height / 2)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; sideways pans."""
        turn = event.angleDelta()
        if abs(turn.x()) > abs(turn.y()):
            self.pan(-turn.x() / NOTCH * PACE)
        elif turn.y():
            at = self.seen_panes[0].frame.index_at(event.position().x())
            self.zoom(ZOOM ** (-turn.y() / NOTCH), at)
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the chart or of an axis."""
        if event.button() is Qt.MouseButton.LeftButton:
            at = event.position()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.accept()
            edge = self.edges.at(at.y())
            if edge is not None:
                self._edge, self._drag = edge, "edge"
            elif self.tool is not None and self.tool.press(at, event.modifiers()):
                self._drag = "tool"
            else:
                self._drag = "grip" if self.grip(at) else self._part_at(at)
            self._held = at

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._drag == "tool" and self.tool is not None:
            self.tool.release(event.position())
        if self._held is not None and self._drag == "grip":
            self.drop_grip(event.position())
        self._held = None
        self._drag = ""
        event.accept()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit: the values on a price axis, heights between panes, everything elsewhere."""
        at = event.position()
        if self.edges.at(at.y()) is not None:
            for pane in self.panes:
                pane.share = 1.0
            self.refresh()
        elif self.tool is not None and self.tool.double(at):
            pass
        elif self._part_at(at) == "price":
            self.pane_at(at.y()).manual = None
            self.refresh()
        else:
            self.fit()
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, or move the crosshair."""
        at = event.position()
        taken = self._drag in {"", "tool"} and self.tool is not None
        if taken and self.tool is not None and self.tool.move(at, event.buttons()):
            self._follow(at)
        elif self._drag == "edge":
            self.edges.move(self._edge, at.y())
            self.refresh()
        elif self._held is not None and self._drag == "grip":
            self.move_grip(at)
        elif self._held is not None:
            moved, self._held = at - self._held, at
            self._drag_by(moved, at)
        elif not self._hover_edge(at):
            self._follow(at)
            if self._part_at(at) == "pane":
                self.hovered(at)
        event.accept()

    def _follow(self, at: QPointF) -> None:
        """Let the crosshair follow the pointer."""
        if self._part_at(at) == "pane":
            frame = self.seen_panes[0].frame
            self.set_cursor_bar(round(frame.index_at(at.x())), at)
        else:
            self.set_cursor_bar(None)

    def _hover_edge(self, at: QPointF) -> bool:
        """Show that an edge can be dragged; whether there is one here."""
        edge = self.edges.at(at.y())
        if edge != self.edges.hovered:
            self.edges.hovered = edge
            self.viewport().update()
            shape = Qt.CursorShape.ArrowCursor if edge is None else Qt.CursorShape.SplitVCursor
            self.viewport().setCursor(shape)
        return edge is not None

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
        if self.edges.hovered is not None:
            self.edges.hovered = None
            self.viewport().update()
        event.accept()

    def _part_at(self, at: QPointF) -> str:
        if at.x() >= self.seen_panes[0].frame.right:
            return "price"
        return "time" if at.y() >= self.time_axis.top else "pane"

    def _drag_by(self, moved: QPointF, at: QPointF) -> None:
        frame = self.seen_panes[0].frame
        pane = self.pane_at(at.y())
        if self._drag == "time":
            self.zoom(1.01 ** -moved.x(), frame.index_at(frame.right))
        elif self._drag == "price":
            self.stretch(pane, 1.01 ** moved.y())
        elif self._drag == "pane":
            if pane.manual is not None:
                pane.manual = pane.frame.moved(moved.y())
            bars = moved.x() / frame.bar_width
            first, last = self.view_range
            self.show_range(first - bars, last - bars)
