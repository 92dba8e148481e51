"""Killed at any moment of an answer, a conversation is whole when it is opened again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from puffling.core.conversations import CallState, MessageState, Speaker
from puffling.store.conversations import ConversationStore
from puffling.store.opening import open_storage
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from puffling.core.paths import Paths

pytestmark = pytest.mark.slow

# A desk whose model says word after word and asks for a tool now and then, for ever.
TALK = """
import asyncio, pathlib, sys
from puffin.ai.base import TextDelta, ToolCall
from puffling.app import build
from puffling.core.events import AnswerGrew, CallMoved, MessageKept
from puffling.core.paths import Paths
from tests.agents.desk import rig
from tests.agents.models import ends
from tests.outside import FakeSecrets

WORDS = [f"word{n} " for n in range(120)]

async def main():
    app = build(Paths(pathlib.Path(sys.argv[1])))
    await app.start()
    talk = rig(app, FakeSecrets())
    talk.app.context.settings.change("assistant", usage_per_day=0, usage_per_conversation=0)
    thread = talk.conversations.new().id
    def tell(what):
        print(what, flush=True)
    app.bus.subscribe(AnswerGrew, lambda e: tell("grew"))
    app.bus.subscribe(CallMoved, lambda e: tell("call"))
    app.bus.subscribe(MessageKept, lambda e: tell("kept"))

    async def stream(ask):
        has_asked = ask.messages[-1].parts[0].__class__.__name__ == "ToolResult"
        for each in WORDS:
            await asyncio.sleep(0.005)
            yield TextDelta(each)
        calls = [] if has_asked else [ToolCall("t", "data_quote", {"symbol": "AAPL"})]
        yield ends("".join(WORDS), *calls)

    talk.model.stream = stream
    for number in range(1_000):
        tell(f"ask {number}")
        await talk.ask(f"Question {number}", thread)
        tell(f"done {number}")

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(4))
def test_what_was_said_is_there_and_what_was_half_said_is_marked(paths: Paths, seed: int):
    chance = random.Random(seed)
    with subprocess.Popen(
        [sys.executable, "-c", TALK, str(paths.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as talker:
        assert talker.stdout is not None
        said = [talker.stdout.readline() for _ in range(chance.randrange(3, 200))]
        talker.send_signal(signal.SIGKILL)
        said += talker.stdout.readlines()
    assert all(said)
    done = sum(each.startswith("done") for each in said)
    storage = open_storage(paths, FakeClock())
    store = ConversationStore(storage.user)
    store.end_interrupted()
    (thread,) = store.all()
    messages = store.messages(thread.id)
    assert [each.height for each in messages] == list(range(1, len(messages) + 1))
    asked = [each for each in messages if each.role is Speaker.PERSON]
    assert len(asked) >= done
    for number, each in enumerate(asked):
        assert each.text == f"Question {number}"
    for each in messages:
        assert each.state in {MessageState.WHOLE, MessageState.STOPPED}
        assert all(call.state in {CallState.DONE, CallState.FAILED} for call in each.calls)
    whole = [each for each in messages if each.state is MessageState.WHOLE]
    assert all(each.text for each in whole)
    assert len([each for each in messages if each.state is MessageState.STOPPED]) <= 1
    with storage.user.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    storage.close()
