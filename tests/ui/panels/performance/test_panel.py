from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.monitor.behaviour import behaviour
from puffin.monitor.pnl import state
from puffin.types import Side
from puffling.core.events import SnapshotTaken
from puffling.services.spans import Reach
from puffling.store.performance import EquitySnapshot
from puffling.ui.charts import loading
from puffling.ui.panels.performance.behaviour_tab import remarks
from puffling.ui.widgets.empty_state import State
from tests.fakes import PICTURE
from tests.puffin.monitor.histories import fill

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.panels.conftest import Room

CTRL = Qt.KeyboardModifier.ControlModifier


def keep(room: Room, *worth: float) -> None:
    """Keep session ends from the first day of the replay on."""
    context = room.context
    session = context.market.calendar.session_on(date(2012, 6, 1))
    for each in worth:
        assert session is not None
        money = Decimal(str(each))
        context.performance._store.keep(
            EquitySnapshot(
                context.portfolio.account.id,
                session.date,
                session.close,
                money,
                money,
                Decimal(0),
                Decimal(0),
            )
        )
        session = context.market.calendar.next_session(session.date)


def buy(room: Room, symbol: str = "AAPL", quantity: int = 10) -> None:
    room.run("order.place", symbol=symbol, side="buy", quantity=quantity)
    room.trade()


def traded(room: Room) -> None:
    """Leave one closed trade and one that is open."""
    buy(room)
    room.run("position.close", symbol="AAPL")
    room.until(lambda: room.context.portfolio.position("AAPL") is None)
    buy(room, "IBM", 5)


def ready(room: Room, panel: Any) -> None:
    room.until(lambda: panel.reader.report is not None)
    room.settle()


@pytest.fixture
def panel(room: Room):
    """A panel with six session ends and two trades."""
    keep(room, 101_000, 102_000, 101_000, 103_000, 104_000, 103_500)
    traded(room)
    made = room.open("performance", width=1_000, height=700)
    ready(room, made)
    room.do(loading.load())
    room.settle()
    return made


# -- overview --------------------------------------------------------------------------------


def test_a_new_account_says_when_its_curve_appears(room: Room):
    panel = room.open("performance")
    ready(room, panel)
    states = panel.overview.states
    assert states.state is State.EMPTY
    sentence = states._empty.sentence.text()
    assert sentence == "History starts today; the curve appears after 5 sessions."
    assert panel.overview.text("total_return") == "—"
    assert panel.overview.chart is None


def test_five_sessions_show_curve_days_and_months(room: Room, panel):
    overview = panel.overview
    assert overview.states.state is State.CONTENT
    assert overview.text("total_return") == "+3.50 %"
    assert overview.text("profit") == "+3,500.00"
    assert overview.text("trades") == "1"
    assert overview.chart.count == 7
    assert overview.days.count == 6
    assert overview.months.grid.y_names == ("2012",)
    assert overview.days.words(0)[0].text == "1 Jun 2012"


def test_a_session_end_brings_the_panel_up_to_date(room: Room, panel):
    keep(room, 101_000, 102_000, 101_000, 103_000, 104_000, 110_000)
    room.context.bus.publish(SnapshotTaken(date(2012, 6, 8)))
    room.until(lambda: panel.overview.text("total_return") == "+10.00 %")


def test_the_benchmark_can_be_left_out(room: Room, panel):
    assert panel.overview.chart._benchmark.line is not None
    panel.overview.benchmark.click()
    assert panel.overview.chart._benchmark.line is None


def test_prices_of_now_move_the_headline(room: Room, panel):
    room.trade(3)
    shown = room.context.portfolio.snapshot()
    room.until(lambda: panel.overview.equity._number.text() == f"{shown.equity:,.2f}")


# -- periods ---------------------------------------------------------------------------------


