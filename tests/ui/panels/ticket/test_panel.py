from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.ui.panels.ticket.draft import Exits
from puffling.ui.panels.ticket.sizing import SizeBy

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room


def type_quantity(panel, text: str) -> None:
    panel.fill(Side.BUY)
    QTest.keyClicks(panel.fields.quantity, text)


def test_buying_takes_f9_a_quantity_and_ctrl_return(room: Room, gate):
    panel = room.open("ticket")
    panel.fill(Side.BUY, "MSFT")
    assert panel.fields.quantity.hasFocus()
    QTest.keyClicks(panel.fields.quantity, "12")
    assert panel.review_button.isEnabled()
    assert panel.review_button.text() == "Review buy order"
    panel.apply_focused()
    room.settle()
    assert [each.order.ticket.symbol for each in gate.asked] == ["MSFT"]
    room.trade()
    assert room.held("MSFT") == 12
    assert panel.fields.quantity.value is None
    assert panel.symbol == "MSFT"


def test_after_a_limit_order_the_cursor_is_in_the_quantity(room: Room, gate):
    panel = room.open("ticket")
    type_quantity(panel, "5")
    panel.fields.take_limit(Decimal(500))
    assert panel.fields.limit.hasFocus()
    panel.apply_focused()
    room.settle()
    assert len(gate.asked) == 1
    assert panel.fields.limit.isHidden()
    assert panel.fields.quantity.hasFocus()


def test_a_no_at_the_gate_keeps_what_was_typed(room: Room, gate):
    gate.says_yes = False
    panel = room.open("ticket")
    type_quantity(panel, "5")
    panel.review()
    assert not panel.review_button.isEnabled()
    room.settle()
    assert panel.fields.quantity.value == 5
    assert panel.review_button.isEnabled()
    assert room.context.orders.all() == []


def test_a_second_review_while_the_first_is_asked_does_nothing(room: Room, gate):
    panel = room.open("ticket")
    type_quantity(panel, "5")
    panel.review()
    panel.review()
    room.settle()
    assert len(gate.asked) == 1


def test_review_with_nothing_filled_in_puts_the_cursor_where_something_is_missing(room, gate):
    panel = room.open("ticket")
    panel.review()
    assert panel.fields.quantity.hasFocus()
    assert panel.reason.text() == "Enter a quantity."
    assert not panel.review_button.isEnabled()
    panel.fields.type.choose(OrderType.LIMIT)
    panel.fields.quantity.set_value(Decimal(1))
    panel.review()
    assert panel.fields.limit.hasFocus()
    assert gate.asked == []


def test_the_impact_is_what_the_confirmation_says(room: Room, gate):
    panel = room.open("ticket")
    type_quantity(panel, "7")
    ask = room.last("AAPL").ask
    assert panel.impact.figure("cost") == f"{7 * ask:,.2f}"
    shown = panel.impact.figure("cash"), panel.impact.figure("share")
    panel.review()
    room.settle()
    proposal = gate.asked[0]
    assert shown == (f"{proposal.cash_after:,.2f}", f"{proposal.share_after * 100:.1f} %")


def test_a_limit_that_refuses_is_named_and_the_button_is_off(room: Room, gate):
    panel = room.open("ticket")
    type_quantity(panel, "100")
    assert "more than the 25,000.00 allowed" in panel.reason.text()
    assert panel.verdicts.texts[0] == panel.reason.text()
    panel.review()
    room.settle()
    assert gate.asked == []


@pytest.mark.parametrize("text", ["-5", "0", "abc", "1e999", "nan", "99999999"])
def test_a_quantity_that_is_none_is_refused_where_it_stands(room: Room, text: str):
    panel = room.open("ticket")
    panel.fields.quantity.setText(text)
    assert not panel.review_button.isEnabled()
    assert panel.reason.text().startswith("Quantity: ")
    assert not panel.fields._problems["Quantity"].isHidden()


def test_prices_are_shown_only_when_the_type_needs_them(room: Room):
    panel = room.open("ticket")
    assert panel.fields.limit.isHidden()
    panel.fields.type.choose(OrderType.STOP)
    assert not panel.fields.stop.isHidden()
    assert panel.fields.limit.isHidden()


