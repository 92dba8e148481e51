"""What is kept for the next question: marks of the cache, thoughts, and who said what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from puffin.ai.anthropic_words import message_blocks
from puffin.ai.base import Message, Role, Stop, Text, Thought, ToolCall, ToolResult, Usage
from puffin.ai.openai import ADDRESS, OpenAIProvider
from puffin.ai.openai_words import answer_format, message_list
from tests.puffin.ai.stage import TOOL, question, staged
from tests.servers.anthropic import Call, Thinking

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = {"type": "ephemeral"}


async def test_what_stays_the_same_is_marked_to_be_kept():
    async with staged("anthropic") as stage:
        talk = [Message(Role.USER, (Text(str(at)),)) for at in range(5)]
        talk[1::2] = [Message(Role.ASSISTANT, (Text("Yes."),))] * 2
        await stage.reply(stage.says("Yes."), ask=question(messages=talk, tools=(TOOL, TOOL)))
        sent = stage.server.asked[0]
        assert [each.get("cache_control") for each in sent["tools"]] == [None, KEPT]
        assert sent["system"][0]["cache_control"] == KEPT
        marks = [each["content"][-1].get("cache_control") for each in sent["messages"]]
        assert marks == [None, None, KEPT, None, KEPT]


async def test_what_was_kept_is_counted_apart():
    async with staged("anthropic") as stage:
        usage = {"cache_read_input_tokens": 900, "cache_creation_input_tokens": 50}
        reply = await stage.reply(stage.says("Yes.", usage=usage, output=33))
        assert reply.usage == Usage(input=100, output=33, cache_read=900, cache_written=50)
    async with staged("openai") as stage:
        reply = await stage.reply(stage.says("Yes.", cached=90))
        assert reply.usage == Usage(input=10, output=12, cache_read=90)


async def test_thoughts_are_not_words_and_go_back_as_they_came():
    async with staged("anthropic") as stage:
        price = Call("get_price", {"symbol": "AAPL"}, id="toolu_1")
        first = await stage.reply(stage.says(Thinking("They want a price."), "Well.", price))
        assert first.message.text == "Well."
        thought = {
            "type": "thinking",
            "thinking": "They want a price.",
            "signature": "c2lnbmVk",
        }
        assert first.message.parts[0] == Thought("anthropic", thought)
        results = Message(Role.USER, (ToolResult("toolu_1", "1"),))
        messages = (*question().messages, first.message, results)
        await stage.reply(stage.says("1"), ask=question(messages=messages))
        assert stage.server.asked[1]["messages"][1]["content"][0] == thought


async def test_a_message_of_thoughts_only_is_left_out():
    async with staged("anthropic") as stage:
        only = await stage.reply(stage.says(Thinking("Hm."), stop="max_tokens"))
        assert only.stop is Stop.LENGTH
        assert message_blocks([only.message, Message(Role.USER, (Text(" \n"),))]) == []


def test_ids_of_another_service_are_written_as_this_one_takes_them():
    call, result = ToolCall("chat:é/1", "get_price", {}), ToolResult("chat:é/1", "1")
    blocks = message_blocks([Message(Role.ASSISTANT, (call,)), Message(Role.USER, (result,))])
    assert blocks[0]["content"][0]["id"] == blocks[1]["content"][0]["tool_use_id"] == "chat___1"


def test_thoughts_of_another_service_are_left_out():
    thought = Thought("another", {"type": "thinking"})
    messages = [Message(Role.ASSISTANT, (thought, Text("Yes.")))]
    assert message_blocks(messages)[0]["content"] == [{"type": "text", "text": "Yes."}]
    listed = message_list(question(messages=messages, system=""))
    assert listed == [{"role": "assistant", "content": "Yes."}]


def test_an_error_is_told_as_one():
    results = (ToolResult("1", "No such symbol", is_error=True), Text("Go on."))
    listed = message_list(question(messages=[Message(Role.USER, results)], system=" "))
    assert listed == [
        {"role": "tool", "tool_call_id": "1", "content": "Error: No such symbol"},
        {"role": "user", "content": "Go on."},
    ]


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {}, "additionalProperties": False}, True),
        ({"type": "object", "properties": {}}, False),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "required": [],
                "additionalProperties": False,
            },
            False,
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"anyOf": [{"type": "object"}]}},
                "required": ["a"],
                "additionalProperties": False,
            },
            False,
        ),
    ],
)
def test_a_shape_is_strict_where_it_leaves_nothing_open(schema: Mapping[str, Any], *, strict: bool):
    assert answer_format(schema)["json_schema"].get("strict", False) is strict


async def test_the_limit_has_the_name_that_is_understood():
    async with staged("openai") as stage:
        await stage.reply(stage.says("Yes."), ask=question(max_tokens=77))
        assert stage.server.asked[0]["max_tokens"] == 77
        assert "max_completion_tokens" not in stage.server.asked[0]
    assert OpenAIProvider("key")._is_official
    assert OpenAIProvider("key", base_url=f"{ADDRESS}/")._is_official
