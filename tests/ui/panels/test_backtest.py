from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from puffling.core.events import JobState
from puffling.ui.panels.backtest.metrics import METRICS, MetricRow
from puffling.ui.panels.backtest.words import bar_time, parameter_words, title_of
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room


def run(room: Room, panel) -> None:
    panel.run_focused()
    room.settle()


def state_of(panel: Any) -> Any:
    return panel.run_tab.states.state


def test_a_panel_begins_with_a_ready_example(room: Room):
    panel = room.open("backtest")
    assert state_of(panel) is State.EMPTY
    assert panel.setup.symbols.text() == "AAPL"
    panel.run_tab.states.acted.emit()
    room.settle()
    assert state_of(panel) is State.CONTENT
    assert panel.run_tab.result.title.text() == "Momentum on AAPL"


def test_f5_runs_shows_and_keeps(room: Room):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    saved = room.context.backtests.all()
    assert [each.id for each in saved] == [panel.run_tab.shown_id]
    panel.turn_to("history")
    room.settle()
    assert panel.history.runs.model.keys == (panel.run_tab.shown_id,)
    result = room.context.backtests.load(panel.run_tab.shown_id)
    assert len(panel.run_tab.result.trades) == len(result.trades) > 5
    shown = panel.run_tab.result.figures.text("total_return")
    assert shown == METRICS["total_return"].write(result.metrics["total_return"])
    assert panel.setup.run_button.isEnabled()


def test_in_a_low_dock_curve_and_trades_keep_their_height_and_scroll(room: Room):
    panel = room.open("backtest", width=660, height=330)
    run(room, panel)
    result = panel.run_tab.result
    room.until(lambda: result.equity is not None and result.equity.height() >= 150)
    assert result.tabs.height() >= 120
    assert result.area.verticalScrollBar().maximum() > 0


def test_the_assumptions_are_said(room: Room):
    panel = room.open("backtest")
    run(room, panel)
    text = panel.run_tab.result.assumptions.toPlainText()
    assert "filled at the next bar's open" in text
    assert "adjusted for splits and dividends" in text
    assert "Source: Demo market; adjusted as of 31 May 2012" in text


def test_a_parameter_that_does_not_fit_is_said_at_its_field(room: Room):
    panel = room.open("backtest")
    panel.setup.strategy.parameters.editor("short").show_value(200)
    run(room, panel)
    assert room.context.backtests.all() == []
    assert panel.setup.strategy.parameters.problems()
    assert not panel.run_tab.following.is_running


def test_costs_and_dates_of_the_form_are_used(room: Room):
    panel = room.open("backtest")
    panel.setup.restore(
        {"options": {"values": {"capital": 5000, "slippage_bps": "10", "start": "2010-01-04"}}}
    )
    run(room, panel)
    result = room.context.backtests.load(panel.run_tab.shown_id)
    assert result.first >= datetime(2010, 1, 4, tzinfo=UTC)
    assert result.assumptions["Capital"] == "5,000.00"
    assert "slippage 10 bp" in result.assumptions["Costs"]


def test_a_symbol_nobody_has_is_an_error_with_a_retry(room: Room):
    panel = room.open("backtest")
    panel.set_symbol("ZZZZ")
    run(room, panel)
    assert state_of(panel) is State.ERROR
    assert panel.setup.run_button.isEnabled()
    panel.set_symbol("IBM")
    panel.run_tab.states.retried.emit()
    room.settle()
    assert state_of(panel) is State.CONTENT
    assert panel.run_tab.result.title.text() == "Momentum on IBM"


def test_what_is_no_symbol_is_not_run(room: Room):
    panel = room.open("backtest")
    panel.setup.symbols.setText("12 %")
    run(room, panel)
    assert not room.context.jobs.recent()
    assert panel.setup.symbols.hasFocus()


def test_a_run_can_be_stopped(room: Room, monkeypatch: pytest.MonkeyPatch):
    panel = room.open("backtest")

    def endless(plan, progress):
        while True:
            progress(0.25)

    monkeypatch.setattr(room.context.backtests, "run", endless)
    panel.run()
    room.until(lambda: panel.run_tab.following.job)
    assert state_of(panel) is State.LOADING
    assert not panel.setup.run_button.isEnabled()
    room.until(lambda: "25 %" in panel.run_tab.states._veil._what.text())
    panel.run_tab.states.cancelled.emit()
    room.settle()
    assert state_of(panel) is State.EMPTY
    assert room.context.jobs.recent()[0].state is JobState.CANCELLED
    monkeypatch.undo()
    run(room, panel)
    assert state_of(panel) is State.CONTENT


