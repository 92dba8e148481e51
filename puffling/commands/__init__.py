"""Everything a person, a shortcut or the assistant can ask for, each declared once."""

from __future__ import annotations

from puffling.commands import (
    activity,
    alerts,
    allocation,
    automation,
    backtests,
    backups,
    baskets,
    chart_studies,
    charts,
    connections,
    data,
    demo,
    desk,
    diagnostics,
    drawings,
    goals,
    inbox,
    journal,
    layouts,
    macros,
    modes,
    orders,
    panels,
    performance,
    positions,
    replay,
    research,
    risk,
    searches,
    settings,
    staging,
    strategies,
    templates,
    undoing,
    watchlists,
)
from puffling.commands.registry import Command, Registry

__all__ = ["Command", "Registry", "all_commands"]

ROOMS = (
    drawings,
    data,
    watchlists,
    desk,
    panels,
    charts,
    chart_studies,
    replay,
    layouts,
    demo,
    modes,
    connections,
    orders,
    staging,
    templates,
    positions,
    baskets,
    inbox,
    risk,
    automation,
    alerts,
    strategies,
    backtests,
    searches,
    research,
    allocation,
    goals,
    performance,
    journal,
    settings,
    undoing,
    macros,
    activity,
    backups,
    diagnostics,
)


def all_commands() -> Registry:
    """Return every command of the app, in the order menus and the reference show them."""
    return Registry(each for room in ROOMS for each in room.COMMANDS)