def test_a_problem_in_a_price_that_is_not_needed_does_not_matter(room: Room):
    panel = room.open("ticket")
    panel.fields.type.choose(OrderType.LIMIT)
    panel.fields.limit.setText("abc")
    type_quantity(panel, "3")
    assert not panel.review_button.isEnabled()
    panel.fields.type.choose(OrderType.MARKET)
    assert panel.review_button.isEnabled()


def test_a_click_on_a_price_makes_a_limit_order_at_it(room: Room):
    panel = room.open("ticket")
    panel.ladder.buttons["Bid"].click()
    assert panel.fields.type.value is OrderType.LIMIT
    assert panel.fields.limit.value == room.last("AAPL").bid


def test_f10_turns_a_buy_into_a_sell(room: Room):
    panel = room.open("ticket")
    panel.fields.quantity.setFocus()
    QTest.keyClick(panel.fields.quantity, Qt.Key.Key_F10)
    assert panel.fields.side.value is Side.SELL
    assert panel.review_button.text() == "Review sell order"


def test_up_and_down_step_the_quantity(room: Room):
    panel = room.open("ticket")
    panel.fill(Side.BUY, quantity=Decimal(10))
    QTest.keyClick(panel.fields.quantity, Qt.Key.Key_Up)
    QTest.keyClick(panel.fields.quantity, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert panel.fields.quantity.value == 1


def test_a_halt_says_why_nothing_can_be_bought_but_closing_stays(room: Room, clock):
    panel = room.open("ticket")
    room.run("order.place", symbol="AAPL", side="buy", quantity=3)
    room.trade()
    clock.pass_(60)  # the same order again is refused for a while
    type_quantity(panel, "3")
    room.run("risk.halt", reason="enough for today")
    room.settle()
    assert "Trading is halted" in panel.reason.text()
    assert "enough for today" in panel.reason.text()
    assert panel.verdicts.texts[0] == "Trading is halted: only closing."
    panel.flip()
    assert panel.reason.text() == ""
    assert "Trading is halted: only closing." not in panel.verdicts.texts
    assert panel.review_button.isEnabled()
    room.run("risk.resume", word="RESUME")
    room.settle()
    panel.flip()
    assert panel.review_button.isEnabled()


def test_a_halt_from_before_is_known_when_the_panel_opens(room: Room):
    room.run("risk.halt", reason="yesterday")
    panel = room.open("ticket")
    type_quantity(panel, "3")
    assert "yesterday" in panel.reason.text()


def test_a_symbol_the_market_does_not_trade_says_so(room: Room):
    panel = room.open("ticket")
    panel.set_symbol("ZZZZ")
    assert "ZZZZ is not traded on this market" in panel.reason.text()
    assert panel.ladder.buttons["Ask"].text() == "—"
    assert not panel.ladder.buttons["Ask"].isEnabled()


def test_another_symbol_forgets_the_prices_of_the_last(room: Room):
    panel = room.open("ticket")
    panel.fields.take_limit(Decimal("570.5"))
    room.parts.links.choose("blue", "MSFT")
    assert panel.fields.symbol.text() == "MSFT"
    assert panel.fields.limit.value is None


def test_quotes_move_the_ladder_and_the_estimate(room: Room):
    panel = room.open("ticket")
    type_quantity(panel, "5")
    room.trade(30)
    quote = room.last("AAPL")
    assert panel.ladder.buttons["Last"].text() == f"{quote.last:,.2f}"
    room.until(lambda: panel.impact.figure("cost") == f"{5 * quote.ask:,.2f}")


def test_an_old_quote_says_how_old(room: Room, clock):
    panel = room.open("ticket")
    clock.pass_(75)
    panel._show_age()
    assert panel.ladder.age.text() == "1 min ago"
    assert panel.ladder.age.property("tone") == "warning"


def test_side_type_and_duration_are_remembered_but_never_the_quantity(room: Room):
    panel = room.open("ticket")
    panel.fill(Side.SELL, quantity=Decimal(9))
    panel.fields.type.choose(OrderType.LIMIT)
    panel.fields.time_in_force.choose(TimeInForce.GTC)
    state = panel.state()
    again = room.open("ticket")
    again.restore(state)
    assert again.fields.side.value is Side.SELL
    assert again.fields.type.value is OrderType.LIMIT
    assert again.fields.time_in_force.value is TimeInForce.GTC
    assert again.fields.quantity.value is None


@pytest.mark.parametrize("state", [{}, {"side": 5}, {"side": "steal", "type": None}])
def test_a_state_that_does_not_fit_is_passed_over(room: Room, state):
    panel = room.open("ticket")
    panel.restore(state)
    assert panel.fields.side.value is Side.BUY


def test_arrows_move_the_choice_between_buttons_and_down_the_list(room: Room):
    panel = room.open("ticket")
    panel.fields.side.button(Side.BUY).setFocus()
    QTest.keyClick(panel.fields.side.button(Side.BUY), Qt.Key.Key_Right)
    assert panel.fields.side.value is Side.SELL
    panel.fields.type.box.setFocus()
    QTest.keyClick(panel.fields.type.box, Qt.Key.Key_Down)
    assert panel.fields.type.value is OrderType.LIMIT
    assert not panel.fields.limit.isHidden()


def test_a_bracket_says_what_the_stop_loses_and_the_target_gains(room: Room, gate):
    panel = room.open("ticket")
    assert panel.impact._figures["risk"].isHidden()
    type_quantity(panel, "10")
    panel.fields.type.choose(OrderType.LIMIT)
    panel.fields.limit.set_value(Decimal(560))
    panel.fields.exits.choose(Exits.BRACKET)
    assert panel.reason.text() == "Enter a target, a stop loss, or both."
    panel.fields.target.set_value(Decimal(600))
    panel.fields.stop_loss.set_value(Decimal(540))
    assert panel.impact.figure("risk") == "200.00"
    assert panel.impact.figure("reward") == "400.00 (2.0 : 1)"
    panel.review()
    room.settle()
    ticket = gate.asked[0].order.ticket
    assert (ticket.take_profit, ticket.stop_loss) == (600, 540)


def test_a_size_in_percent_of_equity_becomes_whole_shares(room: Room, gate):
    panel = room.open("ticket")
    panel.fields.by.choose(SizeBy.EQUITY)
    panel.fields.quantity.setText("5")
    panel.review()
    room.settle()
    ticket = gate.asked[0].order.ticket
    assert ticket.quantity == 100_000 * Decimal("0.05") // room.last("AAPL").ask


def test_another_unit_empties_the_size(room: Room):
    panel = room.open("ticket")
    type_quantity(panel, "50")
    panel.fields.by.choose(SizeBy.RISK)
    assert panel.fields.quantity.value is None
    assert panel.reason.text() == "Enter the share of the equity to risk."


def test_an_order_written_elsewhere_fills_the_whole_ticket(room: Room):
    panel = room.open("ticket")
    ticket = Ticket(
        "MSFT",
        Side.SELL,
        Decimal(7),
        OrderType.LIMIT,
        Decimal(31),
        time_in_force=TimeInForce.GTC,
        stop_loss=Decimal(25),
        one_cancels_other=True,
    )
    panel.write(ticket)
    assert panel.symbol == "MSFT"
    assert panel.draft.ticket() == (ticket, "")


def test_a_size_in_percent_says_how_many_units_it_comes_to(room: Room):
    panel = room.open("ticket")
    type_quantity(panel, "5")
    assert panel.impact.figure("size") == ""
    panel.fields.by.choose(SizeBy.EQUITY)
    panel.fields.quantity.setText("5")
    units = 100_000 * Decimal("0.05") // room.last("AAPL").ask
    assert panel.impact.figure("size") == f"{units:f} units"


def test_fields_stay_where_they_are_when_rows_come_and_go(room: Room):
    panel = room.open("ticket")
    panel.resize(320, 600)
    panel.show()
    panel.grab()
    before = panel.fields.type.box.x()
    panel.fields.by.choose(SizeBy.RISK)
    panel.grab()
    assert panel.fields.type.box.x() == before
