"""Services that most runs of the desk never need before its first chart: made when first asked."""

from __future__ import annotations

import asyncio
from functools import cached_property
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

from puffling.core.errors import PufflingError

if TYPE_CHECKING:
    from puffling.agents.assistant import Assistant
    from puffling.agents.mcp_desk import McpDesk
    from puffling.app.base import Base
    from puffling.commands.context import Context
    from puffling.commands.registry import Registry
    from puffling.core.secrets import SecretStore
    from puffling.services.conversations import ConversationService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.knowledge import Knowledge
    from puffling.services.laboratory import Laboratory
    from puffling.services.model_keys import ModelKeys
    from puffling.services.model_usage import ModelUsage
    from puffling.services.writer import Writer
    from puffling.store.conversations import ConversationStore


class Late:
    """Each is built once, and its modules are loaded then.

    All but the laboratory on the loop's thread: what a chart marks is read on another one.
    """

    def __init__(self, base: Base, secrets: SecretStore, elsewhere: Elsewhere) -> None:
        self._base = base
        self._secrets = secrets
        self._elsewhere = elsewhere
        self._context: Context | None = None
        self._desk: tuple[Context, Registry] | None = None
        self._laboratory: Laboratory | None = None
        self._making = Lock()
        self._served: tuple[object, McpDesk] | None = None

    def know(self, context: Context) -> None:
        """Let what can be said about prices, news and words come from these services."""
        self._context = context

    def attach(self, context: Context, registry: Registry) -> None:
        """Let the assistant act on this desk from now on."""
        self._desk = (context, registry)
        if "assistant" in self.__dict__:
            self.assistant.attach(context, registry)

    @property
    def laboratory(self) -> Laboratory:
        """What tries, searches and measures."""
        with self._making:
            if self._laboratory is None:
                from puffling.services.laboratory import build_laboratory

                base, told = self._base, self._known
                self._laboratory = build_laboratory(
                    base.storage.user,
                    told.bars,
                    folder=base.paths.root / "strategies",
                    market=told.market,
                    portfolio=told.portfolio,
                    risk=told.risk,
                    quotes=told.quotes,
                    bus=base.bus,
                    clock=base.clock,
                    elsewhere=self._elsewhere,
                )
            return self._laboratory

    @cached_property
    def conversations(self) -> ConversationService:
        """What was said."""
        from puffling.services.conversations import ConversationService

        return ConversationService(self._store, self._writer, self._base.bus, self._base.clock)

    @cached_property
    def model_keys(self) -> ModelKeys:
        """Keys of models."""
        from puffling.services.model_keys import ModelKeys
        from puffling.store.audit import AuditStore

        base, audit = self._base, AuditStore(self._base.storage.user)
        return ModelKeys(self._secrets, base.settings, audit, base.bus, base.clock)

    @cached_property
    def model_usage(self) -> ModelUsage:
        """What models used."""
        from puffling.services.model_usage import ModelUsage

        base = self._base
        return ModelUsage(self._store, self._writer, base.settings, base.bus, base.clock)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What can be said about prices, news and words."""
        from puffling.services.knowledge import Knowledge, Sources

        told = self._known
        return Knowledge(
            Sources(
                user=self._base.storage.user,
                bars=told.bars,
                watchlists=told.watchlists,
                portfolio=told.portfolio,
                quotes=told.quotes,
                market=told.market,
                inbox=told.inbox,
                risk=told.risk,
                alerts=told.alerts,
                goals=told.goals,
                allocation=told.allocation,
                strategies=told.strategies,
                backtests=told.backtests,
                settings=told.settings,
                elsewhere=self._elsewhere,
                bus=told.bus,
                clock=told.clock,
            )
        )

    @cached_property
    def assistant(self) -> Assistant:
        """Who answers."""
        from puffling.agents.assistant import Assistant

        made = Assistant(self.conversations)
        if self._desk is not None:
            made.attach(*self._desk)
        return made

    @property
    def served(self) -> McpDesk:
        """What other programs may ask for."""
        from puffling.agents.mcp_desk import McpDesk

        if self._served is None or self._served[0] is not self._desk:
            if self._desk is None:
                raise PufflingError("The desk is not ready yet.", hint="Ask again in a moment.")
            context, registry = self._desk
            self._served = self._desk, McpDesk(registry, context)
        return self._served[1]

    @property
    def _known(self) -> Context:
        if self._context is None:
            raise RuntimeError("The desk is not put together yet.")
        return self._context

    @cached_property
    def _store(self) -> ConversationStore:
        from puffling.store.conversations import ConversationStore

        return ConversationStore(self._base.storage.user)

    @cached_property
    def _writer(self) -> Writer:
        from puffling.services.writer import Writer

        return Writer("conversations")

    async def prepare(self) -> None:
        """Load what the assistant needs, off the loop's thread."""
        await asyncio.to_thread(import_module, "puffling.agents.assistant")

    async def close(self) -> None:
        """End every answer, let go of connections, and store what was said."""
        made = self.__dict__
        if "assistant" in made:
            await self.assistant.close()
        if "model_keys" in made:
            await self.model_keys.close()
        if "_writer" in made:
            await self._writer.close()
