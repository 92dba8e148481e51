"""Trees of panels put together: grids, and panels taken back to where they were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffling.core.directions import Toward
from puffling.ui.shell.layout_document import (
    Floating,
    Layout,
    Split,
    Tabs,
    graft,
    leaves,
    prune,
    pruned,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffling.ui.shell.layout_document import Node, Place

WHOLE = 10_000  # sizes are shares of this
_REST = 6_400  # what is left to the others when a panel goes along a whole edge
# How many cells a row has, for each number of cells that makes a full grid.
_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2, 6: 3, 8: 4, 9: 3}
GRIDS = tuple(_COLUMNS)


def shares(sizes: Sequence[int]) -> tuple[int, ...]:
    """Return `sizes` as shares of the whole, so that a layout fits a window of any size."""
    total = sum(sizes)
    if total <= 0:
        return (WHOLE // max(1, len(sizes)),) * len(sizes)
    return tuple(max(1, round(each * WHOLE / total)) for each in sizes)


def grid(cells: Sequence[Node]) -> Node:
    """Return cells of equal size in rows; their number must be one of `GRIDS`."""
    columns = _COLUMNS[len(cells)]
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    return _line([_line(row, horizontal=True) for row in rows], horizontal=False)


def with_grid(root: Node, anchor: str, instances: Sequence[str]) -> Node:
    """Return `root` with a grid of `instances` in the place of the tabs that hold `anchor`.

    Whatever else is behind those tabs joins the first cell; the instances leave any other place.
    """
    mates = [each for each in _mates(root, anchor) if each not in instances]
    cells: list[Node] = [Tabs((each,), each) for each in instances]
    cells[0] = Tabs((instances[0], *mates), instances[0])
    left = pruned(root, lambda each: each == anchor or each not in {*instances, *mates})
    return grid(cells) if left is None else _replaced(left, anchor, grid(cells))


def returned(root: Node | None, before: Node, instance: str) -> Node:
    """Return `root` with `instance` where it was in `before`, or near its old neighbours."""
    if root is None:
        return Tabs((instance,), instance)
    without = pruned(before, lambda each: each != instance)
    if without is not None and outline(without) == outline(root):
        return before
    if not set(leaves(before)) & set(leaves(root)):
        return Split(horizontal=True, sizes=(7, 3), children=(root, Tabs((instance,), instance)))
    return graft(root, Layout("", before), lambda each: each == instance)


def beside(layout: Layout, instance: str, mate: str, toward: Toward | None) -> Layout:
    """Return `layout` with `instance` on that side of `mate`'s tabs, at half of their room.

    Without a side it goes behind the same tabs, in front of the others.
    """
    left = prune(layout, lambda each: each != instance)
    return _each_root(left, lambda root: _beside(root, instance, mate, toward))


def at_edge(layout: Layout, instance: str, toward: Toward) -> Layout:
    """Return `layout` with `instance` along that whole edge of its window."""
    return _each_root(
        layout, lambda root: _at_edge(root, instance, toward) if instance in leaves(root) else root
    )


def opened(layout: Layout, instance: str, mate: str, toward: Toward | None) -> Layout:
    """Return `layout` with one panel more: beside `mate`, else along that edge of the window."""
    if mate:
        return beside(layout, instance, mate, toward)
    if layout.root is None:
        return replace(layout, root=Tabs((instance,), instance))
    return replace(layout, root=_at_edge(layout.root, instance, toward or Toward.RIGHT))


def floated(layout: Layout, instance: str, place: Place) -> Layout:
    """Return `layout` with `instance` in a window of its own."""
    left = prune(layout, lambda each: each != instance)
    return replace(left, floating=(*left.floating, Floating(place, Tabs((instance,), instance))))


def outline(node: Node | None) -> object:
    """Return the shape of a tree without its sizes and without which tab is in front."""
    if node is None:
        return None
    if isinstance(node, Tabs):
        return node.panels
    return (node.horizontal, *(outline(child) for child in node.children))


def _each_root(layout: Layout, change: Callable[[Node], Node]) -> Layout:
    return replace(
        layout,
        root=None if layout.root is None else change(layout.root),
        floating=tuple(replace(each, root=change(each.root)) for each in layout.floating),
    )


def _at_edge(root: Node, instance: str, toward: Toward) -> Node:
    left, cell = pruned(root, lambda each: each != instance), Tabs((instance,), instance)
    if left is None:
        return root
    horizontal, before = _way(toward)
    if isinstance(left, Split) and left.horizontal == horizontal:
        parts, sizes = list(left.children), list(shares(left.sizes))
        size = WHOLE // (len(parts) + 1)
        at = 0 if before else len(parts)
        parts.insert(at, cell)
        sizes = [each * (WHOLE - size) // WHOLE for each in sizes]
        sizes.insert(at, size)
        return Split(horizontal, tuple(sizes), tuple(parts))
    edge = WHOLE - _REST
    if before:
        return Split(horizontal, (edge, _REST), (cell, left))
    return Split(horizontal, (_REST, edge), (left, cell))


def _beside(node: Node, instance: str, mate: str, toward: Toward | None) -> Node:
    cell = Tabs((instance,), instance)
    if isinstance(node, Tabs):
        if mate not in node.panels:
            return node
        if toward is None:
            return Tabs((*node.panels, instance), instance)
        horizontal, before = _way(toward)
        return Split(horizontal, (WHOLE // 2,) * 2, (cell, node) if before else (node, cell))
    children: list[Node] = []
    sizes: list[int] = []
    for size, child in zip(node.sizes, node.children, strict=True):
        new = _beside(child, instance, mate, toward)
        if new is not child and isinstance(new, Split) and new.horizontal == node.horizontal:
            children.extend(new.children)
            sizes.extend([max(1, size // 2)] * 2 if isinstance(child, Tabs) else new.sizes)
        else:
            children.append(new)
            sizes.append(size)
    return Split(node.horizontal, tuple(sizes), tuple(children))


def _way(toward: Toward) -> tuple[bool, bool]:
    """Return whether a direction is horizontal, and whether it goes to the beginning."""
    return toward in {Toward.LEFT, Toward.RIGHT}, toward in {Toward.LEFT, Toward.UP}


def _line(parts: Sequence[Node], *, horizontal: bool) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Split(horizontal, (WHOLE // len(parts),) * len(parts), tuple(parts))


def _mates(node: Node, anchor: str) -> tuple[str, ...]:
    if isinstance(node, Tabs):
        return node.panels if anchor in node.panels else ()
    return next((found for each in node.children if (found := _mates(each, anchor))), ())


def _replaced(node: Node, anchor: str, by: Node) -> Node:
    if isinstance(node, Tabs):
        return by if anchor in node.panels else node
    children = tuple(_replaced(child, anchor, by) for child in node.children)
    return replace(node, children=children)
