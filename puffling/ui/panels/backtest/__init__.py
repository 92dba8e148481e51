"""Backtest: try a strategy on the past, and keep what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.panel import Area, Panel

if TYPE_CHECKING:
    from puffling.ui.panel import PanelWidget, Parts


def _build(parts: Parts) -> PanelWidget:
    """Build it; its code is loaded when it is first opened."""
    from puffling.ui.panels.backtest.panel import BacktestPanel

    return BacktestPanel(parts)


PANEL = Panel(
    "backtest",
    "Backtest",
    "flask",
    Area.CENTER,
    _build,
    hint="Try a strategy on the past",
)
