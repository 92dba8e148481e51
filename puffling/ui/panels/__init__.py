"""The panels of the desk, one folder each; this list is their table of contents."""

from __future__ import annotations

from puffling.ui.panels import (
    activity,
    assistant,
    automation,
    backtest,
    chart,
    inbox,
    performance,
    portfolio,
    risk,
    strategies,
    ticket,
    watchlist,
)

# What a panel is called and where it goes; its code is loaded when it is first opened.
PANELS = (
    watchlist.PANEL,
    chart.PANEL,
    ticket.PANEL,
    portfolio.PANEL,
    backtest.PANEL,
    strategies.PANEL,
    risk.PANEL,
    performance.PANEL,
    inbox.PANEL,
    automation.PANEL,
    activity.PANEL,
    assistant.PANEL,
)