def test_a_run_that_crashes_is_reported_once(room: Room, monkeypatch: pytest.MonkeyPatch):
    crashes: list[BaseException] = []
    room.parts.runner.crashed = crashes.append
    panel = room.open("backtest")

    async def crash(command, context, values):
        raise ZeroDivisionError

    monkeypatch.setattr(type(room.parts.registry["backtest.run"]), "run_with", crash)
    run(room, panel)
    assert [type(each) for each in crashes] == [ZeroDivisionError]
    assert state_of(panel) is State.EMPTY
    assert panel.setup.run_button.isEnabled()


def test_a_panel_closed_during_a_run_lets_it_finish(room: Room):
    panel = room.open("backtest")
    panel.run()
    panel.shut()
    room.until(room.context.backtests.all)
    room.settle()


def test_another_strategy_has_its_own_form_and_each_keeps_its_values(room: Room):
    panel = room.open("backtest")
    panel.setup.strategy.parameters.editor("short").show_value(7)
    panel.setup.strategy.box.setCurrentIndex(1)
    assert panel.setup.strategy_id == "mean_reversion"
    run(room, panel)
    assert panel.run_tab.result.title.text() == f"{title_of('mean_reversion')} on AAPL"
    panel.setup.strategy.box.setCurrentIndex(0)
    assert panel.setup.strategy.parameters.values()["short"] == 7


def test_what_was_wrong_with_one_strategy_is_not_said_of_another(room: Room):
    panel = room.open("backtest")
    box = panel.setup.strategy.box
    box.setCurrentText("Cross-sectional momentum")
    run(room, panel)
    assert "several symbols" in panel.setup.problem.text()
    box.setCurrentText("Momentum")
    assert panel.setup.problem.isHidden()


def test_show_on_chart_asks_the_desk(room: Room, desk):
    panel = room.open("backtest")
    run(room, panel)
    panel.run_tab.result.mark_button.click()
    assert desk.done[-1] == ("show_backtest", panel.run_tab.shown_id)


def test_a_stored_result_is_shown_by_its_id(room: Room):
    done = room.run("backtest.run", strategy="momentum", symbol="IBM")
    panel = room.open("backtest")
    panel.show_backtest(done["id"])
    room.settle()
    assert panel.run_tab.result.title.text() == "Momentum on IBM"


def test_a_result_that_is_gone_says_so(room: Room):
    panel = room.open("backtest")
    panel.restore({"shown": "nothing"})
    room.settle()
    assert state_of(panel) is State.ERROR


def test_the_result_is_there_again_with_what_was_filled_in(room: Room):
    panel = room.open("backtest")
    panel.setup.strategy.parameters.editor("short").show_value(15)
    run(room, panel)
    panel.turn_to("history")
    again = room.open("backtest")
    again.restore(panel.state())
    room.settle()
    assert again.run_tab.shown_id == panel.run_tab.shown_id
    assert again.setup.strategy.parameters.values()["short"] == 15
    assert again.tab == "history"
    assert len(again.run_tab.result.trades) == len(panel.run_tab.result.trades)


@pytest.mark.parametrize(
    "state",
    [{"setup": 3}, {"setup": {"strategy": "none", "parameters": {"short": "x"}}}, {"tab": 9}],
)
def test_a_state_that_does_not_fit_is_passed_over(room: Room, state):
    panel = room.open("backtest")
    panel.restore(state)
    assert panel.setup.strategy_id == "momentum"
    run(room, panel)
    assert state_of(panel) is State.CONTENT


def test_history_opens_reruns_and_deletes(room: Room):
    done = room.run("backtest.run", strategy="mean_reversion", symbol="MSFT")
    panel = room.open("backtest")
    panel.turn_to("history")
    room.settle()
    view = panel.history.runs.view
    view.choose(done["id"])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    room.settle()
    assert panel.run_tab.shown_id == done["id"]
    panel.turn_to("history")
    room.settle()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_R)
    room.settle()
    assert len(room.context.backtests.all()) == 2
    assert panel.run_tab.result.title.text() == "Mean reversion on MSFT"
    assert "exactly as before" in panel.run_tab.note.text()
    panel.turn_to("history")
    room.settle()
    view.choose(done["id"])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert "Press Delete again" in panel.history.runs.words.text()
    assert len(room.context.backtests.all()) == 2
    QTest.keyClick(view, Qt.Key.Key_Delete)
    room.settle()
    assert done["id"] not in panel.history.runs.model.keys
    assert len(room.context.backtests.all()) == 1


