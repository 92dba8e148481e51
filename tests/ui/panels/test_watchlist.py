from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from puffin.monitor.conditions import PriceLevel
from puffin.types import Side
from puffling.core.errors import StoreLockedError
from puffling.core.events import NoticePosted
from puffling.ui.panels.watchlist.rows import COLUMNS, Freshness, Row
from puffling.ui.widgets.empty_state import State
from tests.fakes import OPEN, quote

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room

CTRL = Qt.KeyboardModifier.ControlModifier
STARTER = ("AAPL", "FB", "GOOG", "IBM", "MSFT")


def texts(row: Row) -> dict[str, str]:
    return {each.id: each.text(row) for each in COLUMNS}


def press(panel, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, key, modifiers)


def state_of(panel: Any) -> Any:
    return panel.states.state


def symbols(room: Room, name: str = "") -> tuple[str, ...]:
    return room.context.watchlists.get(name).symbols


def test_an_unknown_price_is_a_dash_everywhere():
    shown = texts(Row("TSLA", reason="It did not trade."))
    assert {shown[each] for each in ("last", "change", "ratio", "bid", "ask", "volume")} == {"—"}


def test_a_price_without_yesterdays_close_has_no_change():
    shown = texts(Row("AAPL", quote("AAPL", "100"), Freshness.LIVE))
    assert (shown["last"], shown["change"], shown["ratio"]) == ("100.00", "—", "—")


def test_signs_and_colours_go_together():
    tones = {each.id: each.tone for each in COLUMNS if each.tone is not None}
    up = Row("AAPL", quote("AAPL", "101", previous_close="100"), Freshness.LIVE)
    down = Row("AAPL", quote("AAPL", "99", previous_close="100"), Freshness.LIVE)
    stale = Row("AAPL", quote("AAPL", "99", previous_close="100"), Freshness.STALE)
    assert (texts(up)["change"], tones["change"](up)) == ("+1.00", "up")
    assert (texts(down)["ratio"], tones["ratio"](down)) == ("−1.00 %", "down")
    assert tones["change"](stale) == tones["last"](stale) == "faint"


def test_the_starter_list_shows_its_prices(room: Room):
    panel = room.open("watchlist")
    assert panel.table.model.keys == STARTER
    assert panel.states.state is State.CONTENT
    row = panel.table.model.get("AAPL")
    assert row.quote == room.context.quotes.last("AAPL")
    assert len(row.closes) == 30


def test_quotes_reach_the_rows_in_sight(room: Room):
    panel = room.open("watchlist")
    room.trade(30)
    last = room.context.quotes.last("AAPL")
    room.until(lambda: panel.table.model.get("AAPL").quote == last)


def test_rows_out_of_sight_wait_until_they_are_scrolled_to(room: Room):
    names = [f"S{at:03}" for at in range(300)]
    room.context.watchlists.create("Many", names)
    panel = room.open("watchlist", height=300)
    panel.tabs.setCurrentIndex(1)
    room.settle()
    for name in names:
        room.context.quotes.accept(quote(name, "50"))
    room.context.quotes.flush()
    room.until(lambda: panel.table.model.get("S000").quote is not None)
    assert panel.table.model.get("S299").quote is None
    panel.view.scrollToBottom()
    assert panel.table.model.get("S299").quote is not None


def test_a_panel_nobody_sees_takes_in_nothing(room: Room):
    panel = room.open("watchlist")
    panel.hide()
    before = panel.table.model.get("AAPL")
    room.trade(20)
    assert not panel.table._frame.isActive()
    assert panel.table.model.get("AAPL") is before
    panel.show()
    assert panel.table.model.get("AAPL").quote == room.context.quotes.last("AAPL")


def test_a_symbol_without_a_price_says_why(room: Room):
    room.run("watchlist.add", symbol="TSLA")
    panel = room.open("watchlist")
    row = panel.table.model.get("TSLA")
    assert row.quote is None
    assert row.reason == "TSLA is not traded on this market, so it has no price of now."
    room.context.quotes.clear()
    room.until(lambda: panel.table.model.get("AAPL").quote is None)
    assert panel.table.model.get("AAPL").reason.startswith("AAPL has no price on 1 Jun 2012")


