from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from puffling.core.conversations import (
    AssistantState,
    CallState,
    FigureLink,
    MessageState,
)
from puffling.core.settings_assistant import Provider
from tests.ui.panels.assistant.conftest import call

if TYPE_CHECKING:
    from tests.ui.panels.assistant.conftest import Talk


def test_a_first_question_begins_a_conversation_and_is_shown_with_who_answers(talk: Talk):
    panel = talk.panel
    assert panel.chat.pages.currentWidget() is panel.chat.empty
    assert "demonstration" in panel.chat.empty.speaker.text()
    talk.ask("What is a stop?")
    assert panel.chat.pages.currentWidget() is panel.chat.transcript
    assert panel.chat.composer.words == ""
    assert panel.chat.state.stop_button.isVisible()
    talk.hear("An order that waits.")
    talk.end()
    assert "What is a stop?" in talk.text
    assert "Scripted demonstration, no model" in talk.text
    assert not panel.chat.state.stop_button.isVisible()
    assert panel.chat.title_button.text() == "New conversation"


def test_words_come_while_they_are_written_and_the_end_stays_in_view(talk: Talk):
    talk.ask("Tell me more")
    made = talk.hear("", state=MessageState.WRITING)
    talk.speaker.grow(made, "Some **bold", "** words\n\n", *[f"line {at}\n\n" for at in range(60)])
    talk.room.until(lambda: "Some bold words" in talk.text and "line 59" in talk.text)
    bar = talk.page.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)  # a person who reads further up is left alone
    talk.speaker.grow(made, "more\n\nand more\n\n")
    assert bar.value() == 0
    whole = talk.speaker.keep(made, text="Some **bold** words.", state=MessageState.WHOLE)
    talk.seen(whole)
    talk.end()
    assert "line 3" not in talk.text


def test_escape_and_stop_end_an_answer(talk: Talk):
    talk.ask("Tell me more")
    QTest.keyClick(talk.panel.chat.composer, Qt.Key.Key_Escape)
    talk.room.settle()
    assert talk.speaker.stopped == [talk.panel.conversation]
    talk.ask("And more")
    talk.panel.chat.state.stop_button.click()
    talk.room.settle()
    assert len(talk.speaker.stopped) == 2


def test_nothing_is_sent_while_an_answer_comes(talk: Talk):
    talk.ask("First")
    talk.panel.chat.composer.write("Second")
    QTest.keyClick(talk.panel.chat.composer, Qt.Key.Key_Return)
    assert [words for words, _ in talk.speaker.asked] == ["First"]
    assert talk.panel.chat.composer.words == "Second"


def test_what_was_refused_stays_in_the_line(talk: Talk):
    talk.speaker.refuses = "The budget of the day is used up."
    talk.panel.chat.composer.write("Anything")
    talk.panel.chat.composer.send()
    talk.room.settle()
    assert talk.panel.chat.composer.words == "Anything"


def test_a_question_that_is_too_long_is_refused_and_not_cut(talk: Talk):
    talk.speaker.refuses = "A question has at most 60,000 letters."
    talk.panel.chat.composer.write("word " * 20_000)
    talk.panel.chat.composer.send()
    talk.room.settle()
    assert len(talk.panel.chat.composer.words) == 5 * 20_000 - 1


def test_a_change_of_a_question_that_was_refused_is_still_a_change_of_it(talk: Talk):
    talk.ask("First")
    talk.hear("Answer")
    talk.end()
    talk.panel.chat.transcript.edit()
    talk.speaker.refuses = "There is no /nonsense."
    talk.panel.chat.composer.write("/nonsense")
    talk.panel.chat.composer.send()
    talk.room.settle()
    assert talk.panel.chat.about_row.isVisible()
    talk.speaker.refuses = ""
    talk.panel.chat.composer.write("Second")
    talk.panel.chat.composer.send()
    talk.room.until(lambda: "Second" in talk.text and "First" not in talk.text)