def test_another_row_takes_the_delete_back(room: Room):
    for symbol in ("AAPL", "IBM"):
        room.run("backtest.run", strategy="momentum", symbol=symbol)
    panel = room.open("backtest")
    panel.turn_to("history")
    room.settle()
    panel.history.runs.view.selectRow(0)
    panel.history.runs.delete()
    panel.history.runs.view.selectRow(1)
    assert "Press Delete again" not in panel.history.runs.words.text()
    panel.history.runs.delete()
    room.settle()
    assert len(room.context.backtests.all()) == 2


def test_a_daily_bar_is_named_by_its_own_day():
    at = datetime(2012, 6, 1, tzinfo=UTC)
    assert bar_time(at, intraday=False) == "1 Jun 2012"
    assert bar_time(None, intraday=False) == "—"


def test_parameters_are_words():
    words = parameter_words({"short": 20, "long_only": True, "strict": False})
    assert words == "short 20, long only, not strict"
    assert parameter_words({"ma": "ema", "threshold": 0.0}) == "EMA, threshold 0"


def test_a_period_is_proposed_but_all_there_is_is_tested(room: Room):
    setup = room.open("backtest").setup
    options = setup.options
    assert (options.values()["start"], options.values()["end"]) == (None, None)
    days = [options.editor(name).day.date().toPython() for name in ("start", "end")]
    assert days == [date(2007, 1, 1), date(2012, 6, 1)]


def test_an_unknown_metric_is_shown_by_its_name_and_an_undefined_one_as_a_dash():
    assert MetricRow("tail_ratio", 1.5).metric.title == "Tail ratio"
    assert METRICS["sharpe"].write(None) == "—"
    assert METRICS["total_return"].write(None) == "—"


def test_in_a_narrow_panel_the_result_is_below_the_form_not_under_it(room: Room):
    panel = room.open("backtest", width=460, height=600)
    assert panel.run_tab.states.geometry().top() >= panel.run_tab.setup.geometry().bottom()
    panel.resize(1000, 600)
    assert panel.run_tab.states.geometry().left() >= panel.run_tab.setup.geometry().right()


def test_a_click_on_the_curve_says_why(room: Room):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    result = panel.run_tab.result
    result.equity.bar_chosen.emit(600)
    room.settle()
    assert result.tabs.currentWidget() is result.why
    assert "bar 601" in result.why.title.text()
    assert any("above" in each and "hold" in each for each in result.why.texts)
    result.why.after.click()
    room.settle()
    assert "bar 602" in result.why.title.text()


def test_a_click_on_the_curve_of_many_symbols_says_why_of_each(room: Room):
    panel = room.open("backtest", width=1300, height=800)
    done = room.run("backtest.run", strategy="momentum", symbols="AAPL,IBM")
    panel.show_backtest(done["id"])
    room.until(lambda: panel.run_tab.result.shown)
    result = panel.run_tab.result
    result.bar_chosen.emit(600)
    room.until(lambda: "bar 601" in result.why.title.text())
    assert result.why.texts[0].startswith("Equity ")
    result.why.after.click()
    room.until(lambda: "bar 602" in result.why.title.text())


def test_the_strategy_of_a_run_is_saved_under_a_name(room: Room):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    result = panel.run_tab.result
    result.save_button.click()
    assert result.ask_bar.isVisible()
    assert result.ask_bar.name.text().startswith("Momentum ")
    result.ask_bar.name.setText("Mine")
    QTest.keyClick(result.ask_bar.name, Qt.Key.Key_Return)
    room.settle()
    card = room.context.strategies.card("Mine")
    assert card.parameters == result.shown.result.parameters
    assert panel.run_tab.note.text() == "Mine is among your strategies now."


def test_a_report_is_written_where_the_person_says(room: Room, tmp_path):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    panel.run_tab.result.export_button.click()
    (dialog,) = panel.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == "pdf"
    dialog.filterSelected.emit("Pages (*.html)")
    assert dialog.defaultSuffix() == "html"
    dialog.fileSelected.emit(str(tmp_path / "run.html"))
    room.until(panel.run_tab.note.isVisible)
    assert (tmp_path / "run.html").read_text().startswith("<!doctype html>")
    assert panel.run_tab.note.text() == f"Written: {tmp_path / 'run.html'}"
    dialog.close()


