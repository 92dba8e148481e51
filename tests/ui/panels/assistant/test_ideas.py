from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.assistant.conftest import Talk


def test_rules_look_when_asked_and_show_what_each_idea_came_from(talk: Talk, desk):
    panel = talk.panel
    panel.show_tab("ideas")
    ideas = panel.ideas
    assert ideas.states.state is State.EMPTY
    assert ideas.states.way_out is not None
    ideas.states.way_out.click()
    talk.room.settle()
    board = talk.room.context.ideas.board()
    assert [each.id for each in ideas.model.records] == [each.id for each in board.cards]
    assert ideas.model.records  # the demo's first day has some
    card = ideas.details.card
    assert card is not None
    best = board.cards[0].idea
    assert best.symbol in card.title.text()
    QTest.keyClick(ideas.view, Qt.Key.Key_X)
    talk.room.until(lambda: talk.speaker.asked)
    question, about = talk.speaker.asked[0]
    assert best.symbol in question
    assert about
    assert panel.tabs.currentWidget() is panel.chat
    talk.end()
    panel.show_tab("ideas")
    for row in range(len(ideas.model)):
        ideas.view.choose(ideas.model.records[row].id)
        can = ideas.model.records[row].fit.quantity is not None
        shown = ideas.details.card
        assert shown is not None
        assert [each.isEnabled() for each in shown.stops] == [can, can, True]