def test_silence_turns_a_price_stale(room: Room, clock):
    panel = room.open("watchlist")
    assert panel.table.model.get("AAPL").freshness is Freshness.LIVE
    clock.pass_(31)
    panel.table._age()
    assert panel.table.model.get("AAPL").freshness is Freshness.STALE


def test_enter_chooses_the_symbol_for_the_colour(room: Room):
    panel = room.open("watchlist")
    panel.view.choose("MSFT")
    press(panel, Qt.Key.Key_Return)
    assert room.parts.links.symbol("blue") == "MSFT"


def test_a_symbol_chosen_elsewhere_is_the_current_row(room: Room):
    panel = room.open("watchlist")
    room.parts.links.choose("blue", "IBM")
    assert panel.current.symbol == "IBM"


def test_f9_buys_and_shift_f9_sells_the_row(room: Room, desk):
    panel = room.open("watchlist")
    panel.view.choose("GOOG")
    press(panel, Qt.Key.Key_F9)
    press(panel, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert desk.done == [
        ("fill_ticket", Side.BUY, "GOOG", None),
        ("fill_ticket", Side.SELL, "GOOG", None),
    ]


def test_ins_and_a_symbol_add_it(room: Room):
    panel = room.open("watchlist")
    panel._suggest.load([])  # a popup grabs the keyboard, which this platform cannot
    press(panel, Qt.Key.Key_Insert)
    assert panel.add_box.hasFocus()
    QTest.keyClicks(panel.add_box, "brk.b")
    QTest.keyClick(panel.add_box, Qt.Key.Key_Return)
    room.settle()
    assert symbols(room) == (*STARTER, "BRK.B")
    assert panel.table.model.keys == (*STARTER, "BRK.B")
    assert panel.add_box.text() == ""


def test_what_is_no_symbol_is_not_added(room: Room):
    panel = room.open("watchlist")
    QTest.keyClicks(panel.add_box, "12%")
    QTest.keyClick(panel.add_box, Qt.Key.Key_Return)
    room.settle()
    assert symbols(room) == STARTER
    assert "not a symbol" in panel.add_box.problem


def test_del_takes_the_selected_rows_off(room: Room):
    panel = room.open("watchlist")
    panel.view.choose("FB")
    press(panel, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(panel, Qt.Key.Key_Delete)
    room.settle()
    assert symbols(room) == ("AAPL", "IBM", "MSFT")


def test_ctrl_arrows_move_a_row(room: Room):
    panel = room.open("watchlist")
    panel.view.choose("FB")
    press(panel, Qt.Key.Key_Up, CTRL)
    room.settle()
    assert symbols(room)[:2] == ("FB", "AAPL")
    assert panel.current.symbol == "FB"
    press(panel, Qt.Key.Key_Up, CTRL)
    room.settle()
    assert symbols(room)[0] == "FB"


def test_a_sorted_list_says_why_rows_do_not_move(room: Room):
    notices: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, notices.append)
    panel = room.open("watchlist")
    panel.table.model.sort(0)
    panel.view.choose("FB")
    press(panel, Qt.Key.Key_Up, CTRL)
    assert notices[-1].title == "The list is sorted by a column."
    assert symbols(room) == STARTER


def test_a_adds_an_alert_at_a_price(room: Room):
    panel = room.open("watchlist")
    panel.view.choose("AAPL")
    press(panel, Qt.Key.Key_A)
    assert panel.alert_bar.fields.price.hasFocus()
    assert panel.alert_bar.fields.price.value == room.last("AAPL").last
    QTest.keyClicks(panel.alert_bar.fields.price, "600")
    QTest.keyClick(panel.alert_bar.fields.price, Qt.Key.Key_Return)
    room.settle()
    alert = room.context.alerts.all()[0]
    assert isinstance(alert.condition, PriceLevel)
    assert (alert.symbol, alert.condition.when, alert.price) == ("AAPL", "above", Decimal(600))
    assert not panel.alert_bar.isVisible()
    assert panel.view.hasFocus()
    assert texts(panel.table.model.get("AAPL"))["alerts"] == "1 alert"


def test_escape_closes_the_bar_and_adds_nothing(room: Room):
    panel = room.open("watchlist")
    panel.view.choose("AAPL")
    press(panel, Qt.Key.Key_A)
    QTest.keyClick(panel.alert_bar.fields.price, Qt.Key.Key_Escape)
    assert not panel.alert_bar.isVisible()
    assert room.context.alerts.all() == []


def test_letters_in_the_add_box_are_letters(room: Room):
    panel = room.open("watchlist")
    panel._suggest.load([])
    panel.add_box.setFocus()
    QTest.keyClicks(panel.add_box, "a")
    assert panel.add_box.text() == "A"
    assert not panel.alert_bar.isVisible()


def test_a_list_is_made_renamed_and_deleted(room: Room):
    panel = room.open("watchlist")
    panel._ask_name("")
    QTest.keyClicks(panel.name_bar.name, "Chips & more")
    QTest.keyClick(panel.name_bar.name, Qt.Key.Key_Return)
    room.settle()
    assert panel.list_name == "Chips & more"
    assert panel.tabs.tabText(1) == "Chips && more"
    assert panel.states.state is State.EMPTY
    panel._ask_name(panel.list_name)
    QTest.keyClicks(panel.name_bar.name, "Chips")
    QTest.keyClick(panel.name_bar.name, Qt.Key.Key_Return)
    room.settle()
    assert panel.list_name == "Chips"
    panel._ask_delete()
    assert panel.delete_bar.keep_button.hasFocus()
    QTest.keyClick(panel.delete_bar.keep_button, Qt.Key.Key_Return)
    assert len(room.context.watchlists.all()) == 2
    panel._ask_delete()
    panel.delete_bar.apply_button.click()
    room.settle()
    assert [each.name for each in room.context.watchlists.all()] == ["Starter"]
    assert panel.list_name == "Starter"


def test_the_last_list_cannot_be_deleted_from_the_menu(room: Room):
    panel = room.open("watchlist")
    menu = QMenu(panel)
    panel.fill_list_menu(menu)
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    assert enabled == {"New list…": True, "Rename…": True, "Delete list…": False}


def test_the_list_in_view_and_its_columns_are_remembered(room: Room):
    room.context.watchlists.create("Second", ("IBM",))
    panel = room.open("watchlist")
    panel.tabs.setCurrentIndex(1)
    panel.table.model.sort(1)
    state = panel.state()
    again = room.open("watchlist")
    again.restore(state)
    assert again.list_name == "Second"
    assert again.table.model.keys == ("IBM",)


def test_a_remembered_list_that_is_gone_gives_way_to_the_first(room: Room):
    panel = room.open("watchlist")
    panel.restore({"list": "nothing", "table": 7})
    room.settle()
    assert panel.list_name == "Starter"


def test_a_store_that_cannot_be_read_is_said_with_a_retry(room: Room):
    panel = room.open("watchlist")
    panel._lists_read._read = lambda: (_ for _ in ()).throw(
        StoreLockedError("puffling.db is held.")
    )
    panel._lists_read.ask()
    room.settle()
    assert state_of(panel) is State.ERROR
    assert panel.table.model.keys == STARTER
    panel._lists_read._read = room.context.watchlists.all
    panel.states.retried.emit()
    room.settle()
    assert state_of(panel) is State.CONTENT


@pytest.mark.parametrize("count", [1_000])
def test_a_thousand_moving_symbols_cost_only_the_rows_in_sight(room: Room, count: int):
    names = [f"S{at:03}" for at in range(count)]
    room.context.watchlists.create("Many", names)
    panel = room.open("watchlist")
    panel.tabs.setCurrentIndex(1)
    room.settle()
    changed: list[int] = []
    panel.table.model.dataChanged.connect(lambda a, b: changed.append(b.row() - a.row() + 1))
    for name in names:
        room.context.quotes.accept(quote(name, "51", at=OPEN.replace(hour=15)))
    room.context.quotes.flush()
    room.until(lambda: changed)
    assert sum(changed) <= len(panel.table.rows_in_sight()) + 1
