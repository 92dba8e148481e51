"""Who answers now: the service that is chosen, the scripted demonstration, or only the rules."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from puffling.agents.ground import Voice
from puffling.core.labels import FACTS, SCRIPTED
from puffling.core.settings import Mode
from puffling.core.settings_assistant import Provider

if TYPE_CHECKING:
    from puffin.ai.base import LLMProvider
    from puffling.agents.ground import Facts
    from puffling.commands.context import Context

SCRIPT = "script"
PAUSE = 0.02  # seconds between two words of the demonstration


class Voices:
    """Finds who answers. In DEMO the demonstration answers where no service can."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._scripted: LLMProvider | None = None

    async def now(self, context: Context) -> Voice:
        """Return who answers now.

        Raises:
            BadValueError: A service is chosen, and no model of it.
            ModelError: The service does not say which models it has.
        """
        provider = await self._provider(context)
        if provider is not None:
            return Voice(provider.name, provider, await context.model_keys.model())
        if self._is_shown(context):
            provider = await asyncio.to_thread(self._script)
            return Voice(SCRIPTED, provider, SCRIPT, is_scripted=True)
        return Voice(FACTS)

    async def label(self, context: Context) -> str:
        """Return what it is called, without asking any service."""
        provider = await self._provider(context)
        if provider is not None:
            return provider.name
        return SCRIPTED if self._is_shown(context) else FACTS

    @staticmethod
    async def _provider(context: Context) -> LLMProvider | None:
        if context.settings.current.assistant.provider is Provider.NONE:
            return None  # and the keyring is not asked
        return await context.model_keys.provider()

    @staticmethod
    def _is_shown(context: Context) -> bool:
        chosen = context.settings.current.assistant.provider
        return chosen is Provider.SCRIPTED or context.market.mode is Mode.DEMO

    def _script(self) -> LLMProvider:
        if self._scripted is None:
            from puffin.ai.scripted import ScriptedProvider
            from puffling.agents.demo_script import load

            self._scripted = ScriptedProvider(load(self._facts), name=SCRIPTED, pause=PAUSE)
        return self._scripted
