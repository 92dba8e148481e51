from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from puffin.types import OrderStatus, Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.panels.conftest import Room


def entries(view, record) -> dict[str, Callable[[], None]]:
    """Return what the context menu of a row offers."""
    menu = QMenu(view)
    view.filling_menu.emit(menu, record)
    return {each.text(): each.trigger for each in menu.actions()}


def test_no_row_has_no_entries(room: Room):
    for id_, name in (("watchlist", "view"), ("automation", "view")):
        view = getattr(room.open(id_), name)
        assert entries(view, None) == {}


def test_a_symbol_of_a_list(room: Room, desk):
    panel = room.open("watchlist")
    panel.view.choose("IBM")
    menu = entries(panel.view, panel.current)
    assert list(menu) == [
        *("Show IBM", "Buy…", "Sell…", "Alert at a price…", "Ask about it…", "Take off the list"),
    ]
    menu["Show IBM"]()
    menu["Sell…"]()
    menu["Alert at a price…"]()
    assert room.parts.links.symbol("blue") == "IBM"
    assert desk.done == [("fill_ticket", Side.SELL, "IBM", None)]
    assert panel.alert_bar.symbol == "IBM"
    menu["Take off the list"]()
    room.settle()
    assert "IBM" not in room.context.watchlists.get("").symbols


def test_a_position(room: Room, desk):
    panel = room.open("portfolio")
    room.run("order.place", symbol="AAPL", side="buy", quantity=4)
    room.trade()
    room.until(lambda: len(panel.positions.model))
    view = panel.positions.view
    view.choose("AAPL")
    menu = entries(view, view.current)
    assert list(menu) == [
        "Show AAPL",
        "Close…",
        "Add target and stop…",
        "Reverse…",
        "Buy…",
        "Sell…",
        "Ask about it…",
    ]
    menu["Buy…"]()
    assert desk.done == [("fill_ticket", Side.BUY, "AAPL", None)]
    menu["Close…"]()
    assert panel.positions.close_bar.words.text() == "Close 4 AAPL shares"


def test_an_order(room: Room):
    panel = room.open("portfolio")
    order = room.run(
        "order.place", symbol="MSFT", side="buy", quantity=4, type="limit", limit_price="26"
    )
    view = panel.orders.view
    view.choose(order.id)
    menu = entries(view, view.current)
    menu["Show MSFT"]()
    assert room.parts.links.symbol("blue") == "MSFT"
    menu["Cancel order"]()
    room.settle()
    assert panel.orders.model.get(order.id).status is OrderStatus.CANCELLED


def test_an_alert(room: Room):
    alert = room.run("alert.add", symbol="IBM", kind="above", price="300")
    panel = room.open("automation")
    panel.view.choose(alert.id)
    menu = entries(panel.view, panel.view.current)
    assert list(menu) == [
        *("Show IBM", "Edit…", "Another like it…", "Test", "Turn off", "Delete alert"),
    ]
    menu["Show IBM"]()
    assert room.parts.links.symbol("blue") == "IBM"
    menu["Turn off"]()
    room.settle()
    assert not room.context.alerts.get(alert.id).enabled
    menu["Delete alert"]()
    room.settle()
    assert room.context.alerts.all() == []


def test_a_saved_backtest(room: Room):
    done = room.run("backtest.run", strategy="momentum", symbol="IBM")
    panel = room.open("backtest")
    panel.turn_to("history")
    room.settle()
    view = panel.history.runs.view
    view.choose(done["id"])
    menu = entries(view, view.current)
    assert list(menu) == [
        *("Open result", "Run again", "To the form", "Compare two", "Ask about it…", "Delete…"),
    ]
    menu["Open result"]()
    room.settle()
    assert panel.run_tab.shown_id == done["id"]
    menu["Run again"]()
    room.settle()
    assert len(room.context.backtests.all()) == 2


def test_a_list_of_symbols(room: Room):
    panel = room.open("watchlist")
    menu = QMenu(panel)
    panel.fill_list_menu(menu)
    found = {each.text(): each.trigger for each in menu.actions()}
    found["Rename…"]()
    assert panel.name_bar.name.text() == "Starter"
    found["New list…"]()
    assert panel.name_bar.apply_button.text() == "Create list"
