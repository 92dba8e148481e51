"""An assistant at a whole app's desk, with a puppet for a model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from puffling.agents.assistant import Assistant
from puffling.core.events import AnswerGrew, AssistantMoved
from puffling.services.model_keys import ModelKeys
from puffling.store.conversations import ConversationStore
from tests.agents.models import Model

if TYPE_CHECKING:
    from puffling.app import App
    from puffling.commands.context import Context
    from puffling.core.conversations import ChatMessage
    from puffling.core.events import Event
    from puffling.services.conversations import ConversationService
    from puffling.services.knowledge import Knowledge
    from puffling.services.laboratory import Laboratory
    from puffling.services.model_usage import ModelUsage
    from tests.outside import FakeSecrets

KEY = "sk-ant-canary-0123456789"


@dataclass
class Rig:
    """What the app makes late, with another model, and what was announced meanwhile."""

    app: App
    model: Model
    model_keys: ModelKeys
    assistant: Assistant
    conversations: ConversationService
    model_usage: ModelUsage
    heard: list[Event] = field(default_factory=list)

    @property
    def context(self) -> Context:
        return replace(self.app.context, late=self)

    @property
    def laboratory(self) -> Laboratory:
        return self.app.context.late.laboratory

    @property
    def knowledge(self) -> Knowledge:
        return self.app.context.late.knowledge

    async def prepare(self) -> None:
        """All of it is there."""

    @property
    def on_disk(self) -> ConversationStore:
        return ConversationStore(self.app.context.storage.user)

    async def ask(self, text: str, conversation: str = "") -> ChatMessage:
        return await self.assistant.ask(conversation or self.thread, text)

    @property
    def thread(self) -> str:
        """The one conversation of a test."""
        known = self.conversations.all()
        return known[0].id if known else self.conversations.new().id

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        return self.conversations.messages(self.thread)

    def grown(self) -> str:
        return "".join(each.text for each in self.heard if isinstance(each, AnswerGrew))


def rig(app: App, secrets: FakeSecrets) -> Rig:
    """Put a puppet behind the assistant of an app; Anthropic is chosen and has a key."""
    context, model = app.context, Model()
    secrets.kept["anthropic"] = KEY
    context.settings.change("assistant", provider="anthropic", anthropic_model="puppet-1")
    keys = ModelKeys(
        secrets, context.settings, context.audit, context.bus, context.clock, maker=lambda _: model
    )
    made = Rig(
        app,
        model,
        keys,
        Assistant(context.conversations),
        context.conversations,
        context.model_usage,
    )
    made.assistant.attach(made.context, app.registry)
    for kind in (AnswerGrew, AssistantMoved):
        context.bus.subscribe(kind, made.heard.append)
    return made
