from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.types import OrderStatus, OrderType, Side
from puffling.core.events import PortfolioChanged
from puffling.services.book_greeks import BookGreeks, Effect, OptionRow, UnderlyingRow
from puffling.ui.panels.portfolio.columns import ORDERS
from puffling.ui.panels.portfolio.greeks import GREEKS
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from puffin.types import Order
    from tests.ui.panels.conftest import Room

CTRL = Qt.KeyboardModifier.ControlModifier


def buy(room: Room, symbol: str = "AAPL", quantity: int = 10) -> None:
    room.run("order.place", symbol=symbol, side="buy", quantity=quantity)
    room.trade()


def rest(room: Room, symbol: str = "MSFT", price: str = "26"):
    """Leave a limit order working."""
    order = room.run(
        "order.place", symbol=symbol, side="buy", quantity=5, type="limit", limit_price=price
    )
    assert order.status is OrderStatus.WORKING
    return order


def press(view, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    view.setFocus()
    QTest.keyClick(view, key, modifiers)


def shown(panel, name: str):
    return panel.strip.text(name)


def hold(room: Room, panel):
    """Buy, and wait until the panel shows it."""
    buy(room)
    room.until(lambda: panel.positions.model.get("AAPL"))


def order_texts(order: Order) -> dict[str, str]:
    return {each.id: each.text(order) for each in ORDERS}


def test_nothing_held_says_so_and_offers_to_buy(room: Room, desk):
    panel = room.open("portfolio")
    assert panel.positions.states.state is State.EMPTY
    assert shown(panel, "equity") == shown(panel, "cash") == "100,000.00"
    assert shown(panel, "exposure") == "0.00"
    panel.positions.states.acted.emit()
    assert desk.done == [("fill_ticket", Side.BUY, "AAPL", None)]


def test_a_fill_shows_as_position_order_and_fill(room: Room):
    panel = room.open("portfolio")
    buy(room)
    room.until(lambda: len(panel.positions.model))
    row = panel.positions.model.get("AAPL")
    assert row.position.quantity == 10
    assert [each.status for each in panel.orders.model.records] == [OrderStatus.FILLED]
    assert [each.quantity for each in panel.fills.records] == [10]
    cash = room.context.portfolio.cash
    assert shown(panel, "cash") == f"{cash:,.2f}"


def test_prices_move_values_and_equity(room: Room):
    panel = room.open("portfolio")
    buy(room)
    room.trade(30)
    snapshot = room.context.portfolio.snapshot()
    room.until(lambda: shown(panel, "equity") == f"{snapshot.equity:,.2f}")
    assert panel.positions.model.get("AAPL").row.last == room.last("AAPL").last


def test_equity_is_a_dash_while_a_position_has_no_price(room: Room):
    panel = room.open("portfolio")
    buy(room)
    room.context.quotes.clear()
    panel.refresh()
    assert shown(panel, "equity") == shown(panel, "day") == shown(panel, "exposure") == "—"
    assert panel.positions.model.get("AAPL").row.value is None


def test_a_panel_that_opens_before_the_account_waits_for_it(room: Room):
    service = room.context.portfolio
    account, service._account = service._account, None
    panel = room.open("portfolio")
    assert panel.states.state is State.LOADING
    service._account = account
    service._bus.publish(PortfolioChanged())
    room.until(lambda: panel.states.state is State.CONTENT)
    room.settle()
    assert shown(panel, "cash") == "100,000.00"


def test_del_closes_a_position_after_confirmation(room: Room, gate, clock):
    panel = room.open("portfolio")
    buy(room)
    clock.pass_(60)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.choose("AAPL")
    press(panel.positions.view, Qt.Key.Key_Delete)
    bar = panel.positions.close_bar
    assert bar.words.text() == "Close 10 AAPL shares"
    QTest.keyClick(bar.share, Qt.Key.Key_Return)
    room.settle()
    assert gate.asked[-1].order.ticket.side is Side.SELL
    room.trade()
    assert room.held("AAPL") == 0
    room.until(lambda: panel.positions.states.state is State.EMPTY)


def test_a_part_is_closed_in_whole_shares(room: Room, gate, clock):
    panel = room.open("portfolio")
    buy(room, quantity=7)
    clock.pass_(60)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.choose("AAPL")
    panel.positions.ask_close()
    bar = panel.positions.close_bar
    bar.share.setCurrentIndex(bar.share.findData(50))
    assert bar.words.text() == "Close 3 AAPL shares"
    bar.apply()
    room.settle()
    room.trade()
    assert room.held("AAPL") == 4


def test_a_close_at_a_limit_is_a_limit_order(room: Room, gate, clock):
    panel = room.open("portfolio")
    buy(room)
    clock.pass_(60)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.choose("AAPL")
    panel.positions.ask_close()
    bar = panel.positions.close_bar
    assert not bar.price.isVisible()
    bar.type.setCurrentIndex(1)
    bar.price.set_value(None)
    assert not bar.apply_button.isEnabled()
    bar.price.set_value(Decimal(600))
    bar.apply()
    room.settle()
    ticket = gate.asked[-1].order.ticket
    assert (ticket.side, ticket.quantity, ticket.limit_price) == (Side.SELL, 10, 600)
    assert not bar.isVisible()


def test_a_share_of_less_than_one_share_cannot_be_closed(room: Room, clock):
    panel = room.open("portfolio")
    buy(room, quantity=1)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.choose("AAPL")
    panel.positions.ask_close()
    panel.positions.close_bar.share.setCurrentIndex(2)
    assert not panel.positions.close_bar.apply_button.isEnabled()


def test_ctrl_del_cancels_the_selected_working_order(room: Room):
    panel = room.open("portfolio")
    panel.show_tab("orders")
    order = rest(room)
    panel.orders.view.choose(order.id)
    press(panel.orders.view, Qt.Key.Key_Delete, CTRL)
    room.settle()
    assert panel.orders.model.get(order.id).status is OrderStatus.CANCELLED
    assert not panel.orders.cancel_button.isEnabled()


def test_cancel_all_cancels_every_working_order(room: Room):
    panel = room.open("portfolio")
    rest(room), rest(room, "AAPL", "500")
    assert panel.orders.count.text() == "2 working, 2 in all"
    panel.orders.cancel_all_button.click()
    room.settle()
    assert room.context.orders.open() == []
    assert panel.orders.count.text() == "0 working, 2 in all"
    assert not panel.orders.cancel_all_button.isEnabled()


def test_the_filter_leaves_out_what_has_ended(room: Room):
    panel = room.open("portfolio")
    buy(room)
    order = rest(room)
    panel.orders.show_only_working(only=True)
    assert panel.orders.model.keys == (order.id,)
    room.run("order.cancel", id=order.id)
    assert panel.orders.model.keys == ()
    panel.orders.show_only_working(only=False)
    assert len(panel.orders.model) == 2


def test_orders_are_newest_first_and_say_their_price_and_reason(room: Room, clock):
    panel = room.open("portfolio")
    buy(room)
    clock.pass_(1)
    order = rest(room)
    assert panel.orders.model.keys[0] == order.id
    limit = order_texts(panel.orders.model.get(order.id))
    market = order_texts(panel.orders.model.records[1])
    assert (limit["price"], market["price"]) == ("26.00", "market")
    assert limit["average"] == "—"
    room.run("order.cancel", id=order.id)
    assert order_texts(panel.orders.model.get(order.id))["reason"]


def test_what_was_before_is_there_after_the_panel_opens(room: Room):
    buy(room)
    rest(room)
    panel = room.open("portfolio")
    assert len(panel.orders.model) == 2
    assert len(panel.fills) == 1
    assert len(panel.positions.model) == 1


def test_the_account_says_what_is_not_booked(room: Room):
    panel = room.open("portfolio")
    facts = {name: label.text() for name, label in panel.account.facts.items()}
    assert facts["Mode"] == "DEMO (simulated money)"
    assert facts["Starting cash"] == "100,000.00"
    assert facts["Dividends"].startswith("Not booked")
    assert "No commission" in facts["Costs of a trade"]


@pytest.mark.parametrize("tab", ["positions", "orders", "fills", "account"])
def test_the_tab_in_front_is_remembered(room: Room, tab: str):
    panel = room.open("portfolio")
    panel.show_tab(tab)
    panel.orders.show_only_working(only=True)
    again = room.open("portfolio")
    again.restore(panel.state())
    assert again.state()["tab"] == tab
    assert again.orders.only_working


def test_enter_on_a_position_chooses_its_symbol(room: Room):
    panel = room.open("portfolio")
    buy(room, "IBM", 20)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.choose("IBM")
    press(panel.positions.view, Qt.Key.Key_Return)
    assert room.parts.links.symbol("blue") == "IBM"


def test_positions_say_together_what_they_are_worth(room: Room):
    panel = room.open("portfolio")
    assert panel.positions.total.text() == ""
    buy(room)
    buy(room, "MSFT", 20)
    room.until(lambda: "2 positions" in panel.positions.total.text())
    worth = sum(each.row.value for each in panel.positions.model.records)
    assert f"worth {worth:,.2f}" in panel.positions.total.text()


def test_working_orders_that_would_close_a_position_stand_beside_it(room: Room):
    panel = room.open("portfolio")
    hold(room, panel)
    last = room.last("AAPL").last
    stop, target = (last * Decimal("0.9")).quantize(Decimal("0.01")), last.quantize(Decimal(1)) + 40
    room.run("order.place", symbol="AAPL", side="sell", quantity=5, type="stop", stop_price=stop)
    room.run(
        "order.place", symbol="AAPL", side="sell", quantity=5, type="limit", limit_price=target
    )
    room.trade()
    room.until(lambda: panel.positions.model.get("AAPL").target is not None)
    row = panel.positions.model.get("AAPL")
    assert (row.stop, row.target) == (stop, target)


def test_t_writes_a_target_and_a_stop_for_what_is_held(room: Room, desk):
    panel = room.open("portfolio")
    hold(room, panel)
    panel.positions.view.choose("AAPL")
    press(panel.positions.view, Qt.Key.Key_T)
    name, ticket, sized = desk.done[-1]
    assert (name, sized, ticket.side, ticket.quantity) == ("write_ticket", True, Side.SELL, 10)
    assert ticket.one_cancels_other
    assert ticket.limit_price > room.last("AAPL").last > ticket.stop_loss


def test_the_last_thirty_closes_of_a_position_are_a_small_line(room: Room):
    panel = room.open("portfolio")
    hold(room, panel)
    room.until(lambda: len(panel.positions.model.get("AAPL").closes) == 30)


def test_e_asks_how_an_order_should_be_changed(room: Room):
    panel = room.open("portfolio")
    order = rest(room)
    panel.show_tab("orders")
    panel.orders.view.choose(order.id)
    press(panel.orders.view, Qt.Key.Key_E)
    bar = panel.orders.change_bar
    assert bar.isVisible()
    assert not bar.stop.isVisible()
    assert not bar.apply_button.isEnabled()
    bar.limit.set_value(Decimal("25.5"))
    asked: list[object] = []
    bar.wanted.connect(asked.append)
    bar.wanted.disconnect(panel.orders.change)
    QTest.keyClick(bar.limit, Qt.Key.Key_Return)
    assert asked == [{"id": order.id, "limit_price": Decimal("25.5")}]
    assert not bar.isVisible()


def test_the_bar_closes_when_its_order_ends_meanwhile(room: Room):
    panel = room.open("portfolio")
    order = rest(room)
    panel.show_tab("orders")
    panel.orders.view.choose(order.id)
    panel.orders.ask_change()
    room.run("order.cancel", id=order.id)
    room.until(lambda: not panel.orders.change_bar.isVisible())


def test_a_word_of_the_broker_that_is_not_known_is_shown_as_it_is(room: Room):
    order = replace(rest(room), status=OrderStatus.OTHER, raw="frobbed")
    assert order_texts(order)["status"] == "unknown: frobbed"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": OrderType.STOP_LIMIT, "stop_price": Decimal(30)}, "30.00 / 26.00"),
        (
            {"type": OrderType.TRAILING, "limit_price": None, "trail_percent": Decimal("1.50")},
            "1.5 %",
        ),
        (
            {"type": OrderType.TRAILING, "limit_price": None, "trail_price": Decimal(2)},
            "trails 2.00",
        ),
        ({"type": OrderType.MARKET, "limit_price": None}, "market"),
    ],
)
def test_every_kind_of_order_shows_its_price(room: Room, changes, words):
    order = rest(room)
    assert order_texts(replace(order, ticket=replace(order.ticket, **changes)))["price"] == words