def test_a_control_that_tab_comes_to_is_brought_into_view(talk: Talk):
    talk.ask("First")
    talk.hear("I look.", calls=(call("data_quote", "data.quote"),))
    talk.hear("\n\n".join(f"line {at}" for at in range(22)))
    talk.end()
    bar = talk.page.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    chip = talk.view("data_quote").chip
    assert chip.mapTo(talk.page.viewport(), chip.rect().topLeft()).y() < 0
    chip.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert chip.mapTo(talk.page.viewport(), chip.rect().topLeft()).y() >= 0


def test_a_call_that_was_not_run_has_the_name_of_its_command_too(talk: Talk):
    talk.ask("First")
    talk.hear("", calls=(call("watchlist_create", state=CallState.REFUSED),))
    talk.end()
    chip = talk.view("watchlist_create").chip
    assert chip.accessibleName().startswith("Tool: New watchlist")


def test_what_is_asked_about_is_shown_sent_and_can_be_dropped(talk: Talk):
    panel = talk.panel
    panel.ask_about({"symbol": "IBM"}, "Why did it fall?")
    assert panel.chat.about.text() == "About IBM"
    talk.panel.chat.composer.send()
    talk.room.until(lambda: talk.speaker.asked)
    assert talk.speaker.asked == [("Why did it fall?", {"symbol": "IBM"})]
    talk.end()
    panel.ask_about({"symbol": "MSFT"})
    panel.chat.about_button.click()
    assert not panel.chat.about_row.isVisible()


def test_a_tool_is_a_line_that_the_keyboard_unfolds(talk: Talk):
    talk.ask("How is it going?")
    asked = call(
        "get_account_info", "account.show", arguments={"what": "all"}, text="<x>\nEquity 1\n</x>"
    )
    talk.hear("I look.", calls=(asked,))
    talk.end()
    view = talk.view("get_account_info")
    assert "Tool: " in view.chip.accessibleName()
    view.chip.setFocus()
    QTest.keyClick(view.chip, Qt.Key.Key_Space)
    assert view.details.isVisible()
    height = view.height()
    talk.room.until(lambda: view.height() > height or view.details.height() > 10)
    QTest.keyClick(view.chip, Qt.Key.Key_Space)
    assert not view.details.isVisible()


def test_a_call_moves_along_where_it_stands(talk: Talk):
    talk.ask("Run it")
    running = call("run_backtest", "backtest.run", state=CallState.RUNNING, seconds=None)
    made = talk.hear("I run it.", calls=(running,))
    assert "running" in talk.view("run_backtest").chip.accessibleName()
    view = talk.view("run_backtest")
    done = call("run_backtest", "backtest.run", {"kind": "text", "data": {"text": "Well."}})
    talk.room.context.conversations.keep_call(made, done)
    talk.room.until(lambda: view.card is not None)
    assert talk.view("run_backtest") is view
    assert "0.4 s" in view.chip.accessibleName()


def test_a_number_leads_to_the_tool_that_said_it(talk: Talk):
    talk.ask("How much?")
    talk.hear("I look.", calls=(call("c1"),))
    talk.hear(
        "It is 12.5, not 99.",
        figures=(FigureLink(6, 10, "12.5", "c1"), FigureLink(16, 18, "99", None)),
    )
    talk.end()
    talk.page.figure_asked.emit("c1")
    chip = talk.view("c1").chip
    assert chip.isChecked()
    assert chip.hasFocus()


def test_a_number_of_the_person_s_own_is_not_marked(talk: Talk):
    talk.ask("Buy 10")
    talk.hear("You asked for 10.", figures=(FigureLink(14, 16, "10", ""),))
    talk.end()
    cursor = talk.page.document().find("for 10")
    assert not cursor.charFormat().isAnchor()


def test_a_failure_is_a_sentence_with_a_button_to_try_again(talk: Talk):
    talk.ask("Anything")
    talk.hear(
        "Half",
        state=MessageState.FAILED,
        trouble="The service is overloaded.",
        hint="Wait a minute.",
    )
    talk.end()
    assert "The service is overloaded. Wait a minute." in talk.text
    foot = talk.foot
    assert foot.again_button.text() == "Try again"
    foot.again_button.click()
    talk.room.until(lambda: len(talk.speaker.asked) == 2)
    talk.room.until(lambda: "overloaded" not in talk.text)


