"""The panels in their docks: opened, filled, focused, closed and brought back."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from puffling.core.directions import Toward
from puffling.core.errors import BadValueError
from puffling.ui.panel import Area, PanelWidget
from puffling.ui.shell.docks import Docks
from puffling.ui.shell.faces import FACES
from puffling.ui.shell.layout_document import (
    Layout,
    PanelMemory,
    Tabs,
    leaves,
    panel_of,
    prune,
)
from puffling.ui.shell.layout_shapes import GRIDS, beside, returned, with_grid
from puffling.ui.widgets.reach import reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QMainWindow

    from puffling.ui.panel import Panel, Parts
    from puffling.ui.shell.layout_document import Node
    from puffling.ui.theme.theme import Theme

log = logging.getLogger(__name__)

_MOST_CLOSED = 20
CHART_ALONE = 0.8  # seconds at most that everything else waits for the first chart
# Where a panel that has never been open goes, seen from the panel beside it.
_SIDES = {
    Area.LEFT: Toward.LEFT,
    Area.RIGHT: Toward.RIGHT,
    Area.BOTTOM: Toward.DOWN,
    Area.CENTER: None,
}


class Workspace(QObject):
    """Every open panel. Until `join` the docks are empty frames, so that the window paints early.

    Signals:
        focused: The instance that has the focus now.
        changed: A panel was opened or closed.
    """

    focused = Signal(str)
    changed = Signal()

    def __init__(self, window: QMainWindow, frame: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self.docks = Docks(window, frame, theme)
        self._theme = theme
        self._panels: dict[str, Panel] = {}
        self._parts: Parts | None = None
        self._memories: dict[str, PanelMemory] = {}
        self._closed: list[str] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._build_next)
        # The instance that gets the keyboard as soon as it is built, if this still has it then.
        self._awaited: tuple[str, QWidget | None] = ("", None)
        self.docks.close_asked.connect(self.close)
        self.docks.focused.connect(self.focused)

    @staticmethod
    def knows(instance: str) -> bool:
        """Whether `instance` is of a panel that exists."""
        return panel_of(instance) in FACES

    # Contents

    async def join(self, parts: Parts, panels: Sequence[Panel]) -> None:
        """Build the chart in front and give it a moment to show something; `fill` does the rest."""
        self._parts = parts
        self._panels = {each.id: each for each in panels}
        charts = (each for each in self.docks.shown if panel_of(each) == "chart")
        first = next(filter(self.docks.in_front, charts), "")
        if first:
            self._build(first)
        widget = self.panel(first)
        if widget is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(widget.ready(), CHART_ALONE)

    async def fill(self) -> None:
        """Fill the docks that are open, those in front first; the loop runs in between."""
        for instance in iter(self._next_empty, ""):
            self._build(instance)
            await asyncio.sleep(0)

    def panel(self, instance: str) -> PanelWidget | None:
        """Return the widget of an instance, if it is built."""
        content = self.docks.content(instance)
        return content if isinstance(content, PanelWidget) else None

    def widgets(self) -> dict[str, PanelWidget]:
        """Return every built panel by instance, hidden ones too."""
        found = ((each, self.panel(each)) for each in self.docks.instances)
        return {instance: widget for instance, widget in found if widget is not None}

    @property
    def current(self) -> PanelWidget | None:
        """The panel that has the focus, or had it last."""
        return self.panel(self.docks.current)

    def nearest(self, panel: str) -> str:
        """Return the instance of `panel` to act on: the focused one, else the first open one."""
        if panel_of(self.docks.current) == panel:
            return self.docks.current
        return next((each for each in self.docks.shown if panel_of(each) == panel), "")

    def memories(self) -> dict[str, PanelMemory]:
        """Return what every panel wants remembered, closed ones included."""
        for instance, widget in self.widgets().items():
            self._memories[instance] = PanelMemory(widget.link.value, widget.state())
        return dict(self._memories)

    # Opening and closing

    def arrange(self, layout: Layout) -> Layout:
        """Show `layout` as far as its panels exist; return what is shown.

        Panels that are open and not in it are hidden, not lost: their contents stay. Those that
        were never open are built one after the other, and the loop runs in between.
        """
        self.memories()
        self._memories.update(layout.panels)
        known = prune(layout, self.knows)
        for instance in known.shown:
            self._make(instance)
            widget = self.panel(instance)
            if widget is not None and instance in layout.panels:
                _restore(widget, layout.panels[instance])
        self.docks.arrange(known)
        self._soon.start()
        self.changed.emit()
        return known

    def open(self, panel: str) -> PanelWidget | None:
        """Bring a panel to the front and focus it, opening it if need be.

        Raises:
            BadValueError: There is no such panel.
        """
        if panel not in self._panels:
            raise BadValueError(f"There is no panel called {panel!r}.")
        instance = self.nearest(panel) or panel
        self._show(instance)
        return self.panel(instance)

    def may_be_many(self, instance: str) -> bool:
        """Whether the panel of `instance` may be open many times."""
        panel = self._panels.get(panel_of(instance))
        return panel is not None and panel.many

    def open_new(self, panel: str, *, toward: Toward | None = None) -> PanelWidget | None:
        """Open one more of a panel that may be open many times, in its tabs or beside it."""
        if not self.may_be_many(panel) or not self.nearest(panel):
            return self.open(panel)
        instance = _fresh(panel, self.docks.shown)
        self._memories.pop(instance, None)
        self._show(instance, mate=self.nearest(panel), toward=toward)
        return self.panel(instance)

    def arrange_grid(self, panel: str, count: int, *, alike: bool = False) -> list[str]:
        """Lay so many of a panel in a grid where they are now, and leave the other panels.

        The focused one comes first; what is missing is opened, what is too many is closed. Those
        that are opened show what they showed last, or all what the first one shows if `alike`.

        Returns:
            The instances of the grid, in reading order.

        Raises:
            BadValueError: Nothing makes a grid of so many, or only one of the panel may be open.
        """
        if count not in GRIDS or (count > 1 and not self.may_be_many(panel)):
            raise BadValueError(
                f"There is no grid of {count}.", hint=f"Choose {', '.join(map(str, GRIDS))}."
            )
        self.docks.restore()
        root, _ = self.docks.arrangement()
        docked = [] if root is None else [each for each in leaves(root) if panel_of(each) == panel]
        if not docked:
            self._show(self.nearest(panel) or panel)
            if self.docks.is_floating(self.nearest(panel)):
                self.dock_back(self.nearest(panel), None)
            docked = [self.nearest(panel)]
        if self.docks.current in docked:
            docked.sort(key=lambda each: each != self.docks.current)
        for each in docked[count:]:
            self.close(each)
        wanted = docked[:count]
        while len(wanted) < count:
            wanted.append(_fresh(panel, [*self.docks.shown, *wanted]))
            if alike or wanted[-1] not in self._memories:
                self._memories[wanted[-1]] = self.memories()[wanted[0]]
        root, floating = self.docks.arrangement()
        if root is not None:
            self.apply(Layout("", with_grid(root, wanted[0], wanted), floating))
        return wanted

    def dock_back(self, instance: str, before: Node | None) -> None:
        """Dock a floating panel: where it was in `before`, else at its usual place."""
        root, floating = self.docks.arrangement()
        panel = self._panels.get(panel_of(instance))
        if before is None and root is not None and panel is not None:
            docked = set(leaves(root))
            mate, toward = self._place_for(
                panel, [each for each in self.docks.shown if each in docked]
            )
            self.apply(beside(self.snapshot(), instance, mate or next(iter(docked)), toward))
            return
        home = returned(root, before or Tabs((instance,), instance), instance)
        rest = prune(Layout("", None, floating), lambda each: each != instance)
        self.apply(Layout("", home, rest.floating))

    def snapshot(self) -> Layout:
        """Return where every panel is, to be shown again with `apply`."""
        root, floating = self.docks.arrangement()
        return Layout("", root, floating)

    def apply(self, snapshot: Layout) -> None:
        """Show the panels as a snapshot has them; the focus stays where it can."""
        focused = self.docks.current
        self.arrange(snapshot)
        if focused and self.docks.in_front(focused):
            self.focus(focused)

    def close(self, instance: str) -> None:
        """Close a panel; `reopen` brings it back with what it remembers."""
        if instance not in self.docks.instances:
            return
        widget = self.panel(instance)
        if widget is not None:
            self._memories[instance] = PanelMemory(widget.link.value, widget.state())
            widget.shut()
        self._closed.append(instance)
        del self._closed[:-_MOST_CLOSED]
        self.docks.remove(instance)
        self.changed.emit()

    def reopen(self, home: Callable[[str], Node | None] = lambda _: None) -> PanelWidget | None:
        """Bring back the panel that was closed last.

        `home` returns the last tree of the window that a panel was in, if that is known.
        """
        while self._closed:
            instance = self._closed.pop()
            if instance in self.docks.shown:
                continue
            before, now = home(instance), self.snapshot()
            if before is None:
                self._show(instance)
            else:
                self.apply(replace(now, root=returned(now.root, before, instance)))
                self._build(instance)
                self.focus(instance)
            return self.panel(instance)
        return None

    def focus(self, instance: str) -> None:
        """Bring an open panel to the front and give it the keyboard, now or when it is built."""
        self.docks.focus(instance)
        widget = self.panel(instance)
        self._awaited = ("", None) if widget else (instance, QApplication.focusWidget())
        if widget is not None:
            place = reachable(widget.primary_focus(), widget)
            place.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave_keyboard(self) -> None:
        """Give the keyboard to no panel that is still to be built."""
        self._awaited = ("", None)

    def focus_next(self, step: int = 1) -> None:
        """Give the keyboard to the next open panel."""
        instance = self.docks.neighbour(step)
        if instance:
            self.focus(instance)

    def shut(self) -> None:
        """End what every panel does; the window is about to go."""
        self._soon.stop()
        for widget in self.widgets().values():
            widget.shut()

    # Inside

    def _make(self, instance: str) -> None:
        if instance in self.docks.instances:
            return
        face = FACES[panel_of(instance)]
        frame = QWidget()
        self._theme.set_role(frame, "panel")
        self.docks.add(instance, face.title, self._theme.icon(face.icon), frame)

    def _next_empty(self) -> str:
        """Return a dock that is open and to be filled, one in front first; "" if there is none."""
        if self._parts is None:
            return ""
        empty = (each for each in self.docks.shown if self.panel(each) is None)
        return min(empty, key=lambda each: not self.docks.in_front(each), default="")

    def _build_next(self) -> None:
        instance = self._next_empty()
        if instance:
            self._build(instance)
            self._soon.start()

    def _build(self, instance: str) -> None:
        parts = self._parts
        if (
            parts is None
            or instance not in self.docks.instances
            or self.panel(instance) is not None
        ):
            return
        widget = self._panels[panel_of(instance)].build(parts)
        widget.panel_id = instance
        widget.title_changed.connect(lambda title: self.docks.set_title(instance, title))
        if instance in self._memories:
            _restore(widget, self._memories[instance])
        self.docks.fill(instance, widget)
        awaited, keyboard = self._awaited
        if awaited == instance == self.docks.current and QApplication.focusWidget() is keyboard:
            self.focus(instance)

    def _show(self, instance: str, *, mate: str = "", toward: Toward | None = None) -> None:
        self.docks.restore()
        if instance not in self.docks.shown:
            self._make(instance)
            panel = self._panels[panel_of(instance)]
            if not mate:
                mate, toward = self._place_for(panel, self.docks.shown)
            self.docks.open(instance, mate=mate, toward=toward)
            self.changed.emit()
        self._build(instance)
        self.focus(instance)

    def _place_for(self, panel: Panel, shown: Sequence[str]) -> tuple[str, Toward | None]:
        """Return where a new panel goes: behind one of its own area, else beside the chart."""
        same = (each for each in shown if self._panels[panel_of(each)].area is panel.area)
        if mate := next(same, ""):
            return mate, None
        return next((each for each in shown if panel_of(each) == "chart"), ""), _SIDES[panel.area]


def _fresh(panel: str, taken: Sequence[str]) -> str:
    """Return a name for one more of `panel`."""
    if panel not in taken:
        return panel
    return next(name for n in range(2, 1_000) if (name := f"{panel}#{n}") not in taken)


def _restore(widget: PanelWidget, memory: PanelMemory) -> None:
    """Give a panel what it remembers; a panel that chokes on it starts fresh."""
    widget.set_link(memory.link)
    try:
        widget.restore(memory.state)
    except Exception:
        log.exception("A panel could not take up what it remembered: %s", widget.panel_id)