def test_lots_show_each_purchase_apart(room: Room, clock):
    panel = room.open("portfolio")
    buy(room, "AAPL", 10)
    clock.pass_(60)
    buy(room, "AAPL", 5)
    panel.show_tab("lots")
    room.until(lambda: len(panel.lots.model) == 2)
    assert [each.lot.quantity for each in panel.lots.model.records] == [10, 5]
    last = room.last("AAPL").last
    row = panel.lots.model.records[0]
    assert row.unrealised == 10 * (last - row.lot.price)


def test_the_map_shows_what_is_held_and_chooses_it(room: Room):
    panel = room.open("portfolio")
    buy(room, "AAPL", 10)
    buy(room, "IBM", 10)
    panel.show_tab("map")
    room.until(lambda: len(panel.map.rects()) == 2)
    panel.map.setFocus()
    QTest.keyClick(panel.map, Qt.Key.Key_Right)
    QTest.keyClick(panel.map, Qt.Key.Key_Return)
    assert panel.symbol == "IBM"


def test_ctrl_page_down_turns_the_tabs(room: Room):
    panel = room.open("portfolio")
    buy(room)
    room.until(lambda: len(panel.positions.model))
    panel.positions.view.setFocus()
    QTest.keyClick(panel.positions.view, Qt.Key.Key_PageDown, CTRL)
    assert panel.tabs.tabText(panel.tabs.currentIndex()) == "Orders"
    assert panel.orders.view.hasFocus()


