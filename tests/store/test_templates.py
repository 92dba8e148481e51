from __future__ import annotations

from decimal import Decimal

import pytest

from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.store.templates import TemplateStore, TicketTemplate

BRACKET = Ticket(
    "AAPL",
    Side.BUY,
    Decimal("10.5"),
    OrderType.LIMIT,
    Decimal("560.10"),
    time_in_force=TimeInForce.GTC,
    take_profit=Decimal(600),
    stop_loss=Decimal("540.0001"),
)


@pytest.fixture
def templates(database):
    return TemplateStore(database)


def test_an_order_comes_back_as_it_was_kept(templates):
    templates.save(TicketTemplate("breakout", BRACKET))
    assert templates.get("breakout") == TicketTemplate("breakout", BRACKET)


def test_the_same_name_again_takes_its_place(templates):
    templates.save(TicketTemplate("mine", BRACKET))
    other = Ticket("IBM", Side.SELL, Decimal(1))
    templates.save(TicketTemplate("mine", other))
    assert templates.all() == [TicketTemplate("mine", other)]


def test_one_that_is_removed_is_gone(templates):
    templates.save(TicketTemplate("mine", BRACKET))
    assert templates.remove("mine")
    assert not templates.remove("mine")
    assert templates.get("mine") is None
