"""The Risk panel, tab by tab, followed from the first click to the end."""

from __future__ import annotations

import asyncio
import csv
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from puffin.types import Side
from puffling.services.sizes import SizeMethod
from puffling.ui.panels.risk.book_words import Source
from puffling.ui.panels.risk.faces import Faces
from puffling.ui.panels.risk.split_words import Way
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.panels.conftest import Room

OLD = "AAPL GOOG IBM MSFT"  # with a past; FB came to the market two weeks ago


@pytest.fixture
def panel(room: Room) -> Any:
    return room.open("risk", width=1100, height=640)


def turn(room: Room, panel: Any, tab: Any) -> Any:
    panel.turn_to(type(tab))
    QApplication.processEvents()
    finish(room)
    return tab


def finish(room: Room) -> None:
    """Let the work come to its end: the libraries it needs take seconds to load."""

    async def wait() -> None:
        while tasks := room.parts.runner.tasks:
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 240)

    room.do(wait())


def state_of(tab: Any) -> State:
    return State(tab.states.state)


def typed(tab: Any, weights: str) -> None:
    tab.sheet.show_values({"source": Source.TYPED, "weights": weights})


def test_nothing_shows_as_a_window_of_its_own(panel):
    QApplication.processEvents()
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [panel]


# -- limits ----------------------------------------------------------------------------------


def test_limits_say_how_much_is_used_in_the_colour_of_their_state(room, panel):
    tab = panel.limits
    assert tab.model.get("positions").used == 0
    quantity = int(Decimal(9_000) / room.last("AAPL").ask)
    room.run("order.place", symbol="AAPL", side="buy", quantity=str(quantity))
    room.trade(2)
    tab.refresh()
    row = tab.model.get("position share")
    columns = {each.id: each for each in tab.model.columns}
    assert 0.75 < row.share < 1
    assert columns["share"].tone(row) == Tone.WARNING
    assert columns["words"].text(row) == "Close to it"
    assert columns["limit"].text(row) == "10.0 %"
    assert tab.model.get("positions").used == 1
    tab.view.choose("positions")
    assert tab.words.text() == "Most positions: 20 % used."


class CountedTimer:
    """A timer that never fires and counts how often it was started."""

    def __init__(self) -> None:
        self.starts = 0

    def isActive(self) -> bool:  # noqa: N802 - as Qt names it
        return self.starts > 0

    def start(self) -> None:
        self.starts += 1

    def stop(self) -> None:
        self.starts = 0


def test_quotes_bring_the_limits_up_to_date_once_for_many(room, panel, monkeypatch):
    turn(room, panel, panel.limits)._frame.stop()
    timer = CountedTimer()
    monkeypatch.setattr(panel.limits, "_frame", timer)
    room.trade(1)
    room.trade(1)
    assert timer.starts == 1


def test_the_kill_switch_is_told_and_turned(room, panel):
    tab = panel.limits
    assert tab.halted.text() == "Trading is on."
    tab.switch.click()
    finish(room)
    assert tab.halted.text().startswith("Trading is halted since")
    assert tab.switch.text() == "Resume trading…"
    assert room.context.risk.halted() is not None


# -- size ------------------------------------------------------------------------------------


def test_a_size_follows_from_the_stop_and_goes_to_the_ticket(room, panel, monkeypatch):
    tab = turn(room, panel, panel.size_tab)
    assert state_of(tab) is State.EMPTY
    tab.sheet.show_values({"entry": Decimal(100), "stop": Decimal(95), "risk": Decimal("0.01")})
    tab.compute()
    finish(room)
    assert state_of(tab) is State.CONTENT
    assert tab.answer["quantity"] == 200
    assert tab.strip.text("at_risk") == "1,000.00"
    assert tab.strip.text("risk") == "1.0 %"
    filled: list[Any] = []
    monkeypatch.setattr(room.context.desk, "fill_ticket", lambda *each: filled.append(each))
    panel.apply_focused()
    assert filled == [(Side.BUY, "AAPL", Decimal(200))]
    assert room.context.orders.all() == []


