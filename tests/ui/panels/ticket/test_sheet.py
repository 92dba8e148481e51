"""What was written on the ticket is taken back by undo; an order that was sent is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtTest import QTest

from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.core.errors import BadValueError
from puffling.ui.panels.ticket.sizing import SizeBy

BRACKET = Ticket(
    "IBM",
    Side.SELL,
    Decimal(7),
    OrderType.LIMIT,
    Decimal("180.25"),
    time_in_force=TimeInForce.GTC,
    take_profit=Decimal(150),
    stop_loss=Decimal(190),
)


def test_what_stood_on_the_ticket_comes_back_and_what_was_written_too(room):
    panel, undo = room.open("ticket"), room.context.undo
    panel.fill(Side.BUY, "MSFT")
    panel.fields.by.choose(SizeBy.AMOUNT)
    QTest.keyClicks(panel.fields.quantity, "2500")
    before = panel.sheet()
    panel.write(BRACKET)
    assert undo.next_back.startswith("On the ticket: Sell 7 IBM")
    assert panel.written == BRACKET
    undo.undo()
    assert panel.sheet() == before
    assert panel.symbol == "MSFT"
    undo.redo()
    assert panel.written == BRACKET


def test_even_what_was_typed_wrong_comes_back(room):
    panel = room.open("ticket")
    QTest.keyClicks(panel.fields.quantity, "12x")
    panel.write(BRACKET)
    room.context.undo.undo()
    assert panel.fields.quantity.text() == "12x"
    assert panel.fields.problem


def test_typing_over_what_was_written_is_not_lost(room):
    panel, undo = room.open("ticket"), room.context.undo
    panel.write(BRACKET)
    panel.fields.limit.set_value(Decimal(185))
    undo.undo()
    assert panel.fields.limit.value is None
    undo.redo()
    assert panel.fields.limit.value == 185


def test_nothing_is_taken_back_that_changed_nothing(room):
    panel, undo = room.open("ticket"), room.context.undo
    panel.write(BRACKET)
    undo.undo()
    panel.fill(panel.fields.side.value, panel.symbol)
    assert not undo.next_back


def test_a_sent_order_cannot_be_taken_back(room, gate):
    panel, undo = room.open("ticket"), room.context.undo
    panel.write(Ticket("MSFT", Side.BUY, Decimal(12)))
    assert undo.next_back
    panel.review()
    room.settle()
    assert len(gate.asked) == 1
    with pytest.raises(BadValueError, match="nothing to take back"):
        undo.undo()
    room.trade()
    assert room.held("MSFT") == 12


def test_an_order_that_was_not_sent_can_still_be_taken_back(room, gate):
    gate.says_yes = False
    panel, undo = room.open("ticket"), room.context.undo
    panel.write(Ticket("MSFT", Side.BUY, Decimal(12)))
    panel.review()
    room.settle()
    undo.undo()
    assert panel.written is None


def test_what_was_written_on_a_ticket_that_was_closed_is_gone_with_it(room):
    panel, undo = room.open("ticket"), room.context.undo
    panel.write(BRACKET)
    room.close()
    room.opened.clear()
    room.settle()
    assert panel is not None
    assert not undo.next_back