def test_the_keyboard_goes_to_the_button_while_nothing_is_held(room: Room):
    panel = room.open("portfolio")
    panel.tabs.setCurrentIndex(1)
    panel.orders.view.setFocus()
    QTest.keyClick(panel.orders.view, Qt.Key.Key_PageUp, CTRL)
    focused = panel.focusWidget()
    assert focused is not None
    assert focused.text() == "Buy something"


def test_buttons_follow_the_row_that_the_arrow_keys_reach(room: Room):
    panel = room.open("portfolio")
    buy(room)
    rest(room)
    room.until(lambda: len(panel.orders.model) == 2)
    view = panel.orders.view
    view.choose(panel.orders.model.keys[0])
    assert panel.orders.change_button.isEnabled()
    press(view, Qt.Key.Key_Down)
    assert not panel.orders.change_button.isEnabled()
    press(view, Qt.Key.Key_Up)
    assert panel.orders.change_button.isEnabled()


def test_lots_are_not_worked_out_again_for_each_quote(room: Room, monkeypatch):
    panel = room.open("portfolio")
    buy(room)
    asked: list[str] = []
    service = room.context.portfolio
    worked_out = service.lots

    def lots() -> object:
        asked.append("lots")
        return worked_out()

    monkeypatch.setattr(service, "lots", lots)
    panel.show_tab("lots")
    room.until(lambda: len(panel.lots.model) == 1)
    before = len(asked)
    panel.refresh()
    assert len(asked) == before
    buy(room, "IBM", 20)
    room.until(lambda: len(panel.lots.model) == 2)


