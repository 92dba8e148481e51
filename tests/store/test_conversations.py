"""Conversations are kept whole, and what was half written when the program ended is marked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from puffin.ai.base import Usage
from puffling.core.conversations import (
    CallRecord,
    CallState,
    ChatMessage,
    Conversation,
    FigureLink,
    MessageState,
    ModelUse,
    Speaker,
    Thread,
)
from puffling.store import migrations
from puffling.store.conversations import ENDED, ConversationStore
from puffling.store.database import Database
from puffling.store.opening import open_storage
from tests.store.samples import NOW, HandClock

THREAD = Conversation("c", "Two backtests", NOW, NOW, "They met.", 3)
CALL = CallRecord(
    "m2-0",
    "toolu_1",
    "run_backtest",
    {"symbols": ["AAPL"], "params": {"short": 20}},
    "backtest.run",
    CallState.DONE,
    "look",
    "⟦a⟧ 597.93 %",
    started_at=NOW,
    seconds=0.25,
    snapshot="s1",
    card={"kind": "backtest", "data": {"id": "b"}},
)
ASKED = ChatMessage(
    "m1",
    "c",
    1,
    Speaker.PERSON,
    "Backtest ÄPFEL",
    MessageState.WHOLE,
    NOW,
    about={"symbol": "AAPL"},
)
ANSWER = ChatMessage(
    "m2",
    "c",
    2,
    Speaker.ASSISTANT,
    "It made 597.93 %.",
    MessageState.WHOLE,
    NOW,
    model="claude",
    provider="Anthropic",
    usage=Usage(10, 20, 30, 40),
    cost=Decimal("0.0123"),
    notes=("[Puffling: DEMO]",),
    calls=(CALL, replace(CALL, id="m2-1", state=CallState.REFUSED, card=None)),
    figures=(FigureLink(8, 14, "597.93", "m2-0"), FigureLink(0, 2, "It", None)),
)


@pytest.fixture
def database(paths) -> Database:
    return open_storage(paths, HandClock()).user


@pytest.fixture
def store(database: Database) -> ConversationStore:
    return ConversationStore(database)


def test_everything_that_was_said_comes_back_as_it_was(store: ConversationStore):
    store.put(Thread(THREAD, (ASKED, ANSWER)))
    assert store.all() == [THREAD]
    assert store.messages("c") == [ASKED, ANSWER]
    store.keep(replace(ANSWER, text="Changed"), replace(THREAD, title="Other"))
    store.keep_text("m1", "Typed anew")
    assert [each.text for each in store.messages("c")] == ["Typed anew", "Changed"]
    assert store.conversation("c") == replace(THREAD, title="Other")


def test_what_is_taken_away_takes_its_calls_along(store: ConversationStore, database: Database):
    store.put(Thread(THREAD, (ASKED, ANSWER)))
    store.drop_from("c", 2)
    assert store.messages("c") == [ASKED]
    store.keep(ANSWER)
    store.remove("c")
    assert (store.all(), store.messages("c")) == ([], [])
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chat_calls").scalar() == 0


def test_words_are_found_whatever_their_case_and_signs_mean_nothing(store: ConversationStore):
    store.put(Thread(THREAD, (ASKED, ANSWER)))
    assert [each[1] for each in store.search(["MADE", "597"], 10)] == ["m2"]
    assert store.search(["%made"], 10) == []
    assert [each[1] for each in store.search(["597.93 %"], 10)] == ["m2"]


def test_what_was_half_done_when_the_program_ended_is_marked_so(store: ConversationStore):
    writing = replace(ANSWER, state=MessageState.WRITING, text="Half")
    waiting = replace(CALL, state=CallState.WAITING)
    store.put(Thread(THREAD, (ASKED, replace(writing, calls=(CALL, replace(waiting, id="w"))))))
    assert store.end_interrupted() == 1
    (_, ended) = store.messages("c")
    assert (ended.state, ended.trouble, ended.text) == (MessageState.STOPPED, ENDED, "Half")
    assert [each.state for each in ended.calls] == [CallState.DONE, CallState.FAILED]
    assert store.end_interrupted() == 0


def test_the_ledger_outlives_its_conversation(store: ConversationStore):
    store.put(Thread(THREAD, ()))
    use = ModelUse(NOW, "2026-03-02", "c", "Anthropic", "claude", Usage(1, 2), Decimal("0.5"))
    store.use(use)
    store.use(replace(use, day="2026-03-03", conversation="d", cost=None, estimated=True))
    store.remove("c")
    assert store.uses(day="2026-03-02") == store.uses(conversation="c") == [use]
    assert len(store.uses()) == 2


def test_a_profile_from_before_the_assistant_can_talk(paths, monkeypatch: pytest.MonkeyPatch):
    paths.make()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "NEWEST", "0004")
        old = Database(paths.database, synchronous="FULL", create=True)
        migrations.migrate(old)
    with old.write() as connection:
        at = "2026-03-02T14:30:00.123456Z"
        connection.exec_driver_sql("INSERT INTO profile VALUES (?, ?)", ("p", at))
        connection.exec_driver_sql("INSERT INTO users VALUES (?, ?, ?)", ("default", "D", at))
    old.close()
    for _ in range(2):
        storage = open_storage(paths, HandClock())
        ConversationStore(storage.user).put(Thread(THREAD, (ASKED, ANSWER)))
        assert ConversationStore(storage.user).messages("c") == [ASKED, ANSWER]
        storage.close()
