"""The golden conversation, through Anthropic's own library, from the question to the fill."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from puffin.types import OrderStatus
from puffling.core.conversations import CallState, MessageState
from puffling.core.errors import NotConfirmedError
from puffling.store.inbox import ItemState
from tests.delays import within
from tests.fakes import until
from tests.servers.anthropic import MODEL, Call, anthropic_server, says, stream
from tests.servers.models import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffling.app import App
    from tests.fakes import FakeGate
    from tests.outside import FakeSecrets
    from tests.servers.anthropic import AnthropicServer

pytestmark = pytest.mark.slow  # the library alone takes seconds to load

ASKED = "Backtest a 20/50 crossover on AAPL and MSFT, compare, and buy 10 of the better one"


@dataclass
class Golden:
    """A model that does what the golden conversation asks for, reading what its tools said."""

    declined: bool = False

    def __call__(self, body: dict[str, Any]) -> Answer:
        last = body["messages"][-1]["content"]
        results = [each for each in last if each["type"] == "tool_result"]
        words = " ".join(each["text"] for each in last if each["type"] == "text")
        if not results:
            self.declined = self.declined or "declined by the person" in words
            return says("Understood.") if self.declined or "more" in words else self.begin()
        facts = [told(each) for each in results]
        if len(facts) == 2:
            better = max(facts, key=lambda each: float(each["metrics"]["total_return"]))
            gain = better["metrics"]["total_return"]
            order = {"symbol": better["symbol"], "side": "buy", "qty": "10"}
            return says(f"{better['symbol']} did better, with {gain}.", Call("place_order", order))
        return says("The proposal waits in your Inbox.")

    def begin(self) -> Answer:
        crossing = {"strategy_type": "momentum", "params": {"short": 20, "long": 50}}
        return says(
            "I test both.",
            Call("run_backtest", {**crossing, "symbols": ["AAPL"]}),
            Call("run_backtest", {**crossing, "symbols": ["MSFT"]}),
        )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a tool said: the JSON between the two lines of its fence."""
    content = result["content"]
    text = content if isinstance(content, str) else "".join(each["text"] for each in content)
    found: dict[str, Any] = json.loads(text.split("\n", 1)[1].rsplit("\n", 1)[0])
    return found


@pytest.fixture
def service() -> Iterator[AnthropicServer]:
    with anthropic_server() as server:
        server.respond = Golden()
        yield server


@pytest.fixture
async def thread(puffling: App, service: AnthropicServer, keyring: FakeSecrets) -> str:
    keyring.kept["anthropic"] = service.key
    puffling.context.settings.change(
        "assistant", provider="anthropic", anthropic_address=service.url
    )
    return puffling.context.conversations.new().id


async def test_two_backtests_a_comparison_and_a_proposal_that_a_person_confirms(
    puffling: App, service: AnthropicServer, thread: str, gate: FakeGate
):
    context = puffling.context
    answer = await context.assistant.ask(thread, ASKED)
    assert (answer.state, answer.provider) == (MessageState.WHOLE, "Anthropic")
    _, tests, choice, last = context.conversations.messages(thread)
    assert [each.state for each in tests.calls] == [CallState.DONE] * 2
    assert [each.card and each.card["kind"] for each in tests.calls] == ["backtest"] * 2
    assert [each.source for each in choice.figures][-1] in {each.id for each in tests.calls}
    assert last.text == "The proposal waits in your Inbox."
    (item,) = context.inbox.waiting()
    assert (item.source, len(item.tickets), context.orders.all()) == ("assistant", 1, [])
    assert gate.asked == []
    done = await context.inbox.approve(item.id, gate, "desk")
    assert len(gate.asked) == 1
    (order_id,) = done.order_ids
    await until(lambda: _status(puffling, order_id) is OrderStatus.FILLED)
    await context.assistant.ask(thread, "Thanks, one thing more")
    words = json.dumps(service.asked[-1]["messages"][-1])
    assert "was approved by the person" in words
    assert "10 filled at" in words
    assert context.model_usage.today().calls == 4
    assert await context.assistant.speaker() == "Anthropic"


async def test_declining_leaves_nothing_and_the_model_is_told(
    puffling: App, service: AnthropicServer, thread: str, gate: FakeGate
):
    context = puffling.context
    await context.assistant.ask(thread, ASKED)
    (item,) = context.inbox.waiting()
    gate.says_yes = False
    with pytest.raises(NotConfirmedError):
        await context.inbox.approve(item.id, gate, "desk")
    context.inbox.reject(item.id, "desk")
    assert context.inbox.get(item.id).state is ItemState.REJECTED
    answer = await context.assistant.ask(thread, "And?")
    assert answer.text == "Understood."
    assert "declined by the person" in json.dumps(service.asked[-1]["messages"][-1])
    assert context.orders.all() == []
    assert context.portfolio.positions() == []


async def test_stopping_ends_the_connection_within_a_second(
    puffling: App, service: AnthropicServer, thread: str
):
    context = puffling.context
    context.settings.change("assistant", anthropic_model=MODEL)
    body = stream("Half of this was said and the rest never comes.")
    service.plan(Answer(body, ends=len(body) - 400, holds=True, pings=0.05))
    asking = context.assistant.ask(thread, "Well?")

    def said() -> list[str]:
        return [each.text for each in context.conversations.messages(thread)]

    task = asyncio.ensure_future(asking)
    await until(lambda: "Half" in "".join(said()))
    with within(1):
        await context.assistant.stop(thread)
        answer = await task
        await service.until_so(lambda: service.open == 0)
    assert answer.state is MessageState.STOPPED
    assert "Half of this".startswith(answer.text[:12])


async def test_a_wrong_key_is_said_with_what_to_do(
    puffling: App, thread: str, keyring: FakeSecrets
):
    keyring.kept["anthropic"] = "sk-ant-canary-of-somebody-else"
    answer = await puffling.context.assistant.ask(thread, "Well?")
    assert answer.state is MessageState.FAILED
    assert "key" in answer.trouble.lower()
    assert "Settings, Assistant" in answer.hint
    assert "canary" not in answer.trouble + answer.hint


def _status(puffling: App, order_id: str) -> OrderStatus | None:
    order = puffling.context.orders.get(order_id)
    return None if order is None else order.status