def test_another_period_is_read_anew(room: Room, panel):
    panel.bar.buttons[Reach.DAY].click()
    room.until(lambda: panel.reader.report.span.reach is Reach.DAY)
    room.settle()
    assert panel.overview.states.state is State.EMPTY
    assert "needs 5" in panel.overview.states._empty.sentence.text()
    assert panel.overview.text("total_return") == "−0.48 %"


def test_a_custom_period_begins_with_the_days_in_view(room: Room, panel):
    panel.bar.buttons[Reach.CUSTOM].click()
    assert panel.bar.first.isVisible()
    span = panel.bar.span
    assert (span.start, span.end) == (date(2012, 5, 31), date(2012, 6, 8))
    room.settle()


def test_a_layout_remembers_period_tab_and_filter(room: Room, panel):
    panel.bar.buttons[Reach.MONTH].click()
    panel.turn_to("trades")
    panel.trades.line.setText("won")
    room.settle()
    kept = panel.state()
    again = room.open("performance")
    again.restore(kept)
    ready(room, again)
    assert again.bar.span.reach is Reach.MONTH
    assert again.tabs.tabText(again.tabs.currentIndex()) == "Trades"
    assert again.trades.line.text() == "won"
    again.restore({"tab": 5, "period": {"reach": "?"}, "trades": {"filter": 3}})


# -- trades ----------------------------------------------------------------------------------


def test_trades_are_listed_filtered_and_summed_up(room: Room, panel):
    panel.turn_to("trades")
    trades = panel.trades
    assert sorted(each.trade.trip.symbol for each in trades.model.records) == ["AAPL", "IBM"]
    assert trades.strip.text("won").endswith(" of 1")  # the one that is open is neither
    trades.line.setText("open")
    assert trades.strip.text("won") == "—"
    assert [each.trade.trip.symbol for each in trades.model.records] == ["IBM"]
    assert trades.strip.text("count") == "1"
    trades.line.setText("nothing at all")
    assert trades.strip.text("count") == "0"
    trades.line.setText("aapl long closed test")
    assert len(trades.model) == 1


def test_an_open_trade_follows_the_price(room: Room, panel):
    panel.turn_to("trades")
    room.trade(4)
    key = next(
        each for each in panel.trades.model.keys if "IBM" in str(panel.trades.model.get(each))
    )
    price = room.last("IBM").last
    trip = panel.trades.model.get(key).trade.trip
    room.until(lambda: panel.trades.model.get(key).result == trip.held * (price - trip.entry_price))


def test_down_goes_from_the_filter_to_the_first_trade(room: Room, panel):
    panel.turn_to("trades")
    panel.trades.line.setFocus()
    QTest.keyClick(panel.trades.line, Qt.Key.Key_Down)
    assert panel.trades.view.hasFocus()
    assert panel.trades.view.current is not None


def test_return_on_a_trade_begins_an_entry_about_it(room: Room, panel):
    panel.turn_to("trades")
    row = panel.trades.model.records[0]
    panel.trades.view.opened.emit(row)
    assert panel.tabs.tabText(panel.tabs.currentIndex()) == "Journal"
    editor = panel.journal.editor
    assert (editor.symbol.text(), editor.trade.currentData()) == (
        row.trade.trip.symbol,
        row.trade.trip.key,
    )
    editor.texts["lessons"].setPlainText("Wait")
    panel.apply_focused()
    (entry,) = room.context.journal.all()
    assert (entry.trade_key, entry.lessons) == (row.trade.trip.key, "Wait")
    room.until(lambda: panel.trades.model.get(row.trade.trip.key).trade.notes == 1)
    panel.trades.view.opened.emit(panel.trades.model.get(row.trade.trip.key))
    assert panel.journal.current == entry.id
    room.settle()


def test_the_chart_of_a_trade_is_shown(room: Room, panel, desk):
    panel.trades.chart_asked.emit("IBM")
    assert panel.symbol == "IBM"
    assert desk.done[-1] == ("open_panel", "chart")


# -- attribution and behaviour ---------------------------------------------------------------


