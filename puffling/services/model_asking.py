"""A model asked once, outside conversations: within the limits, and entered in the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from puffin.ai.base import ModelError, Usage
from puffling.core.conversations import ModelUse
from puffling.core.errors import BadValueError
from puffling.services.model_usage import counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puffin.ai.base import Ask, LLMProvider, ModelInfo, Reply, Streamed
    from puffling.core.clock import Clock
    from puffling.services.model_keys import ModelKeys
    from puffling.services.model_usage import ModelUsage

ALONE: Final = ""  # the conversation of what belongs to none
CHARACTERS: Final = 4  # of a token, where a call that failed has to be estimated
NOBODY: Final = "No model is chosen, or it has no key."
HINT: Final = "Choose one in the settings under Assistant; the rules and the lexicon need none."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The provider that is chosen, metered, and the name of its model."""

    provider: LLMProvider
    model: str


async def chosen_model(keys: ModelKeys, usage: ModelUsage, clock: Clock, purpose: str) -> Chosen:
    """Return the model that is chosen, so that what it uses is counted.

    Raises:
        BadValueError: None is chosen, or it has no key.
        ModelError: The service does not say which models it has.
    """
    provider = await keys.provider()
    if provider is None:
        raise BadValueError(NOBODY, hint=HINT)
    return Chosen(Metered(provider, usage, clock, purpose), await keys.model())


class Metered:
    """A provider whose calls stay within the day's limits and are entered in the ledger."""

    def __init__(
        self, provider: LLMProvider, usage: ModelUsage, clock: Clock, purpose: str
    ) -> None:
        self._provider = provider
        self._usage = usage
        self._clock = clock
        self._purpose = purpose

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return self._provider.name

    async def complete(self, ask: Ask) -> Reply:
        """Ask, and return the whole answer.

        Raises:
            BadValueError: The limits of the day do not allow it.
            ModelError: There is no answer, or it broke off.
        """
        self._check(ask)
        sent = _sent(ask)
        give_back = self._usage.hold(ALONE, Usage(sent, ask.max_tokens))
        try:
            reply = await self._provider.complete(ask)
        except ModelError as error:
            if error.partial or error.used is not None:
                said = error.used or Usage()
                answer = len(error.partial) // CHARACTERS
                self._enter(ask.model, *counted(said, sent, answer, whole=False))
            raise
        except asyncio.CancelledError:
            self._enter(ask.model, Usage(sent), True)  # noqa: FBT003 - as above
            raise
        finally:
            give_back()
        answer = len(reply.message.text) // CHARACTERS
        self._enter(reply.model or ask.model, *counted(reply.usage, sent, answer))
        return reply

    async def stream(self, ask: Ask) -> AsyncIterator[Streamed]:
        """Ask, and yield the whole answer at its end."""
        yield await self.complete(ask)

    async def models(self) -> list[ModelInfo]:
        """Return the models that the service offers."""
        return await self._provider.models()

    async def close(self) -> None:
        """Leave connections alone: whoever chose the provider lets go of them."""

    def _check(self, ask: Ask) -> None:
        most = _sent(ask) + ask.max_tokens
        for limit in self._usage.allowances(ALONE):
            if limit.left is None:
                continue
            needed = self._usage.cost(Usage(_sent(ask), ask.max_tokens)) if limit.is_money else most
            if needed is not None and needed > limit.left:
                raise BadValueError(
                    f"The limit of models {limit.name} does not allow one more question.",
                    hint="Limits are in the settings under Assistant.",
                )

    def _enter(self, model: str, used: Usage, estimated: bool) -> None:  # noqa: FBT001 - as it is counted
        usage = self._usage
        usage.enter(
            ModelUse(
                at=self._clock.now(),
                day=usage.day,
                conversation=ALONE,
                provider=self.name,
                model=model,
                usage=used,
                cost=usage.cost(used),
                purpose=self._purpose,
                estimated=estimated,
            )
        )


def _sent(ask: Ask) -> int:
    """Return about how many tokens a question has."""
    words = len(ask.system) + sum(len(each.text) for each in ask.messages)
    return (words + len(str(ask.schema or ""))) // CHARACTERS