def test_a_trade_says_why_it_was_entered(room: Room):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    result = panel.run_tab.result
    result.trades_view.opened.emit(result.trades.record(0))
    room.settle()
    assert any("bought" in each.lower() for each in result.why.texts)


def test_a_result_has_a_verdict_months_and_rolling_figures(room: Room):
    panel = room.open("backtest", width=1200)
    run(room, panel)
    result = panel.run_tab.result
    assert len(result.verdict.sentences) >= 5
    assert result.verdict_button.text()
    assert result.months.records[0].year == 2000
    result.tabs.setCurrentWidget(result.rolling)
    assert result.rolling.chart.count == len(result.shown.result.equity) - 1


def test_several_symbols_share_the_money(room: Room):
    panel = room.open("backtest", width=1200)
    panel.setup.show_symbols(("AAPL", "IBM", "MSFT"))
    panel.setup.benchmark.set_symbol("GOOG")
    run(room, panel)
    result = panel.run_tab.result
    assert result.title.text() == "Momentum on AAPL, IBM, MSFT"
    assert {row.symbol for row in result.contributions.records} == {"AAPL", "IBM", "MSFT"}
    assert {row.symbol for row in result.trades.records} == {"AAPL", "IBM", "MSFT"}
    assert result.shown.held[0] == "GOOG"
    panel.set_symbol("FB")
    assert panel.setup.symbols.symbols == ("AAPL", "IBM", "MSFT")


def test_everything_a_run_was_asked_goes_back_into_the_form(room: Room):
    done = room.run(
        "backtest.run",
        strategy="momentum",
        symbol="IBM",
        parameters={"short": 7, "long": 70},
        commission_percent="0.1",
        sizing="volatility",
        start="2005-01-03",
        benchmark="MSFT",
    )
    panel = room.open("backtest")
    panel.turn_to("history")
    room.settle()
    panel.history.runs.view.choose(done["id"])
    panel.history.runs.fill_button.click()
    request = panel.setup.request()
    assert request["symbols"] == ("IBM",)
    assert request["parameters"]["short"] == 7
    assert request["benchmark"] == "MSFT"
    assert str(request["sizing"]) == "volatility"
    run(room, panel)
    first, second = room.context.backtests.all()
    assert first.config_hash == second.config_hash


def test_two_runs_are_compared_and_noted(room: Room):
    for short in (5, 10):
        room.run("backtest.run", strategy="momentum", symbol="IBM", parameters={"short": short})
    panel = room.open("backtest")
    page = panel.history.runs
    panel.turn_to("history")
    room.settle()
    page.view.selectAll()
    page.compare_button.click()
    assert "Short" in {row.topic for row in page.differences.records}
    assert "same prices" in page.relation.text()
    page.view.selectRow(0)
    page.note.setText("the quick one")
    page.note.editingFinished.emit()
    room.settle()
    assert room.context.backtests.all()[0].note == "the quick one"


def test_f5_does_what_the_tab_in_view_does(room: Room):
    panel = room.open("backtest")
    panel.turn_to("history")
    assert panel.primary_focus() is panel.history.runs.view
    for name in ("optimise", "compare"):
        panel.turn_to(name)
        assert panel.primary_focus().isEnabled()
    panel.turn_to("run")
    assert panel.primary_focus() is panel.setup.strategy.box


def test_a_panel_can_be_as_narrow_as_360(room: Room):
    panel = room.open("backtest", width=360, height=700)
    run(room, panel)
    for place in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(place)
        assert panel.minimumSizeHint().width() <= 360
    assert panel.width() == 360


def test_the_form_can_be_hidden_for_more_room_and_comes_back_when_it_is_needed(room: Room):
    panel = room.open("backtest", width=900)
    run(room, panel)
    narrow = panel.run_tab.states.width()
    panel.run_tab.result.fold_button.click()
    room.settle()
    assert not panel.setup.isVisible()
    assert panel.run_tab.states.width() > narrow + 200
    assert panel.primary_focus() is panel.run_tab.result.trades_view
    again = room.open("backtest", width=900)
    again.restore(panel.state())
    room.settle()
    assert not again.setup.isVisible()
    panel.activateWindow()
    panel.setup.symbols.setText("12 %")
    run(room, panel)
    assert panel.setup.isVisible()
