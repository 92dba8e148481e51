"""What Alpaca takes, said before it is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from puffin.broker.alpaca_venue import VENUE
from puffin.types import Leg, OrderType, Side, Ticket, TimeInForce

D = Decimal
OPTION = "AAPL260116C00250000"
LEGS = (Leg(OPTION, Side.BUY), Leg("AAPL260116C00260000", Side.SELL))
LIMIT, STOP, STOP_LIMIT = OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT
DAY, GTC, IOC, FOK = TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
OPG, CLS = TimeInForce.OPG, TimeInForce.CLS


def ticket(symbol="AAPL", quantity="10", kind=OrderType.MARKET, **more: Any) -> Ticket:
    return Ticket(symbol, Side.BUY, D(quantity), kind, **more)


@pytest.mark.parametrize(
    "taken",
    [
        ticket(),
        *(ticket(time_in_force=each) for each in (DAY, GTC, IOC, FOK, OPG, CLS)),
        ticket(kind=STOP_LIMIT, limit_price=D(90), stop_price=D(91), time_in_force=GTC),
        ticket(kind=OrderType.TRAILING, trail_percent=D(5), time_in_force=GTC),
        ticket(quantity="0.5"),
        ticket(quantity="0.5", kind=STOP, stop_price=D(120)),
        ticket(notional=D("100.50")),
        ticket(take_profit=D(120), stop_loss=D(90), time_in_force=GTC),
        ticket(kind=LIMIT, limit_price=D(100), extended_hours=True),
        ticket(kind=LIMIT, limit_price=D("0.1234")),
        ticket("BTC/USD", "0.001", time_in_force=GTC),
        ticket("BTC/USD", "0.001", LIMIT, limit_price=D("60000.123"), time_in_force=IOC),
        ticket(OPTION, "1"),
        ticket(OPTION, "1", LIMIT, limit_price=D("4.95")),
        ticket(kind=LIMIT, limit_price=D("-1.20"), quantity="2", legs=LEGS),
    ],
    ids=repr,
)
def test_what_alpaca_takes(taken: Ticket):
    assert VENUE.refusal(taken) == ""


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (ticket(kind=STOP, stop_price=D(120), time_in_force=IOC), "must be day or GTC"),
        (ticket(take_profit=D(120), stop_loss=D(90), time_in_force=OPG), "must be day or GTC"),
        (ticket(quantity="0.5", time_in_force=GTC), "must be day orders"),
        (ticket(notional=D(100), time_in_force=IOC), "must be day orders"),
        (ticket(quantity="0.5", take_profit=D(120), stop_loss=D(90)), "no trail, target or stop"),
        (ticket(quantity="0.5", kind=OrderType.TRAILING, trail_price=D(1)), "no trail, target"),
        (
            ticket(kind=LIMIT, limit_price=D(100), extended_hours=True, time_in_force=FOK),
            "Orders outside regular hours must be day or GTC",
        ),
        (
            ticket(kind=LIMIT, limit_price=D(100), extended_hours=True, stop_loss=D(90)),
            "take no target or stop loss",
        ),
        (ticket(kind=LIMIT, limit_price=D("90.123")), "limit price has more than 2 decimals"),
        (ticket(kind=LIMIT, limit_price=D("0.12345")), "more than 4 decimals"),
        (ticket(quantity="0.0000000001"), "more than 9 decimals"),
        (ticket(notional=D("10.001")), "fractions of a cent"),
        (ticket("BTC/USD", "1"), "DAY orders in crypto"),
        (ticket("BTC/USD", "1", STOP, stop_price=D(1), time_in_force=GTC), "Stop orders in crypto"),
        (ticket(OPTION, "1", time_in_force=GTC), "GTC orders in options"),
        (ticket(OPTION, "1.5"), "Fractions in options"),
        (ticket(OPTION, "1", notional=D(100)), "Orders for an amount in options"),
        (ticket(OPTION, "1", take_profit=D(9), stop_loss=D(1)), "Bracket orders in options"),
        (ticket(quantity="1", legs=LEGS, time_in_force=GTC), "GTC orders in options"),
    ],
    ids=repr,
)
def test_what_alpaca_does_not_take_and_why(refused: Ticket, words: str):
    assert words in VENUE.refusal(refused)
