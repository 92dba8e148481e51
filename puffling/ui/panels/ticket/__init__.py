"""Order ticket: write an order and see what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.ticket.panel import TicketPanel

    return TicketPanel(parts)


PANEL = Panel(
    "ticket",
    "Ticket",
    "ticket",
    Area.RIGHT,
    _build,
    hint="Write an order and see what it would do",
)
