"""Assistant: a conversation that can use everything and trade nothing, and ideas by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.assistant.panel import AssistantPanel

    return AssistantPanel(parts)


PANEL = Panel(
    "assistant",
    "Assistant",
    "robot",
    Area.RIGHT,
    _build,
    hint="Ask anything of the desk in your own words; and ideas by rules",
)
