"""The assistant's limits hold whatever a call comes to: cut off, stopped, uncounted, at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from puffin.ai.base import CallBegun, ModelError, TextDelta, Trouble, Usage
from tests.agents.desk import rig
from tests.agents.models import Held, says
from tests.fakes import until

if TYPE_CHECKING:
    from tests.agents.desk import Rig


@pytest.fixture
def talk(puffling, keyring) -> Rig:
    return rig(puffling, keyring)


def broken(used: Usage | None) -> ModelError:
    return ModelError("It broke off.", Trouble.NETWORK, used=used)


async def test_a_call_that_broke_off_without_a_word_counts_as_the_service_counted(talk: Rig):
    talk.model.plan([CallBegun("t1", "data_quote"), broken(Usage(input=900, output=3))])
    await talk.ask("Well?")
    spent = talk.model_usage.of(talk.thread)
    assert (spent.calls, spent.tokens) == (1, 903)


async def test_a_call_that_had_begun_and_was_not_counted_is_estimated(talk: Rig):
    talk.model.plan([CallBegun("t1", "data_quote"), broken(Usage())])
    await talk.ask("Well?")
    spent = talk.model_usage.of(talk.thread)
    assert (spent.calls, spent.estimated) == (1, 1)
    assert spent.tokens > 1_000


async def test_words_that_came_before_the_break_count_at_least(talk: Rig):
    talk.model.plan([TextDelta("x" * 700), broken(Usage(input=900, output=1))])
    await talk.ask("Well?")
    assert talk.model_usage.of(talk.thread).tokens == 900 + 200


async def test_a_call_that_was_refused_before_it_began_costs_nothing(talk: Rig):
    talk.model.plan([broken(None)])
    await talk.ask("Well?")
    assert talk.model_usage.of(talk.thread).calls == 0


async def test_a_service_that_counts_only_one_side_is_helped_out(talk: Rig):
    talk.model.plan(says("Yes.", usage=Usage(output=20)))
    await talk.ask("Well?")
    spent = talk.model_usage.of(talk.thread)
    assert spent.tokens > 1_000
    assert spent.estimated == 1


async def test_answers_at_the_same_time_share_what_is_left(talk: Rig):
    first, second = Held(), Held()
    talk.model.plan([first, *says("One.")], [second, *says("Two.")])
    mine, other = talk.thread, talk.conversations.new().id
    one = asyncio.ensure_future(talk.ask("One?", mine))
    await first.reached.wait()
    sent = talk.assistant._estimator.tokens(
        "", talk.model.asks[0].system, talk.model.asks[0].messages, talk.model.asks[0].tools
    )
    longest = talk.model.asks[0].max_tokens
    talk.context.settings.change("assistant", usage_per_day=longest + 3 * sent // 2)
    refused = await talk.ask("Two?", other)
    assert "are being used now" in refused.trouble
    assert len(talk.model.asks) == 1
    first.go_on.set()
    await one
    asking = asyncio.ensure_future(talk.ask("Two?", other))
    await until(second.reached.is_set)
    second.go_on.set()
    assert (await asking).text == "Two."


@pytest.mark.parametrize("ends", ["stopped", "broken off", "refused"])
async def test_nothing_stays_held_when_a_call_is_over(talk: Rig, ends: str):
    held = Held()
    error = broken(None if ends == "refused" else Usage())
    talk.model.plan([held, error])
    asking = asyncio.ensure_future(talk.ask("Well?"))
    await held.reached.wait()
    talk.context.settings.change("assistant", usage_per_day=500_000)
    assert talk.model_usage.allowances(talk.thread)[0].held > 1_000
    if ends == "stopped":
        await talk.assistant.stop(talk.thread)
    held.go_on.set()
    await asking
    assert talk.model_usage.allowances(talk.thread)[0].held == 0
    assert talk.model_usage.today().calls == (ends != "refused")


async def test_a_summary_that_broke_off_counts(talk: Rig, monkeypatch):
    monkeypatch.setattr("puffling.agents.context_window.LONGEST", 300)
    talk.model.plan(says("One."), [broken(Usage(input=700))], says("Two."))
    await talk.ask("x" * 250)
    before = talk.model_usage.today().tokens
    await talk.ask("y" * 250)
    assert len(talk.model.asks) == 3
    assert talk.model_usage.today().tokens == before + 700 + 120


async def test_what_belongs_to_no_conversation_has_the_limits_of_the_day_alone(talk: Rig):
    talk.context.settings.change("assistant", usage_per_conversation=100)
    assert [each.name for each in talk.model_usage.allowances("")] == ["today", "today"]
