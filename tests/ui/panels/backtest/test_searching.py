"""The Optimise, Compare and Monte Carlo tabs, followed from the first click to the end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.store.searches import SearchState
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room


@pytest.fixture
def panel(room: Room) -> Any:
    return room.open("backtest", width=1200, height=700)


def optimise(room: Room, panel: Any) -> Any:
    panel.turn_to("optimise")
    counted(room, panel)
    return panel.optimise


def counted(room: Room, panel: Any) -> None:
    form = panel.optimise.form
    said = form.estimate.text
    room.until(lambda: said().count(" s.") or "about" in said() or not form.problem.isHidden())
    room.settle()


class Windows(QObject):
    """Notes what is shown as a window of its own, even for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QObject] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_nothing_shows_as_a_window_of_its_own_even_for_a_moment(room, qapp):
    windows = Windows()
    qapp.installEventFilter(windows)
    panel = room.open("backtest")
    for name in panel.pages:
        panel.turn_to(name)
        room.settle()
    qapp.removeEventFilter(windows)
    assert windows.seen == [panel]


def test_a_page_is_built_when_it_is_looked_at_and_keeps_what_it_was_told(room, panel):
    assert not any(page.is_built for page in panel.pages.values())
    state = {"form": {"ranges": {"short": {"on": True, "text": "8, 9"}}}}
    panel.restore({"optimise": state})
    assert panel.state()["optimise"] == state
    panel.run_focused()
    room.settle()
    assert not panel.pages["compare"].is_built
    panel.turn_to("optimise")
    assert panel.optimise.form.ranges.values()["short"] == "8, 9"


def test_combinations_and_time_are_said_before_the_start(room, panel):
    tab = optimise(room, panel)
    said = tab.form.estimate.text()
    assert said.startswith("16 combinations (2 of 18 make no sense or come to the same), ")
    assert said.endswith((" s.", " min."))
    assert room.context.searches.all() == []


def test_more_than_the_cap_is_refused_until_it_is_raised_on_purpose(room, panel):
    tab = optimise(room, panel)
    tab.form.ranges.editor("short").setText("2:40:1")
    tab.form.ranges.editor("long").setText("50:90:1")
    tab.form.estimate.setText("")
    tab.form.touch()
    counted(room, panel)
    assert "500" in tab.form.problem.text()
    tab.form.cap.editor("raise_most").show_value(value=True)
    tab.form.most.editor("most").show_value(4_000)
    tab.form.touch()
    assert not tab.form.most.isHidden()
    tab.form.problem.hide()
    counted(room, panel)
    assert tab.form.problem.isHidden()
    assert tab.form.estimate.text().startswith("3,198 combinations")


def test_a_search_fills_the_leaderboard_and_the_map_and_is_kept(room, panel):
    tab = optimise(room, panel)
    panel.run_focused()
    room.settle()
    view = tab.view
    assert len(view.board) == 16
    best = view.board.record(0)
    assert best.figure("sharpe") == max(row.figure("sharpe") for row in view.board.records)
    assert view.status.text().startswith("16 of 16 tried")
    assert view.stop_button.isHidden()
    view.tabs.setCurrentWidget(view.heat)
    assert view.heat.map.grid.best is not None
    view.tabs.setCurrentWidget(view.convergence)
    assert view.convergence.chart.count == 16
    (kept,) = room.context.searches.all()
    assert kept.state is SearchState.DONE
    panel.turn_to("history")
    room.settle()
    assert panel.history.searches.model.keys == (kept.id,)


def test_in_little_room_the_pages_have_short_names_that_fit(room, panel):
    panel.turn_to("optimise")
    view = panel.optimise.view
    bar = view.tabs.tabBar()
    for width, first in ((1200, "Leaderboard"), (660, "Best"), (1200, "Leaderboard")):
        panel.resize(width, 500)
        room.settle()
        assert bar.tabText(0) == first
        assert bar.sizeHint().width() <= view.tabs.width()
        assert bar.tabToolTip(0) == "Leaderboard"


def test_the_axes_of_the_map_change_places_or_parameters(room, panel):
    tab = optimise(room, panel)
    tab.start()
    room.settle()
    heat = tab.view.heat
    tab.view.tabs.setCurrentWidget(heat)
    assert heat.map.grid.x_title == "Short"
    heat.across.setCurrentIndex(heat.across.findData("ma"))
    heat.axes_changed.emit()
    room.settle()
    assert heat.map.grid.x_title == "Average"
    assert heat.map.grid.x_names == ("sma", "ema")


def test_the_best_parameters_go_to_the_run_tab_and_are_run(room, panel):
    tab = optimise(room, panel)
    tab.start()
    room.settle()
    best = tab.view.board.record(0)
    tab.view.board_view.setFocus()
    tab.view.board_view.selectRow(0)
    QTest.keyClick(tab.view.board_view, Qt.Key.Key_Return)
    room.settle()
    assert panel.tab == "run"
    assert panel.setup.strategy.values() == best.trial.parameters
    shown = panel.run_tab.result.shown.result
    assert shown.metrics["sharpe"] == pytest.approx(best.figure("sharpe"), abs=1e-9)


def test_a_search_that_is_stopped_keeps_what_is_done(room, panel, monkeypatch):
    tab = optimise(room, panel)
    going = threading.Event()

    def slowly(id_: str, progress: Any, tell: Any) -> None:
        going.set()
        while True:
            progress(0.25)

    monkeypatch.setattr(room.context.searches, "run", slowly)
    tab.start()
    room.until(lambda: tab.following.job and going.is_set())
    assert not tab.form.start_button.isEnabled()
    assert tab.shown_id
    tab.view.stop_button.click()
    room.settle()
    assert tab.form.start_button.isEnabled()


