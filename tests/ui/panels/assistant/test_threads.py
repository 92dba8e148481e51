from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffling.core.conversations import MessageState
from puffling.ui.panels.assistant import transcript as transcript_module

if TYPE_CHECKING:
    from tests.ui.panels.assistant.conftest import Talk


def two(talk: Talk) -> tuple[str, str]:
    """Have two conversations, and show the list of them."""
    kept = talk.room.context.conversations
    talk.ask("About apples")
    talk.hear("Apples are red.")
    talk.end()
    first = talk.panel.conversation
    kept.rename(first, "Apples")
    talk.panel.chat.new_button.click()
    assert talk.panel.conversation == ""
    talk.ask("About pears")
    talk.end()
    second = talk.panel.conversation
    kept.rename(second, "Pears")
    talk.room.do(kept.stored())
    talk.panel.chat.title_button.click()
    talk.room.settle()
    assert talk.panel.chat.threads.search.hasFocus()
    return first, second


def titles(talk: Talk) -> list[str]:
    return [each.conversation.title for each in talk.panel.chat.threads.model.records]


def test_a_conversation_is_found_by_what_was_said_in_it_and_opened(talk: Talk):
    first, _ = two(talk)
    threads = talk.panel.chat.threads
    assert sorted(titles(talk)) == ["Apples", "Pears"]
    threads.search.setText("red")
    threads.searched.emit("red")
    talk.room.settle()
    assert titles(talk) == ["Apples"]
    assert "red" in threads.model.records[0].excerpt
    threads.view.setFocus()
    QTest.keyClick(threads.view, Qt.Key.Key_Return)
    talk.room.settle()
    assert talk.panel.conversation == first
    assert "Apples are red." in talk.text
    assert talk.panel.chat.composer.hasFocus()


def test_a_conversation_is_renamed_deleted_and_brought_back(talk: Talk):
    _, second = two(talk)
    threads = talk.panel.chat.threads
    threads.view.choose(f"{second}/")
    QTest.keyClick(threads.view, Qt.Key.Key_F2)
    assert talk.panel.chat.ask.name.text() == "Pears"
    talk.panel.chat.ask.name.setText("Quinces")
    QTest.keyClick(talk.panel.chat.ask.name, Qt.Key.Key_Return)
    talk.room.until(lambda: "Quinces" in titles(talk))
    threads.view.choose(f"{second}/")
    QTest.keyClick(threads.view, Qt.Key.Key_Delete)
    talk.room.until(lambda: titles(talk) == ["Apples"])
    assert talk.panel.conversation != second
    talk.room.run("edit.undo")
    talk.room.until(lambda: len(talk.room.context.conversations.all()) == 2)


def test_escape_leaves_the_list(talk: Talk):
    two(talk)
    QTest.keyClick(talk.panel.chat.threads.search, Qt.Key.Key_Escape)
    assert talk.panel.chat.pages.currentWidget() is talk.panel.chat.transcript
    assert talk.panel.chat.composer.hasFocus()


def test_the_layout_remembers_the_conversation(talk: Talk):
    first, _ = two(talk)
    state = talk.panel.state()
    talk.panel.restore(state | {"conversation": first, "tab": "chat"})
    talk.room.settle()
    assert talk.panel.conversation == first
    talk.panel.restore({"conversation": "gone", "tab": "ideas"})
    assert talk.panel.conversation == ""
    assert talk.panel.tabs.currentIndex() == 1


def test_earlier_messages_are_shown_when_they_are_asked_for(talk: Talk, monkeypatch):
    monkeypatch.setattr(transcript_module, "_MOST", 4)
    talk.ask("Go on")
    said = [talk.speaker.say(f"Answer {at}") for at in range(11)]
    talk.end()
    talk.room.do(talk.room.context.conversations.stored())  # and nothing is announced any more
    panel, page = talk.panel, talk.panel.chat.transcript
    panel.show_conversation(panel.conversation)
    talk.room.until(lambda: page.messages == said[-4:])
    page.page.verticalScrollBar().setValue(0)
    button = talk.view("earlier").button
    assert button.text() == "Earlier messages (8)"
    QTest.keyClick(button, Qt.Key.Key_Space)
    talk.room.until(lambda: page.messages == said[-8:])
    talk.room.until(lambda: page.current == said[-4])  # where the person was
    panel.parts.theme.changed.emit()
    talk.room.until(lambda: page.messages == said[-8:])
    page.step(-9)
    talk.room.until(lambda: len(page.messages) == 12)
    assert page.places.view("earlier") is None


def test_what_was_found_is_shown_however_early_it_was_said(talk: Talk, monkeypatch):
    monkeypatch.setattr(transcript_module, "_MOST", 4)
    talk.ask("Go on")
    said = [talk.speaker.say(f"Answer {at}") for at in range(11)]
    talk.end()
    talk.room.do(talk.room.context.conversations.stored())
    talk.panel.show_conversation(talk.panel.conversation, said[2].id)
    talk.room.until(lambda: talk.panel.chat.transcript.current == said[2])


def test_a_conversation_that_is_deleted_while_it_answers_leaves_an_empty_page(talk: Talk):
    talk.ask("Go on")
    writing = talk.hear("Half of it", state=MessageState.WRITING)
    kept = talk.room.context.conversations
    talk.speaker.keep(writing, state=MessageState.STOPPED)  # announced when it is stored
    kept.delete(talk.panel.conversation)
    talk.room.until(lambda: talk.panel.conversation == "")
    talk.room.do(kept.stored())
    assert talk.panel.chat.pages.currentWidget() is talk.panel.chat.empty