def test_a_stop_above_the_entry_sells(room, panel):
    tab = turn(room, panel, panel.size_tab)
    tab.sheet.show_values({"entry": Decimal(100), "stop": Decimal(104)})
    tab.compute()
    finish(room)
    assert tab.side is Side.SELL
    assert tab.words.text().startswith("Sell short")
    assert tab.words.text().endswith("so this sizes a short sale.")
    assert "shares short" in tab.brief.text()


def test_every_way_to_size_asks_for_its_own_fields_only(room, panel):
    tab = turn(room, panel, panel.size_tab)
    for method, there, gone in (
        (SizeMethod.FIXED, "stop", "win_rate"),
        (SizeMethod.VOLATILITY, "multiple", "stop"),
        (SizeMethod.KELLY, "win_rate", "risk"),
        (SizeMethod.FRACTION, "fraction", "payoff"),
    ):
        tab.sheet.show_values({"method": method})
        assert there in tab.sheet.values()
        assert gone not in tab.sheet.values()


def test_the_usual_range_is_read_once_for_a_symbol(room, panel):
    tab = turn(room, panel, panel.size_tab)
    tab.sheet.show_values({"method": SizeMethod.VOLATILITY})
    tab.compute()
    finish(room)
    jobs = len(room.context.jobs.recent())
    assert tab.answer["atr"] > 0
    tab.compute()
    finish(room)
    assert len(room.context.jobs.recent()) == jobs


# -- portfolio -------------------------------------------------------------------------------


def test_nothing_held_offers_to_type_weights(room, panel):
    tab = turn(room, panel, panel.book)
    panel.run_focused()
    assert tab.states.state is State.EMPTY
    tab.states.acted.emit()
    assert tab.sheet.values()["source"] is Source.TYPED


def test_typed_weights_are_measured_in_every_tab(room, panel):
    tab = turn(room, panel, panel.book)
    typed(tab, "AAPL 50, IBM 30, CASH 20")
    panel.run_focused()
    finish(room)
    assert tab.states.state is State.CONTENT
    assert tab.tails.keys == ("Historical", "Parametric", "Cornish-Fisher", "Student-t")
    assert [row.symbol for row in tab.positions.records] == ["AAPL", "IBM"]
    assert tab.map.grid.values.shape == (2, 2)
    assert tab.map.words().startswith("Closest: ")
    tab.map.look_at((0, 1))
    assert tab.map.words() == "AAPL and AAPL: correlation 1.00"
    assert len(tab.tests) == 8
    assert tab.strip.text("exposure") == "80 %"
    assert "Financial crisis, 2007 to 2009" in [row.title for row in tab.crises.model.records]


def test_too_few_common_returns_say_how_many_there_are(room, panel):
    tab = turn(room, panel, panel.book)
    typed(tab, "AAPL 50 FB 50")
    tab.start()
    finish(room)
    assert tab.states.state is State.ERROR
    said = " ".join(each.text() for each in tab.states.findChildren(QLabel))
    assert "60 are needed" in said
    assert "FB" in said


@pytest.mark.parametrize(
    ("weights", "said"),
    [("AAPL 50", "add up to 50.0%"), ("AAPL fifty", "AAPL needs a number"), ("?? 5", "no")],
)
def test_weights_that_make_no_sense_are_refused_in_words(room, panel, weights, said):
    tab = turn(room, panel, panel.book)
    typed(tab, weights)
    tab.start()
    assert tab.states.state is State.ERROR
    assert said in " ".join(each.text() for each in tab.states.findChildren(QLabel))


def test_a_scenario_of_ones_own_is_tried_kept_and_removed(room, panel):
    tab = turn(room, panel, panel.book)
    typed(tab, "AAPL 100")
    tab.start()
    finish(room)
    crises = tab.crises
    crises.market.setText("a lot")
    crises.add()
    assert "percent" in crises.problem.text()
    crises.title.setText("Bad week")
    crises.market.setText("−10 %")
    crises.names.setText("AAPL -25")
    crises.add()
    assert crises.problem.isHidden()
    row = crises.view.current
    assert row.title == "Bad week"
    assert row.share == pytest.approx(-0.25)
    again = room.open("risk")
    again.restore(panel.state())
    assert [each.title for each in again.book.crises.own] == ["Bad week"]
    crises.remove()
    assert crises.own == []
    crises.names.setText("GOOG -25")
    crises.add()
    columns = {each.id: each for each in crises.model.columns}
    assert columns["unknown"].text(crises.view.current) == "GOOG"
    assert "Not in the book" in columns["unknown"].tip(crises.view.current)


