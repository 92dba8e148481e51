"""Chart: candles, volume, averages and trades of the linked symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.chart.panel import ChartPanel

    return ChartPanel(parts)


PANEL = Panel(
    "chart",
    "Chart",
    "chart",
    Area.CENTER,
    _build,
    many=True,
    hint="Candles, volume, averages and trades of the linked symbol",
)
