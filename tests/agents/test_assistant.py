"""A conversation from the question to the stored answer, with a puppet for a model."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.ai.base import (
    CallBegun,
    ModelError,
    Role,
    Stop,
    TextDelta,
    ToolCall,
    ToolResult,
    Trouble,
    Usage,
    Waiting,
)
from puffling.agents.assistant import MOST_AT_ONCE
from puffling.agents.carrying import MOST_CALLS
from puffling.agents.notes import in_words
from puffling.agents.turn import MOST_ASKS
from puffling.core.conversations import AssistantState, CallState, MessageState
from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import AnswerGrew, AssistantMoved
from puffling.core.formats import price
from puffling.core.labels import FACTS, SCRIPTED
from puffling.core.settings import Mode
from tests.agents.desk import rig
from tests.agents.models import Held, ends, says
from tests.delays import within
from tests.fakes import until

if TYPE_CHECKING:
    from puffin.ai.base import Ask
    from puffin.types import Order
    from puffling.app import App
    from tests.agents.desk import Rig
    from tests.fakes import FakeGate
    from tests.outside import FakeSecrets

QUOTE = ToolCall("toolu_1", "data_quote", {"symbol": "AAPL"})
WATCH = ToolCall("toolu_2", "watchlist_add", {"symbol": "GE", "list": "Starter"})
LIMIT = {"order_type": "limit", "limit_price": "100"}
BUY = ToolCall("toolu_3", "place_order", {"symbol": "AAPL", "side": "buy", "qty": "10"})


@pytest.fixture
def talk(puffling: App, keyring: FakeSecrets) -> Rig:
    return rig(puffling, keyring)


def told(ask: Ask) -> str:
    """Return every word of the last message of a question."""
    return "\n".join(str(part) for part in ask.messages[-1].parts)


async def test_what_is_asked_is_on_the_disk_before_the_model_hears_of_it(talk: Rig):
    held = Held()
    talk.model.plan([held, *says("Hello.")])
    asking = asyncio.ensure_future(talk.ask("What is held?"))
    await held.reached.wait()
    (kept, writing) = talk.on_disk.messages(talk.thread)
    assert (kept.text, writing.state) == ("What is held?", MessageState.WRITING)
    assert talk.conversations.get(talk.thread).title == "What is held?"
    held.go_on.set()
    answer = await asking
    assert (answer.text, answer.state, answer.provider) == ("Hello.", MessageState.WHOLE, "Puppet")
    assert talk.on_disk.messages(talk.thread) == list(talk.messages)


async def test_a_question_that_cannot_be_stored_is_not_sent(
    talk: Rig, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    thread = talk.thread
    await talk.conversations.stored()
    monkeypatch.setattr("puffling.store.conversations.ConversationStore.keep", full)
    with pytest.raises(StoreError, match="full"):
        await talk.ask("Hello?", thread)
    assert talk.model.asks == []
    assert talk.assistant.state(thread) is AssistantState.IDLE


async def test_a_key_that_somebody_types_is_neither_sent_nor_stored(talk: Rig):
    with pytest.raises(BadValueError, match="looks like a key"):
        await talk.ask("Is sk-ant-api03-0123456789abcdef a good one?")
    assert (talk.model.asks, talk.messages) == ([], ())


async def test_words_come_in_few_pieces_however_many_the_model_sends(talk: Rig):
    words = [f"word{number} " for number in range(2_000)]
    talk.model.plan([*(TextDelta(each) for each in words), ends("".join(words))])
    begun = time.monotonic()
    await talk.ask("Talk.")
    most = 2 + (time.monotonic() - begun) * 25
    assert talk.grown() == "".join(words)
    assert sum(isinstance(each, AnswerGrew) for each in talk.heard) <= most


async def test_half_an_answer_is_on_the_disk_while_the_rest_is_waited_for(talk: Rig):
    held = Held()
    talk.model.plan([TextDelta("Half of it"), held, ends("Half of it and the rest")])
    asking = asyncio.ensure_future(talk.ask("Talk."))
    await held.reached.wait()
    await until(lambda: talk.on_disk.messages(talk.thread)[-1].text == "Half of it")
    held.go_on.set()
    assert (await asking).text == "Half of it and the rest"


async def test_tools_run_and_their_results_go_back_fenced(talk: Rig):
    talk.model.plan(says("I look.", QUOTE), says("It stands at 569.16."))
    await talk.ask("What is AAPL?")
    first, second = talk.model.asks
    assert any(each.name == "data_quote" for each in first.tools)
    call, result = second.messages[-2].calls[0], second.messages[-1].parts[0]
    assert isinstance(result, ToolResult)
    assert (call.id, call.name) == (result.call_id, "data_quote")
    assert result.text.startswith("⟦")
    (_, looked, answer) = talk.messages
    assert (looked.calls[0].state, looked.calls[0].command) == (CallState.DONE, "data.quote")
    assert [each.source for each in answer.figures] == [looked.calls[0].id]
    assert talk.on_disk.messages(talk.thread) == list(talk.messages)


async def test_a_number_that_nobody_said_is_flagged(talk: Rig):
    talk.model.plan(says("It will stand at 812.55."))
    answer = await talk.ask("What will AAPL be?")
    assert [(each.text, each.source) for each in answer.figures] == [("812.55", None)]


async def test_an_order_ends_as_a_proposal_and_a_no_is_told_to_the_model(talk: Rig):
    talk.model.plan(says("I propose it.", BUY), says("It waits."))
    await talk.ask("Buy 10 AAPL")
    context = talk.context
    (item,) = context.inbox.waiting()
    assert (item.source, context.orders.all()) == ("assistant", [])
    context.inbox.reject(item.id, "desk", "Too dear.")
    talk.model.plan(says("As you wish."), says("Yes?"))
    await talk.ask("Well?")
    assert "declined by the person" in told(talk.model.asks[-1])
    assert "Too dear." in told(talk.model.asks[-1])
    await talk.ask("And now?")
    assert "declined" not in told(talk.model.asks[-1])


async def propose_and_approve(talk: Rig, gate: FakeGate, call: ToolCall) -> tuple[str, Order]:
    """Let the model propose an order and the person approve it; return its title, and itself."""
    talk.model.plan(says("I propose it.", call), says("It waits."))
    await talk.ask("Buy 10 AAPL")
    (item,) = talk.context.inbox.waiting()
    await talk.context.inbox.approve(item.id, gate, "desk")
    (order,) = talk.context.orders.all()
    return item.title, order


async def test_a_fill_is_told_to_the_model_and_what_it_says_of_it_is_no_invention(
    talk: Rig, gate: FakeGate
):
    title, order = await propose_and_approve(talk, gate, BUY)
    assert order.average_price is not None
    said = f"is filled: 10 filled at {price(order.average_price)}."
    talk.model.plan(says(f"It {said}"), says("Sure."))
    answer = await talk.ask("And now?")
    assert f"Order {order.id} {said}" in told(talk.model.asks[-1])
    assert [in_words(each) for each in answer.notes] == [
        "",  # where the desk is
        f"{title}: approved by you. Its order {said}",
    ]
    assert {each.source for each in answer.figures} == {""}
    await talk.ask("Sure?")
    assert order.id not in told(talk.model.asks[-1])


async def test_an_approved_order_is_told_as_often_as_it_goes_on_even_between_facts(
    talk: Rig, gate: FakeGate
):
    limit = ToolCall("toolu_4", "place_order", {**BUY.arguments, **LIMIT})
    title, order = await propose_and_approve(talk, gate, limit)
    talk.model.plan(says("Good."), says("Still."))
    await talk.ask("Well?")
    assert "was approved by the person" in told(talk.model.asks[-1])
    assert f"Order {order.id} is working: nothing filled yet." in told(talk.model.asks[-1])
    await talk.ask("And now?")
    assert order.id not in told(talk.model.asks[-1])
    await talk.context.orders.cancel(order.id, "desk")
    talk.context.settings.change("assistant", provider="none")
    gathered = await talk.ask("/risk")
    assert [in_words(each) for each in gathered.notes] == [
        f"{title}: its order is cancelled: nothing was filled."
    ]
    talk.context.settings.change("assistant", provider="anthropic")
    talk.model.plan(says("I see."))
    await talk.ask("Well?")
    said = "\n".join(str(part) for each in talk.model.asks[-1].messages for part in each.parts)
    assert said.count(f"Order {order.id} is cancelled: nothing was filled.") == 1


async def test_a_change_waits_for_a_click_and_both_answers_are_told(talk: Rig):
    for yes, ending in ((False, CallState.REFUSED), (True, CallState.DONE)):
        talk.model.plan(says("", WATCH), says("Well."))
        asking = asyncio.ensure_future(talk.ask("Watch it"))
        await until(lambda: talk.assistant.state(talk.thread) is AssistantState.ASKING)
        call = talk.messages[-1].calls[0]
        assert call.card is not None
        assert (call.state, call.card["kind"]) == (CallState.WAITING, "preview")
        talk.assistant.answer(call.id, yes=yes)
        await asking
        assert talk.messages[-2].calls[0].state is ending
        with pytest.raises(BadValueError, match="does not wait"):
            talk.assistant.answer(call.id, yes=True)
        talk.conversations.new()


@pytest.mark.parametrize("where", ["before a word", "amid words", "at a click"])
async def test_stopping_takes_no_second_and_keeps_what_there_is(talk: Rig, where: str):
    held = Held()
    if where == "at a click":
        talk.model.plan(says("I do it.", WATCH))
    else:
        words = [TextDelta("Half of")] if where == "amid words" else []
        talk.model.plan([*words, held, *says("never")])
    asking = asyncio.ensure_future(talk.ask("Well?"))
    if where == "at a click":
        await until(lambda: talk.assistant.state(talk.thread) is AssistantState.ASKING)
    else:
        await held.reached.wait()
    with within(1):
        await talk.assistant.stop(talk.thread)
    answer = await asking
    wanted = {"before a word": "", "amid words": "Half of", "at a click": "I do it."}
    assert (answer.text, answer.state) == (wanted[where], MessageState.STOPPED)
    assert talk.assistant.state(talk.thread) is AssistantState.IDLE
    assert [each.state for each in answer.calls] == [CallState.REFUSED] * len(answer.calls)
    await talk.conversations.stored()
    assert talk.on_disk.messages(talk.thread)[-1] == answer
    talk.model.plan(says("Here again."))
    assert (await talk.ask("Go on")).text == "Here again."


async def test_a_tool_that_takes_long_is_stopped_too_and_what_follows_is_not_begun(
    talk: Rig, monkeypatch: pytest.MonkeyPatch
):
    held = Held()

    async def endless(*_: object) -> None:
        held.reached.set()
        await held.go_on.wait()

    monkeypatch.setattr("puffling.agents.tools.Toolbox.call", endless)
    talk.model.plan(says("I look.", QUOTE, BUY))
    asking = asyncio.ensure_future(talk.ask("Well?"))
    await held.reached.wait()
    with within(1):
        await talk.assistant.stop(talk.thread)
    answer = await asking
    assert (answer.text, answer.state) == ("I look.", MessageState.STOPPED)
    assert [each.state for each in answer.calls] == [CallState.REFUSED] * 2


async def test_a_backtest_of_several_symbols_is_one_result(talk: Rig):
    both = {"strategy_type": "momentum", "symbols": ["AAPL", "IBM"]}
    talk.model.plan(says("", ToolCall("t", "run_backtest", both)), says("Done."))
    await talk.ask("Test both together")
    (call,) = talk.messages[1].calls
    assert (call.state, call.card and call.card["kind"]) == (CallState.DONE, "backtest")
    assert call.card is not None
    assert call.card["data"]["symbols"] == ["AAPL", "IBM"]


async def test_a_question_asks_the_model_ten_times_at_most(talk: Rig):
    for number in range(MOST_ASKS + 1):
        talk.model.plan(says("", ToolCall(f"t{number}", "data_quote", {"symbol": "AAPL"})))
    answer = await talk.ask("Never end")
    assert len(talk.model.asks) == MOST_ASKS
    assert "asked 10 times" in answer.trouble
    assert answer.calls[0].state is CallState.REFUSED


async def test_an_answer_runs_eight_tools_at_most(talk: Rig):
    calls = [
        ToolCall(f"t{number}", "data_quote", {"symbol": symbol})
        for number, symbol in enumerate(["AAPL", "IBM", "MSFT", "FB", "GOOG"] * 2)
    ]
    talk.model.plan(says("", *calls), says("Done."))
    await talk.ask("All of them")
    states = [each.state for each in talk.messages[1].calls]
    assert states[:MOST_CALLS] == [CallState.DONE] * MOST_CALLS
    assert set(states[MOST_CALLS:]) == {CallState.REFUSED}
    assert "one answer may ask for" in told(talk.model.asks[-1])


async def test_a_call_that_the_service_repeats_runs_once(talk: Rig):
    talk.model.plan(says("", BUY), says("", BUY), says("Done."))
    await talk.ask("Buy")
    assert len(talk.context.inbox.waiting()) == 1


@pytest.mark.parametrize(
    ("stop", "state", "words"),
    [
        (Stop.LENGTH, MessageState.WHOLE, "cut off"),
        (Stop.REFUSED, MessageState.FAILED, "did not want"),
        (Stop.CUT, MessageState.FAILED, "connection ended"),
    ],
)
async def test_an_answer_that_did_not_end_properly_says_so_and_calls_nothing(
    talk: Rig, stop: Stop, state: MessageState, words: str
):
    talk.model.plan(says("As far as", stop=stop, dropped=("place_order",)))
    answer = await talk.ask("Well?")
    assert (answer.text, answer.state, answer.calls) == ("As far as", state, ())
    assert words in answer.trouble
    assert "not carried out: place_order" in answer.trouble


async def test_a_service_that_breaks_off_leaves_its_words_and_what_to_do(talk: Rig):
    error = ModelError("Overloaded.", Trouble.OVERLOADED, hint="Wait a minute.")
    talk.model.plan([TextDelta("As far as this"), error])
    answer = await talk.ask("Well?")
    assert (answer.text, answer.state) == ("As far as this", MessageState.FAILED)
    assert (answer.trouble, answer.hint) == ("Overloaded.", "Wait a minute.")
    assert talk.model_usage.of(talk.thread).estimated == 1
    talk.model.plan(says("Better."))
    assert (await talk.ask("Again")).text == "Better."
    assert "[This answer broke off here.]" in str(talk.model.asks[-1].messages)


async def test_what_it_does_is_told_while_it_does_it(talk: Rig):
    talk.model.plan(
        [Waiting(20.0), CallBegun("toolu_1", "data_quote"), *says("", QUOTE)], says("Done.")
    )
    await talk.ask("Well?")
    said = [each.state for each in talk.heard if isinstance(each, AssistantMoved)]
    states = list(dict.fromkeys(said))
    assert states == ["connecting", "waiting", "thinking", "tools", "idle"]
    assert any("nothing for 20 s" in str(each) for each in talk.heard)


async def test_the_budget_is_kept_before_each_call(talk: Rig):
    settings = talk.context.settings
    settings.change("assistant", usage_per_conversation=10)
    answer = await talk.ask("Well?")
    assert (talk.model.asks, answer.state) == ([], MessageState.FAILED)
    assert "The model was not asked: 0 of 10 tokens" in answer.trouble
    settings.change("assistant", usage_per_conversation=100_000, usage_per_day=100_000)
    talk.model.plan(says("", QUOTE, usage=Usage(input=99_000, output=10)))
    answer = await talk.ask("Well?")
    assert len(talk.model.asks) == 1
    assert "99,010 of 100,000 tokens are used today" in answer.trouble


async def test_an_answer_is_no_longer_than_what_is_left(talk: Rig):
    settings = talk.context.settings.change("assistant", usage_per_day=1_000_000).assistant
    talk.model.plan(says("Yes."), says("Yes."))
    await talk.ask("Well?")
    assert talk.model.asks[0].max_tokens == settings.answer_length
    spent = talk.model_usage.today().tokens
    estimate = talk.assistant._estimator.tokens(
        talk.thread,
        talk.model.asks[0].system,
        talk.model.asks[0].messages,
        talk.model.asks[0].tools,
    )
    talk.context.settings.change("assistant", usage_per_day=spent + estimate + 1_000)
    await talk.ask("Well?")
    assert 256 <= talk.model.asks[1].max_tokens < 1_000


async def test_money_counts_where_prices_are_set_and_nowhere_else(talk: Rig):
    talk.model.plan(says("One."), says("Two."), says("Three."))
    assert (await talk.ask("One")).cost is None
    change = talk.context.settings.change
    change("assistant", price_input=Decimal(3), price_output=Decimal(15), money_per_day=Decimal(1))
    assert (await talk.ask("Two")).cost == Decimal("0.0006")
    today = talk.model_usage.today()
    assert (today.calls, today.cost, today.unpriced) == (2, Decimal("0.0006"), 1)
    change("assistant", money_per_day=Decimal("0.001"))
    answer = await talk.ask("Three")
    assert "$0.00 of $0.00 are used today" in answer.trouble
    assert len(talk.model.asks) == 2


async def test_the_last_question_can_be_answered_anew_and_an_earlier_one_changed(talk: Rig):
    talk.model.plan(*(says(each) for each in ("One.", "Two.", "Better.", "Other.")))
    await talk.ask("First")
    await talk.ask("Second")
    await talk.assistant.regenerate(talk.thread)
    assert [each.text for each in talk.messages] == ["First", "One.", "Second", "Better."]
    first = talk.messages[0].id
    await talk.assistant.edit(talk.thread, first, "Something else")
    assert [each.text for each in talk.messages] == ["Something else", "Other."]
    assert talk.on_disk.messages(talk.thread) == list(talk.messages)
    with pytest.raises(BadValueError, match="Only a question"):
        await talk.assistant.edit(talk.thread, talk.messages[1].id, "No")


async def test_a_conversation_answers_one_question_at_a_time_and_three_do_at_once(talk: Rig):
    threads = [talk.conversations.new().id for _ in range(MOST_AT_ONCE + 1)]
    held = [Held() for _ in threads]
    talk.model.plan(*([each, *says("Done.")] for each in held))
    asking = [asyncio.ensure_future(talk.ask("Well?", each)) for each in threads]
    for each in held[:MOST_AT_ONCE]:
        await each.reached.wait()
    with pytest.raises(BadValueError, match="still answering"):
        await talk.ask("And?", threads[0])
    await until(lambda: "another conversation" in talk.assistant.words(threads[-1]))
    assert len(talk.model.asks) == MOST_AT_ONCE
    for each in held:
        each.go_on.set()
    assert [each.text for each in await asyncio.gather(*asking)] == ["Done."] * len(threads)


async def test_closing_ends_every_answer_and_loses_none(talk: Rig):
    held = Held()
    talk.model.plan([TextDelta("As far as"), held])
    asking = asyncio.ensure_future(talk.ask("Well?"))
    await held.reached.wait()
    await talk.assistant.close()
    assert (await asking).state is MessageState.STOPPED
    await talk.conversations.stored()
    assert talk.on_disk.messages(talk.thread)[-1].text == "As far as"


async def test_an_answer_goes_on_when_nobody_waits_for_it_any_more(talk: Rig):
    held = Held()
    talk.model.plan([held, *says("Still here.")])
    asking = asyncio.ensure_future(talk.ask("Well?"))
    await held.reached.wait()
    asking.cancel()
    held.go_on.set()
    await until(lambda: talk.messages[-1].text == "Still here.")


async def test_a_long_conversation_is_sent_with_a_summary_that_is_made_once(talk: Rig):
    talk.model.plan(*(says(f"Answer {number}.") for number in range(25)))
    for number in range(25):
        await talk.ask(f"Question {number}")
    talk.model.plan(says("They talked of numbers."), says("Yes."), says("Yes."))
    await talk.ask("Do you remember?")
    summary, asked = talk.model.asks[-2:]
    assert (summary.tools, asked.tools != ()) == ((), True)
    assert "Question 0" in str(summary.messages)
    assert asked.messages[0].role is Role.USER
    assert "They talked of numbers." in asked.messages[0].text
    assert "Question 0" not in str(asked.messages)
    assert "Question 24" in str(asked.messages)
    await talk.ask("And now?")
    assert "They talked of numbers." in talk.model.asks[-1].messages[0].text
    assert len(talk.model.asks) == 28


async def test_without_room_for_a_summary_the_earlier_part_is_left_out_with_a_word(talk: Rig):
    talk.model.plan(*(says("Yes.") for _ in range(25)))
    for number in range(25):
        await talk.ask(f"Question {number}")
    refused = ModelError("No.", Trouble.RATE)
    talk.model.plan([refused], says("Yes."))
    await talk.ask("Do you remember?")
    assert "left out" in talk.model.asks[-1].messages[0].text


async def test_a_symbol_or_a_slash_has_its_facts_looked_up_first(talk: Rig):
    talk.model.plan(says("Fine."), says("Fine."))
    await talk.ask("How is @IBM?")
    facts = talk.messages[1]
    assert (facts.provider, [each.tool for each in facts.calls]) == (FACTS, ["data_quote"])
    (message,) = talk.model.asks[0].messages
    assert "How is @IBM?" in message.text
    assert "data_quote" in message.text
    await talk.ask("/risk")
    assert "Explain the risk of my book" in talk.model.asks[1].messages[-1].text
    with pytest.raises(BadValueError, match="no /rsk"):
        await talk.ask("/rsk")


async def test_without_a_key_rules_answer_and_say_what_a_key_would_do(talk: Rig):
    await talk.model_keys.remove("anthropic", "test")
    assert await talk.assistant.speaker() == SCRIPTED  # the mode is DEMO
    answer = await talk.ask("/brief")
    assert answer.text.startswith(f"**{FACTS}.**")
    assert "| equity | 100000 |" in answer.text
    await talk.context.modes.switch(Mode.SIM, "test")
    assert await talk.assistant.speaker() == FACTS
    answer = await talk.ask("What do you think of AAPL?")
    assert (answer.provider, "No language model is set up" in answer.text) == (FACTS, True)
    assert talk.model.asks == []