def test_what_is_stopped_shows_what_was_there_before(room, panel, monkeypatch):
    tab = turn(room, panel, panel.book)
    going = threading.Event()

    def slowly(title: str, work: Any, *, panel: str = "") -> Any:
        return run(title, wait, panel=panel)

    def wait(progress: Any) -> None:
        going.set()
        while True:
            progress(0.25)

    run = room.context.jobs.run
    monkeypatch.setattr(room.context.jobs, "run", slowly)
    typed(tab, "AAPL 100")
    tab.start()
    room.until(going.is_set)
    assert state_of(tab) is State.LOADING
    assert not tab.button.isEnabled()
    tab.states.cancelled.emit()
    finish(room)
    room.until(lambda: not room.context.jobs.running())
    assert state_of(tab) is State.EMPTY
    assert tab.button.isEnabled()


# -- allocate --------------------------------------------------------------------------------


def test_symbols_with_a_past_are_proposed(panel):
    assert panel.allocate.sheet.values()["symbols"] == tuple(OLD.split())


def test_an_allocation_has_weights_frontier_trial_and_a_preview(room, panel):
    tab = turn(room, panel, panel.allocate)
    tab.sheet.show_values({"method": Way.EQUAL, "largest": 0.5})
    tab.start()
    finish(room)
    assert tab.states.state is State.CONTENT
    assert [row.weight for row in tab.weights.records] == [0.25] * 4
    assert tab.found.frontier is not None
    assert tab.chart.count == 25 + 4 + 1
    assert tab.trial.record(0).title == "Total return"
    assert len(tab.trades) == 4
    assert all(row.quantity > 0 for row in tab.trades.records)
    assert "nothing is ordered" in tab.way_words.text()
    assert room.context.orders.all() == []
    tab.measure_button.click()
    finish(room)
    assert panel._front() is panel.book
    assert [row.symbol for row in panel.book.positions.records] == OLD.split()


def test_limits_that_cannot_be_met_are_said(room, panel):
    tab = turn(room, panel, panel.allocate)
    tab.sheet.show_values({"method": Way.EQUAL, "largest": 0.1})
    tab.start()
    finish(room)
    assert tab.states.state is State.ERROR
    said = " ".join(each.text() for each in tab.states.findChildren(QLabel))
    assert "add up to 40%" in said


# -- factors ---------------------------------------------------------------------------------


def test_an_expression_is_underlined_at_its_column(panel):
    edit = panel.factors.edit
    edit.show_text("rank(delta(clse, 5))")
    assert not edit.is_right
    assert edit.column == 12
    (mark,) = edit.line.extraSelections()
    assert mark.cursor.selectedText() == "clse"
    edit.show_text("rank(delta(close, 5))")
    assert edit.is_right
    assert edit.line.extraSelections() == []


def test_a_factor_of_the_library_is_taken_and_evaluated(room, panel):
    tab = turn(room, panel, panel.factors)
    tab.search.setText("reversal week")
    (factor,) = tab.library.records
    tab.use(factor)
    assert tab.edit.text == factor.text
    panel.run_focused()
    finish(room)
    assert [row.symbol for row in tab.latest.records if row.value is not None]
    assert [each.bars for each in tab.horizons.records] == [1, 5, 10, 20]
    assert len(tab.quantiles.records) == tab.evaluation.quantiles
    assert "chance" in tab.judged_words.text()


def test_a_factor_without_a_value_says_why(room, panel):
    tab = turn(room, panel, panel.factors)
    tab.edit.show_text("log(-close)")
    tab.compute()
    finish(room)
    said = "log(-close): the logarithm of a number below zero on every bar."
    assert {row.why for row in tab.latest.records} == {said}
    assert f"now: {said}" in tab.value_words.text()
    panel.run_focused()
    finish(room)
    assert state_of(tab) is State.ERROR
    shown = " ".join(each.text() for each in tab.states.findChildren(QLabel))
    assert "The factor has no value at all." in shown
    assert said in shown


