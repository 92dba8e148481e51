"""Everything a person, a shortcut or the assistant can ask for, each declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.commands.registry import Command, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Command", "Registry", "all_commands"]


def all_commands() -> Registry:
    """Return every command of the app, in the order menus and the reference show them.

    Their modules are loaded when the registry is first looked into: a chart comes before menus.
    """
    return Registry.later(_each)


def _each() -> Iterator[Command[..., Any]]:
    from puffling.commands.rooms import ROOMS

    for room in ROOMS:
        yield from room.COMMANDS
