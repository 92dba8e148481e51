"""A script is played through the same stream as a model's answer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from puffin.ai.base import (
    CallBegun,
    Message,
    ModelError,
    Reply,
    Role,
    Stop,
    Text,
    ToolCall,
    ToolResult,
    Trouble,
    Usage,
)
from puffin.ai.scripted import Planned, Scene, Script, ScriptedProvider, Turn
from tests.puffin.ai.stage import heard, question, words_of

if TYPE_CHECKING:
    from puffin.ai.scripted import Heard


def told(heard_: Heard) -> str:
    return f"{heard_.named['symbol']} is at {heard_.latest[0].text} of {len(heard_.results)}."


def price(heard_: Heard) -> list[Planned]:
    return [Planned("get_price", {"symbol": heard_.named["symbol"]})]


SCRIPT = Script(
    (
        Scene(r"price of (?P<symbol>\w+)", (Turn("I look.", price), Turn(told))),
        Scene("cut", (Turn("Half of", (Planned("x"),), stop=Stop.CUT),)),
        Scene("count", (Turn("One.", usage=Usage(input=7, output=2)),)),
        Scene("break", (Turn("Half", error=ModelError("No.", Trouble.OVERLOADED)),)),
    ),
    otherwise=Turn("I am a script; ask me for the price of something."),
)


def player() -> ScriptedProvider:
    async def at_once(seconds: float) -> None:
        assert seconds > 0

    numbers = itertools.count(1)
    return ScriptedProvider(SCRIPT, sleep=at_once, id_of=lambda: f"call_{next(numbers)}")


async def test_its_words_stream_and_its_call_is_made():
    items = await heard(player(), question("What is the PRICE of AAPL?"))
    assert words_of(items) == "I look."
    assert items[-2] == CallBegun("call_1", "get_price")
    reply = items[-1]
    assert isinstance(reply, Reply)
    assert reply.stop is Stop.TOOLS
    assert reply.message.calls == (ToolCall("call_1", "get_price", {"symbol": "AAPL"}),)


async def test_the_next_turn_answers_with_the_results():
    first = await player().complete(question("price of AAPL"))
    notes = (ToolResult("call_1", "182.50"), Text("A note of the program."))
    asked = (*question("price of AAPL").messages, first.message, Message(Role.USER, notes))
    reply = await player().complete(question(messages=asked))
    assert (reply.stop, reply.message.text) == (Stop.END, "AAPL is at 182.50 of 1.")
    after = (*asked, reply.message, *question("price of MSFT").messages)
    again = await player().complete(question(messages=after))
    assert again.message.calls[0].arguments == {"symbol": "MSFT"}


async def test_only_what_the_person_said_first_is_listened_to():
    parts = (Text("Good morning."), Text("Facts: the price of AAPL is known."))
    reply = await player().complete(question(messages=(Message(Role.USER, parts),)))
    assert reply.message.text.startswith("I am a script")


async def test_a_scene_that_is_over_does_not_begin_again():
    asked = list(question("count").messages)
    reply = await player().complete(question(messages=asked))
    assert reply.usage == Usage(input=7, output=2)
    results = Message(Role.USER, (ToolResult("x", "y"),))
    reply = await player().complete(question(messages=[*asked, reply.message, results]))
    assert reply.message.text.startswith("I am a script")


async def test_a_call_of_an_answer_that_was_cut_is_dropped():
    reply = await player().complete(question("cut"))
    assert (reply.stop, reply.message.calls, reply.dropped) == (Stop.CUT, (), ("x",))


async def test_it_can_break_off():
    with pytest.raises(ModelError) as caught:
        await player().complete(question("break"))
    assert (caught.value.trouble, caught.value.partial) == (Trouble.OVERLOADED, "Half")


async def test_it_is_a_model_of_its_own():
    assert [each.title for each in await player().models()] == ["Scripted demonstration, no model"]
    await player().close()
