"""Trees of panels put together: grids, and panels taken back to where they were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffling.ui.shell.layout_document import Layout, Split, Tabs, graft, leaves, pruned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffling.ui.shell.layout_document import Node

WHOLE = 10_000  # sizes are shares of this
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


def outline(node: Node | None) -> object:
    """Return the shape of a tree without its sizes and without which tab is in front."""
    if node is None:
        return None
    if isinstance(node, Tabs):
        return node.panels
    return (node.horizontal, *(outline(child) for child in node.children))


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