def test_profit_is_sorted_into_groups(room: Room, panel):
    panel.turn_to("attribution")
    tab = panel.attribution
    assert [each.name for each in tab.model.records] == ["AAPL"]
    tab.box.setCurrentIndex(tab.box.findData("weekday"))
    assert [each.name for each in tab.model.records] == ["Friday"]
    assert tab.chart.count == 1
    assert tab.strip.text("own") == "+3.50 %"


def test_habits_are_told_once_a_trade_has_ended(room: Room, panel):
    panel.turn_to("behaviour")
    assert panel.behaviour.states.state is State.CONTENT
    assert panel.behaviour.strip.text("trades") == "1"
    empty = room.open("performance")
    empty.bar.restore({"reach": "custom", "first": "2011-01-03", "last": "2011-01-05"})
    empty.turn_to("behaviour")
    room.settle()
    room.until(lambda: empty.behaviour.states.state is State.EMPTY)


def test_what_stands_out_is_said_only_of_enough_trades():
    fills = []
    for place in range(24):
        lost = place % 2
        size = "10" if place % 4 == 0 else "30"
        start = place * 1_000
        fills.append(fill(quantity=size, price="100", minute=start))
        end = start + (600 if lost else 60)
        price = "99" if lost else "101"
        fills.append(fill(side=Side.SELL, quantity=size, price=price, minute=end))
    said = remarks(behaviour(state(fills).trips))
    assert "Losers were held longer than winners." in said
    assert remarks(behaviour(state(fills[:6]).trips)) == []


# -- journal ---------------------------------------------------------------------------------


def test_an_empty_journal_asks_for_an_entry_and_ctrl_n_begins_one(room: Room, panel):
    panel.turn_to("journal")
    room.settle()
    assert panel.journal.states.state is State.EMPTY
    panel.activateWindow()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_N, CTRL)
    assert panel.journal.editor.isVisible()
    QTest.keyClicks(panel.journal.editor.title, "First")
    assert panel.journal.is_dirty
    panel.apply_focused()
    assert [each.title for each in room.context.journal.all()] == ["First"]
    room.settle()
    assert [each.title for each in panel.journal.model.records] == ["First"]


def test_turning_to_another_entry_keeps_what_was_written(room: Room, panel):
    first = room.run("journal.add", title="One")
    second = room.run("journal.add", title="Two")
    panel.turn_to("journal")
    room.settle()
    journal = panel.journal
    journal.view.choose(first.id)
    journal.editor.texts["note"].setPlainText("Written")
    journal.view.choose(second.id)
    assert room.context.journal.get(first.id).note == "Written"
    assert journal.editor.title.text() == "Two"
    room.settle()


def test_what_cannot_be_kept_is_said_and_not_lost(room: Room, panel):
    entry = room.run("journal.add", title="One")
    panel.turn_to("journal")
    room.settle()
    panel.journal.view.choose(entry.id)
    panel.journal.editor.tags.setText(",".join(str(each) for each in range(30)))
    panel.journal.editor.tags.textEdited.emit("x")
    assert not panel.journal.keep()
    assert "up to 20 tags" in panel.journal.status.text()
    panel.journal.editor.tags.setText("one")
    assert panel.journal.keep()


def test_words_and_tags_find_entries(room: Room, panel):
    room.run("journal.add", title="Early", tags="fomo")
    room.run("journal.add", title="Patient", tags="plan")
    panel.turn_to("journal")
    panel.journal.line.setText("#fomo")
    room.until(lambda: [each.title for each in panel.journal.model.records] == ["Early"])


def test_an_entry_and_its_picture_are_removed(room: Room, panel, tmp_path: Path):
    file = tmp_path / "a.png"
    file.write_bytes(PICTURE)
    entry = room.run("journal.add", title="Chart")
    panel.turn_to("journal")
    room.settle()
    panel.journal.view.choose(entry.id)
    panel.journal.take_picture(file)
    assert room.context.journal.get(entry.id).picture
    panel.journal.editor.picture_removed.emit()
    assert not room.context.journal.get(entry.id).picture
    panel.journal.view.setFocus()
    QTest.keyClick(panel.journal.view, Qt.Key.Key_Delete)
    assert room.context.journal.all() == []
    room.settle()


