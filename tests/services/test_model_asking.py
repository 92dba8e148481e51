"""A model that is asked outside a conversation costs what any other does, and stops at its limit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from typing_extensions import override

from puffin.ai.base import (
    Ask,
    Message,
    ModelError,
    ModelInfo,
    Reply,
    Role,
    Stop,
    Text,
    Trouble,
    Usage,
)
from puffling.core.errors import BadValueError
from puffling.services.model_asking import Metered, chosen_model

ASK = Ask("m1", "Be brief.", (Message(Role.USER, (Text("How are you?"),)),), max_tokens=100)


@dataclass
class FakeModel:
    """Answers, or breaks off."""

    error: ModelError | None = None
    calls: int = 0
    name: str = "Fake"

    async def complete(self, ask: Ask) -> Reply:
        self.calls += 1
        if self.error is not None:
            raise self.error
        message = Message(Role.ASSISTANT, (Text("Well."),))
        return Reply(message, Stop.END, Usage(40, 2), "m1-1")

    async def stream(self, ask):
        yield await self.complete(ask)

    async def models(self) -> list[ModelInfo]:
        return [ModelInfo("m1", "One")]

    async def close(self) -> None:
        raise AssertionError("whoever chose it closes it")


@pytest.fixture
def context(puffling):
    return puffling.context


def metered(context, model):
    return Metered(model, context.model_usage, context.clock, "sentiment")


async def test_a_question_is_entered_with_what_it_used(context):
    model = metered(context, FakeModel())
    assert (await model.complete(ASK)).message.text == "Well."
    spent = context.model_usage.today()
    assert (spent.calls, spent.tokens) == (1, 42)
    assert [each async for each in model.stream(ASK)][-1].usage.total == 42
    assert await model.models() == [ModelInfo("m1", "One")]
    await model.close()
    assert model.name == "Fake"


async def test_a_question_beyond_the_limit_of_the_day_is_not_asked(context):
    context.settings.change("assistant", usage_per_day=120)
    fake = FakeModel()
    await metered(context, fake).complete(ASK)
    with pytest.raises(BadValueError, match="limit of models today"):
        await metered(context, fake).complete(ASK)
    assert fake.calls == 1


async def test_an_answer_that_broke_off_is_estimated_and_nothing_is_nothing(context):
    for partial, calls in (("", 0), ("Well, to begin with", 1)):
        error = ModelError("It broke off.", Trouble.NETWORK, partial=partial)
        with pytest.raises(ModelError):
            await metered(context, FakeModel(error)).complete(ASK)
        assert context.model_usage.today().calls == calls
    assert context.model_usage.today().estimated == 1


async def test_what_a_service_does_not_count_is_estimated_whether_it_came_or_not(context):
    @dataclass
    class Silent(FakeModel):
        """Counts nothing."""

        @override
        async def complete(self, ask: Ask) -> Reply:
            return Reply((await super().complete(ask)).message, Stop.END, Usage(), "m1-1")

    await metered(context, Silent()).complete(ASK)
    assert context.model_usage.today().estimated == 1
    error = ModelError("It broke off.", Trouble.NETWORK, used=Usage(70))
    with pytest.raises(ModelError):
        await metered(context, FakeModel(error)).complete(ASK)
    spent = context.model_usage.today()
    assert (spent.calls, spent.tokens) == (2, 5 + 1 + 70)


async def test_a_question_that_is_stopped_counts_and_one_under_way_keeps_its_room(context):
    asked, answered = asyncio.Event(), asyncio.Event()

    @dataclass
    class Slow(FakeModel):
        """Answers when it is let."""

        @override
        async def complete(self, ask: Ask) -> Reply:
            asked.set()
            await answered.wait()
            return await super().complete(ask)

    context.settings.change("assistant", usage_per_day=180)
    asking = asyncio.ensure_future(metered(context, Slow()).complete(ASK))
    await asked.wait()
    with pytest.raises(BadValueError, match="limit of models today"):
        await metered(context, FakeModel()).complete(ASK)
    asking.cancel()
    await asyncio.wait({asking})
    spent = context.model_usage.today()
    assert (spent.calls, spent.estimated) == (1, 1)
    await metered(context, FakeModel()).complete(ASK)


async def test_questions_of_no_conversation_do_not_use_up_the_limit_of_one(context):
    context.settings.change("assistant", usage_per_conversation=120)
    for _ in range(4):
        await metered(context, FakeModel()).complete(ASK)


async def test_without_a_model_it_is_said_what_to_do(context):
    with pytest.raises(BadValueError) as error:
        await chosen_model(context.model_keys, context.model_usage, context.clock, "draft")
    assert "settings" in error.value.hint
