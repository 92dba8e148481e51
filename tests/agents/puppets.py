"""Consents and models for tests: one that never clicks, one that clicks, one that obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from puffling.agents.tools import Preview


class Clicks:
    """A person who clicks yes on the previews of some commands, and no on all others."""

    def __init__(self, commands: Collection[str] = ()) -> None:
        self._commands = commands
        self.shown: list[Preview] = []

    async def ask(self, preview: Preview) -> bool:
        self.shown.append(preview)
        return preview.command in self._commands
