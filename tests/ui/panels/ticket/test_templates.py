from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.types import Side, Ticket
from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from tests.ui.panels.conftest import Room

ORDER = Ticket("MSFT", Side.BUY, Decimal(20))


@pytest.fixture
def kept(room: Room, desk):
    desk.ticket = ORDER
    room.run("template.save", name="usual")
    return "usual"


def test_ctrl_shift_t_asks_for_a_name_and_enter_keeps_the_order(room: Room, desk):
    panel = room.open("ticket")
    panel.fill(Side.BUY, "MSFT", Decimal(20))
    desk.ticket = panel.written
    assert desk.ticket == ORDER
    room.run("template.save")
    assert desk.done[-1] == ("ask_template",)
    panel.ask_template()
    assert panel.name_bar.name.hasFocus()
    assert not panel.name_bar.apply_button.isEnabled()
    QTest.keyClicks(panel.name_bar.name, "usual")
    QTest.keyClick(panel.name_bar.name, Qt.Key.Key_Return)
    room.settle()
    assert [(each.name, each.ticket) for each in room.context.templates.all()] == [("usual", ORDER)]
    assert panel.name_bar.isHidden()
    assert panel.fields.quantity.hasFocus()


def test_the_menu_writes_an_order_again_and_forgets_it(room: Room, desk, kept):
    panel = room.open("ticket")
    panel.templates.aboutToShow.emit()
    actions = {each.text(): each for each in panel.templates.actions() if each.text()}
    assert list(actions) == ["usual", "Save this order as a template…", "Remove a template"]
    actions["usual"].trigger()
    room.settle()
    assert desk.done[-1] == ("write_ticket", ORDER, True)
    actions["Remove a template"].menu().actions()[0].trigger()
    room.settle()
    assert room.context.templates.all() == []


def test_a_template_may_be_written_for_another_symbol(room: Room, desk, kept):
    room.run("template.load", name=kept, symbol="ibm")
    assert desk.done[-1][1] == Ticket("IBM", Side.BUY, Decimal(20))


def test_an_incomplete_order_is_not_kept(room: Room, desk):
    desk.ticket = None
    with pytest.raises(BadValueError, match="no complete order"):
        room.run("template.save", name="nothing")


def test_a_name_that_is_not_known_offers_the_nearest(room: Room, kept):
    with pytest.raises(BadValueError) as caught:
        room.run("template.load", name="usuall")
    assert caught.value.hint == "Did you mean usual?"


def test_the_list_says_what_each_would_be(room: Room, kept):
    assert room.run("template.list") == [
        {"name": "usual", "order": "Buy 20 MSFT at the market, good for the day"}
    ]
