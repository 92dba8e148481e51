from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from puffin.errors import OrderRejectedError
from puffin.types import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    Fill,
    Order,
    OrderStatus,
    OrderType,
    Position,
    Quote,
    Side,
    Ticket,
)

AT = datetime(2012, 6, 1, 15, tzinfo=UTC)


def ticket(**changes) -> Ticket:
    usual: dict[str, Any] = {"symbol": "AAPL", "side": Side.BUY, "quantity": Decimal(1)}
    return Ticket(**(usual | changes))


@pytest.mark.parametrize("symbol", ["AAPL", "BRK.B", "BTC/USD", "BF-B", "A1"])
def test_symbols_of_shares_classes_and_pairs_are_taken(symbol):
    assert ticket(symbol=symbol).symbol == symbol


@pytest.mark.parametrize("symbol", ["", "aapl", "1A", ".A", "A B", "A" * 16, "=A1", "A\n"])
def test_what_is_not_a_symbol_is_refused(symbol):
    with pytest.raises(OrderRejectedError, match="not a symbol"):
        ticket(symbol=symbol)


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_a_quantity_must_be_more_than_zero(quantity):
    with pytest.raises(OrderRejectedError, match="more than zero"):
        ticket(quantity=Decimal(quantity))


def test_a_quantity_has_an_upper_bound():
    assert ticket(quantity=LARGEST_QUANTITY).quantity == LARGEST_QUANTITY
    with pytest.raises(OrderRejectedError, match="at most 1,000,000"):
        ticket(quantity=LARGEST_QUANTITY + 1)


@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.STOP])
def test_an_order_that_names_a_price_needs_it_and_no_other(kind):
    own, other = f"{kind}_price", {"limit": "stop_price", "stop": "limit_price"}[kind]
    assert ticket(type=kind, **{own: Decimal(5)}).type is kind
    with pytest.raises(OrderRejectedError, match=f"needs a {kind} price"):
        ticket(type=kind)
    with pytest.raises(OrderRejectedError, match="takes no"):
        ticket(type=kind, **{own: Decimal(5), other: Decimal(5)})
    with pytest.raises(OrderRejectedError, match="takes no"):
        ticket(**{own: Decimal(5)})


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", str(LARGEST_PRICE + 1)])
def test_a_price_must_make_sense(price):
    with pytest.raises(OrderRejectedError, match="limit price must be more than zero"):
        ticket(type=OrderType.LIMIT, limit_price=Decimal(price))


def test_a_side_knows_its_sign_and_its_opposite():
    assert Side.BUY.sign == 1
    assert Side.SELL.sign == -1
    assert Side.BUY.opposite is Side.SELL
    assert Side.SELL.opposite is Side.BUY


def test_only_what_has_ended_is_terminal():
    ended = {each for each in OrderStatus if each.is_terminal}
    assert ended == {
        OrderStatus.FILLED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
    }


def test_a_quote_knows_what_each_side_pays_and_how_far_it_moved():
    quote = Quote("AAPL", Decimal(99), Decimal(101), Decimal(100), AT, previous_close=Decimal(80))
    assert quote.price_for(Side.BUY) == 101
    assert quote.price_for(Side.SELL) == 99
    assert quote.mid == 100
    assert quote.change == 20
    assert quote.change_ratio == Decimal("0.25")
    unknown = Quote("AAPL", Decimal(99), Decimal(101), Decimal(100), AT)
    assert unknown.change is None
    assert unknown.change_ratio is None


@pytest.mark.parametrize(("side", "cash"), [(Side.BUY, "-1001"), (Side.SELL, "999")])
def test_a_fill_changes_cash_by_its_value_and_its_commission(side, cash):
    fill = Fill("f", "o", "demo", "AAPL", side, Decimal(10), Decimal(100), Decimal(1), AT)
    assert fill.cash_change == Decimal(cash)


def test_an_order_knows_what_remains_and_a_position_what_it_gained():
    order = Order(
        "o",
        "demo",
        ticket(quantity=Decimal(10)),
        OrderStatus.PARTIAL,
        AT,
        AT,
        AT,
        filled_quantity=Decimal(4),
    )
    assert order.remaining == 6
    assert Position("AAPL", Decimal(-10), Decimal(100)).unrealised(Decimal(90)) == 100
