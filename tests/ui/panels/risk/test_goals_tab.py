"""Goals: typed, kept, compared with the account, and proposed to the inbox."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffling.store.goals import Manner
from puffling.ui.panels.risk.goals_form import sum_words
from puffling.ui.panels.risk.goals_tab import GoalsTab
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room


@pytest.fixture
def panel(room: Room) -> Any:
    return room.open("risk", width=1100, height=640)


@pytest.fixture
def tab(room: Room, panel: Any) -> Any:
    panel.turn_to(GoalsTab)
    room.settle()
    return panel.goals


def type_in(tab: Any, **values: object) -> None:
    tab.sheet.show_values(values)
    tab.refresh()


def keep(room: Room, tab: Any, **values: object) -> None:
    type_in(tab, name="core", shares="AAPL 50, IBM 30", **values)
    tab.start()
    room.settle()


def test_it_begins_with_the_first_goal_there_is(room: Room, panel: Any):
    room.run("goal.save", name="Core", targets="AAPL:0.5")
    panel.turn_to(GoalsTab)
    room.settle()
    assert panel.goals.chooser.currentData() == "Core"
    assert panel.goals.sheet.values()["name"] == "Core"
    assert panel.goals.states.state is State.CONTENT


def test_without_shares_it_asks_for_them(tab: Any):
    assert tab.states.state is State.EMPTY
    assert not tab.save_button.isEnabled()


@pytest.mark.parametrize(
    ("text", "words", "right"),
    [
        ("AAPL 60, IBM 30", "Together 90.0 %; 10.0 % stays cash.", True),
        ("AAPL 60, IBM 50", "The shares add up to 110.00 %, more than 100 %.", False),
        ("AAPL", "AAPL needs a number in percent.", False),
    ],
)
def test_the_sum_is_said_while_typing(text, words, right):
    assert sum_words(text) == (words, right)


def test_drift_is_shown_before_the_goal_is_kept_and_sent_only_after(room: Room, tab: Any):
    type_in(tab, shares="AAPL 50, IBM 30")
    assert [row.name for row in tab.shares.records] == ["AAPL", "IBM", "Cash"]
    assert tab.strip.text("largest") == "80.0 points"
    assert not tab.send_button.isEnabled()
    assert "Keep the goal" in tab.words.text()
    keep(room, tab, manner=Manner.PROPOSE)
    assert room.context.goals.get("core").manner is Manner.PROPOSE
    assert tab.chooser.currentText() == "core"
    assert tab.send_button.isEnabled()


def test_the_chosen_trades_go_to_the_inbox_and_nothing_is_ordered(room: Room, tab: Any):
    keep(room, tab)
    view = tab.views["trades"]
    view.choose("IBM")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert [row.included for row in tab.trades.records] == [True, False]
    tab.send()
    room.settle()
    (item,) = room.context.inbox.waiting()
    assert [each.symbol for each in item.tickets] == ["AAPL"]
    assert room.context.orders.all() == []


def test_what_is_held_besides_is_left_alone_until_it_is_ticked(room: Room, tab: Any):
    room.run("order.place", symbol="GOOG", side="buy", quantity="5")
    keep(room, tab)
    rows = {row.trade.symbol: row for row in tab.trades.records}
    assert (rows["GOOG"].included, rows["GOOG"].trade.quantity) == (False, 0)
    assert "GOOG (other)" in [row.name for row in tab.shares.records]
    tab.views["trades"].choose("GOOG")
    tab._flip()
    assert tab.trades.get("GOOG").trade.quantity == -5


def test_shares_are_filled_in_from_holdings_equal_shares_and_kept_weights(room: Room, tab: Any):
    room.context.allocation.save("best", {"AAPL": 0.7, "CASH": 0.3})
    room.run("order.place", symbol="GOOG", side="buy", quantity="5")
    tab._offer()
    seen = []
    tab.propose(("AAPL", "IBM"))
    for title in ("Equal shares", "As held now", "Kept weights: best"):
        tab.sheet.show_values({"shares": ""})
        tab.fill.setCurrentIndex(tab.fill.findText(title))
        tab._fill_in()
        seen.append(str(tab.sheet.values()["shares"]).split(" ")[0])
        assert tab.typed is not None
    assert seen == ["AAPL", "GOOG", "AAPL"]


def test_a_goal_is_chosen_again_and_forgotten(room: Room, panel: Any, tab: Any):
    keep(room, tab, band=Decimal(3))
    remembered = panel.state()
    tab.chooser.setCurrentIndex(0)
    tab._choose()
    assert not tab.sheet.values()["shares"]
    panel.restore(remembered)
    tab.restore(remembered["goals"])
    assert tab.typed is not None
    assert tab.typed.band == Decimal("0.03")
    tab.remove_button.click()
    room.settle()
    assert room.context.goals.all() == []
    assert tab.states.state is State.EMPTY
