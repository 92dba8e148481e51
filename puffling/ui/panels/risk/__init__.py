"""Risk: limits, size, what the book may lose, how to split money, factors and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.risk.panel import RiskPanel

    return RiskPanel(parts)


PANEL = Panel(
    "risk",
    "Risk",
    "shield",
    Area.CENTER,
    _build,
    hint="Limits, size, what the book may lose, and how to split money",
)
