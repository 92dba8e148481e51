"""The demonstration plays real tools, and quotes nothing that they did not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from puffin.ai.base import ToolResult
from puffin.ai.scripted import Heard
from puffling.agents.demo_script import PLACE, Pick, Quoted, load
from puffling.agents.ground import Facts
from puffling.core.conversations import CallState
from puffling.core.formats import UNKNOWN
from puffling.core.labels import SCRIPTED

if TYPE_CHECKING:
    from puffling.app import App

ORDER = "Backtest a 20/50 crossover on AAPL and MSFT, compare, and buy 10 of the better one"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demonstration talk without pauses."""
    monkeypatch.setattr("puffling.agents.voices.PAUSE", 0.0)


def quoted(*, picks: tuple[Pick, ...] = (), **values: object) -> Quoted:
    facts, results = Facts(), []
    for name, value in values.items():
        facts.keep(name, value)
        results.append(ToolResult(name, "told"))
    return Quoted(Heard("words", {"first": "aapl"}, tuple(results), ()), facts, picks)


def test_a_place_is_filled_from_a_result_and_what_is_not_there_is_unknown():
    said = quoted(a={"metrics": {"sharpe": 0.6412, "trades": [1, 2]}, "cash": "1000.5"})
    text = "{r1.metrics.sharpe|number} {r1.cash|money} {r1.metrics.trades|count} {first|upper}"
    assert said.fill(text) == "0.64 $1,000.50 2 AAPL"
    assert said.fill("{r1.metrics.none|percent} {r2.cash|money} {nobody}") == "— — —"
    assert said.plain({"symbol": "{first|upper}", "list": ["{r1.cash}"]}) == {
        "symbol": "AAPL",
        "list": ["1000.5"],
    }


def test_the_better_of_several_is_the_one_with_more_and_nothing_when_none_is_known():
    pick = Pick("better", "metrics.gain", ("r1", "r2", "r3"))
    values = {"a": {"id": 1, "metrics": {"gain": -0.2}}, "b": {"id": 2, "metrics": {"gain": 0.1}}}
    assert quoted(picks=(pick,), **values, c=None).at("better.id") == 2
    assert quoted(picks=(pick,), a=None).at("better.id") is None


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("words", ["Give me a tour", ORDER, "Explain my risk", "Brief me"])
async def test_every_scene_plays_to_its_end_on_the_demo_market(puffling: App, words: str):
    context = puffling.context
    thread = context.conversations.new().id
    await context.assistant.ask(thread, words)
    messages = context.conversations.messages(thread)[1:]
    assert {each.provider for each in messages} == {SCRIPTED}
    calls = [call for each in messages for call in each.calls]
    assert calls
    assert {each.state for each in calls} == {CallState.DONE}
    text = "\n".join(each.text for each in messages)
    assert UNKNOWN not in text
    assert not PLACE.search(text)
    assert [
        each.text for message in messages for each in message.figures if each.source is None
    ] == []
    assert context.orders.all() == []
    assert context.model_usage.today().calls == 0


@pytest.mark.usefixtures("quick")
async def test_the_demonstration_proposes_the_better_one_and_a_person_decides(puffling: App):
    context = puffling.context
    thread = context.conversations.new().id
    await context.assistant.ask(thread, ORDER)
    table = context.conversations.messages(thread)[2].text
    gains = re.search(r"Total return \| (\S+) % \| (\S+) %", table)
    assert gains is not None
    first, second = (float(each.replace("−", "-").replace(",", "")) for each in gains.groups())
    (item,) = context.inbox.waiting()
    assert item.tickets[0].symbol == ("AAPL" if first > second else "MSFT")
    done = await context.inbox.approve(item.id, context.gate, "desk")
    assert done.state == "approved"


@pytest.mark.usefixtures("quick")
async def test_a_proposal_that_is_refused_is_told_as_refused(puffling: App):
    context = puffling.context
    thread = context.conversations.new().id
    await context.assistant.ask(thread, ORDER.replace("buy 10", "buy 99999"))
    messages = context.conversations.messages(thread)
    assert messages[-2].calls[-1].state is CallState.REFUSED
    assert context.inbox.waiting() == []
    assert "nothing waits in the Inbox" in messages[-1].text


def test_anything_else_is_answered_by_what_can_be_played():
    assert "scripted demonstration" in str(load(Facts()).otherwise.say)
