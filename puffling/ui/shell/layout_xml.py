"""A layout in the words of QtAds' saved state, so that one call arranges every dock."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from PySide6.QtWidgets import QWidget

from puffling.ui.shell.layout_document import Tabs

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Layout, Node, Place


def to_xml(layout: Layout) -> str:
    """Return the state that `CDockManager.restoreState` understands."""
    whole = ET.Element(
        "QtAdvancedDockingSystem",
        Version="1",
        UserVersion="0",
        Containers=str(1 + len(layout.floating)),
    )
    main = ET.SubElement(whole, "Container", Floating="0")
    if layout.root is not None:
        _root(main, layout.root)
    for one in layout.floating:
        window = ET.SubElement(whole, "Container", Floating="1")
        ET.SubElement(window, "Geometry").text = _geometry(one.place)
        _root(window, one.root)
    return ET.tostring(whole, encoding="unicode", xml_declaration=True)


def _root(parent: ET.Element, node: Node) -> None:
    """Add `node`; a container's outermost part is always a splitter."""
    if isinstance(node, Tabs):
        outer = ET.SubElement(parent, "Splitter", Orientation="|", Count="1")
        _part(outer, node)
        ET.SubElement(outer, "Sizes").text = "100 "
    else:
        _part(parent, node)


def _part(parent: ET.Element, node: Node) -> None:
    if isinstance(node, Tabs):
        area = ET.SubElement(parent, "Area", Tabs=str(len(node.panels)), Current=node.current)
        for each in node.panels:
            ET.SubElement(area, "Widget", Name=each, Closed="0")
        return
    bar = "|" if node.horizontal else "-"
    splitter = ET.SubElement(parent, "Splitter", Orientation=bar, Count=str(len(node.children)))
    for child in node.children:
        _part(splitter, child)
    ET.SubElement(splitter, "Sizes").text = "".join(f"{size} " for size in node.sizes)


def _geometry(place: Place) -> str:
    window = QWidget()
    window.setGeometry(place.x, place.y, max(1, place.width), max(1, place.height))
    return window.saveGeometry().toHex(ord(" ")).toStdString()
