"""The drawings of a chart: shown, chosen, made and moved by pointer and by keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from puffling.ui.charts.drawings.making import Making
from puffling.ui.charts.drawings.moving import nudged, tick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtCore import QObject

    from puffling.core.drawing_kinds import DrawingKind, Style
    from puffling.core.drawings import Drawing
    from puffling.ui.charts.price_view import PriceView
    from puffling.ui.theme.theme import Theme

Key, Modifier = Qt.Key, Qt.KeyboardModifier
PLAIN, SHIFT, CTRL = Modifier.NoModifier, Modifier.ShiftModifier, Modifier.ControlModifier
ARROWS = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, 1),
    Key.Key_Down: (0, -1),
}
FAST = 10  # times as far, with Shift
STEP = 2.0  # pixels the crosshair moves up or down at least


class DrawingBoard(Making):
    """Draws on a chart, as the chart's tool; with keys everything the pointer does.

    Keys: D lists the tools, Shift+D chooses a drawing. With a tool: arrows move the crosshair
    (Shift: ten times as far), Return places a point, Backspace takes one back, Esc leaves. With a
    drawing: arrows move it or its handle by a bar or a tick, Tab goes to the next handle and
    drawing, Delete removes, Return opens its menu, Esc lets go. Ctrl+Z, Ctrl+Shift+Z, Ctrl+C and
    Ctrl+V undo, do again, copy and paste.
    """

    def __init__(
        self, chart: PriceView, theme: Theme, usual: Callable[[DrawingKind], Style] | None = None
    ) -> None:
        super().__init__(chart, theme, usual)
        self._cross: tuple[float, float] | None = None  # bar and price of the keys' crosshair
        self._pointer = self._pointed = QPointF()  # where it is, and where it placed a point last
        self._nudged: tuple[Drawing, ...] = ()  # as they were before the keys moved them
        chart.tool = self
        chart.installEventFilter(self)

    # -- what menus and keys do to the drawings that are chosen ------------------------------

    def remove_chosen(self) -> None:
        """Take away what is chosen, except what is locked."""
        gone = tuple(each for each in self.chosen if not each.locked)
        if gone:
            self.edit(gone, ())

    def change_chosen(self, change: Callable[[Drawing], Drawing], words: str) -> None:
        """Change each drawing that is chosen."""
        before = self.chosen
        after = tuple(change(each) for each in before)
        if before and after != before:
            self.edit(before, after, words)

    def restyle_chosen(self, change: Callable[[Style], Style], words: str) -> None:
        """Give what is chosen another look."""
        self.change_chosen(lambda each: replace(each, style=change(each.style)), words)

    def step(self, by: int) -> None:
        """Go to the next handle of the chosen drawing, then to the next drawing."""
        self.settle()
        chosen = self.chosen[:1]
        if not self._shown:
            return
        if not chosen:
            self.choose((self._shown[-1 if by > 0 else 0].id,))
            return
        number = next(at for at, each in enumerate(self._shown) if each.id == chosen[0].id)
        count = len(self.layer.handles(number))
        handle = -1 if self.layer.handle is None else self.layer.handle
        handle += by
        if -1 <= handle < count:
            self.layer.handle = None if handle < 0 else handle
            self.chart.viewport().update()
            return
        following = self._shown[(number - by) % len(self._shown)]
        self.choose(())
        self.choose((following.id,))
        if by < 0:
            self.layer.handle = len(self.layer.handles((number - by) % len(self._shown))) - 1
            self.chart.viewport().update()

    def nudge(self, bars: int, ticks: int) -> None:
        """Move what is chosen, or the handle the keys act on; `settle` keeps it."""
        moved = [self._instead.get(each.id, each) for each in self.chosen if not each.locked]
        if not moved:
            return
        self._nudged = self._nudged or tuple(each for each in self.chosen if not each.locked)
        handle = self.layer.handle
        if handle is not None and moved[0].id == self._chosen[0]:
            moved = moved[:1]
            self._nudged = self._nudged[:1]
        else:
            handle = None
        self.instead([nudged(each, handle, bars, ticks, self.ground) for each in moved])

    def settle(self) -> None:
        """Keep what the keys moved."""
        before, self._nudged = self._nudged, ()
        after = tuple(self._instead.get(each.id, each) for each in before)
        if before and after != before:
            handle = self.layer.handle
            self.edit(before, after, f"Move {before[0].kind.label.lower()}")
            self.layer.handle = handle

    @override
    def let_go(self) -> None:
        super().let_go()
        self._cross, self._nudged = None, ()

    @override
    def choose(self, ids: Iterable[str]) -> None:
        self.settle()
        super().choose(ids)

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        self._follow_pointer(at)
        self._pointed = at
        return super().press(at, modifiers)

    @override
    def move(self, at: QPointF, buttons: Qt.MouseButton) -> bool:
        self._follow_pointer(at)
        return super().move(at, buttons)

    def _follow_pointer(self, at: QPointF) -> None:
        """Let the keys go on where the pointer went."""
        if at != self._pointer:
            self._pointer, self._cross = at, None

    # -- keys --------------------------------------------------------------------------------

    def key(self, event: QKeyEvent) -> bool:
        """Take a key that means something now."""
        act = self._meaning(event)
        if act is None:
            return False
        if Key(event.key()) not in ARROWS:
            self.settle()
        act()
        return True

    def _meaning(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does now; None if it is none of ours."""
        key, modifiers = Key(event.key()), event.modifiers() & ~Modifier.KeypadModifier
        if modifiers & ~SHIFT == CTRL:  # with Alt it is the desk's
            return self._with_ctrl(key, shift=bool(modifiers & SHIFT)) if self.symbol else None
        if modifiers & ~SHIFT:
            return None
        if key is Key.Key_D:
            return self.tools_wanted.emit if modifiers == PLAIN else lambda: self.step(1)
        if self.kind is not None:
            return self._while_making(key, FAST if modifiers & SHIFT else 1)
        if self.chosen:
            return self._while_chosen(key, FAST if modifiers & SHIFT else 1)
        return None

    def _with_ctrl(self, key: Qt.Key, *, shift: bool) -> Callable[[], object] | None:
        if key is Key.Key_Z:
            return lambda: self.undo_wanted.emit(shift)
        if shift:
            return None
        if key is Key.Key_Y:
            return partial(self.undo_wanted.emit, True)  # noqa: FBT003 - what the signal carries
        if key is Key.Key_V:
            return self.paste_wanted.emit
        return self.copy_wanted.emit if key is Key.Key_C and self.chosen else None

    def _while_making(self, key: Qt.Key, times: int) -> Callable[[], object] | None:
        if key in ARROWS:
            bars, ticks = ARROWS[key]
            return lambda: self._move_cross(bars * times, ticks * times)
        return {
            Key.Key_Return: self._put_cross,
            Key.Key_Enter: self._put_cross,
            Key.Key_Backspace: self.back,
            Key.Key_Escape: lambda: self.arm(None),
        }.get(key)

    def _while_chosen(self, key: Qt.Key, times: int) -> Callable[[], object] | None:
        if key in ARROWS:
            bars, ticks = ARROWS[key]
            return lambda: self.nudge(bars * times, ticks * times)
        return {
            Key.Key_Delete: self.remove_chosen,
            Key.Key_Backspace: self.remove_chosen,
            Key.Key_Return: self._ask_menu,
            Key.Key_Enter: self._ask_menu,
            Key.Key_Menu: self._ask_menu,
            Key.Key_Tab: lambda: self.step(1),
            Key.Key_Backtab: lambda: self.step(-1),
            Key.Key_Escape: self._escape,
        }.get(key)

    def _escape(self) -> None:
        """Put back what is being dragged, or let go of what is chosen."""
        if self._drag is not None:
            self.let_go()
            self.draw()
        else:
            self.choose(())

    def _ask_menu(self) -> None:
        number = next((at for at, each in enumerate(self._shown) if each.id in self._chosen), None)
        if number is not None:
            x, y = self.layer.laid().points[self.layer.offset(number)]
            frame = self.ground.frame
            x = min(max(x, frame.left + STEP), frame.right - STEP)
            y = min(max(y, frame.top + STEP), frame.bottom - STEP)
            self.menu_wanted.emit(QPointF(x, y))

    def _cross_at(self) -> tuple[float, float]:
        """Where the keys' crosshair is: where the chart's stands, or on the last bar in view."""
        chart = self.chart
        if self._cross is None:
            last = min(chart.count - 1, int(chart.view_range[1]))
            index = last if chart.cursor is None else chart.cursor
            pointed = None if chart.cursor is None else chart.pane.axis.cursor
            self._cross = float(index), chart.value_of(index) if pointed is None else pointed
        return self._cross

    def _move_cross(self, bars: int, steps: int) -> None:
        chart, frame = self.chart, self.ground.frame
        if not chart.count:
            return
        index, price = self._cross_at()
        if steps:
            least = abs(frame.value_at(frame.y(price) - STEP) - price)
            grain = tick(abs(price))
            price = round((price + steps * max(grain, least)) / grain) * grain
        self._cross = index + bars, price
        first, last = chart.view_range
        if not first <= index + bars <= last:
            chart.pan((index + bars - (first + last) / 2) / (last - first))
        at = self._show_cross()
        if self._placed:
            self.aim(self._anchor(at, PLAIN))

    def _show_cross(self) -> QPointF:
        index, price = self._cross_at()
        frame = self.ground.frame
        at = QPointF(frame.x(index), frame.y(price))
        self.chart.set_cursor_bar(round(index), at)
        return at

    def _put_cross(self) -> None:
        """Place a point at the keys' crosshair; the same point twice ends a path."""
        if not self.chart.count or self.kind is None:
            return
        is_same = self._cross is None and self._pointer == self._pointed
        if self.kind.facts.is_open and self._placed and is_same:
            self.finish()
            return
        anchor = self._anchor(self._show_cross(), PLAIN)
        if self.kind.facts.is_open and self._placed and self._placed[-1] == anchor:
            self.finish()
        else:
            cross = self._cross
            self.put(anchor)
            self._cross = cross

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have keys before shortcuts and the focus have them, where they mean something here."""
        kind = event.type()
        if kind is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._meaning(event) is not None:
                event.accept()
                return True
        elif kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if Key(event.key()) in {Key.Key_Tab, Key.Key_Backtab}:
                return self.key(event)
        elif kind is QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if not event.isAutoRepeat():
                self.settle()
        elif kind is QEvent.Type.FocusOut:
            self.settle()
        return super().eventFilter(watched, event)
