from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from puffin.data.sessions import Calendar
from puffin.types import Leg, OrderType, Side, Ticket
from puffling.services.proposal_odds import HOW, odds
from tests.outside import priced

NOW = datetime(2025, 1, 2, 15, tzinfo=UTC)
CALL, HIGHER = "AAPL250321C00250000", "AAPL250321C00260000"
PUT = "AAPL250321P00240000"
BUY, SELL = Side.BUY, Side.SELL
QUOTES = {
    each.symbol: each
    for each in (
        priced("AAPL", "245", NOW),
        priced(CALL, "8", NOW),
        priced(HIGHER, "4.5", NOW),
        priced(PUT, "7", NOW),
    )
}
CALENDAR = Calendar.load()


def chance(ticket, quotes=QUOTES):
    return odds(ticket, quotes.get, NOW, CALENDAR)


def option(symbol, side=BUY, **more):
    return Ticket(symbol, side, Decimal(1), **more)


def spread(**more):
    return Ticket("AAPL", BUY, Decimal(1), legs=(Leg(CALL, BUY), Leg(HIGHER, SELL)), **more)


def test_who_sells_an_option_wins_where_its_buyer_loses():
    bought, sold = chance(option(CALL)), chance(option(CALL, SELL))
    assert 0.2 < bought.chance < 0.4
    assert bought.text == HOW
    at_one_price = {**QUOTES, CALL: replace(QUOTES[CALL], bid=Decimal(8), ask=Decimal(8))}
    both = (
        chance(option(CALL), at_one_price).chance + chance(option(CALL, SELL), at_one_price).chance
    )
    assert both == pytest.approx(1)
    assert sold.chance > 0.6


def test_a_lower_limit_is_a_better_chance():
    limit = {"type": OrderType.LIMIT}
    cheap = chance(option(CALL, **limit, limit_price=Decimal(2)))
    dear = chance(option(CALL, **limit, limit_price=Decimal(12)))
    assert cheap.chance > chance(option(CALL)).chance > dear.chance
    low = chance(spread(**limit, limit_price=Decimal(1)))
    assert low.chance > chance(spread()).chance > 0.2
    credit = chance(spread(**limit, limit_price=Decimal(-20)))
    assert credit.chance == pytest.approx(1)


@pytest.mark.parametrize(
    ("ticket", "quotes", "why"),
    [
        (Ticket("AAPL", BUY, Decimal(1)), QUOTES, "Only options"),
        (option(CALL), {CALL: QUOTES[CALL]}, "no price for AAPL"),
        (option(PUT), {each: QUOTES[each] for each in ("AAPL", CALL)}, f"no price for {PUT}"),
        (
            Ticket("AAPL", BUY, Decimal(1), legs=(Leg(CALL, BUY), Leg("MSFT250321C00260000", BUY))),
            QUOTES,
            "several underlyings",
        ),
        (option(CALL), {**QUOTES, CALL: priced(CALL, "300", NOW)}, "No volatility explains"),
    ],
)
def test_what_cannot_be_known_says_why(ticket, quotes, why):
    said = chance(ticket, quotes)
    assert said.chance is None
    assert why in said.text
