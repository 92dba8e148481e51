"""Streams that the real services once sent, replayed over loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from puffin.ai.base import CallBegun, Reply, Stop, TextDelta, Thought
from tests.puffin.ai.stage import NAMES, followed, staged
from tests.servers.models import Answer

FIXTURES = Path(__file__).parents[4] / "shared/fixtures"
pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="the fixtures are not beside this checkout"
)
SUFFIXES = {".sse", ".txt"}
ENDS = {
    "basic_response": (Stop.END, "Hello there!", 17),
    "fallback_credit_response": (Stop.END, "Hello there!", 33),
    "incomplete_partial_json_response": (Stop.LENGTH, "I'll create a comprehensive tax", 574),
    "stream-a-refusal": (Stop.REFUSED, "Hi", 134),
    "stream-b-fallback": (Stop.END, " there! Happy to explain.", 578),
    "tool_use_response": (Stop.TOOLS, "I'll check the current weather in Paris", 442),
    "test_content_logprobs_events": (Stop.END, "Foo!", 11),
    "test_parse_max_tokens_reached": (Stop.LENGTH, '{"', 80),
    "test_parse_nothing": (Stop.END, "I'm unable to provide real-time weather", 44),
    "test_parse_pydantic_model_multiple_choices": (Stop.END, '{"city":"San Francisco"', 121),
    "test_parse_pydantic_tool": (Stop.TOOLS, "", 100),
    "test_refusal_logprobs_events": (Stop.REFUSED, "I'm very sorry, but I can't", 91),
}


def recorded() -> list[tuple[str, Path]]:
    found = [
        (name, path)
        for name in NAMES
        for path in sorted((FIXTURES / name).glob("*"))
        if path.suffix in SUFFIXES
    ]
    return found or [("none", FIXTURES)]  # one to be passed over, as all here are then


def body_of(path: Path) -> bytes:
    """Return the recorded stream; files end where the last line does."""
    return path.read_bytes().rstrip() + b"\n\n"


@pytest.mark.parametrize(("name", "path"), recorded(), ids=lambda each: getattr(each, "stem", each))
async def test_a_recorded_stream_is_read(name: str, path: Path):
    stop, words, tokens = ENDS[path.stem.partition("__")[0]]
    async with staged(name) as stage:
        for piece in (0, 1):
            stage.server.plan(Answer(body_of(path), piece=piece))
            items, error = await followed(stage.provider)
            reply = items[-1]
            assert error is None
            assert isinstance(reply, Reply)
            assert reply.stop is stop
            assert reply.message.text.startswith(words)
            said = "".join(each.text for each in items if isinstance(each, TextDelta))
            assert said == reply.message.text
            assert reply.usage.total == tokens
            begun = [each.id for each in items if isinstance(each, CallBegun)]
            calls = [each.id for each in reply.message.calls]
            assert begun == calls if stop is Stop.TOOLS else not calls


async def test_the_recorded_calls_are_read_whole_or_dropped():
    async with staged("anthropic") as stage:
        weather = body_of(FIXTURES / "anthropic/tool_use_response.txt")
        (call,) = (await stage.reply(Answer(weather))).message.calls
        assert (call.name, call.arguments) == ("get_weather", {"location": "Paris"})
        half = body_of(FIXTURES / "anthropic/incomplete_partial_json_response.txt")
        assert (await stage.reply(Answer(half))).dropped == ("make_file",)
        thought = body_of(FIXTURES / "anthropic/stream-a-refusal.sse")
        first = (await stage.reply(Answer(thought))).message.parts[0]
        assert isinstance(first, Thought)
        assert first.data["thinking"].startswith("Simple educational question")
        assert first.data["signature"]
    async with staged("openai") as stage:
        path = next((FIXTURES / "openai").glob("test_parse_pydantic_tool*"))
        (call,) = (await stage.reply(Answer(body_of(path)))).message.calls
        assert call.arguments == {"city": "Edinburgh", "country": "UK", "units": "c"}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("anthropic", "tool_use_response.txt"),
        ("openai", "test_parse_pydantic_tool__c6aa7e397b71.sse"),
    ],
)
async def test_a_recorded_call_cut_at_any_byte_is_not_made(name: str, file: str):
    body = body_of(FIXTURES / name / file)
    async with staged(name) as stage:
        for at in range(body.index(b"\n\n") + 2, len(body)):
            reply = await stage.reply(Answer(body, ends=at))
            assert (reply.stop, reply.message.calls) == (Stop.CUT, ()), at