def test_a_question_is_asked_differently(talk: Talk):
    talk.ask("First")
    talk.hear("Answer")
    talk.end()
    talk.panel.chat.transcript.step(-9)
    talk.page.setFocus()
    QTest.keyClick(talk.page, Qt.Key.Key_E)
    assert talk.panel.chat.composer.words == "First"
    assert talk.panel.chat.about_row.isVisible()
    talk.panel.chat.composer.write("Second")
    QTest.keyClick(talk.panel.chat.composer, Qt.Key.Key_Return)
    talk.room.until(lambda: "Second" in talk.text)
    talk.room.until(lambda: "Answer" not in talk.text)
    assert "First" not in talk.text


def test_an_answer_is_copied_as_it_was_written(talk: Talk):
    talk.ask("First")
    talk.hear("One **bold** word.")
    talk.hear("And another.")
    talk.end()
    talk.foot.copy_button.click()
    assert QGuiApplication.clipboard().text() == "One **bold** word.\n\nAnd another."
    talk.panel.chat.transcript.step(-1)
    talk.panel.chat.transcript.page.moveCursor(talk.page.textCursor().MoveOperation.StartOfBlock)
    QTest.keyClick(talk.page, Qt.Key.Key_C)
    assert "bold" in QGuiApplication.clipboard().text()


def test_a_link_shows_its_whole_address_before_it_is_opened(talk: Talk):
    opened: list[str] = []
    talk.panel.open_link = opened.append
    talk.ask("A link?")
    talk.hear("[Prices](https://example.com/a?b=c)")
    talk.end()
    talk.page.link_asked.emit("https://example.com/a?b=c")
    bar = talk.panel.chat.ask
    assert bar.isVisible()
    assert "example.com" in bar.words.text()
    assert "https://example.com/a?b=c" in bar.words.text()
    assert bar.keep_button.hasFocus()
    bar.apply_button.click()
    assert opened == ["https://example.com/a?b=c"]
    talk.page.link_asked.emit("file:///etc/passwd")
    assert not bar.isVisible()


def test_without_a_model_it_explains_itself_and_offers_the_settings(talk: Talk, desk):
    talk.speaker.name = "Facts, no model"
    assert talk.room.context.settings.current.assistant.provider is Provider.NONE
    talk.panel.show_conversation("")
    talk.room.settle()
    empty = talk.panel.chat.empty
    assert "No model is connected" in empty.words.text()
    empty.settings_button.click()
    assert desk.done[-1] == ("show", "settings")
    empty.buttons[0].click()
    talk.room.until(lambda: talk.speaker.asked)
    assert talk.speaker.asked[0][0] == "/brief"


def test_a_stall_has_a_badge_of_its_own(talk: Talk):
    talk.ask("Anything")
    talk.speaker.move(AssistantState.WAITING, "Nothing for 20 s.")
    assert talk.panel.chat.state.stalled.isVisible()
    assert talk.panel.chat.state.words.text() == "Nothing for 20 s."
    talk.speaker.move(AssistantState.THINKING)
    assert not talk.panel.chat.state.stalled.isVisible()


@pytest.mark.slow
def test_two_hundred_messages_have_few_widgets_and_wait_for_nobody(talk: Talk):
    talk.ask("Go on")
    card = {"kind": "text", "data": {"title": "A card", "text": "words " * 30}}
    for at in range(100):
        talk.speaker.say(f"Answer {at}\n\n- one\n- two", calls=(call(f"c{at}", card=card),))
    talk.end()
    panel, transcript = talk.panel, talk.panel.chat.transcript
    talk.room.do(talk.room.context.conversations.stored())
    panel.show_conversation(panel.conversation)
    talk.room.settle()
    assert len(transcript.messages) == 101
    assert 0 < len(list(transcript.places.views())) < 20
    talk.page.verticalScrollBar().setValue(0)
    assert talk.view("c0") is not None
    assert talk.view("c99") is None
    transcript.show_call("c99")
    assert talk.view("c99").chip.hasFocus()