def test_greeks_are_shown_by_underlying_with_what_is_not_known(room: Room):
    panel = room.open("portfolio")
    panel.show_tab("greeks")
    room.settle()
    assert panel.greeks.view._empty == "Options you hold show their greeks here."
    assert not panel.greeks.words.isVisible()
    known = OptionRow("C", "AAPL call", "AAPL", Decimal(1), 30.0, 0.3, Effect(50, 1, -2, 3, 5_000))
    dark = OptionRow("P", "AAPL put", "AAPL", Decimal(1), why="There is no quote of it.")
    half = UnderlyingRow("AAPL", Decimal(5), Decimal(100), Effect(), "AAPL put: why", (known, dark))
    panel.greeks.show_book(BookGreeks((half,), Effect(), "why"))
    assert panel.greeks.model.keys == ("all AAPL", "C", "P")
    texts = {key: greek_texts(panel.greeks.model.get(key)) for key in panel.greeks.model.keys}
    assert texts["C"]["theta"] == "−2.00"
    assert texts["C"]["volatility"] == "30.0 %"
    assert texts["all AAPL"]["quantity"] == "5"
    assert texts["all AAPL"]["delta"] == texts["P"]["delta"] == "—"
    assert texts["P"]["why"] == "There is no quote of it."
    assert panel.greeks.words.isVisible()


def test_sorted_greeks_stay_below_their_underlying(room: Room):
    panel = room.open("portfolio")
    low = OptionRow("A1", "AAPL call", "AAPL", Decimal(1), 30.0, 0.3, Effect(1, 1, 1, 1, 1))
    high = replace(low, symbol="A2", effect=Effect(9, 1, 1, 1, 1))
    other = replace(low, symbol="M1", underlying="MSFT", effect=Effect(5, 1, 1, 1, 1))
    rows = (
        UnderlyingRow("MSFT", Decimal(0), None, Effect(5, 1, 1, 1, 1), "", (other,)),
        UnderlyingRow("AAPL", Decimal(0), None, Effect(10, 1, 1, 1, 1), "", (low, high)),
    )
    panel.greeks.show_book(BookGreeks(rows, Effect(15, 1, 1, 1, 1), ""))
    delta = [each.id for each in GREEKS].index("delta")
    model = panel.greeks.model
    model.sort(delta, Qt.SortOrder.DescendingOrder)
    assert model.keys == ("Everything", "all AAPL", "A2", "A1", "all MSFT", "M1")
    model.sort(delta, Qt.SortOrder.AscendingOrder)
    assert model.keys == ("Everything", "all MSFT", "M1", "all AAPL", "A1", "A2")


def greek_texts(row) -> dict[str, str]:
    return {each.id: each.text(row) for each in GREEKS}
