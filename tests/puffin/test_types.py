from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from puffin.errors import OrderRejectedError
from puffin.types import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    AssetClass,
    Fill,
    Leg,
    Order,
    OrderClass,
    OrderStatus,
    OrderType,
    Position,
    Quote,
    Side,
    Ticket,
)
from tests.orders import tickets

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
        OrderStatus.REPLACED,
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


@pytest.mark.parametrize(
    ("symbol", "asset", "multiplier"),
    [
        ("AAPL", AssetClass.STOCK, 1),
        ("BTC/USD", AssetClass.CRYPTO, 1),
        ("AAPL260116C00250000", AssetClass.OPTION, 100),
    ],
)
def test_a_symbol_tells_what_it_names_and_what_one_unit_stands_for(symbol, asset, multiplier):
    assert (ticket(symbol=symbol).asset, ticket(symbol=symbol).multiplier) == (asset, multiplier)


def limited(**changes) -> Ticket:
    return ticket(type=OrderType.LIMIT, **({"limit_price": Decimal(100)} | changes))


def test_a_stop_limit_order_needs_both_prices():
    both = {"limit_price": Decimal(5), "stop_price": Decimal(6)}
    assert ticket(type=OrderType.STOP_LIMIT, **both).stop_price == 6
    with pytest.raises(OrderRejectedError, match="A stop limit order needs a limit price"):
        ticket(type=OrderType.STOP_LIMIT, stop_price=Decimal(6))
    with pytest.raises(OrderRejectedError, match="A stop limit order needs a stop price"):
        ticket(type=OrderType.STOP_LIMIT, limit_price=Decimal(6))


@pytest.mark.parametrize("trail", [{"trail_price": Decimal(2)}, {"trail_percent": Decimal(50)}])
def test_a_trailing_stop_follows_in_dollars_or_in_percent(trail):
    assert ticket(type=OrderType.TRAILING, **trail).type is OrderType.TRAILING
    with pytest.raises(OrderRejectedError, match="A market order takes no trail"):
        ticket(**trail)


@pytest.mark.parametrize(
    ("trail", "words"),
    [
        ({}, "needs a trail"),
        ({"trail_price": Decimal(1), "trail_percent": Decimal(1)}, "needs a trail"),
        ({"trail_price": Decimal(0)}, "trail must be more than zero"),
        ({"trail_percent": Decimal(0)}, "at most 50 percent"),
        ({"trail_percent": Decimal("50.1")}, "at most 50 percent"),
        ({"trail_percent": Decimal("NaN")}, "at most 50 percent"),
    ],
)
def test_a_trail_must_make_sense(trail, words):
    with pytest.raises(OrderRejectedError, match=words):
        ticket(type=OrderType.TRAILING, **trail)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "100000001"])
def test_an_amount_must_make_sense(amount):
    with pytest.raises(OrderRejectedError, match="The amount must be more than zero"):
        ticket(notional=Decimal(amount))


def test_an_amount_goes_with_simple_market_and_limit_orders():
    assert limited(notional=Decimal(500)).notional == 500
    with pytest.raises(OrderRejectedError, match="An amount needs a market or limit order"):
        ticket(type=OrderType.STOP, stop_price=Decimal(5), notional=Decimal(500))
    with pytest.raises(OrderRejectedError, match="takes no target, stop or legs"):
        ticket(notional=Decimal(500), take_profit=Decimal(200))


def test_only_limit_orders_fill_outside_regular_hours():
    assert limited(extended_hours=True).extended_hours
    with pytest.raises(OrderRejectedError, match="Only limit orders"):
        ticket(extended_hours=True)


@pytest.mark.parametrize(
    ("exits", "kind"),
    [
        ({}, OrderClass.SIMPLE),
        ({"take_profit": Decimal(110)}, OrderClass.OTO),
        ({"stop_loss": Decimal(90), "stop_loss_limit": Decimal(89)}, OrderClass.OTO),
        ({"take_profit": Decimal(110), "stop_loss": Decimal(90)}, OrderClass.BRACKET),
    ],
)
def test_an_entry_brings_its_exits(exits, kind):
    assert limited(**exits).order_class is kind
    assert ticket(**exits).order_class is kind


