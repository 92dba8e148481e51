"""A layout as data: a tree of splits and tabs, floating windows, and what panels remember."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Tabs:
    """Panels on top of each other; `current` is the one in front."""

    panels: tuple[str, ...]
    current: str


@dataclass(frozen=True, slots=True)
class Split:
    """Parts beside each other (`horizontal`) or above each other, with their sizes."""

    horizontal: bool
    sizes: tuple[int, ...]
    children: tuple[Node, ...]


Node = Tabs | Split


@dataclass(frozen=True, slots=True)
class Place:
    """Where a window is, in screen coordinates."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: its name, and what of it windows may use."""

    name: str
    area: Place


@dataclass(frozen=True, slots=True)
class WindowPlace(Place):
    """Where the main window is, and on which screen."""

    maximised: bool = False
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class Floating:
    """A window of its own with panels in it, and the screen it was on.

    `place` is where it is when it does not fill its screen.
    """

    place: Place
    root: Node
    screen: Screen | None = None
    maximised: bool = False


@dataclass(frozen=True, slots=True)
class PanelMemory:
    """What a panel told us to remember of it, and its link colour."""

    link: str = "blue"
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole arrangement. `hidden` are panels that were closed but remember something."""

    name: str
    root: Node | None
    floating: tuple[Floating, ...] = ()
    panels: Mapping[str, PanelMemory] = field(default_factory=dict)
    window: WindowPlace | None = None
    hidden: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Every panel instance in the tree and in floating windows, in reading order."""
        roots = [] if self.root is None else [self.root]
        return tuple(
            each for root in [*roots, *(one.root for one in self.floating)] for each in leaves(root)
        )


def panel_of(instance: str) -> str:
    """Return the panel of an instance: `chart#2` is a `chart`."""
    return instance.partition("#")[0]


def leaves(node: Node) -> Iterator[str]:
    """Yield the panel instances under `node`, in reading order."""
    if isinstance(node, Tabs):
        yield from node.panels
        return
    for child in node.children:
        yield from leaves(child)


def tabs_of(node: Node) -> Iterator[Tabs]:
    """Yield the groups of tabs under `node`, in reading order."""
    if isinstance(node, Tabs):
        yield node
        return
    for child in node.children:
        yield from tabs_of(child)


def pruned(node: Node, keep: Callable[[str], bool]) -> Node | None:
    """Return `node` with only the instances that `keep` wants, in its simplest shape."""
    if isinstance(node, Tabs):
        left = tuple(each for each in node.panels if keep(each))
        if not left:
            return None
        return Tabs(left, node.current if node.current in left else left[0])
    children: list[Node] = []
    sizes: list[int] = []
    for size, child in zip(node.sizes, node.children, strict=True):
        kept = pruned(child, keep)
        if kept is None:
            continue
        if isinstance(kept, Split) and kept.horizontal == node.horizontal:
            children.extend(kept.children)
            sizes.extend(_shared(size, kept.sizes))
        else:
            children.append(kept)
            sizes.append(size)
    if len(children) <= 1:
        return children[0] if children else None
    return Split(node.horizontal, tuple(sizes), tuple(children))


def prune(layout: Layout, keep: Callable[[str], bool]) -> Layout:
    """Return `layout` with only the instances that `keep` wants."""
    floating = ((one, pruned(one.root, keep)) for one in layout.floating)
    return replace(
        layout,
        root=None if layout.root is None else pruned(layout.root, keep),
        floating=tuple(replace(one, root=root) for one, root in floating if root is not None),
    )


def graft(node: Node, original: Layout, absent: Callable[[str], bool]) -> Node:
    """Put the instances of `original` that could not be shown back beside their mates.

    An absent instance joins, as a tab, the group that holds its nearest earlier (else later)
    neighbour of the original tree; so a layout keeps the panels that are not built yet.
    """
    order = original.shown
    here = set(leaves(node))
    for index, instance in enumerate(order):
        if instance in here or not absent(instance):
            continue
        near = [*reversed(order[:index]), *order[index + 1 :]]
        mate = next((each for each in near if each in here), None) or next(iter(leaves(node)))
        node = _joined(node, mate, instance)
        here.add(instance)
    return node


def _joined(node: Node, mate: str, instance: str) -> Node:
    if isinstance(node, Tabs):
        if mate not in node.panels:
            return node
        at = node.panels.index(mate) + 1
        return replace(node, panels=(*node.panels[:at], instance, *node.panels[at:]))
    return replace(node, children=tuple(_joined(child, mate, instance) for child in node.children))


def _shared(size: int, parts: tuple[int, ...]) -> list[int]:
    total = sum(parts) or 1
    return [max(1, size * part // total) for part in parts]
