"""Events are read from bytes that are cut anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffin.ai import sse
from puffin.ai.sse import ServerEvent, StreamError, read_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SENT = (
    '\N{BOM}: a word before\r\n\r\nevent: grüße\rdata: {"a":\rdata:1}\r\r'
    "data: €\n\nid: 7\nretry: 5\n\nevent: last\r\ndata: 😀\r\n\r\nevent: unfinished\ndata: x\n"
).encode()
READ = [
    ServerEvent("grüße", '{"a":\n1}'),
    ServerEvent("", "€"),
    ServerEvent("last", "😀"),
]


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for each in pieces:
        yield each


async def read(*pieces: bytes) -> list[ServerEvent]:
    return [each async for each in read_events(chunks(*pieces))]


async def test_every_kind_of_line_is_read_whatever_piece_it_comes_in():
    assert await read(SENT) == READ
    for at in range(len(SENT)):
        assert await read(SENT[:at], SENT[at:]) == READ, at
    assert await read(*(SENT[at : at + 1] for at in range(len(SENT)))) == READ


async def test_an_event_is_said_only_when_it_ended():
    for at in range(len(SENT)):
        assert await read(SENT[:at]) in [READ[:count] for count in range(4)]


@pytest.mark.parametrize("piece", [b"data: \xff\n\n", b"data: \xe2\x82\n\n"])
async def test_bytes_that_are_no_text_are_refused(piece: bytes):
    with pytest.raises(StreamError):
        await read(piece)


@pytest.mark.parametrize("line", [b"x", b"x\n", b"data: x\n"])
async def test_a_message_without_end_is_given_up(line: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sse, "LONGEST", 100)
    with pytest.raises(StreamError, match="message"):
        await read(*([line] * 200))


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sse, "MOST", 100)
    with pytest.raises(StreamError, match="answer"):
        await read(*([b"data: x\n\n"] * 20))
