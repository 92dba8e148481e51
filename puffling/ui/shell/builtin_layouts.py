"""The six built-in layouts, in the order of their keys Ctrl+1 to Ctrl+6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.shell.layout_document import Layout, PanelMemory, Split, Tabs

if TYPE_CHECKING:
    from puffling.ui.shell.layout_document import Node


def _tabs(*panels: str) -> Tabs:
    return Tabs(panels, panels[0])


def _across(*parts: tuple[int, Node]) -> Split:
    return Split(
        horizontal=True,
        sizes=tuple(size for size, _ in parts),
        children=tuple(node for _, node in parts),
    )


def _down(*parts: tuple[int, Node]) -> Split:
    return Split(
        horizontal=False,
        sizes=tuple(size for size, _ in parts),
        children=tuple(node for _, node in parts),
    )


# Panels that are not built yet are named too: they are skipped, and appear once they exist.
BUILT_IN: tuple[Layout, ...] = (
    Layout(
        "Morning",
        _across(
            (340, _down((380, _tabs("today")), (384, _tabs("watchlist")))),
            (640, _down((460, _tabs("chart")), (304, _tabs("inbox")))),
            (378, _tabs("news")),
        ),
    ),
    Layout(
        "Trade",
        _across(
            (
                1046,
                _down(
                    (450, _across((376, _tabs("watchlist")), (670, _tabs("chart")))),
                    (
                        232,
                        _across((640, _tabs("portfolio", "options")), (406, _tabs("activity"))),
                    ),
                ),
            ),
            (320, _tabs("ticket")),
        ),
    ),
    Layout(
        "Research",
        _across(
            (420, _tabs("scanner", "watchlist")),
            (560, _down((382, _tabs("chart")), (382, _tabs("chart#2")))),
            (378, _down((382, _tabs("news")), (382, _tabs("assistant")))),
        ),
        panels={"chart": PanelMemory("blue"), "chart#2": PanelMemory("green")},
    ),
    Layout(
        "Quant",
        _across(
            (300, _tabs("strategies")),
            (660, _tabs("backtest", "models")),
            (398, _down((440, _tabs("chart")), (324, _tabs("risk")))),
        ),
    ),
    Layout(
        "Review",
        _across(
            (760, _down((440, _tabs("performance")), (324, _tabs("portfolio")))),
            (598, _down((440, _tabs("chart")), (324, _tabs("risk")))),
        ),
    ),
    Layout(
        "Monitor",
        _across(
            (480, _down((440, _tabs("automation")), (324, _tabs("inbox")))),
            (560, _down((440, _tabs("portfolio")), (324, _tabs("activity")))),
            (318, _tabs("assistant")),
        ),
    ),
)
FIRST = "Trade"


def built_in(name: str) -> Layout | None:
    """Return the built-in layout called `name`, whatever its case."""
    wanted = name.strip().casefold()
    return next((each for each in BUILT_IN if each.name.casefold() == wanted), None)
