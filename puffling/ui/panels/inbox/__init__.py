"""Inbox: what others propose, and waits for your yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.inbox.panel import InboxPanel

    return InboxPanel(parts)


PANEL = Panel(
    "inbox",
    "Inbox",
    "inbox",
    Area.BOTTOM,
    _build,
    hint="What others propose, and waits for your yes or no",
)