def test_nothing_to_vary_is_said(room, panel):
    tab = optimise(room, panel)
    for name in tab.form.ranges.varied:
        tab.form.ranges.vary(name, on=False)
    tab.form.touch()
    room.until(lambda: "Tick at least one" in tab.form.problem.text())


def test_a_walk_forward_shows_train_and_test(room, panel):
    tab = optimise(room, panel)
    tab.form.walk_on.editor("on").show_value(value=True)
    tab.form.touch()
    assert not tab.form.walk.isHidden()
    assert tab.form.start_button.text() == "Walk forward"
    tab.start()
    room.settle()
    walk = tab.view.walk
    assert tab.view.tabs.currentWidget() is walk
    assert len(walk.folds) == 5
    assert walk.strip.text("folds") == "5 of 5"
    assert walk.scatter.count >= 5
    assert "Sharpe in train" in walk.words.text()
    assert abs(walk.scatter.width() - walk.equity.width()) < 20
    panel.resize(660, 700)
    room.settle()
    assert walk.scatter.width() == walk.equity.width() > 200


def test_sliders_redraw_the_equity_and_never_pile_up(room, panel):
    tab = optimise(room, panel)
    tab.view.tabs.setCurrentWidget(tab.sliders)
    room.settle()
    sliders = tab.sliders
    assert sliders.drawn == 1
    before = sliders.strip.text("total_return")
    slider = sliders.slider("short")
    for place in range(slider.maximum(), slider.maximum() - 8, -1):
        slider.setValue(place)
    room.settle()
    assert 2 <= sliders.drawn <= 4  # eight wishes, of which only the latest ones are drawn
    assert sliders.strip.text("total_return") != before
    chosen = sliders.values
    sliders.use_button.click()
    room.settle()
    assert panel.setup.strategy.values()["short"] == chosen["short"]


def test_parameters_that_do_not_go_together_are_said_by_the_sliders(room, panel):
    tab = optimise(room, panel)
    tab.view.tabs.setCurrentWidget(tab.sliders)
    room.settle()
    tab.sliders.slider("short").setValue(tab.sliders.slider("short").maximum())
    tab.sliders.slider("long").setValue(0)
    room.settle()
    assert not tab.sliders.words.isHidden()


def test_an_optimise_tab_comes_back_as_it_was(room, panel):
    tab = optimise(room, panel)
    tab.form.ranges.editor("short").setText("7, 8")
    tab.form.how.editor("objective").show_value("total_return")
    tab.start()
    room.settle()
    again = room.open("backtest")
    again.restore(panel.state())
    room.settle()
    assert again.tab == "optimise"
    assert again.optimise.form.ranges.values()["short"] == "7, 8"
    assert again.optimise.shown_id == tab.shown_id
    assert again.optimise.view.board.keys == tab.view.board.keys


def test_too_little_history_leaves_every_strategy_out_with_its_reason(room, panel):
    panel.setup.restore({"options": {"values": {"interval": "1w"}}})
    panel.turn_to("compare")
    panel.run_focused()
    room.settle()
    compare = panel.compare
    assert compare.headline.text() == "No strategy has a result on AAPL."
    assert compare.badge.text == "No confidence"
    assert all(row.row is None and row.words for row in compare.model.records)
    assert not compare.use_button.isEnabled()


@pytest.mark.slow
def test_strategies_are_compared_and_the_best_can_be_used(room, panel, monkeypatch):
    monkeypatch.setattr("tests.fakes.PATIENCE", 50)
    panel.setup.restore({"options": {"values": {"start": "2006-01-03"}}})
    panel.turn_to("compare")
    assert panel.compare.states.state is State.EMPTY
    panel.run_focused()
    room.settle()
    compare = panel.compare
    assert compare.states.state is State.CONTENT
    assert "AAPL" in compare.headline.text()
    assert compare.badge.text.endswith("confidence")
    assert compare.reasons.text().startswith("•")
    first = compare.model.record(0)
    compare.use_button.click()
    room.settle()
    assert panel.setup.strategy_id == first.row.strategy_id
    (kept,) = room.context.searches.all()
    panel.show_search(kept)
    room.settle()
    assert panel.tab == "compare"


def test_monte_carlo_draws_the_shown_result(room, panel):
    chance = panel.monte_carlo
    panel.turn_to("monte_carlo")
    panel.run_focused()
    assert not chance.following.is_running  # there is nothing to draw from
    panel.run()
    room.settle()
    panel.turn_to("monte_carlo")
    assert "Momentum on AAPL" in chance.what.text()
    panel.run_focused()
    room.settle()
    assert chance.states.state is State.CONTENT
    assert chance.chart.count > 2
    loss = chance.strip.text("loss")
    assert loss.endswith("%")
    before = chance.strip.text("drawdown")
    chance.asked.editor("drawdown").show_value(0.99)
    chance._show_odds()
    assert chance.strip.text("drawdown") != before


def test_too_few_trades_to_draw_from_are_said(room, panel):
    panel.setup.restore({"options": {"values": {"start": "2012-01-03"}}})
    panel.run()
    room.settle()
    chance = panel.monte_carlo
    panel.turn_to("monte_carlo")
    chance.form.editor("kind").show_value("order")
    chance._adapt()
    chance.start()
    room.settle()
    assert chance.states.state is State.ERROR
