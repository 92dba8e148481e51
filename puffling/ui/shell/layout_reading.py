"""Layouts as JSON: written in full, read without trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from puffling.ui.shell.layout_document import (
    Floating,
    Layout,
    PanelMemory,
    Place,
    Screen,
    Split,
    Tabs,
    WindowPlace,
    prune,
)
from puffling.ui.shell.layout_upgrade import VERSION, upgraded

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.ui.shell.layout_document import Node

MOST_DEPTH = 12
MOST_PANELS = 60
LONGEST_TEXT = 200
MOST_MEMORY = 5_000  # parts of what one panel remembers
MOST_MEMORY_DEPTH = 12
DIRECTIONS = ("horizontal", "vertical")  # asked with ==: what is read may be of any kind
LINKS = ("none", "blue", "green", "amber")
T = TypeVar("T")


class _ShapeError(Exception):
    """A part of the document does not have the shape it needs."""


def parse(document: object) -> tuple[Layout | None, list[str]]:
    """Read a layout document; return it and what was wrong with it.

    Anything of the wrong shape is left out and said; nothing is trusted. None when there is no
    arrangement left to show.
    """
    problems: list[str] = []
    try:
        whole = _mapping(document, "The layout")
        whole = upgraded(whole, _version(whole))
        seen: set[str] = set()
        root = None if whole.get("root") is None else _node(whole["root"], seen, 0)
        name = _text(whole.get("name", ""), "Its name")
    except _ShapeError as error:
        return None, [str(error)]
    floating = _each(whole, "floating", lambda raw: _floating(raw, seen), problems)
    panels: dict[str, PanelMemory] = {}
    for instance, raw in _pairs(whole.get("panels"), problems):
        try:
            panels[instance] = _memory(raw)
        except _ShapeError as error:
            problems.append(f"{instance}: {error}")
    hidden = _each(whole, "hidden", lambda raw: _text(raw, "A hidden panel"), problems)
    window = None
    if whole.get("window") is not None:
        try:
            window = _window(whole["window"])
        except _ShapeError as error:
            problems.append(str(error))
    layout = Layout(name, root, tuple(floating), panels, window, tuple(hidden))
    layout = prune(layout, lambda _: True)
    return (layout if layout.shown else None), problems


def dump(layout: Layout) -> dict[str, Any]:
    """Return `layout` as a JSON-able document."""
    document: dict[str, Any] = {"version": VERSION, "name": layout.name}
    if layout.window is not None:
        place = layout.window
        document["window"] = {
            **_dump_place(place),
            "maximised": place.maximised,
            **_dump_screen(place.screen),
        }
    document["root"] = None if layout.root is None else _dump_node(layout.root)
    document["floating"] = [
        {
            **_dump_place(one.place),
            **({"maximised": True} if one.maximised else {}),
            **_dump_screen(one.screen),
            "root": _dump_node(one.root),
        }
        for one in layout.floating
    ]
    document["hidden"] = list(layout.hidden)
    document["panels"] = {
        instance: {"link": memory.link, "state": dict(memory.state)}
        for instance, memory in layout.panels.items()
    }
    return document


def portable(layout: Layout) -> dict[str, Any]:
    """Return `layout` as a document for another desk: without this window and closed panels."""
    shown = set(layout.shown)
    panels = {each: memory for each, memory in layout.panels.items() if each in shown}
    return dump(replace(layout, panels=panels, window=None, hidden=()))


def _dump_place(place: Place) -> dict[str, Any]:
    return {"x": place.x, "y": place.y, "width": place.width, "height": place.height}


def _dump_screen(screen: Screen | None) -> dict[str, Any]:
    if screen is None:
        return {}
    return {"screen": {"name": screen.name, **_dump_place(screen.area)}}


def _dump_node(node: Node) -> dict[str, Any]:
    if isinstance(node, Tabs):
        return {"tabs": list(node.panels), "current": node.current}
    return {
        "split": "horizontal" if node.horizontal else "vertical",
        "sizes": list(node.sizes),
        "children": [_dump_node(child) for child in node.children],
    }


def _version(whole: Mapping[str, Any]) -> int:
    version = _whole(whole.get("version"), "Its version", 1, 1_000_000)
    if version > VERSION:
        raise _ShapeError("The layout was saved by a newer Puffling.")
    return version


def _node(raw: object, seen: set[str], depth: int) -> Node:
    if depth > MOST_DEPTH:
        raise _ShapeError("The layout is nested too deeply.")
    part = _mapping(raw, "A part of the layout")
    if "tabs" in part:
        return _tabs(part, seen)
    if part.get("split") not in DIRECTIONS:
        raise _ShapeError("A part of the layout is neither tabs nor a split.")
    children = tuple(_node(child, seen, depth + 1) for child in _list(part.get("children")))
    if not children:
        raise _ShapeError("A split of the layout is empty.")
    sizes = [_whole(each, "A size", 0, 100_000) for each in _list(part.get("sizes", []))]
    if len(sizes) != len(children) or sum(sizes) <= 0:
        sizes = [100] * len(children)
    least = max(1, sum(sizes) // 50)  # nothing comes back with no size at all
    return Split(part["split"] == "horizontal", tuple(max(least, each) for each in sizes), children)


def _tabs(part: Mapping[str, Any], seen: set[str]) -> Tabs:
    names: list[str] = []
    for each in _list(part["tabs"]):
        name = _text(each, "A panel's name")
        if not name or name in seen:
            continue  # the same panel cannot be in two places; the first one counts
        seen.add(name)
        names.append(name)
    if len(seen) > MOST_PANELS:
        raise _ShapeError(f"The layout has more than {MOST_PANELS} panels.")
    current = part.get("current")
    front = current if isinstance(current, str) and current in names else ""
    return Tabs(tuple(names), front or (names[0] if names else ""))


def _floating(raw: object, seen: set[str]) -> Floating:
    part = _mapping(raw, "A floating window")
    return Floating(
        _place(part),
        _node(part.get("root"), seen, 0),
        _screen(part.get("screen")),
        maximised=part.get("maximised") is True,
    )


def _screen(raw: object) -> Screen | None:
    if raw is None:
        return None
    part = _mapping(raw, "A screen")
    return Screen(_text(part.get("name", ""), "A screen's name"), _place(part))


def _place(part: Mapping[str, Any]) -> Place:
    x, y = (_whole(part.get(key), f"Its {key}", -100_000, 100_000) for key in ("x", "y"))
    width, height = (_whole(part.get(key), f"Its {key}", 0, 100_000) for key in ("width", "height"))
    return Place(x, y, width, height)


def _window(raw: object) -> WindowPlace:
    part = _mapping(raw, "The window's place")
    place = _place(part)
    return WindowPlace(
        place.x,
        place.y,
        place.width,
        place.height,
        maximised=part.get("maximised") is True,
        screen=_screen(part.get("screen")),
    )


def _memory(raw: object) -> PanelMemory:
    part = _mapping(raw, "What is remembered")
    link = part.get("link", "blue")
    state = part.get("state", {})
    if _parts(state, 0) > MOST_MEMORY:
        raise _ShapeError("It remembers too much.")
    return PanelMemory(
        link if link in LINKS else "blue", dict(state) if isinstance(state, Mapping) else {}
    )


def _parts(value: object, depth: int) -> int:
    """Return of how many parts a value is; too many if it is nested too deeply."""
    if depth > MOST_MEMORY_DEPTH:
        return MOST_MEMORY + 1
    if isinstance(value, Mapping):
        return 1 + sum(_parts(each, depth + 1) for each in value.values())
    if isinstance(value, list):
        return 1 + sum(_parts(each, depth + 1) for each in value)
    return 1


def _each(
    whole: Mapping[str, Any], key: str, read: Callable[[object], T], problems: list[str]
) -> list[T]:
    found: list[T] = []
    raw = whole.get(key, [])
    for each in raw if isinstance(raw, list) else []:
        try:
            found.append(read(each))
        except _ShapeError as error:
            problems.append(str(error))
    return found


def _pairs(raw: object, problems: list[str]) -> list[tuple[str, object]]:
    if raw is None:
        return []
    if not isinstance(raw, Mapping):
        problems.append("What the panels remembered cannot be read.")
        return []
    return [(key, value) for key, value in raw.items() if isinstance(key, str)]


def _mapping(raw: object, what: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise _ShapeError(f"{what} is not an object.")
    return raw


def _list(raw: object) -> list[Any]:
    if not isinstance(raw, list):
        raise _ShapeError("A part of the layout is not a list.")
    return raw


def _text(raw: object, what: str) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_TEXT:
        raise _ShapeError(f"{what} is not a short text.")
    return raw


def _whole(raw: object, what: str, least: int, most: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise _ShapeError(f"{what} is not a whole number from {least} to {most}.")
    return raw
