"""The panels of the desk, one folder each; this list is their table of contents."""

from __future__ import annotations

from puffling.ui.panels.activity import panel as activity
from puffling.ui.panels.automation import panel as automation
from puffling.ui.panels.backtest import panel as backtest
from puffling.ui.panels.chart import panel as chart
from puffling.ui.panels.portfolio import panel as portfolio
from puffling.ui.panels.risk import panel as risk
from puffling.ui.panels.strategies import panel as strategies
from puffling.ui.panels.ticket import panel as ticket
from puffling.ui.panels.watchlist import panel as watchlist

PANELS = (
    watchlist.PANEL,
    chart.PANEL,
    ticket.PANEL,
    portfolio.PANEL,
    backtest.PANEL,
    strategies.PANEL,
    risk.PANEL,
    automation.PANEL,
    activity.PANEL,
)
