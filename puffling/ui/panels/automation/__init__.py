"""Automation: alerts, and what they told you."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.automation.panel import AutomationPanel

    return AutomationPanel(parts)


PANEL = Panel(
    "automation",
    "Automation",
    "bell",
    Area.BOTTOM,
    _build,
    hint="Alerts, and what they told you",
)
