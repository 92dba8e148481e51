"""Reads the tree of docks out of QtAds, and changes sizes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSplitter

from puffling.ui.shell.layout_document import Floating, Place, Split, Tabs, pruned
from puffling.ui.shell.layout_shapes import shares
from puffling.ui.shell.nearness import Spot
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
    for window in floating_windows(manager):
        root = _simple(_node(window.dockContainer().rootSplitter()))
        if root is not None:
            fills = window.isMaximized()
            place = window.normalGeometry() if fills else window.geometry()
            where = Place(place.x(), place.y(), place.width(), place.height())
            found.append(Floating(where, root, screen_of(window), maximised=fills))
    return tuple(found)


def floating_windows(manager: qtads.Manager) -> list[qtads.FloatingWindow]:
    """Return the floating windows, without those that a restore emptied a moment ago."""
    alive = manager.dockContainers()
    return [each for each in manager.floatingWidgets() if each.dockContainer() in alive]


def window_of(manager: qtads.Manager, instance: str) -> qtads.FloatingWindow | None:
    """Return the floating window that `instance` is in; None for the main window."""
    for window in floating_windows(manager):
        if _way(window.dockContainer().rootSplitter(), instance):
            return window
    return None


def read_spots(manager: qtads.Manager) -> dict[str, Spot]:
    """Return where each instance is that is open and in front of its tabs."""
    roots = [each.dockContainer().rootSplitter() for each in floating_windows(manager)]
    found: dict[str, Spot] = {}
    for number, root in enumerate([manager.rootSplitter(), *roots]):
        for area in _areas(root):
            corner = area.mapToGlobal(QPoint(0, 0))
            place = Place(corner.x(), corner.y(), area.width(), area.height())
            for dock in area.openedDockWidgets():
                if dock.isCurrentTab():
                    found[dock.objectName()] = Spot(place, number)
    return found


def grow(manager: qtads.Manager, instance: str, by: int, *, across: bool) -> bool:
    """Make an instance wider (or taller) by so many pixels at its neighbour's cost.

    Returns:
        Whether there is a neighbour in that direction at all.
    """
    wanted = Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical
    window = window_of(manager, instance)
    root = manager.rootSplitter() if window is None else window.dockContainer().rootSplitter()
    for splitter, at in reversed(_way(root, instance)):
        seen = [each for each in range(splitter.count()) if _in_sight(splitter.widget(each))]
        if splitter.orientation() != wanted or len(seen) < 2:  # noqa: PLR2004 - itself and another
            continue
        sizes, place = splitter.sizes(), seen.index(at)
        other = seen[place + 1] if place + 1 < len(seen) else seen[place - 1]
        by = max(min(by, sizes[other] - LEAST), LEAST - sizes[at])
        sizes[at], sizes[other] = sizes[at] + by, sizes[other] - by
        splitter.setSizes(sizes)
        return True
    return False


# Always from the splitter downwards: asked for a parent, shiboken takes the answer for somebody
# who owns the widget, and forgets the widget when it lets go of the answer.


def _way(part: qtads.Area | QSplitter, instance: str) -> list[tuple[QSplitter, int]]:
    """Return the splitters on the way down to an instance and which part of each it is in."""
    if not isinstance(part, QSplitter):
        return []
    for index in range(part.count()):
        child = part.widget(index)
        if not isinstance(child, QSplitter):
            names = [each.objectName() for each in _docks(child)]
            if instance in names:
                return [(part, index)]
        elif deeper := _way(child, instance):
            return [(part, index), *deeper]
    return []


def _areas(part: qtads.Area | QSplitter) -> Iterator[qtads.Area]:
    if not isinstance(part, QSplitter):
        yield part
        return
    for index in range(part.count()):
        yield from _areas(part.widget(index))


def _docks(area: qtads.Area) -> list[qtads.Dock]:
    return list(area.openedDockWidgets())


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
