"""Reads the tree of docks out of QtAds, and changes sizes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from puffling.ui.shell.layout_document import Floating, Place, Split, Tabs, pruned
from puffling.ui.shell.layout_shapes import shares
from puffling.ui.shell.screens import screen_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

    from puffling.ui.shell import qtads
    from puffling.ui.shell.layout_document import Node

LEAST = 80  # pixels; no panel is made smaller than this by keys


def read_root(manager: qtads.Manager) -> Node | None:
    """Return the tree of open docks in the main window, in its simplest shape."""
    return _simple(_node(manager.rootSplitter()))


def read_floating(manager: qtads.Manager) -> tuple[Floating, ...]:
    """Return the floating windows and what is in them."""
    found = []
    alive = manager.dockContainers()
    for window in manager.floatingWidgets():
        if window.dockContainer() not in alive:
            continue  # emptied by a restore, and about to be deleted
        root = _simple(_node(window.dockContainer().rootSplitter()))
        if root is not None:
            place = window.geometry()
            where = Place(place.x(), place.y(), place.width(), place.height())
            found.append(Floating(where, root, screen_of(window)))
    return tuple(found)


def grow(area: QWidget, by: int, *, across: bool) -> bool:
    """Make an area wider (or taller) by so many pixels at its neighbour's cost.

    Returns:
        Whether there is a neighbour in that direction at all.
    """
    wanted = Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical
    child, parent = area, area.parentWidget()
    while isinstance(parent, QSplitter):
        sizes = parent.sizes()
        seen = [at for at in range(parent.count()) if _in_sight(parent.widget(at))]
        at = parent.indexOf(child)
        if parent.orientation() == wanted and len(seen) > 1 and at in seen:
            place = seen.index(at)
            other = seen[place + 1] if place + 1 < len(seen) else seen[place - 1]
            by = max(min(by, sizes[other] - LEAST), LEAST - sizes[at])
            sizes[at], sizes[other] = sizes[at] + by, sizes[other] - by
            parent.setSizes(sizes)
            return True
        child, parent = parent, parent.parentWidget()
    return False


def _in_sight(part: QWidget | None) -> bool:
    return part is not None and not part.isHidden()


def _simple(node: Node | None) -> Node | None:
    return None if node is None else pruned(node, lambda _: True)


def _node(part: qtads.Area | QSplitter) -> Node | None:
    """Read a splitter or an area of QtAds; None when nothing in it is open."""
    if not isinstance(part, QSplitter):
        # Not part.currentDockWidget(): shiboken would take the dock for the area's child, and
        # forget it when QtAds replaces the area.
        names, current = [], ""
        for dock in part.openedDockWidgets():
            names.append(dock.objectName())
            if dock.isCurrentTab():
                current = names[-1]
        return Tabs(tuple(names), current or names[0]) if names else None
    children = [
        (size, child)
        for size, child in zip(part.sizes(), _children(part), strict=True)
        if child is not None
    ]
    if not children:
        return None
    return Split(
        part.orientation() == Qt.Orientation.Horizontal,
        shares([size for size, _ in children]),
        tuple(child for _, child in children),
    )


def _children(splitter: QSplitter) -> Iterator[Node | None]:
    for index in range(splitter.count()):
        yield _node(splitter.widget(index))
