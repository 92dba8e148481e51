"""Orders that are written to slip past a limit: amounts, exits, and cover that is used twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from puffin.risk.limits import AccountFlags
from puffin.types import Leg, OrderStatus, OrderType
from tests.puffin.risk.orders import (
    BUY,
    CALL,
    MARKET,
    NOW,
    PUT,
    SELL,
    facts,
    held,
    quote,
    refused,
    ticket,
    verdict,
    waiting,
)

OTHER_CALL, OTHER_PUT = "AAPL250117C00110000", "AAPL250117P00080000"
FEW = Decimal("0.01")


def test_an_amount_counts_for_the_units_that_it_buys_or_sells_whatever_quantity_is_beside_it():
    sale = ticket(side=SELL, quantity="0.01", notional=Decimal(20_000))
    given = facts(sale, position=held("10"))
    assert not given.reduces
    assert given.holding_after < -190
    assert "short selling" in refused(given)
    assert "position share" in refused(given)
    honest = ticket(side=SELL, quantity="5", notional=Decimal(500))
    assert facts(honest, position=held("10")).reduces


def test_an_amount_without_a_price_closes_nothing():
    sale = ticket(side=SELL, quantity="5", notional=Decimal(500))
    assert not facts(sale, position=held("10"), quote=None).reduces


def test_waiting_amounts_are_promised_in_the_units_that_they_may_sell():
    first = ticket(side=SELL, quantity="0.01", notional=Decimal(900))
    given = facts(
        ticket(side=SELL, quantity="5"), position=held("10"), open_orders=[waiting(first)]
    )
    assert given.promised > 9
    assert not given.reduces


def test_an_amount_that_waits_without_a_price_promises_its_quantity():
    first = ticket(side=SELL, quantity="4", notional=Decimal(400))
    given = facts(
        ticket(side=SELL, quantity="5"),
        position=held("10"),
        open_orders=[waiting(first)],
        quote=None,
    )
    assert given.promised == 4


def test_an_order_that_closes_and_brings_exits_is_refused_they_would_open_a_position():
    cover = ticket(quantity="10", take_profit=Decimal(120), stop_loss=Decimal(80))
    given = facts(cover, position=held("-10"), allow_short=True)
    assert not given.reduces
    assert "exits" in verdict("target", given).text
    assert "target" in refused(given)
    half = ticket(quantity="10", stop_loss=Decimal(80))
    assert "target" in refused(facts(half, position=held("-10"), allow_short=True))
    added = ticket(quantity="10", take_profit=Decimal(120), stop_loss=Decimal(80))
    assert "target" not in refused(facts(added, position=held("10")))


def test_a_target_and_a_stop_for_what_is_not_held_are_refused():
    exits: dict[str, Any] = {
        "type": OrderType.LIMIT,
        "limit_price": Decimal(110),
        "stop_loss": Decimal(90),
        "one_cancels_other": True,
    }
    given = ticket(side=SELL, quantity="10", **exits)
    assert "target" in refused(facts(given, allow_short=True))
    assert "target" not in refused(facts(given, position=held("10")))


def test_the_same_shares_cover_no_second_call():
    first = facts(
        ticket(OTHER_CALL, SELL, "1"),
        quote=quote(OTHER_CALL, "1", "1.02", "1.01"),
        holdings={"AAPL": Decimal(100), CALL: Decimal(-1)},
    )
    assert "option cover" in refused(first)
    enough = facts(
        ticket(OTHER_CALL, SELL, "1"),
        quote=quote(OTHER_CALL, "1", "1.02", "1.01"),
        holdings={"AAPL": Decimal(200), CALL: Decimal(-1)},
    )
    assert "option cover" not in refused(enough)
    both = facts(
        ticket(OTHER_CALL, SELL, "1"),
        quote=quote(OTHER_CALL, "1", "1.02", "1.01"),
        holdings={"AAPL": Decimal(100)},
        open_orders=[waiting(ticket(CALL, SELL, "1"))],
    )
    assert "option cover" in refused(both)


def test_the_same_cash_covers_no_second_put():
    given = facts(
        ticket(PUT, SELL, "1"),
        quote=quote(PUT, "1", "1.02", "1.01"),
        cash=Decimal(10_000),
        holdings={OTHER_PUT: Decimal(-1)},
    )
    assert "option cover" in refused(given)
    told = facts(
        ticket(PUT, SELL, "1"),
        quote=quote(PUT, "1", "1.02", "1.01"),
        holdings={OTHER_PUT: Decimal(-1)},
        account=AccountFlags(buying_power=Decimal(9_500)),
    )
    assert "option cover" not in refused(told)


def test_shares_that_cover_calls_are_sold_with_a_warning():
    given = facts(
        ticket(side=SELL, quantity="100"),
        position=held("100"),
        holdings={"AAPL": Decimal(100), CALL: Decimal(-1)},
    )
    said = verdict("option cover", given)
    assert said.warning
    assert "100 of these shares as cover; 0 would be left" in said.text
    assert said.allowed  # closing stays possible: the call may be bought back next
    spare = facts(
        ticket(side=SELL, quantity="50"),
        position=held("150"),
        holdings={"AAPL": Decimal(150), CALL: Decimal(-1)},
    )
    assert not verdict("option cover", spare).warning


def test_legs_that_close_count_those_that_wait():
    legs = (Leg(CALL, SELL, 1, opens=False), Leg(OTHER_CALL, BUY, 1, opens=False))
    close = ticket(quantity="1", legs=legs)
    holdings = {CALL: Decimal(1), OTHER_CALL: Decimal(-1)}
    assert facts(close, holdings=holdings).reduces
    assert not facts(close, holdings=holdings, open_orders=[waiting(close)]).reduces
    single = waiting(ticket(CALL, SELL, "1"))
    assert not facts(close, holdings=holdings, open_orders=[single]).reduces
    alone = ticket(CALL, SELL, "1")
    one = facts(alone, position=held("1", CALL), holdings=holdings, open_orders=[waiting(close)])
    assert not one.reduces


def test_an_order_on_its_way_is_not_in_the_brokers_buying_power_yet():
    account = AccountFlags(buying_power=Decimal(1_000), at=NOW)
    order = ticket(quantity="9", type=OrderType.LIMIT, limit_price=Decimal(100))
    for status in (OrderStatus.SENT, OrderStatus.UNKNOWN):
        sent = waiting(order, status=status)
        given = facts(ticket(quantity="5"), account=account, open_orders=[sent])
        assert "cash" in refused(given)
    seen = facts(ticket(quantity="5"), account=account, open_orders=[waiting(order)])
    assert "cash" not in refused(seen)
    assert seen.quote is not None
    assert seen.quote.at == MARKET
