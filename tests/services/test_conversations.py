"""Conversations as the desk uses them: found, renamed, written out, deleted and brought back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from puffling.core.conversations import (
    CallRecord,
    CallState,
    ChatMessage,
    MessageState,
    Speaker,
    new_id,
    title_of,
)
from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import MessageKept
from puffling.services.conversation_files import file_name

if TYPE_CHECKING:
    from pathlib import Path

    from puffling.app import App
    from puffling.services.conversations import ConversationService


@pytest.fixture
def service(puffling: App) -> ConversationService:
    return puffling.context.conversations


async def say(
    service: ConversationService, thread: str, text: str, *calls: CallRecord
) -> ChatMessage:
    message = ChatMessage(
        new_id(),
        thread,
        service.next_height(thread),
        Speaker.PERSON,
        text,
        MessageState.WHOLE,
        service.get(thread).created_at,
        calls=calls,
    )
    await service.keep(message)
    return message


async def test_what_is_said_is_announced_once_it_is_stored(puffling: App, service):
    heard: list[MessageKept] = []
    puffling.bus.subscribe(MessageKept, heard.append)
    thread = service.new().id
    said = await say(service, thread, "Hello")
    assert heard == [MessageKept(thread, said.id)]
    assert service.messages(thread) == (said,)


async def test_words_are_found_in_titles_and_in_what_was_said(service, clock):
    momentum = service.new("About momentum").id
    clock.pass_(1)
    other = service.new("Other").id
    said = await say(service, other, f"{'x ' * 60}Momentum of AAPL {'y ' * 60}")
    found = await service.search("MOMENTUM")
    assert [(each.conversation.id, each.message) for each in found] == [
        (momentum, ""),
        (other, said.id),
    ]
    assert found[1].excerpt.startswith("…")
    assert "Momentum of AAPL" in found[1].excerpt
    assert [each.conversation.id for each in await service.search("")] == [other, momentum]
    assert await service.search("nowhere") == []


async def test_a_conversation_is_renamed_deleted_and_brought_back(puffling: App, service, registry):
    context = puffling.context
    thread = service.new("First").id
    said = await say(service, thread, "Hello")
    await registry["assistant.rename"].run_with(context, {"id": thread, "title": "Second"})
    await registry["assistant.delete"].run_with(context, {"id": thread})
    assert service.all() == []
    assert context.undo.undo() == "Deleted conversation"
    assert (service.get(thread).title, service.messages(thread)) == ("Second", (said,))
    context.undo.redo()
    with pytest.raises(BadValueError, match="no conversation"):
        service.get(thread)
    context.undo.undo()
    context.undo.undo()
    assert service.get(thread).title == "First"
    with pytest.raises(BadValueError, match="at most"):
        service.rename(thread, "x" * 200)


async def test_a_question_that_cannot_be_asked_leaves_no_conversation(
    puffling: App, service, registry
):
    with pytest.raises(BadValueError, match="no /nothing"):
        await registry["assistant.ask"].run_with(puffling.context, {"text": "/nothing"})
    assert service.all() == []


async def test_it_is_written_out_to_read_and_to_keep_without_keys(service, tmp_path: Path):
    thread = service.new("Is my key sk-ant-0123456789abcdef safe?").id
    call = CallRecord("c1", "t", "data_quote", {"symbol": "AAPL"}, state=CallState.DONE, text="1.5")
    await say(service, thread, "My key is sk-ant-0123456789abcdef", call)
    shown = await service.export(thread, tmp_path)
    kept = await service.export(thread, tmp_path / "talk.json")
    assert "## You, " in shown.read_text()
    assert "data_quote" in shown.read_text()
    document = json.loads(kept.read_text())
    assert document["messages"][0]["calls"][0]["result"] == "1.5"
    assert "0123456789abcdef" not in shown.read_text() + kept.read_text()
    again = await service.export(thread, tmp_path)
    assert again.name == f"{shown.stem}-2.md"
    with pytest.raises(BadValueError, match=r"no \.md or \.json"):
        await service.export(thread, tmp_path / "talk.exe")
    with pytest.raises(StoreError):
        await service.export(thread, tmp_path / "talk.json" / "below.md")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "conversation-con"),
        ("Buy 10: the “better” one?", "buy-10-the-better-one"),
        ("a" * 200, "a" * 60),
    ],
)
async def test_a_file_is_called_by_the_title_as_every_system_takes_it(service, title, name):
    made = replace(service.new(), title=title)
    assert file_name(made) == name
    assert file_name(replace(made, title="…")) == f"conversation-{made.id}"


def test_a_conversation_is_called_after_its_first_question():
    assert title_of("  What\n is AAPL?  ") == "What is AAPL?"
    assert len(title_of("word " * 60)) <= 80
    assert title_of("") == "New conversation"
