"""Portfolio: account, positions, orders and fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.portfolio.panel import PortfolioPanel

    return PortfolioPanel(parts)


PANEL = Panel(
    "portfolio",
    "Portfolio",
    "wallet",
    Area.BOTTOM,
    _build,
    hint="Account, positions, orders and fills",
)
