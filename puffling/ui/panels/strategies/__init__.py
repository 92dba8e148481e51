"""Strategies: the library, the editor of rules, and what they say at the last close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.strategies.panel import StrategiesPanel

    return StrategiesPanel(parts)


PANEL = Panel(
    "strategies",
    "Strategies",
    "branch",
    Area.CENTER,
    _build,
    hint="The library, rules of your own, and signals",
)