@pytest.mark.parametrize(
    ("side", "exits", "words"),
    [
        (Side.BUY, {"take_profit": 90, "stop_loss": 110}, "target must be above the stop loss"),
        (Side.SELL, {"take_profit": 110, "stop_loss": 90}, "target must be below the stop loss"),
        (Side.BUY, {"take_profit": 100}, "target must be above the limit price"),
        (Side.BUY, {"stop_loss": 100}, "limit price must be above the stop loss"),
        (Side.SELL, {"stop_loss": 99}, "limit price must be below the stop loss"),
        (Side.BUY, {"stop_loss_limit": 99}, "needs a stop loss"),
        (Side.BUY, {"take_profit": 0}, "target must be more than zero"),
        (Side.BUY, {"stop_loss": -1}, "stop loss must be more than zero"),
        (Side.BUY, {"stop_loss": 90, "stop_loss_limit": 0}, "limit must be more than zero"),
    ],
)
def test_exits_on_the_wrong_side_are_refused(side, exits, words):
    with pytest.raises(OrderRejectedError, match=words):
        limited(side=side, **{name: Decimal(price) for name, price in exits.items()})


def test_an_oco_is_a_target_and_a_stop_for_what_is_held():
    sale = limited(side=Side.SELL, stop_loss=Decimal(90), one_cancels_other=True)
    assert sale.order_class is OrderClass.OCO
    for wrong in (
        {"type": OrderType.MARKET, "stop_loss": Decimal(90)},
        {"type": OrderType.LIMIT, "limit_price": Decimal(100)},
        {
            "type": OrderType.LIMIT,
            "limit_price": Decimal(100),
            "stop_loss": Decimal(90),
            "take_profit": Decimal(110),
        },
    ):
        with pytest.raises(OrderRejectedError, match="An OCO needs a limit price and a stop loss"):
            ticket(side=Side.SELL, one_cancels_other=True, **wrong)
    with pytest.raises(OrderRejectedError, match="must be above the stop loss"):
        limited(side=Side.SELL, stop_loss=Decimal(110), one_cancels_other=True)


CALL, PUT = "AAPL260116C00250000", "AAPL260116P00240000"


def test_a_multi_leg_order_has_a_net_price_of_either_sign():
    legs = (Leg(CALL, Side.BUY), Leg(PUT, Side.SELL, 2, opens=False))
    credit = limited(legs=legs, limit_price=Decimal("-1.5"))
    assert (credit.order_class, credit.asset) == (OrderClass.MULTI_LEG, AssetClass.OPTION)
    assert credit.multiplier == 100
    with pytest.raises(OrderRejectedError, match="limit price must be more than zero"):
        limited(legs=legs, limit_price=Decimal("NaN"))
    with pytest.raises(OrderRejectedError, match="two to 4 legs"):
        ticket(legs=legs[:1])
    with pytest.raises(OrderRejectedError, match="Each leg must be another option"):
        ticket(legs=(legs[0], legs[0]))
    with pytest.raises(OrderRejectedError, match="by itself"):
        ticket(legs=legs, stop_loss=Decimal(1))


@pytest.mark.parametrize(("symbol", "ratio"), [("AAPL", 1), (CALL, 0), (CALL, 101)])
def test_a_leg_is_an_option_and_its_ratio_has_bounds(symbol, ratio):
    with pytest.raises(OrderRejectedError):
        Leg(symbol, Side.BUY, ratio)


def test_a_fill_of_an_option_moves_cash_by_a_hundred_times_its_price():
    fill = Fill("f", "o", "demo", CALL, Side.BUY, Decimal(2), Decimal(3), Decimal(1), AT)
    assert fill.cash_change == -601
    assert Position(CALL, Decimal(2), Decimal(3)).unrealised(Decimal(4)) == 200


@given(tickets())
def test_every_ticket_that_can_exist_knows_its_class(drawn: Ticket):
    assert drawn.order_class in OrderClass
    assert drawn.asset in AssetClass
