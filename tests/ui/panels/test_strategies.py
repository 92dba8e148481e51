from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from puffling.ui.panels.strategies.entries import Group
from puffling.ui.widgets.empty_state import State
from tests.fakes import until

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.fakes import FakeDesk
    from tests.ui.panels.conftest import Room

BROKEN = """\
from puffin.strategies.base import Signals, Strategy


class Broken(Strategy):
    title = "Broken"
    summary = "Knows not what it does."
    warm_up = 1

    def signals(self, bars):
        return Signals(nobody_knows_this)
"""


@pytest.fixture
def panel(room: Room) -> Any:
    """The panel, with its library read."""
    made = room.open("strategies", width=1100)
    room.settle()
    return made


def press(widget: Any, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key, modifier)


def menu_of(view: Any, record: Any) -> dict[str, Any]:
    menu = QMenu(view)
    view.filling_menu.emit(menu, record)
    return {each.text(): each for each in menu.actions() if each.text()}


def entry(panel: Any, title: str) -> Any:
    return next(each for each in panel.library.entries if each.title == title)


def choose(panel: Any, title: str) -> Any:
    panel.library.choose(entry(panel, title).id)
    return panel.library.current


def answer(panel: Any, name: str) -> None:
    """Fill in the line that asks for a name, by keyboard."""
    bar = panel.library.bar
    assert bar.name.isVisible()
    bar.name.selectAll()
    QTest.keyClicks(bar.name, name)
    QTest.keyClick(bar.name, Qt.Key.Key_Return)


def save_momentum(room: Room, panel: Any, name: str = "Mine") -> Any:
    """Save momentum with other parameters under a name, by keyboard."""
    choose(panel, "Momentum")
    panel.library.details.form.editor("short").show_value(10)
    press(panel.library.view, Qt.Key.Key_S)
    answer(panel, name)
    room.settle()
    return panel.library.current


# -- library ---------------------------------------------------------------------------------


def test_everything_that_can_be_tried_is_listed_with_where_it_comes_from(panel: Any):
    groups = {each.title: each.group for each in panel.library.entries}
    assert groups["Momentum"] is Group.BUILT_IN
    assert groups["RSI oversold"] is Group.TEMPLATES
    assert panel.library.states.state is State.CONTENT
    assert panel.library.current.title == "Momentum"


def test_a_filter_keeps_what_fits(panel: Any):
    library = panel.library
    library.search.setText("oversold")
    titles = [each.title for each in library.model.records]
    assert "RSI oversold" in titles
    assert "Momentum" not in titles
    library.group.setCurrentText(str(Group.TEMPLATES))
    assert {each.group for each in library.model.records} == {Group.TEMPLATES}


def test_the_chosen_one_says_what_it_needs_and_what_must_be_known(panel: Any):
    details = panel.library.details
    choose(panel, "Statistical arbitrage")
    assert "two symbols" in details.summary.text()
    choose(panel, "Market making")
    assert details.cautions.isVisible()
    assert details.form is not None


def test_parameters_are_saved_as_a_new_one_by_keyboard(room: Room, panel: Any):
    chosen = save_momentum(room, panel)
    assert (chosen.title, chosen.group, chosen.state) == ("Mine", Group.YOURS, "draft")
    assert chosen.parameters["short"] == 10
    assert room.context.strategies.card(chosen.id).parameters["short"] == 10


def test_another_parameter_is_one_more_revision_that_can_be_taken_back(room: Room, panel: Any):
    chosen = save_momentum(room, panel)
    details = panel.library.details
    assert not details.save_button.isEnabled()
    QTest.keyClicks(details.form.editor("short").number, "5")  # 105 does not fit: long is 50
    assert not details.save_button.isEnabled()
    details.form.editor("short").show_value(12)
    details.form.changed.emit("short")
    assert details.save_button.isEnabled()
    panel.apply_focused()
    room.settle()
    assert panel.library.current.revision == 2
    view = details.revisions
    assert [each.number for each in view.model.records] == [2, 1]
    assert view.words.text() == "From 1 to 2: Short: 10 before, 12 now."
    view.view.choose("1")
    room.settle()
    view.restore()
    room.settle()
    assert room.context.strategies.card(chosen.id).parameters["short"] == 10
    assert panel.library.current.revision == 3


