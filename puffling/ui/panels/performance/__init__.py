"""Performance: what the account made and why, the journal, and tearsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.performance.panel import PerformancePanel

    return PerformancePanel(parts)


PANEL = Panel(
    "performance",
    "Performance",
    "gain",
    Area.CENTER,
    _build,
    hint="What the account made and why, the journal, and tearsheets",
)
