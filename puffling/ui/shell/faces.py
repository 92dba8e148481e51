"""Titles and icons of the panels: what a dock shows before the panel's code is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """What is seen of a panel from outside; a test compares it with the panel's own words."""

    title: str
    icon: str


FACES: dict[str, Face] = {
    "watchlist": Face("Watchlist", "list"),
    "chart": Face("Chart", "chart"),
    "ticket": Face("Ticket", "ticket"),
    "portfolio": Face("Portfolio", "wallet"),
    "backtest": Face("Backtest", "flask"),
    "strategies": Face("Strategies", "branch"),
    "risk": Face("Risk", "shield"),
    "performance": Face("Performance", "gain"),
    "inbox": Face("Inbox", "inbox"),
    "automation": Face("Automation", "bell"),
    "activity": Face("Activity", "pulse"),
    "assistant": Face("Assistant", "robot"),
}