def test_what_is_written_is_kept_when_the_panel_goes(room: Room, panel):
    panel.turn_to("journal")
    panel.journal.start()
    panel.journal.editor.texts["note"].setPlainText("Almost lost")
    panel.shut()
    assert [each.note for each in room.context.journal.all()] == ["Almost lost"]


def test_a_snapshot_opens_to_be_written_on(room: Room, panel):
    entry = room.run("journal.add", title="AAPL chart")
    panel.open_entry(entry.id)
    room.settle()
    assert panel.journal.current == entry.id
    assert panel.journal.editor.title.text() == "AAPL chart"


# -- tearsheet -------------------------------------------------------------------------------


def test_the_account_has_a_sheet_that_can_be_written(room: Room, panel, tmp_path: Path):
    panel.turn_to("tearsheet")
    room.settle()
    assert panel.tearsheet.sheet is not None
    assert panel.tearsheet.sheet.title.startswith("DEMO account")
    for name, start in (("a.pdf", b"%PDF"), ("a.png", b"\x89PNG")):
        panel.save_tearsheet(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix != "") == [
        "a.pdf",
        "a.png",
    ]


def test_a_backtest_and_a_file_have_sheets_too(room: Room, panel, tmp_path: Path):
    done = room.run("backtest.run", strategy="mean_reversion", symbol="IBM")
    panel.turn_to("tearsheet")
    room.settle()
    panel.tearsheet.choose(done["id"])
    room.settle()
    assert panel.tearsheet.sheet.title == "Backtest of mean reversion on IBM"
    file = tmp_path / "mine.csv"
    file.write_text("".join(f"2012-06-0{day},{100 + day}\n" for day in range(1, 8)))
    panel.tearsheet.open_file(file)
    room.settle()
    assert panel.tearsheet.sheet.title == "mine (equity)"
    panel.tearsheet.choose("account")
    assert panel.tearsheet.sheet.title.startswith("DEMO account")


def test_a_bad_file_is_said(room: Room, panel, tmp_path: Path):
    panel.turn_to("tearsheet")
    panel.tearsheet.open_file(tmp_path / "missing.csv")
    room.settle()
    assert panel.tearsheet.states.state is State.ERROR


def test_without_a_sheet_nothing_can_be_written(room: Room, tmp_path: Path):
    from puffling.core.errors import PufflingError

    panel = room.open("performance")
    ready(room, panel)
    with pytest.raises(PufflingError, match="no tearsheet"):
        panel.save_tearsheet(tmp_path / "a.pdf")


# -- the whole -------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(420, 300), (760, 440), (1_600, 900)])
def test_no_tab_forces_the_panel_wider(room: Room, panel, width: int, height: int):
    for name in ("overview", "trades", "attribution", "journal", "tearsheet", "behaviour"):
        panel.turn_to(name)
        room.settle()
    panel.resize(width, height)
    assert panel.minimumSizeHint().width() <= 430


def test_every_tab_has_a_place_for_the_keyboard(room: Room, panel):
    for name in ("overview", "trades", "attribution", "journal", "tearsheet", "behaviour"):
        panel.turn_to(name)
        place = panel.primary_focus()
        assert panel.isAncestorOf(place)
        assert place.focusPolicy() != Qt.FocusPolicy.NoFocus
    room.settle()


def test_ctrl_page_down_turns_the_tabs(room: Room):
    panel = room.open("performance")
    panel.bar.buttons[panel.bar.span.reach].setFocus()
    QTest.keyClick(panel.bar.buttons[panel.bar.span.reach], Qt.Key.Key_PageDown, CTRL)
    assert panel.tabs.tabText(panel.tabs.currentIndex()) == "Trades"
