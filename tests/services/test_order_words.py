from __future__ import annotations

from decimal import Decimal

import pytest

from puffin.types import Leg, OrderType, Side, Ticket, TimeInForce
from puffling.services import order_words

TEN = Decimal(10)


@pytest.mark.parametrize(
    ("ticket", "words"),
    [
        (
            Ticket("AAPL", Side.BUY, TEN, OrderType.STOP_LIMIT, Decimal(101), Decimal(100)),
            "Buy 10 AAPL stop 100.00 limit 101.00, good for the day",
        ),
        (
            Ticket("AAPL", Side.SELL, TEN, OrderType.TRAILING, trail_percent=Decimal("2.5")),
            "Sell 10 AAPL trailing stop 2.5 %, good for the day",
        ),
        (
            Ticket("AAPL", Side.SELL, TEN, OrderType.TRAILING, trail_price=Decimal("1.25")),
            "Sell 10 AAPL trailing stop 1.25, good for the day",
        ),
        (
            Ticket(
                "AAPL",
                Side.BUY,
                TEN,
                OrderType.LIMIT,
                Decimal(100),
                time_in_force=TimeInForce.GTC,
                extended_hours=True,
            ),
            (
                "Buy 10 AAPL limit 100.00, good until cancelled, "
                "before the open and after the close too"
            ),
        ),
        (
            Ticket("AAPL", Side.BUY, Decimal("0.5"), notional=Decimal("99.5")),
            "Buy 99.50 dollars of AAPL at the market, good for the day",
        ),
        (
            Ticket(
                "AAPL",
                Side.SELL,
                TEN,
                OrderType.LIMIT,
                Decimal(120),
                stop_loss=Decimal(90),
                stop_loss_limit=Decimal(89),
                one_cancels_other=True,
            ),
            (
                "Sell 10 AAPL limit 120.00, good for the day, "
                "or stop 90.00 limit 89.00, one cancels the other"
            ),
        ),
        (
            Ticket(
                "AAPL",
                Side.BUY,
                Decimal(2),
                OrderType.LIMIT,
                Decimal("-1.20"),
                legs=(
                    Leg("AAPL260116C00250000", Side.SELL),
                    Leg("AAPL260116C00260000", Side.BUY),
                ),
            ),
            (
                "2 × (Sell 1 AAPL260116C00250000 to open; Buy 1 AAPL260116C00260000 to open) "
                "on AAPL limit −1.20, good for the day"
            ),
        ),
    ],
)
def test_every_kind_of_order_has_its_words(ticket: Ticket, words: str):
    assert order_words.ticket(ticket) == words


def test_an_amount_is_never_rounded_in_words():
    ticket = Ticket("AAPL", Side.BUY, Decimal("0.5"), notional=Decimal("99.505"))
    assert order_words.size(ticket) == "99.505 dollars of AAPL"