def test_the_regime_of_the_linked_symbol_has_both_views(room, panel):
    tab = turn(room, panel, panel.factors)
    tab.tabs.setCurrentWidget(tab.regime)
    finish(room)
    regime = tab.regime
    assert regime.found.symbol == "AAPL"
    assert regime.strip.text("trend") in {"Up", "Down"}
    assert regime.strip.text("cluster") != "—"
    panel.set_symbol("IBM")
    assert regime.found is None


# -- data ------------------------------------------------------------------------------------


def test_prices_are_looked_over_when_they_come_into_sight(room, panel, tmp_path: Path):
    tab = panel.data
    assert not tab.looked
    turn(room, panel, tab)
    assert tab.looked.symbol == "AAPL"
    newest = tab.bars.record(0)
    assert newest.number == len(tab.looked.found.bars)
    assert "bars" in tab.words.text()
    assert {each.title for each in tab.facts.records} >= {"Source", "Interval"}
    tab.only.setChecked(True)
    assert all(row.notes for row in tab.bars.records)
    file = tmp_path / "aapl.csv"
    tab._write(str(file))
    finish(room)
    with file.open() as lines:
        assert len(list(csv.reader(lines))) >= newest.number
    panel.set_symbol("IBM")
    finish(room)
    assert tab.looked.symbol == "IBM"


# -- the habits of panels --------------------------------------------------------------------


def test_a_narrow_panel_shows_one_face_at_a_time(room):
    panel = room.open("risk", width=398, height=273)
    for page in (panel.size_tab, panel.book, panel.allocate, panel.factors):
        turn(room, panel, page)
        faces = page.findChild(Faces)
        assert faces.is_narrow
        assert faces.asked.isVisible() != faces.found.isVisible()
    assert panel.minimumSizeHint().width() <= 398
    typed(turn(room, panel, panel.book), "AAPL 100")
    panel.run_focused()
    finish(room)
    QApplication.processEvents()
    assert panel.book.lead.tabs.tabText(0) == "Figures"
    for page in (panel.book, panel.allocate):
        page.lead.fold(on=True)
        bar = page.lead.tabs.tabBar()
        assert sum(bar.tabRect(each).width() for each in range(bar.count())) <= 398
    panel.allocate.lead.fold(on=False)
    panel.resize(1000, 600)
    QApplication.processEvents()
    assert panel.book.lead.tabs.tabText(0) == "Tail"
    turn(room, panel, panel.factors)
    assert panel.factors.faces.asked.isVisible()
    assert panel.factors.faces.found.isVisible()


def test_the_keyboard_stays_in_a_narrow_panel_that_turns_to_its_result(room):
    panel = room.open("risk", width=398, height=273)
    page = turn(room, panel, panel.allocate)
    panel.primary_focus().setFocus()
    assert page.sheet.isAncestorOf(panel.window().focusWidget())
    page.faces.show_found()
    assert panel.window().focusWidget() is page.faces.bar
    for each in (panel.size_tab, panel.book, panel.allocate, panel.goals, panel.factors):
        turn(room, panel, each).faces.show_found()
        assert panel.primary_focus() is each.faces.bar
        each.faces.show_asked()
        assert each.faces.asked.isAncestorOf(panel.primary_focus())


def test_keys_turn_the_tabs(qtbot, room, panel):
    qtbot.keyClick(panel, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert panel._front() is panel.size_tab
    qtbot.keyClick(panel, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(panel, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert panel._front() is panel.data
    finish(room)


def test_what_is_filled_in_comes_back(room, panel):
    panel.turn_to(type(panel.allocate))
    panel.allocate.sheet.show_values({"method": Way.HRP, "symbols": ("IBM", "MSFT")})
    typed(panel.book, "IBM 100")
    panel.size_tab.sheet.show_values({"method": SizeMethod.KELLY, "win_rate": 0.55})
    panel.factors.edit.show_text("delta(close, 3)")
    again = room.open("risk")
    again.restore(panel.state())
    assert again._front() is again.allocate
    assert again.allocate.sheet.values()["method"] is Way.HRP
    assert again.allocate.sheet.values()["symbols"] == ("IBM", "MSFT")
    assert again.book.sheet.values()["weights"] == "IBM 100"
    assert again.size_tab.sheet.values()["win_rate"] == 0.55
    assert again.factors.edit.text == "delta(close, 3)"
