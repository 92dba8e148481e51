"""What a service that means harm, or a program that does not know better, may send."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from puffin.ai.assembly import MOST_CALLS, MOST_WRITTEN
from puffin.ai.base import CallBegun, ModelError, Stop, TextDelta, Trouble
from tests.puffin.ai.stage import followed, question, staged, trouble_of
from tests.servers.anthropic import Call, event
from tests.servers.models import Answer, plain

if TYPE_CHECKING:
    from tests.puffin.ai.stage import Stage

PRICE = Call("get_price", {"symbol": "AAPL"}, id="call_a")


async def test_calls_without_end_are_none(once: Stage):
    calls = [Call("get_price", {"symbol": "AAPL"}, pieces=1) for _ in range(MOST_CALLS + 1)]
    once.server.plan(once.says(*calls))
    assert (await trouble_of(once.provider)).trouble is Trouble.SERVICE
    reply = await once.reply(once.says(*calls[:MOST_CALLS]))
    assert len(reply.message.calls) == MOST_CALLS


async def test_words_without_end_are_given_up_and_what_came_is_bounded(
    once: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("puffin.ai.assembly.MOST_LETTERS", 1_000)
    once.server.plan(once.says("word " * 400))
    error = await trouble_of(once.provider)
    assert error.trouble is Trouble.SERVICE
    assert len(error.partial) <= 1_000


async def test_a_call_with_more_values_than_anybody_reads_is_dropped(once: Stage):
    long = Call("get_price", {"symbol": "A" * (MOST_WRITTEN + 1)}, id="call_long")
    reply = await once.reply(once.says(long, PRICE))
    assert [each.id for each in reply.message.calls] == ["call_a"]
    assert reply.dropped == ("get_price",)


@pytest.mark.parametrize("id_", ["x" * 5_000, "two words", "line\nbreak", "\x00", "é"])
async def test_what_cannot_be_an_id_is_replaced(once: Stage, id_: str):
    (call,) = (await once.reply(once.says(Call("get_price", {}, id=id_)))).message.calls
    assert call.id.startswith("call_")
    assert len(call.id) < 40


async def test_an_event_that_says_something_twice_says_nothing(once: Stage):
    """Whoever reads it otherwise than we do would see another quantity."""
    body = once.stream(Call("get_price", {"symbol": "AAPL"}, id="call_a"))
    twice = body.replace(b'"index": 0', b'"index": 0, "index": 0', 1)
    assert twice != body
    once.server.plan(Answer(twice))
    assert (await trouble_of(once.provider)).trouble is Trouble.SERVICE


async def test_a_name_is_shown_without_what_cannot_be_seen(once: Stage):
    once.server.plan(once.says(Call("<a\u202eb\x07>" + "x" * 500, {}), PRICE))
    items, _ = await followed(once.provider)
    names = [each.name for each in items if isinstance(each, CallBegun)]
    assert names == ["ab" + "x" * 58, "get_price"]


async def test_the_names_of_models_carry_no_markup_and_nothing_unseen(once: Stage):
    odd = "<b>big</b>\u202egpj"
    names = [odd, "x" * 201, "", "fine"]
    once.server.plan(plain({"data": [{"id": each, "display_name": each} for each in names]}))
    assert [each.id for each in await once.provider.models()] == ["fine"]
    body = once.stream("Yes.").replace(b'"model": "', b'"model": ' + json.dumps(odd).encode()[:-1])
    assert (await once.reply(Answer(body))).model.startswith("bbig/bgpj")


async def test_half_a_character_is_none(once: Stage):
    body = once.stream("AB").replace(b'"AB"', b'"\\ud83d"').replace(b'"A"', b'"\\ud83d"')
    reply = await once.reply(Answer(body))
    assert "\ufffd" in reply.message.text
    reply.message.text.encode()


async def test_fields_that_are_something_else_are_nothing(once: Stage):
    wrong: list[object] = [None, 7, [], {}, "x", [[]], [7], {"x": []}, True]
    odd = b"".join(
        event(kind, index=each, delta=each, content_block=each, usage=each, message=each)
        for kind in ("message_start", "content_block_start", "content_block_delta", "message_delta")
        for each in wrong
    )
    more = (json.dumps({"choices": each, "usage": each}) for each in wrong)
    pieces = (
        json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": each, "content": each}}]})
        for each in wrong
        if each != "x"
    )
    odd += b"".join(f"data: {each}\n\n".encode() for each in (*more, *pieces))
    reply = await once.reply(Answer(odd + once.stream("All the same.", PRICE)))
    assert reply.message.text == "All the same."
    assert [each.id for each in reply.message.calls] == ["call_a"]


async def test_a_call_that_goes_on_after_its_end_is_spoiled():
    async with staged("anthropic") as stage:
        body = stage.stream(PRICE)
        more = event(
            "content_block_delta",
            index=0,
            delta={"type": "input_json_delta", "partial_json": " "},
        )
        at = body.index(b"event: message_delta")
        reply = await stage.reply(Answer(body[:at] + more + body[at:]))
        assert (reply.stop, reply.message.calls, reply.dropped) == (Stop.TOOLS, (), ("get_price",))


async def test_words_after_the_end_are_not_heard(once: Stage):
    late = once.stream("And sell everything.", Call("place_order", {"side": "sell"}))
    reply = await once.reply(Answer(once.stream("Done.") + late))
    assert (reply.message.text, reply.message.calls, reply.stop) == ("Done.", (), Stop.END)


async def test_models_without_most_fields_are_listed():
    async with staged("anthropic") as stage:
        stage.server.plan(plain({"data": [{"id": "local"}, {"id": "x" * 900}], "has_more": False}))
        names = [each.title for each in await stage.provider.models()]
        assert names == ["local"], "What was cut short is no name that can be asked for"


@pytest.mark.parametrize("body", [[], {"data": 7}, {"data": [7]}, "odd"])
async def test_a_list_of_models_that_is_none_says_so(once: Stage, body: object):
    once.server.plan(plain(body))
    with pytest.raises(ModelError, match="nobody can read"):
        await once.provider.models()


@pytest.mark.parametrize("body", [{"data": None}, {"data": []}])
async def test_a_service_may_have_no_models_yet(once: Stage, body: object):
    once.server.plan(plain(body))
    assert await once.provider.models() == []


async def test_a_stop_while_the_library_loads_is_heard_and_the_next_question_waits_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    loading, go = threading.Event(), threading.Event()
    load = stage.provider._load
    loads = []

    def slowly(http):
        loads.append(http)
        loading.set()
        go.wait(10)
        return load(http)

    monkeypatch.setattr(stage.provider, "_load", slowly)
    asking = asyncio.create_task(stage.provider.complete(question()))
    await asyncio.to_thread(loading.wait, 10)
    asking.cancel()
    await asyncio.wait({asking}, timeout=1)
    assert asking.cancelled()
    go.set()
    assert (await stage.reply(stage.says("There."))).message.text == "There."
    assert len(loads) == 1


async def test_a_flood_of_nothing_leaves_the_loop_alive(once: Stage):
    once.server.plan(Answer(b"data:\n\n" * 20_000 + once.stream("There.")))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    items, error = await followed(once.provider)
    turning.cancel()
    assert error is None
    assert any(isinstance(each, TextDelta) for each in items)
    assert turns > 10
