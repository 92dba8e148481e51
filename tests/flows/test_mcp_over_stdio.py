"""`puffling mcp`, asked by the official library's own client over standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from puffling.core.bus import EventBus
from puffling.core.lock import ProfileLock
from puffling.core.settings_store import SettingsStore
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from mcp.client.client import Client

    from puffling.core.paths import Paths

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
HELLO: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "by hand", "version": "1"},
    },
}


def line_of(paths: Paths) -> list[str]:
    return [sys.executable, "-m", "puffling", "--data-dir", str(paths.root), "mcp"]


@pytest.fixture
def served(paths: Paths) -> Paths:
    """A profile whose person serves other programs."""
    SettingsStore(paths.settings, EventBus()).change("assistant", mcp=True)
    return paths


@asynccontextmanager
async def client_of(paths: Paths) -> AsyncIterator[Client]:
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command, *arguments = line_of(paths)
    started = StdioServerParameters(
        command=command, args=arguments, cwd=str(ROOT), env=dict(os.environ)
    )
    async with Client(stdio_client(started)) as client:
        yield client


async def said(client: Client, name: str, **arguments: object) -> tuple[str, bool]:
    result = await client.call_tool(name, dict(arguments))
    (content,) = result.content
    assert content.type == "text"
    return content.text, bool(result.is_error)


@contextmanager
def started(paths: Paths) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str]]]:
    """Start it; what is said to it, and what is heard from it."""
    with subprocess.Popen(
        line_of(paths),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process, process.stdin, process.stdout


def test_it_is_off_until_the_person_turns_it_on(paths):
    done = subprocess.run(
        line_of(paths), cwd=ROOT, input=b"", capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"serves no other programs" in done.stderr


def test_standard_output_carries_nothing_but_the_protocol(served):
    asked: list[dict[str, Any]] = [
        HELLO,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "tools/call",
            "params": {"name": "data_quote", "arguments": {"symbol": "AAPL"}},
        },
    ]
    with started(served) as (process, said_to, heard_from):
        answer: dict[str, Any] | None = None
        print("this is no JSON", file=said_to)
        for each in asked:
            print(json.dumps(each), file=said_to, flush=True)
            answer = None
            while "id" in each and (answer is None or answer.get("id") != each["id"]):
                answer = json.loads(heard_from.readline())
                assert answer["jsonrpc"] == "2.0"
        assert answer is not None
        assert "AAPL" in answer["result"]["content"][0]["text"]
        said_to.close()
        assert heard_from.read() == ""
        assert process.wait(30) == 0


async def test_without_a_window_it_looks_and_proposes_and_changes_nothing(served, opening):
    async with client_of(served) as client:
        names = {each.name for each in (await client.list_tools()).tools}
        assert {"data_quote", "place_order", "find_tools", "use_tool"} <= names
        words, failed = await said(client, "data_quote", symbol="AAPL")
        assert '"symbol":"AAPL"' in words
        assert not failed
        words, failed = await said(client, "watchlist_add", symbol="ORCL")
        assert "window is not open" in words
        assert failed
        _, failed = await said(client, "place_order", symbol="AAPL", side="buy", qty=10)
        assert not failed
        # The profile is let go of, so that a window can open meanwhile.
        await until(lambda: ProfileLock(served.lock).holder() is None)
    async with opening() as app:
        assert "ORCL" not in app.context.watchlists.get("").symbols
        assert app.context.orders.open() == []
        actions = [(each.action, each.subject) for each in app.context.audit.all(50)]
        asked = [each for each in actions if each[0].startswith("tool.")]
        assert sorted(asked) == [
            ("tool.look", "data.quote"),
            ("tool.proposal", "order.place"),
            ("tool.refused", "watchlist.add"),
        ]


async def test_with_a_window_the_person_in_front_of_it_decides(puffling, paths, stepper, desk):
    await stepper.step(2)
    puffling.context.quotes.flush()
    puffling.context.settings.change("assistant", mcp=True)
    desk.allows = True
    async with client_of(paths) as client:
        words, _ = await said(client, "data_quote", symbol="AAPL")
        assert '"symbol":"AAPL"' in words
        _, failed = await said(client, "watchlist_add", symbol="ORCL")
        assert not failed
        assert "ORCL" in puffling.context.watchlists.get("").symbols
        assert desk.done[-1][:3] == ("ask_change", "Add to watchlist", "mcp")
        puffling.context.settings.change("assistant", mcp=False)
        words, failed = await said(client, "data_quote", symbol="AAPL")
        assert failed
        assert "serves no other programs" in words


def test_it_leaves_when_it_is_told_to(served):
    with started(served) as (process, said_to, heard_from):
        print(json.dumps(HELLO), file=said_to, flush=True)
        assert json.loads(heard_from.readline())["id"] == 1
        began = time.monotonic()
        process.terminate()
        assert process.wait(30) == 0
        assert time.monotonic() - began < 10
