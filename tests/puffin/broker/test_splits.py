from __future__ import annotations

from decimal import Decimal

import pytest

from puffin.broker.splits import split_ticket, split_words, ticket_words
from puffin.types import OrderType, Side, Ticket

BUY, SELL = Side.BUY, Side.SELL


def limit(side, price) -> Ticket:
    return Ticket("AAPL", side, Decimal(10), OrderType.LIMIT, limit_price=Decimal(price))


def stop(side, price) -> Ticket:
    return Ticket("AAPL", side, Decimal(10), OrderType.STOP, stop_price=Decimal(price))


@pytest.mark.parametrize(
    ("ticket", "ratio", "price"),
    [
        (limit(BUY, "100"), "3", "33.33"),  # a buyer never offers more
        (limit(SELL, "100"), "3", "33.34"),  # a seller never takes less
        (stop(BUY, "100"), "3", "33.34"),
        (stop(SELL, "100"), "3", "33.33"),
        (limit(BUY, "1"), "3", "0.3333"),  # below a dollar, hundredths of a cent
        (limit(BUY, "100"), "0.1", "1000.00"),
    ],
)
def test_a_price_is_divided_and_rounded_away_from_a_worse_deal(ticket, ratio, price):
    changed = split_ticket(ticket, Decimal(ratio))
    assert changed.quantity == 10 * Decimal(ratio)
    assert Decimal(price) in {changed.limit_price, changed.stop_price}


@pytest.mark.parametrize(
    ("ratio", "words"), [("2", "2-for-1"), ("1.5", "3-for-2"), ("0.1", "1-for-10")]
)
def test_a_split_is_called_what_traders_call_it(ratio, words):
    assert split_words(Decimal(ratio)) == f"The {words} split"


def test_a_ticket_in_a_few_words():
    assert ticket_words(limit(BUY, "51.25")) == "buy 10 AAPL, limit 51.25"
    assert ticket_words(stop(SELL, "9")) == "sell 10 AAPL, stop 9"
    assert ticket_words(Ticket("IBM", BUY, Decimal("2.50"))) == "buy 2.5 IBM"
