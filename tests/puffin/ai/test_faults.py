"""What goes wrong at a service, or on the way: each has its name, a sentence, and what to do."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from puffin.ai.base import ModelError, Reply, Stop, Timing, Trouble, Waiting
from tests.delays import within
from tests.puffin.ai.stage import (
    NAMES,
    PATIENT,
    before,
    followed,
    provider_for,
    question,
    staged,
    trouble_of,
    words_of,
)
from tests.servers.anthropic import Call, breaks
from tests.servers.models import Answer, page, plain
from tests.servers.openai import chunk, data

if TYPE_CHECKING:
    from tests.puffin.ai.stage import Stage

SELL = Call("place_order", {"symbol": "AAPL", "side": "sell", "quantity": 10})
QUICK = Timing(notice=0.05, stall=0.8, retry=0.0)


@pytest.mark.parametrize(
    ("status", "kind", "message", "trouble"),
    [
        (400, "invalid_request_error", "messages: odd", Trouble.REQUEST),
        (
            400,
            "invalid_request_error",
            "prompt is too long: 9 tokens > 8 maximum",
            Trouble.TOO_LONG,
        ),
        (
            400,
            "invalid_request_error",
            "This model's maximum context length is 8",
            Trouble.TOO_LONG,
        ),
        (400, "exceed_context_size_error", "the request exceeds the context", Trouble.TOO_LONG),
        (400, "invalid_request_error", "Your credit balance is too low", Trouble.CREDIT),
        (401, "authentication_error", "invalid x-api-key", Trouble.KEYS),
        (402, "billing_error", "Payment required", Trouble.CREDIT),
        (403, "permission_error", "Not allowed", Trouble.KEYS),
        (404, "not_found_error", "model: none", Trouble.MODEL),
        (408, "timeout_error", "Too slow", Trouble.NETWORK),
        (413, "request_too_large", "Too large", Trouble.TOO_LONG),
        (422, "invalid_request_error", "Odd", Trouble.REQUEST),
        (429, "rate_limit_error", "Slow down", Trouble.RATE),
        (429, "insufficient_quota", "You exceeded your current quota", Trouble.CREDIT),
        (500, "api_error", "Internal server error", Trouble.SERVICE),
        (503, "engine_overloaded", "Overloaded", Trouble.OVERLOADED),
        (529, "overloaded_error", "Overloaded", Trouble.OVERLOADED),
    ],
)
async def test_every_refusal_has_its_name(
    once: Stage, status: int, kind: str, message: str, trouble: Trouble
):
    once.server.plan(once.server.refused(status, kind, message))
    error = await trouble_of(once.provider)
    assert error.trouble is trouble
    assert str(error).endswith((".", message))
    assert error.hint.endswith(".")
    assert len(once.server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (page(b"<html>Bad Gateway</html>", 502), Trouble.OVERLOADED),
        (page(b"<html>No</html>", 403), Trouble.KEYS),
        (plain([1, 2], 500), Trouble.SERVICE),
        (plain({"error": "model 'x' not found, try pulling it first"}, 404), Trouble.MODEL),
        (plain({"error": {"message": ["odd"], "type": 7}}, 400), Trouble.REQUEST),
        (Answer(b"data: {\n\n"), Trouble.SERVICE),
        (Answer(b"data: \xff\n\n"), Trouble.SERVICE),
        (Answer(b"\x00\xff\x00" * 50, piece=7), Trouble.SERVICE),
        (Answer(b""), Trouble.SERVICE),
        (page(b"<html>Log in to this network</html>", 200), Trouble.SERVICE),
    ],
)
async def test_what_is_no_service_says_so(once: Stage, answer: Answer, trouble: Trouble):
    once.server.plan(answer)
    assert (await trouble_of(once.provider)).trouble is trouble


async def test_a_key_that_is_wrong_is_not_repeated_in_words():
    for name in NAMES:
        async with staged(name, PATIENT, key="sk-wrong-canary-0000000001") as stage:
            error = await trouble_of(stage.provider)
            assert error.trouble is Trouble.KEYS
            assert "canary" not in f"{error} {error.hint} {error!r} {error.__cause__}"


async def test_a_key_in_a_services_own_words_is_left_out(once: Stage):
    said = f"Odd: {once.server.key} {{name}} is\nodd" + "!" * 400
    once.server.plan(once.server.refused(400, "invalid_request_error", said))
    error = await trouble_of(once.provider)
    assert once.server.key not in str(error)
    assert "Odd: … (name) is odd!!!" in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", ["sk-\n-canary", "sk-€-canary", "two words"])
async def test_what_cannot_be_a_key_is_never_sent(name: str, key: str):
    async with staged(name, key=key) as stage:
        error = await trouble_of(stage.provider)
        assert error.trouble is Trouble.KEYS
        assert "canary" not in f"{error} {error!r}"
        assert not stage.server.requests


async def test_no_model_is_asked_for_by_no_name(once: Stage):
    error = await trouble_of(once.provider, question(model=""))
    assert error.trouble is Trouble.MODEL
    assert not once.server.requests


# Again


async def test_what_passes_soon_is_asked_once_more(stage: Stage):
    stage.server.plan(
        Answer(b"{}", 429, {"Content-Type": "application/json", "Retry-After": "0.01"}),
        stage.says("There."),
    )
    assert (await stage.provider.complete(question())).message.text == "There."
    assert len(stage.server.asked) == 2


async def test_it_is_asked_once_more_only_once(stage: Stage):
    busy = Answer(b"{}", 503, {"Content-Type": "application/json", "Retry-After": "0"})
    stage.server.plan(busy, busy, stage.says("Never."))
    assert (await trouble_of(stage.provider)).trouble is Trouble.OVERLOADED
    assert len(stage.server.asked) == 2


async def test_nobody_waits_a_day(stage: Stage):
    headers = {"Content-Type": "application/json", "Retry-After": "86400"}
    stage.server.plan(Answer(b"{}", 429, headers), stage.says("Never."))
    await stage.provider._ready()
    with within(5):
        error = await trouble_of(stage.provider)
    assert (error.trouble, error.retry_after) == (Trouble.RATE, 86_400)
    assert error.hint == "Ask again in 1 day."
    assert len(stage.server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 404, 413])
async def test_what_stays_wrong_is_not_asked_again(stage: Stage, status: int):
    stage.server.plan(plain({"error": {"message": "No"}}, status))
    await trouble_of(stage.provider)
    assert len(stage.server.asked) == 1


async def test_nothing_is_asked_again_once_words_have_come(stage: Stage):
    body = stage.stream("Half of the answer is here.")
    stage.server.plan(Answer(body, cut=body.index(b"is here")), stage.says("Never."))
    error = await trouble_of(stage.provider)
    assert error.trouble is Trouble.NETWORK
    assert error.partial.startswith("Half")
    assert len(stage.server.asked) == 1


# On the way


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        ("overloaded_error", Trouble.OVERLOADED),
        ("rate_limit_error", Trouble.RATE),
        ("api_error", Trouble.SERVICE),
        ("authentication_error", Trouble.KEYS),
    ],
)
async def test_an_error_in_the_middle_keeps_what_had_come(once: Stage, kind: str, trouble: Trouble):
    error = {"type": kind, "message": "Something"}
    answer = (
        breaks(kind, "Something", "So far", SELL)
        if once.name == "anthropic"
        else Answer(chunk({"content": "So far"}) + data(error=error))
    )
    once.server.plan(answer)
    failed = await trouble_of(once.provider)
    assert (failed.trouble, failed.partial) == (trouble, "So far")


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_is_there(name: str):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # taken, and nobody listens
        provider = provider_for(name, "key", PATIENT)(
            f"http://127.0.0.1:{listener.getsockname()[1]}"
        )
        for asking in (provider.models(), provider.complete(question())):
            with pytest.raises(ModelError) as caught:
                await asking
            assert caught.value.trouble is Trouble.NETWORK
            assert caught.value.hint.startswith("Check the network")
    await provider.close()


@pytest.mark.parametrize("name", NAMES)
async def test_pings_are_no_words(name: str):
    async with staged(name, QUICK) as stage:
        await stage.provider._ready()
        body = before(stage.stream("So far", SELL), b"place_order")
        stage.server.plan(Answer(body, holds=True, pings=0.02))
        items, error = await followed(stage.provider)
        assert error is not None
        assert (error.trouble, error.partial) == (Trouble.STALLED, words_of(items))
        assert "So far".startswith(error.partial)  # all of it, unless the computer is very busy
        waits = [each.seconds for each in items if isinstance(each, Waiting)]
        assert waits
        assert waits[0] >= 0.05
        await stage.server.until_so(lambda: stage.server.open == 0)


async def test_stop_ends_the_connection_at_once(once: Stage):
    await once.provider.models()
    body = before(once.stream("So far and so on", SELL), b"place_order")
    once.server.plan(Answer(body, holds=True, pings=0.02))
    begun = asyncio.Event()

    async def listen() -> None:
        async for _ in once.provider.stream(question()):
            begun.set()

    task = asyncio.create_task(listen())
    await begun.wait()
    with within(1):
        task.cancel()
        await asyncio.wait({task})
        await once.server.until_so(lambda: once.server.open == 0)
    assert task.cancelled()


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_that_is_changed_while_its_library_loads_is_said_and_is_no_stop(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    provider = provider_for(name, "key", PATIENT)("http://127.0.0.1:9")
    begun, go_on = threading.Event(), threading.Event()

    def loaded() -> None:
        begun.set()
        go_on.wait(10)

    monkeypatch.setattr(provider, "_loaded", loaded)
    for asking in (provider.models(), provider.complete(question())):
        task = asyncio.ensure_future(asking)
        await asyncio.to_thread(begun.wait, 10)
        await provider.close()
        with pytest.raises(ModelError, match="was changed while it was being asked") as caught:
            await task
        assert caught.value.trouble is Trouble.KEYS
        begun.clear()
    go_on.set()


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_that_is_changed_amid_an_answer_ends_it_with_what_had_come(name: str):
    async with staged(name, PATIENT) as stage:
        stage.server.plan(Answer(before(stage.stream("So far", SELL), b"place_order"), holds=True))
        begun = asyncio.Event()

        async def listen() -> None:
            async for _ in stage.provider.stream(question()):
                begun.set()

        task = asyncio.ensure_future(listen())
        await begun.wait()
        await stage.provider.close()
        with pytest.raises(ModelError):
            await asyncio.wait_for(task, 10)


async def test_a_reader_who_leaves_ends_the_connection_too(once: Stage):
    once.server.plan(Answer(once.stream("One two three"), holds=True))
    stream = once.provider.stream(question())
    async for _ in stream:
        break
    await stream.aclose()
    await once.server.until_so(lambda: once.server.open == 0)


async def test_an_answer_that_goes_on_for_ever_is_given_up():
    async with staged("anthropic", Timing(answer=0.3, retry=0.0)) as stage:
        await stage.provider._ready()
        body = before(stage.stream("Word"), b"message_delta")
        stage.server.plan(Answer(body, holds=True, pings=0.02))
        error = await trouble_of(stage.provider)
        assert error.trouble is Trouble.STALLED
        assert error.hint == "Ask for less at once."


# Cut anywhere


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_line_that_breaks_anywhere_carries_out_nothing(once: Stage):
    body = once.stream("Grüße €", SELL)
    for at in range(len(body)):
        once.server.plan(Answer(body, cut=at))
        items, error = await followed(once.provider)
        assert "Grüße €".startswith(words_of(items))
        if error is None:
            # Everything had come; only the end of the transport is missing.
            assert at > body.rindex(b"message_stop" if once.name == "anthropic" else b"[DONE]")
        else:
            assert not any(isinstance(each, Reply) for each in items)
            assert (error.trouble, error.partial) == (Trouble.NETWORK, words_of(items)), at
    assert len(once.server.asked) == len(body)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_an_answer_that_ends_anywhere_carries_out_nothing(once: Stage):
    body = once.stream("Grüße €", SELL)
    for at in range(body.index(b"\n\n") + 2, len(body)):
        reply = await once.reply(Answer(body, ends=at))
        assert (reply.stop, reply.message.calls) == (Stop.CUT, ()), at
        assert "Grüße €".startswith(reply.message.text)
        assert reply.dropped in {(), ("place_order",)}


async def test_the_end_of_an_answer_may_come_alone(stage: Stage):
    body = stage.stream("Grüße €", SELL)
    for at in range(len(body) - 30, len(body)):
        reply = await stage.reply(Answer(body, ends=at))
        assert reply.stop is Stop.CUT
        assert not reply.message.calls
