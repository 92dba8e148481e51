"""What either service says arrives as it was said: words, calls, endings and counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from puffin.ai.base import (
    CallBegun,
    Message,
    Reply,
    Role,
    Stop,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from puffin.ai.strict import strict_object
from tests.puffin.ai.stage import heard, question, staged, words_of
from tests.servers.anthropic import Call
from tests.servers.models import Answer

if TYPE_CHECKING:
    from tests.puffin.ai.stage import Stage

PRICE = Call("get_price", {"symbol": "AAPL"}, id="call_a")
OTHER = Call("get_price", {"symbol": "MSFT €"}, id="call_b", pieces=7)


async def test_words_stream_and_the_reply_has_them_all(stage: Stage):
    stage.server.plan(stage.says("AAPL is at 182,50 € – größer 😀."))
    items = await heard(stage.provider)
    reply = items[-1]
    assert isinstance(reply, Reply)
    assert len(items) > 2
    assert words_of(items) == reply.message.text == "AAPL is at 182,50 € – größer 😀."
    assert (reply.stop, reply.message.calls, reply.dropped) == (Stop.END, (), ())
    assert reply.usage == Usage(input=100, output=12)
    assert "loopback" in reply.model
    assert reply.request_id == "req_1"


async def test_bytes_one_at_a_time_say_the_same(stage: Stage):
    body = stage.stream("größer € 😀", PRICE)
    reply = await stage.reply(Answer(body, piece=1))
    assert reply.message.text == "größer € 😀"
    assert reply.message.calls == (ToolCall("call_a", "get_price", {"symbol": "AAPL"}),)


async def test_calls_that_come_side_by_side_are_each_read_whole(stage: Stage):
    stage.server.plan(stage.says("I look.", PRICE, OTHER))
    items = await heard(stage.provider)
    reply = items[-1]
    assert isinstance(reply, Reply)
    assert [each.id for each in items if isinstance(each, CallBegun)] == ["call_a", "call_b"]
    assert reply.stop is Stop.TOOLS
    assert [each.arguments["symbol"] for each in reply.message.calls] == ["AAPL", "MSFT €"]


async def test_a_call_without_arguments_is_one(stage: Stage):
    reply = await stage.reply(stage.says(Call("get_account_info", written="")))
    assert [(each.name, each.arguments) for each in reply.message.calls] == [
        ("get_account_info", {})
    ]


@pytest.mark.parametrize(
    "written",
    [
        '{"symbol":"AAPL","side":"sell","qty":1',
        '{"symbol":"AAPL","symbol":"MSFT"}',
        '{"quantity":NaN}',
        '["AAPL"]',
        '{"symbol":"AAPL"}{"symbol":"MSFT"}',
    ],
)
async def test_a_call_that_is_not_whole_is_told_and_never_carried_out(stage: Stage, written: str):
    reply = await stage.reply(stage.says("Selling.", Call("place_order", written=written), PRICE))
    assert [each.id for each in reply.message.calls] == ["call_a"]
    assert reply.dropped == ("place_order",)


async def test_a_call_whose_block_did_not_end_is_not_carried_out():
    async with staged("anthropic") as stage:
        reply = await stage.reply(stage.says(Call("place_order", {"qty": 1}, stops=False), PRICE))
        assert [each.id for each in reply.message.calls] == ["call_a"]
        assert (reply.stop, reply.dropped) == (Stop.TOOLS, ("place_order",))


async def test_a_call_said_twice_is_one_call(stage: Stage):
    reply = await stage.reply(stage.says(PRICE, PRICE))
    assert [each.id for each in reply.message.calls] == ["call_a"]


async def test_an_id_that_names_two_different_calls_names_none(stage: Stage):
    twisted = Call("get_price", {"symbol": "TSLA"}, id="call_a")
    reply = await stage.reply(stage.says(PRICE, twisted, OTHER))
    assert [each.id for each in reply.message.calls] == ["call_b"]
    assert reply.dropped == ("get_price", "get_price")


async def test_a_tool_of_an_impossible_name_is_not_called(stage: Stage):
    reply = await stage.reply(stage.says(Call("rm -rf /", {}), Call("", {}), PRICE))
    assert [each.id for each in reply.message.calls] == ["call_a"]
    assert reply.dropped == ("rm -rf /", "a tool without a name")


@pytest.mark.parametrize(
    ("stage_stop", "stop"),
    [
        ({"anthropic": "max_tokens", "openai": "length"}, Stop.LENGTH),
        ({"anthropic": "refusal", "openai": "content_filter"}, Stop.REFUSED),
        ({"anthropic": "end_turn", "openai": "stop"}, Stop.END),
        ({"anthropic": "of_the_future", "openai": "of_the_future"}, Stop.CUT),
    ],
)
async def test_only_an_answer_that_waits_for_results_has_calls(
    stage: Stage, stage_stop: dict[str, str], stop: Stop
):
    reply = await stage.reply(stage.says("So far", PRICE, stop=stage_stop[stage.name]))
    assert (reply.stop, reply.message.calls, reply.dropped) == (stop, (), ("get_price",))
    assert reply.message.text == "So far"


async def test_an_answer_that_ends_without_its_end_is_cut(stage: Stage):
    body = stage.stream("Selling.", PRICE)
    whole = await stage.reply(Answer(body))
    assert whole.stop is Stop.TOOLS
    ends = body.rindex(b"event: message_stop" if stage.name == "anthropic" else b"data: [DONE]")
    reply = await stage.reply(Answer(body, ends=ends))
    assert (reply.stop, reply.message.calls, reply.dropped) == (Stop.CUT, (), ("get_price",))


async def test_what_nobody_knows_yet_is_passed_over(stage: Stage):
    strange = (
        b'event: from_the_future\ndata: {"type":"from_the_future","index":0,"x":[1]}\n\n'
        b'event: content_block_start\ndata: {"type":"content_block_start","index":77,'
        b'"content_block":{"type":"hologram"}}\n\n'
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":77,'
        b'"delta":{"type":"hologram_delta","hologram":7}}\n\n'
        b'data: {"choices":[{"index":1,"delta":{"content":"another choice"}}]}\n\n'
        b'data: {"choices":"none","usage":7,"model":[]}\n\n'
        b"data: [1, 2]\n\n"
    )
    reply = await stage.reply(Answer(strange + stage.stream("All the same.", PRICE)))
    assert reply.message.text == "All the same."
    assert len(reply.message.calls) == 1


async def test_results_go_back_as_the_service_takes_them(stage: Stage):
    first = await stage.reply(stage.says("I look.", PRICE, OTHER))
    results = (
        Text("The person says: hurry."),
        ToolResult("call_a", "182.50"),
        ToolResult("call_b", "No such symbol", is_error=True),
    )
    messages = (*question().messages, first.message, Message(Role.USER, results))
    reply = await stage.reply(stage.says("182.50"), ask=question(messages=messages))
    assert reply.message.text == "182.50"
    sent = json.dumps(stage.server.asked[-1], ensure_ascii=False)
    for each in ("182.50", "No such symbol", "MSFT €", "The person says: hurry."):
        assert each in sent


async def test_an_answer_of_a_shape_is_asked_for_by_its_schema(stage: Stage):
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"symbol": {"type": "string"}},
        "required": ["symbol"],
        "additionalProperties": False,
    }
    ask = question(schema=schema, tools=())
    reply = await stage.reply(stage.says('{"symbol": "AAPL"}'), ask=ask)
    assert strict_object(reply.message.text) == {"symbol": "AAPL"}
    sent = stage.server.asked[-1]
    if stage.name == "anthropic":
        assert sent["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    else:
        shape = sent["response_format"]["json_schema"]
        assert shape == {"name": "answer", "schema": schema, "strict": True}
    assert "tools" not in sent


async def test_models_are_listed_without_those_that_are_gone(stage: Stage):
    names = [each.id for each in await stage.provider.models()]
    assert "claude-loopback-0" not in names
    assert stage.words.MODEL in names


async def test_questions_go_over_the_line_that_is_open(stage: Stage):
    for _ in range(3):
        await stage.reply(stage.says("Yes."))
    assert stage.server.opened == 1
