from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.ideas.base import End, Method, Outcome
from puffling.store.ideas import IdeaStore
from puffling.ui.widgets.empty_state import State
from tests.ideas import BUY, LATER, keep_idea

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


def test_what_became_of_past_ideas_is_shown_with_every_rule_and_its_stops(talk: Talk, desk):
    context = talk.room.context
    old = replace(BUY, day=date(2012, 4, 2), close=Decimal("209.47"), entry=Decimal(209))
    keep_idea(context, old, "old", datetime(2012, 4, 10, 20, tzinfo=UTC))
    keep_idea(context, replace(old, method=Method.SIGNALS), "signs", LATER)
    lost = tuple(
        Outcome(days, End.STOPPED, ratio=-0.044, multiple=-1.0, text="The stop was reached.")
        for days in (1, 5, 20)
    )
    store = IdeaStore(context.storage.user)
    store.set_outcomes({"old": lost, "signs": lost})
    talk.panel.show_tab("ideas")
    ideas = talk.panel.ideas
    ideas.read()
    assert "Momentum: after 1 day 0 of 1 gained (too few to say), 1 stopped out" in (
        ideas.record.text()
    )
    assert "Technical signals: after 1 day 0 of 1 gained" in ideas.record.text()
    assert "old" not in [each.id for each in ideas.model.records]
    ideas.past.click()
    assert [each.id for each in ideas.model.records] == ["old", "signs"]
    ideas.view.choose("old")
    card = ideas.details.card
    assert card is not None
    assert [each.isEnabled() for each in card.stops] == [False, False, True]
    (row,) = [at for at, each in enumerate(ideas.model.records) if each.id == "old"]
    told = [ideas.model.columns[at].text(ideas.model.records[row]) for at in range(9, 12)]
    assert told == ["−4.40 % stopped"] * 3
    assert ideas.model.columns[7].text(ideas.model.records[row]) == "expired"
    ideas.past.click()
    assert "old" not in [each.id for each in ideas.model.records]