def test_what_does_not_fit_is_not_handed_on(room: Room, panel: Any, desk: Any):
    choose(panel, "Momentum")
    panel.library.details.form.editor("short").show_value(200)
    panel.backtest()
    room.settle()
    assert desk.done == []
    assert panel.library.details.form.problems()


def test_ctrl_b_hands_the_chosen_one_to_the_backtest_panel(room: Room, panel: Any, desk: Any):
    choose(panel, "Momentum")
    panel.library.details.form.editor("short").show_value(10)
    press(panel.library.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    press(panel.library.view, Qt.Key.Key_O)
    room.settle()
    (first, second) = desk.done
    assert first[:2] == ("try_strategy", "momentum")
    assert first[2]["short"] == 10
    assert (first[3], second[3]) == (False, True)


def test_a_template_cannot_be_tried_before_it_is_saved(panel: Any, desk: Any):
    choose(panel, "RSI oversold")
    assert not panel.library.backtest_button.isEnabled()
    press(panel.library.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert desk.done == []
    menu = menu_of(panel.library.view, panel.library.current)
    assert [words for words, each in menu.items() if each.isEnabled()] == [
        "Edit rules",
        "Clone…",
        "New rules",
        "New Python file",
        "Import…",
        "Files folder",
    ]


def test_a_template_is_cloned_under_a_name_of_its_own(room: Room, panel: Any):
    choose(panel, "RSI oversold")
    press(panel.library.view, Qt.Key.Key_C)
    answer(panel, "Sharp falls")
    room.settle()
    chosen = panel.library.current
    assert (chosen.title, chosen.kind) == ("Sharp falls", "Rules")
    assert any(each.startswith("Buys when") for each in chosen.said)


def test_removing_asks_and_the_harmless_answer_has_the_focus(room: Room, panel: Any):
    chosen = save_momentum(room, panel)
    press(panel.library.view, Qt.Key.Key_Delete)
    bar = panel.library.bar
    assert bar.words.text() == "Remove Mine with its revision? Its backtests stay."
    assert bar.keep_button.hasFocus()
    QTest.keyClick(bar.keep_button, Qt.Key.Key_Return)
    room.settle()
    assert entry(panel, "Mine").id == chosen.id
    press(panel.library.view, Qt.Key.Key_Delete)
    bar.apply_button.click()
    room.settle()
    assert "Mine" not in {each.title for each in panel.library.entries}


def test_what_is_built_in_cannot_be_removed(panel: Any):
    choose(panel, "Momentum")
    press(panel.library.view, Qt.Key.Key_Delete)
    assert not panel.library.bar.isVisible()


def test_a_name_that_is_taken_is_refused_in_words(room: Room, panel: Any):
    heard: list[Any] = []
    room.parts.signals.notice_posted.connect(heard.append)
    save_momentum(room, panel)
    save_momentum(room, panel)
    assert "Mine" in heard[0].title
    assert [each.title for each in panel.library.entries].count("Mine") == 1


def test_a_strategy_goes_out_and_comes_back(room: Room, panel: Any, tmp_path: Path):
    chosen = save_momentum(room, panel)
    path = tmp_path / "mine.json"
    panel._export(chosen.id, str(path))
    room.settle()
    assert json.loads(path.read_text())["parameters"]["short"] == 10
    panel._saving("strategy.import", path=str(path))
    room.settle()
    assert panel.library.current.title == "Mine 2"


def test_a_broken_file_is_a_card_with_its_sentence_and_line(room: Room):
    folder = room.context.strategies.files.make_folder()
    (folder / "broken.py").write_text(BROKEN)
    panel = room.open("strategies")
    room.until(lambda: any(each.state == "broken" for each in panel.library.entries))
    chosen = choose(panel, "broken")
    assert chosen.group is Group.FILES
    assert "line 10" in chosen.problem
    assert "nobody_knows_this" in panel.library.details.problem.text()
    assert not panel.library.backtest_button.isEnabled()
    (folder / "broken.py").unlink()
    panel.run_focused()
    room.settle()
    assert "broken" not in {each.title for each in panel.library.entries}


def test_a_new_file_is_an_example_in_the_folder_that_opens(room: Room, panel: Any):
    opened: list[Path] = []
    told: list[Any] = []
    room.parts.signals.notice_posted.connect(told.append)
    panel.open_folder = opened.append  # which opens nothing, so that it is said where it is
    press(panel.library.view, Qt.Key.Key_F)
    room.until(lambda: any(each.title == "Falling days" for each in panel.library.entries))
    room.settle()
    assert opened == [room.context.strategies.files.folder]
    assert str(opened[0]) in told[0].text
    chosen = choose(panel, "Falling days")
    assert chosen.can_be_used
    assert panel.library.details.form.names == ("days",)


def test_the_latest_test_is_shown_with_its_verdict(room: Room, panel: Any):
    room.run("backtest.run", strategy="momentum", symbol="IBM")
    room.settle()
    chosen = choose(panel, "Momentum")
    assert chosen.last.symbol == "IBM"
    assert "Last tried on IBM" in panel.library.details.meta.text()
    assert panel.library.details.verdict.text in {"Fails", "With care", "Believable", "No verdict"}


def test_a_restored_panel_shows_what_was_chosen(room: Room, panel: Any):
    choose(panel, "Breakout")
    panel.tabs.setCurrentIndex(2)
    again = room.open("strategies")
    again.restore(panel.state())
    room.settle()
    assert again.library.current.title == "Breakout"
    assert again.tabs.currentIndex() == 2


# -- rules -----------------------------------------------------------------------------------


def test_rules_are_written_and_saved_by_keyboard(room: Room, panel: Any):
    rules = panel.rules
    press(panel.library.view, Qt.Key.Key_Insert)
    assert panel.tabs.currentWidget() is rules
    assert rules.name.hasFocus()
    QTest.keyClicks(rules.name, "Above its average")
    press(rules.tree, Qt.Key.Key_Insert)
    assert rules.said.text() == (
        "Buys when the close crosses above Simple average 20.\nNothing ends a long position."
    )
    panel.apply_focused()
    room.settle()
    saved = entry(panel, "Above its average")
    assert rules.saved_id == saved.id
    assert not rules.draft.is_changed
    assert saved.document["entry_long"]["op"] == "crosses above"


def test_a_template_is_a_beginning_and_stays_as_it_is(room: Room, panel: Any):
    choose(panel, "RSI oversold")
    press(panel.library.view, Qt.Key.Key_E)
    rules = panel.rules
    assert rules.saved_id == ""
    assert rules.name.text() == "RSI oversold"
    rules.tree.choose(("entry_long",))
    right = rules.comparison.right.number
    right.setFocus()
    right.selectAll()
    QTest.keyClicks(right, "25")
    assert rules.draft.document["entry_long"]["right"]["value"] == 25
    assert "is below 25" in rules.said.text()
    assert entry(panel, "RSI oversold").document["entry_long"]["right"]["value"] == 30


def test_saved_rules_get_a_revision_and_its_note(room: Room, panel: Any):
    test_rules_are_written_and_saved_by_keyboard(room, panel)
    rules = panel.rules
    rules.tree.choose(("entry_long",))
    press(rules.tree, Qt.Key.Key_Insert)
    rules.note.setText("Twice sure")
    rules.save()
    room.settle()
    revisions = room.context.strategies.revisions(rules.saved_id)
    assert [each.note for each in revisions] == ["Twice sure", ""]


def test_an_unknown_indicator_is_an_error_at_its_place(panel: Any):
    panel.make("rules")
    rules = panel.rules
    press(rules.tree, Qt.Key.Key_Insert)
    line = rules.comparison.right.study.box.lineEdit()
    line.setText("rssi")
    line.editingFinished.emit()
    assert "There is no indicator called rssi." in rules.comparison.right.problem.text()
    assert rules.comparison.left.problem.text() == ""
    assert rules.tree.currentItem().toolTip(0).startswith("There is no indicator")
    assert not rules.save_button.isEnabled()


def test_a_setting_that_does_not_fit_is_never_another_one(panel: Any):
    panel.make("rules")
    rules = panel.rules
    press(rules.tree, Qt.Key.Key_Insert)
    window = rules.comparison.right.study.settings["window"].number
    window.setFocus()
    window.selectAll()
    QTest.keyClicks(window, "0")
    assert rules.draft.document["entry_long"]["right"]["parameters"] == {"window": 0}
    assert "Window of Simple average" in rules.comparison.right.problem.text()


def test_a_stop_that_does_not_fit_is_said_at_its_field(panel: Any):
    choose(panel, "RSI oversold")
    panel.act("edit")
    rules = panel.rules
    rules.tree.choose(("protection",))
    stop = rules.protection.form.editor("stop_loss").number
    stop.setFocus()
    stop.selectAll()
    QTest.keyClicks(stop, "150")
    assert not rules.save_button.isEnabled()
    assert rules.protection.form.editor("stop_loss").problem
    stop.selectAll()
    QTest.keyClicks(stop, "3")
    assert "loss of 3 %" in rules.said.text()
    assert rules.save_button.isEnabled()


def test_groups_opposites_and_the_way_back(panel: Any):
    panel.make("rules")
    rules, tree = panel.rules, panel.rules.tree
    press(tree, Qt.Key.Key_Insert)
    press(tree, Qt.Key.Key_O)
    assert rules.draft.document["entry_long"]["kind"] == "any"
    press(tree, Qt.Key.Key_N)
    assert rules.draft.document["entry_long"]["kind"] == "not"
    press(tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rules.draft.document["entry_long"]["kind"] == "any"
    press(tree, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert rules.draft.document["entry_long"]["kind"] == "not"
    press(tree, Qt.Key.Key_Delete)
    assert rules.draft.is_empty


def test_a_sum_holds_two_sides_of_its_own(panel: Any):
    panel.make("rules")
    rules = panel.rules
    press(rules.tree, Qt.Key.Key_Insert)
    side = rules.comparison.right
    side.kind.setCurrentIndex(side.kind.findData("combined"))
    side.kind.activated.emit(side.kind.currentIndex())
    assert rules.draft.document["entry_long"]["right"] == {
        "kind": "combined",
        "sum": "*",
        "left": {"kind": "indicator", "id": "sma", "parameters": {"window": 20}},
        "right": {"kind": "number", "value": 2},
    }
    assert "Simple average 20 times 2" in rules.said.text()


def test_a_time_is_compared_with_a_number(panel: Any):
    panel.make("rules")
    rules = panel.rules
    press(rules.tree, Qt.Key.Key_Insert)
    side = rules.comparison.left
    side.kind.setCurrentIndex(side.kind.findData("time"))
    side.kind.activated.emit(side.kind.currentIndex())
    assert rules.said.text().startswith("Buys when the weekday is Monday.")


def test_rules_that_are_not_saved_are_not_dropped_unasked(panel: Any):
    panel.make("rules")
    rules = panel.rules
    press(rules.tree, Qt.Key.Key_Insert)
    panel.make("rules")
    assert rules.bar.isVisible()
    assert not rules.draft.is_empty
    rules.bar.apply_button.click()
    assert rules.draft.is_empty


def test_a_draft_outlives_its_panel(room: Room, panel: Any):
    panel.make("rules")
    press(panel.rules.tree, Qt.Key.Key_Insert)
    again = room.open("strategies")
    again.restore(panel.state())
    room.settle()
    assert again.rules.draft.document == panel.rules.draft.document
    assert again.rules.draft.is_changed


def test_ctrl_b_saves_rules_before_they_are_tried(room: Room, panel: Any, desk: Any):
    choose(panel, "RSI oversold")
    panel.act("edit")
    press(panel.rules.tree, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    room.do(until(lambda: desk.done))
    room.settle()
    assert desk.done == [("try_strategy", panel.rules.saved_id, {}, False)]
    assert entry(panel, "RSI oversold")


def test_keys_turn_the_tabs_from_anywhere_in_the_panel(panel: Any):
    for wanted in ("rules", "signals", "library"):
        next(
            each for each in panel._keys if each.key().toString() == "Ctrl+PgDown"
        ).activated.emit()
        assert panel.state()["tab"] == wanted
    panel._keys[1].activated.emit()
    assert panel.state()["tab"] == "signals"


# -- signals ---------------------------------------------------------------------------------


def ask(room: Room, panel: Any) -> list[Any]:
    panel.tabs.setCurrentWidget(panel.signals)
    panel.run_focused()
    room.settle()
    return list(panel.signals.model.records)


def tick_only(panel: Any, *titles: str) -> None:
    for item in panel.signals._items():
        on = item.text() in titles
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def test_f5_asks_the_chosen_strategies_about_the_linked_symbol(room: Room, panel: Any):
    assert panel.signals.states.state is State.EMPTY
    tick_only(panel, "Momentum", "Breakout")
    rows = ask(room, panel)
    assert {(each.symbol, each.strategy) for each in rows} == {
        ("AAPL", "momentum"),
        ("AAPL", "breakout"),
    }
    assert all(each.signal in {"long", "short", "flat"} for each in rows)
    assert panel.signals.said.text() == "2 signals"
    assert panel.signals.view.current is panel.signals.model.records[0]
    assert panel.signals.mark_button.isEnabled()


def test_return_shows_the_symbol_of_a_row_and_marks_its_signals(
    room: Room, panel: Any, desk: FakeDesk
):
    tick_only(panel, "Momentum")
    signals = panel.signals
    signals.source.setCurrentIndex(signals.source.findData("typed"))
    signals.typed.setText("ibm, zzzz")
    rows = ask(room, panel)
    assert {each.symbol for each in rows} == {"IBM", "ZZZZ"}
    refused = next(each for each in rows if each.symbol == "ZZZZ")
    assert refused.error
    assert signals.said.text() == "1 signal, 1 without one"
    signals.view.choose("IBM momentum")
    assert signals.mark_button.isEnabled()
    press(signals.view, Qt.Key.Key_Return)
    room.settle()
    assert room.parts.links.symbol("blue") == "IBM"
    assert desk.done[-1] == ("chart_signals", "momentum")
    desk.done.clear()
    signals.mark_button.click()
    room.settle()
    assert desk.done == [("chart_signals", "momentum")]
    signals.view.choose("ZZZZ ")
    assert not signals.mark_button.isEnabled()
    press(signals.view, Qt.Key.Key_Return)
    room.settle()
    assert room.parts.links.symbol("blue") == "ZZZZ"
    assert len(desk.done) == 1


@pytest.mark.qt_log_ignore("grabbing the (keyboard|mouse)", extend=True)
def test_symbols_are_completed_as_they_are_typed(room: Room, panel: Any, qtbot: QtBot):
    signals = panel.signals
    panel.tabs.setCurrentWidget(signals)
    signals.source.setCurrentIndex(signals.source.findData("typed"))
    room.settle()
    qtbot.keyClicks(signals.typed, "ibm mi")
    words = [
        signals.typed._words.item(row).text() for row in range(signals.typed._words.rowCount())
    ]
    assert any(each.startswith("MSFT") for each in words)
    signals.typed._take(words[0])
    assert signals.symbols[0] == "IBM"
    assert len(signals.symbols) == 2


def test_what_is_no_symbol_is_not_asked(panel: Any):
    signals = panel.signals
    panel.tabs.setCurrentWidget(signals)
    signals.source.setCurrentIndex(signals.source.findData("typed"))
    signals.typed.setText("IBM 12%")
    assert signals.problem.text() == "“12%” is not a symbol."
    assert not signals.ask_button.isEnabled()


def test_a_watchlist_can_be_asked_about(room: Room, panel: Any):
    signals = panel.signals
    signals.source.setCurrentIndex(signals.source.findData("Starter"))
    assert set(signals.symbols) == set(room.context.watchlists.get("").symbols)
    tick_only(panel)
    assert signals.problem.text() == "Tick at least one strategy."


def test_asking_can_be_stopped(room: Room, panel: Any, monkeypatch: pytest.MonkeyPatch):
    def endless(symbols: Any, ids: Any, progress: Any) -> None:
        while True:
            progress(0.5)

    monkeypatch.setattr(room.context.strategies, "signals", endless)
    panel.tabs.setCurrentWidget(panel.signals)
    panel.run_focused()
    room.do(until(lambda: panel._asking.job))
    states = [panel.signals.states.state]
    panel.signals.states.cancelled.emit()
    room.settle()
    states.append(panel.signals.states.state)
    assert states == [State.LOADING, State.EMPTY]


def test_the_line_that_is_wrong_is_marked_and_no_other(panel: Any):
    panel.make("rules")
    rules, tree = panel.rules, panel.rules.tree
    press(tree, Qt.Key.Key_Insert)
    tree.choose(("exit_short",))
    press(tree, Qt.Key.Key_Insert)
    press(tree, Qt.Key.Key_O)
    marked = [each.text(0) for each in tree._lines() if each.toolTip(0)]
    assert marked == ["Any of these"]
    assert rules.said_title.text() == "What is not right yet"
