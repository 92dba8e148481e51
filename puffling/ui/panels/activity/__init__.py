"""Activity: jobs, notifications, connections, audit, storage and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.activity.panel import ActivityPanel

    return ActivityPanel(parts)


PANEL = Panel(
    "activity",
    "Activity",
    "pulse",
    Area.BOTTOM,
    _build,
    hint="Jobs, notifications, connections, audit, storage and the log",
)
