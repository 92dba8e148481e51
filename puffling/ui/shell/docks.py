"""Docking: the one module that talks to QtAds, in terms of panel instances and layouts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QCoreApplication,
    QEvent,
    QObject,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from typing_extensions import override

from puffling.ui.shell import dock_tree, qtads
from puffling.ui.shell.layout_document import Layout, Tabs, leaves, pruned, tabs_of
from puffling.ui.shell.layout_shapes import opened
from puffling.ui.shell.layout_xml import to_xml
from puffling.ui.shell.screens import below_title, brought_back, screen_of, screens_of
from puffling.ui.shell.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QMainWindow

    from puffling.core.directions import Toward
    from puffling.ui.shell.layout_document import Floating, Node, Place
    from puffling.ui.shell.nearness import Spot
    from puffling.ui.theme.theme import Theme

SETTLE = 200  # milliseconds without a change before it is announced
_MOVES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}


class Docks(QObject):
    """The docks of the main window.

    Signals:
        focused: The instance that has the focus now.
        changed: The arrangement is another one (at rest for a moment).
        close_asked: Somebody clicked an instance's close button.
    """

    focused = Signal(str)
    changed = Signal()
    close_asked = Signal(str)

    def __init__(self, window: QMainWindow, frame: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self.manager = qtads.make_manager(frame, theme)
        self._docks: dict[str, qtads.Dock] = {}
        self._slots: dict[str, Slot] = {}
        self._wings = QWidget(frame)  # where contents wait while docks move; never shown
        self._wings.hide()
        self._focused = ""
        self._zoomed_from: Layout | None = None
        self._zoomed = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self.changed)
        self.manager.focusedDockWidgetChanged.connect(self._on_focus)
        self.manager.floatingWidgetCreated.connect(self._watch)

    # What there is

    @property
    def instances(self) -> tuple[str, ...]:
        """Every instance that has a dock, shown or not."""
        return tuple(self._docks)

    @property
    def shown(self) -> tuple[str, ...]:
        """The instances that are open, in reading order; floating ones last."""
        root, floating = self.arrangement()
        roots = ([] if root is None else [root]) + [one.root for one in floating]
        return tuple(each for node in roots for each in leaves(node))

    @property
    def current(self) -> str:
        """The instance that had the focus last; empty when it is closed."""
        return self._focused if self._is_open(self._focused) else ""

    @property
    def maximised(self) -> str:
        """The instance that fills the window at the moment; empty when none does."""
        return self._zoomed

    @property
    def screen(self) -> Place:
        """What windows may use of the screen that the main window is on."""
        return screen_of(self._window).area

    def content(self, instance: str) -> QWidget | None:
        """Return what is in the dock of `instance`."""
        slot = self._slots.get(instance)
        return None if slot is None else slot.content

    def in_front(self, instance: str) -> bool:
        """Whether `instance` is open and not behind another tab."""
        return self._is_open(instance) and bool(self._docks[instance].isCurrentTab())

    def is_floating(self, instance: str) -> bool:
        """Whether `instance` is in a window of its own."""
        return self._is_open(instance) and bool(self._docks[instance].isInFloatingContainer())

    def group(self, instance: str) -> tuple[str, ...]:
        """Return the open instances behind the same tabs as `instance`, itself included."""
        root, floating = self._read()
        roots = [root, *(each.root for each in floating)]
        groups = (each for node in roots if node is not None for each in tabs_of(node))
        return next((each.panels for each in groups if instance in each.panels), ())

    def spots(self) -> dict[str, Spot]:
        """Return where each instance is that is open and not behind another tab."""
        return dock_tree.read_spots(self.manager)

    # Making and removing

    def add(self, instance: str, title: str, icon: QIcon, content: QWidget) -> None:
        """Make a closed dock for `instance`; `arrange` or `open` shows it."""
        dock = qtads.make_dock(self.manager, instance, title, icon)
        slot = self._slots[instance] = Slot(content)
        qtads.put_widget(dock, slot)
        dock.closeRequested.connect(lambda: self.close_asked.emit(instance))
        dock.installEventFilter(self)
        self._docks[instance] = dock
        self.manager.addDockWidget(qtads.LEFT, dock)
        qtads.show_dock(dock, on=False)

    def fill(self, instance: str, content: QWidget) -> None:
        """Replace what is in the dock of `instance`; the old content is deleted."""
        self._slots[instance].replace(content)

    def remove(self, instance: str) -> None:
        """Close the dock of `instance` for good; its content goes with it."""
        dock = self._docks.pop(instance)
        dock.removeEventFilter(self)
        slot = self._slots.pop(instance)
        with self._clear_stage():
            self.manager.removeDockWidget(dock)
        if slot.content.parent() is not slot:
            slot.content.deleteLater()
        dock.deleteLater()
        self._settle.start()

    def set_title(self, instance: str, title: str) -> None:
        """Give the dock's tab another title."""
        if instance in self._docks:
            self._docks[instance].setWindowTitle(title)

    # Showing and arranging

    def open(self, instance: str, *, mate: str = "", toward: Toward | None = None) -> None:
        """Show `instance` beside another open one, or along an edge; usually as a tab."""
        if self._is_open(instance):
            return
        self.restore()
        now = Layout("", *self.arrangement())
        self._apply(opened(now, instance, mate if self._is_open(mate) else "", toward))

    def resize(self, instance: str, by: int, *, across: bool) -> bool:
        """Make an instance wider (or taller) by so many pixels; whether that can be."""
        if not self._is_open(instance):
            return False
        if dock_tree.grow(self.manager, instance, by, across=across):
            return True
        window = dock_tree.window_of(self.manager, instance)
        if window is None:
            return False
        width, height = (by, 0) if across else (0, by)
        window.resize(
            max(dock_tree.LEAST, window.width() + width),
            max(dock_tree.LEAST, window.height() + height),
        )
        return True

    def hide(self, instance: str) -> None:
        """Close the dock of `instance` but keep it and its content."""
        qtads.show_dock(self._docks[instance], on=False)
        self._settle.start()

    def arrange(self, layout: Layout) -> None:
        """Show exactly the layout's instances, as it says; each must have a dock.

        An instance that QtAds did not bring back for whatever reason is opened all the
        same, so a restore never loses a panel.
        """
        self._zoomed_from, self._zoomed = None, ""
        self._apply(layout)

    def arrangement(self) -> tuple[Node | None, tuple[Floating, ...]]:
        """Read the tree of open docks and the floating windows."""
        if self._zoomed_from is not None:
            return self._zoomed_from.root, self._zoomed_from.floating
        return self._read()

    def maximise(self, instance: str) -> None:
        """Let `instance` fill the window; the arrangement around it is kept."""
        if not self._is_open(instance) or self.is_floating(instance):
            return
        root, floating = self.arrangement()
        self._apply(Layout("", Tabs((instance,), instance), floating))
        self._zoomed_from, self._zoomed = Layout("", root, floating), instance

    def maximise_window(self, instance: str) -> None:
        """Let the floating window of `instance` fill its screen, or go back to its size."""
        window = dock_tree.window_of(self.manager, instance)
        if window is not None:
            window.setWindowState(window.windowState() ^ Qt.WindowState.WindowMaximized)

    def restore(self) -> None:
        """Bring back what was around the maximised instance."""
        before = self._zoomed_from
        if before is None:
            return
        self._zoomed_from, self._zoomed = None, ""
        root = None if before.root is None else pruned(before.root, self._docks.__contains__)
        _, floating = self._read()
        self._apply(Layout("", root, floating))

    # Focus

    def focus(self, instance: str) -> None:
        """Bring `instance` to the front and mark it as the focused one."""
        if not self._is_open(instance):
            return
        dock = self._docks[instance]
        dock.setAsCurrentTab()
        dock.raise_()
        window = dock.window()
        if window is not self._window:
            window.raise_()
            window.activateWindow()
        self.manager.setDockWidgetFocused(dock)
        self._on_focus(None, dock)

    def neighbour(self, step: int) -> str:
        """Return the open instance `step` places after the focused one, going round."""
        order = self.shown
        if not order:
            return ""
        at = order.index(self._focused) if self._focused in order else -step
        return order[(at + step) % len(order)]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that a dock or a floating window moved, so that the layout can be kept."""
        if event.type() in _MOVES:
            self._settle.start()
        return super().eventFilter(watched, event)

    # Inside

    def _is_open(self, instance: str) -> bool:
        dock = self._docks.get(instance)
        return dock is not None and not dock.isClosed()

    @contextmanager
    def _clear_stage(self) -> Iterator[None]:
        """Let every content step aside while docks move; those in sight come back at the end."""
        focus = QApplication.focusWidget()
        self._window.setUpdatesEnabled(False)
        for slot in self._slots.values():
            slot.step_aside(self._wings)
        for dock in self._docks.values():  # hundreds of events that mean nothing before the end
            dock.removeEventFilter(self)
        try:
            yield
        finally:
            for dock in self._docks.values():
                dock.installEventFilter(self)
            for slot in self._slots.values():
                if slot.isVisible():
                    slot.come_back()
            self._window.setUpdatesEnabled(True)
            # A window made meanwhile took over that it is not to be painted.
            for each in dock_tree.floating_windows(self.manager):
                each.setUpdatesEnabled(True)
        if focus is not None and isValid(focus) and focus.isVisible():
            focus.setFocus()

    def _apply(self, layout: Layout) -> None:
        self._sweep()
        screens = [below_title(each) for each in screens_of(self._window)]
        floating = []
        for one in layout.floating:
            was = None if one.screen is None else below_title(one.screen)
            floating.append(replace(one, place=brought_back(one.place, was, screens)))
        layout = replace(layout, floating=tuple(floating))
        with self._clear_stage():
            self.manager.restoreState(QByteArray(to_xml(layout).encode()))
        for instance in layout.shown:
            if not self._is_open(instance):
                with self._clear_stage():
                    self.manager.addDockWidget(qtads.RIGHT, self._docks[instance])
                    qtads.show_dock(self._docks[instance], on=True)
        for one in layout.floating:
            self._place_floating(one)
        self._settle.start()

    def _sweep(self) -> None:
        """Delete windows that the last restore emptied: QtAds would fill them again."""
        alive = self.manager.dockContainers()
        for window in self.manager.floatingWidgets():
            if window.dockContainer() not in alive:
                QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)

    def _place_floating(self, one: Floating) -> None:
        window = dock_tree.window_of(self.manager, next(leaves(one.root)))
        if window is None:
            return
        place, state = one.place, Qt.WindowState.WindowMaximized
        window.setWindowState(window.windowState() & ~state)  # its own size is what is set below
        window.setGeometry(QRect(place.x, place.y, place.width, place.height))
        window.show()
        if one.maximised:
            window.setWindowState(window.windowState() | state)

    def _read(self) -> tuple[Node | None, tuple[Floating, ...]]:
        return dock_tree.read_root(self.manager), dock_tree.read_floating(self.manager)

    def _watch(self, window: QWidget) -> None:
        window.installEventFilter(self)

    def _on_focus(self, _old: object, new: qtads.Dock) -> None:
        instance = "" if new is None else new.objectName()
        if instance and instance != self._focused:
            self._focused = instance
            self.focused.emit(instance)
