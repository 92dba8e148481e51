from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from puffin.broker.paper_settings import PaperSettings
from puffin.errors import OrderRejectedError, ParameterError
from puffin.types import OrderStatus, Split, TimeInForce
from tests.puffin.broker.paper_stage import CLOSE, GTC, OPEN, SELL, Market, done

FILLED, WORKING, PARTIAL = OrderStatus.FILLED, OrderStatus.WORKING, OrderStatus.PARTIAL
IOC, FOK = TimeInForce.IOC, TimeInForce.FOK
SECONDS = timedelta(seconds=1)


def market_with(cash="10000", **settings: Any) -> Market:
    return Market(cash, settings=PaperSettings(**settings))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"reject_rate": Decimal(2)}, "reject rate must be between 0 and 1"),
        ({"improvement": Decimal("NaN")}, "improvement"),
        ({"participation": Decimal(0)}, "nothing ever fills"),
        ({"latency": timedelta(hours=2)}, "latency"),
        ({"halt_time": timedelta(0)}, "halt time"),
        ({"leverage": Decimal("0.5")}, "at least 1"),
        ({"leverage": Decimal(2), "maintenance": Decimal("0.5")}, "50.0% of it"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(settings, words):
    with pytest.raises(ParameterError, match=words):
        PaperSettings(**settings)


# On its way.


def test_an_order_fills_when_it_arrives_at_the_price_of_then():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    assert market.submit("a").status is OrderStatus.PENDING
    market.trade(110, after=10)
    assert market.status("a") is OrderStatus.PENDING
    market.trade(120, after=40)
    fill = market.fill("a")
    assert fill.price == 111
    assert fill.at == market.now - 20 * SECONDS


def test_an_order_may_fill_while_its_cancellation_is_on_its_way():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    market.submit("a", limit="90")
    market.submit("b", limit="80")
    market.trade(100)
    assert market.cancel("a").status is OrderStatus.PENDING_CANCEL
    assert market.cancel("a").status is OrderStatus.PENDING_CANCEL
    market.cancel("b")
    market.trade(85, after=10)
    assert market.status("a") is FILLED
    market.trade(70, after=60)
    assert market.status("b") is OrderStatus.CANCELLED
    assert market.held() == {"AAPL": 10}


@pytest.mark.parametrize("wanted", ["8", "3"])
def test_what_fills_on_the_way_is_not_traded_again(wanted):
    market = market_with(latency=30 * SECONDS, participation=Decimal("0.1"))
    market.trade(100)
    market.submit("a", quantity="8", limit="90")
    market.trade(100)
    market.replace("a", "b", quantity=wanted, limit="91")
    market.trade(89, after=10, traded=40)  # four of them, while the change is on its way
    market.trade(100)
    assert market.status("b") is (OrderStatus.WORKING if wanted == "8" else OrderStatus.REJECTED)
    market.trade(85, traded=10_000)
    assert sum(quantity for quantity, _ in market.fills()) == 8
    assert market.held() == {"AAPL": 8}


def test_an_order_on_its_way_to_replace_another_can_still_be_cancelled():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    market.submit("a", limit="90")
    market.trade(100)
    market.replace("a", "b", limit="95")
    assert market.cancel("b").status is OrderStatus.CANCELLED
    assert market.status("a") is OrderStatus.WORKING
    market.trade(94, after=60)
    assert market.held() == {}
    market.trade(89)
    assert market.fills() == [(10.0, 90.0)]


def test_an_order_may_fill_while_another_is_on_its_way_to_replace_it():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    market.submit("a", limit="90")
    market.submit("b", limit="80")
    market.trade(100)
    assert market.replace("a", "a2", limit="91").status is OrderStatus.PENDING
    market.replace("b", "b2", limit="81")
    with pytest.raises(OrderRejectedError, match="Another change"):
        market.replace("b", "b3", limit="82")
    assert market.open()["a"].status is OrderStatus.PENDING_REPLACE
    market.trade("88.5", after=10)
    assert market.status("a") is FILLED
    assert market.reason("a2") == "Too late to replace: the order is filled."
    market.trade(100)
    assert market.status("b") is OrderStatus.REPLACED
    assert list(market.open()) == ["b2"]


# How much trades.


def test_orders_get_their_share_of_what_trades_and_wait_for_the_rest():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=70)
    update = market.submit("a")
    assert update.status is PARTIAL
    assert market.submit("b").status is WORKING  # nothing is left for it
    assert market.open()["a"].remaining == 3
    market.trade(102, traded=0)
    market.trade(104, traded=129)
    assert market.fills("a") == [(7, 101), (3, 105)]
    assert market.fills("b") == [(9, 105)]
    market.trade(106)  # a market that tells no volume: there is no saying how much would fill
    assert market.open()["b"].average_price == 105


def test_a_market_that_tells_no_volume_fills_everything():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100)
    assert market.submit("a").status is FILLED


def test_all_or_nothing_and_now_or_never_where_little_trades():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=60)
    assert market.submit("all", tif=FOK).status is OrderStatus.CANCELLED
    update = market.submit("now", tif=IOC)
    assert update.status is OrderStatus.CANCELLED
    assert update.reason.startswith("To fill at once or not at all: only 6 filled")
    assert market.held() == {"AAPL": 6}


def test_exits_work_for_what_was_entered_and_shrink_with_each_other():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=40)
    market.submit("e", take_profit="120", stop_loss="90", tif=GTC)
    market.trade(125, traded=30)  # the entry fills three more, the target what there is
    assert market.fills("e") == [(4, 101), (3, 126)]
    assert market.fills("e-target") == []
    market.trade(125, traded=60)
    assert market.fills("e") == [(4, 101), (3, 126), (3, 126)]
    assert market.fills("e-target") == [(3, 124)]
    stop = market.open()["e-stop"]
    assert stop.ticket.quantity == stop.remaining == 7
    market.trade(80, traded=1000)
    assert market.fills("e-stop") == [(7, 79)]
    assert market.held() == {}
    assert market.open() == {}


def test_an_exit_never_sells_what_is_still_to_be_entered():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=40)
    market.submit("e", limit="101", take_profit="120", stop_loss="90", tif=GTC)
    market.trade(125, traded=1000)
    assert market.fills("e-target") == [(4, 124)]
    assert market.open()["e-stop"].remaining == 6
    market.trade(100, traded=1000)
    assert market.held() == {"AAPL": 6}
    market.trade(125, traded=1000)
    assert market.fills("e-target") == [(4, 124), (6, 124)]
    assert market.open() == {}


def test_an_entry_that_ends_in_part_leaves_exits_for_that_part():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=40)
    market.submit("e", limit="101", take_profit="120", stop_loss="90")
    market.cancel("e")
    assert [each.ticket.quantity for each in market.open().values()] == [4, 4]
    market.trade(80, traded=1000)
    assert market.held() == {}


def test_an_amount_fills_in_parts_and_never_spends_more():
    market = market_with(participation=Decimal("0.1"))
    market.trade(99, traded=20, spread="1")
    update = market.submit("a", quantity="5", notional="1000")
    assert update.status is PARTIAL
    assert update.ticket is not None
    assert update.ticket.quantity == 10  # 200 spent, 800 left at 100
    market.trade(79, traded=1000, spread="1")
    assert market.fills("a") == [(2, 100), (10, 80)]
    assert market.cash() == 9000


# Prices and chance.


def test_an_extra_spread_is_paid_by_both_sides():
    market = market_with(extra_spread_bps=Decimal(200))
    market.trade(100, spread="0.10")
    market.submit("a")
    market.submit("b", SELL)
    assert market.fills() == [(10, 101.101), (10, 98.901)]
    assert market.submit("c", limit="101").status is WORKING


def test_prices_may_be_better_than_the_quote_but_only_inside_the_spread():
    market = market_with(improvement=Decimal("0.5"), cash="1000000")
    market.trade(100)
    for number in range(30):
        market.submit(f"b{number}", quantity="1")
        market.submit(f"s{number}", SELL, quantity="1", limit="99")
    bought = [each.price for each in done(market.broker.fills()) if each.side.sign > 0]
    sold = [each.price for each in done(market.broker.fills()) if each.side.sign < 0]
    assert len(set(bought)) > 20
    assert all(100 <= each <= 101 for each in bought)
    assert all(99 <= each <= 100 for each in sold)


def test_the_exchange_refuses_as_many_orders_as_it_is_told_to():
    market = market_with(reject_rate=Decimal("0.3"), cash="1000000")
    market.trade(100)
    refused = [market.submit(str(each)).status for each in range(200)].count(OrderStatus.REJECTED)
    assert 40 <= refused <= 80
    late = market_with(reject_rate=Decimal(1), latency=SECONDS)
    late.submit("a", take_profit="120")
    late.trade(100)
    assert late.status("a") is OrderStatus.REJECTED
    assert late.status("a-target") is OrderStatus.CANCELLED


# Halts.


def test_a_halt_suspends_orders_until_it_ends():
    market = Market()
    market.trade(100)
    market.submit("waits", limit="95")
    market.broker.halt("AAPL", "News are pending.")
    assert (market.status("waits"), market.reason("waits")) == (
        OrderStatus.SUSPENDED,
        "News are pending.",
    )
    assert market.submit("new").status is OrderStatus.SUSPENDED
    assert market.submit("now", tif=IOC).status is OrderStatus.CANCELLED
    market.trade(80)
    assert market.held() == {}
    market.broker.resume("AAPL")
    market.broker.resume("AAPL")
    assert market.fills() == [(10, 81), (10, 81)]


def test_a_price_that_moves_too_fast_is_halted_and_goes_on():
    market = market_with(halt_move=Decimal("0.1"), halt_time=timedelta(minutes=5))
    market.trade(100)
    market.submit("a", limit="85")
    market.trade(91)
    market.trade(90)
    assert market.status("a") is OrderStatus.SUSPENDED
    market.trade(80)
    assert market.status("a") is OrderStatus.SUSPENDED
    market.trade(82, after=300)
    assert market.fill("a").at == market.now
    assert market.fill("a").price in {81, 83}
    market.trade(78)
    assert market.submit("b").status is FILLED  # ten percent are counted from the resumption


def test_a_slow_slide_is_no_halt():
    market = market_with(halt_move=Decimal("0.1"), halt_time=timedelta(minutes=5))
    for price in range(100, 80, -1):
        market.trade(price, after=120)
    assert market.submit("a").status is FILLED


# Margin, loans and short sales.


def test_a_margin_account_may_hold_its_leverage_and_no_more():
    market = market_with(leverage=Decimal(2))
    market.trade(99)
    assert market.submit("a", quantity="190").status is FILLED
    assert market.cash() == 10_000 - 19_000
    refused = market.submit("b", quantity="9")
    assert refused.status is OrderStatus.REJECTED
    assert refused.reason.startswith("Not enough buying power: the fill needs 900.00")
    account = done(market.broker.account())
    assert account.multiplier == 2
    assert account.equity == 10_000 - 190
    assert account.buying_power == 2 * 9_810 - 190 * 99
    assert market.submit("c", SELL, quantity="190").status is FILLED


def test_a_margin_call_closes_everything_at_the_next_open():
    market = market_with(leverage=Decimal(2))
    market.trade(99)
    market.submit("a", quantity="190")
    market.submit("waits", limit="50", tif=GTC)
    market.trade(70)  # equity 4,300 of 13,300: enough
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.status("waits") is WORKING
    market.trade(60, after=86_400)
    market.now = CLOSE + timedelta(days=1)
    market.broker.end_session(market.now)  # equity 2,400 of 11,400
    assert market.reason("waits").startswith("Margin call")
    (called,) = market.open().values()
    assert called.external
    assert called.asked_by == "broker"
    market.trade(58, after=86_400)
    assert market.held() == {}
    assert market.fills(called.id) == [(190, 57)]


def test_loans_are_charged_for_each_night_once_and_are_activities():
    rates = {"borrow_rate": Decimal("0.0365"), "interest_rate": Decimal("0.073")}
    market = market_with(leverage=Decimal(2), **rates)
    market.trade(100, spread="0.01")
    market.trade(100, symbol="IBM", spread="0.01")
    market.submit("long", quantity="120", symbol="IBM")
    market.submit("short", SELL, quantity="10")
    cash = market.cash()
    market.now = CLOSE
    market.broker.end_session(CLOSE)  # a Friday: three nights
    market.broker.end_session(CLOSE)
    fee, interest = done(market.broker.activities())
    assert (fee.kind, fee.symbol, fee.amount) == ("fee", "AAPL", Decimal("-0.30"))
    assert (interest.kind, interest.amount) == ("interest", Decimal("-0.60"))
    assert market.cash() == cash - Decimal("0.90")


def test_who_is_short_pays_the_dividend():
    market = Market()
    market.trade(100)
    market.submit("short", SELL)
    paid = market.broker.pay_dividend("AAPL", OPEN + timedelta(days=1), Decimal("0.5"))
    assert paid is not None
    assert paid.amount == -5


def test_an_account_without_short_sales_sells_what_it_holds():
    market = market_with(short=False)
    market.trade(100)
    market.submit("a")
    refused = market.submit("b", SELL, quantity="11")
    assert refused.status is OrderStatus.REJECTED
    assert refused.reason == "This account cannot be sold short: 10 is held."
    assert market.submit("c", SELL).status is FILLED


def test_an_order_on_its_way_over_a_split_arrives_in_new_shares():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    market.submit("a", limit="50", tif=GTC)
    market.trade(100)
    market.replace("a", "b", limit="60", tif=GTC)
    market.broker.apply_split(Split("AAPL", market.now + SECONDS, Decimal(2)))
    market.trade(50)
    (left,) = market.open().values()
    assert left.id == "b"
    assert left.ticket.quantity == 20
    assert left.ticket.limit_price == 30


def test_a_cancellation_overtakes_the_order_that_was_to_replace():
    market = market_with(latency=30 * SECONDS)
    market.trade(100)
    market.submit("a", limit="50", tif=GTC)
    market.trade(100)
    market.replace("a", "b", limit="60", tif=GTC)
    assert market.open().keys() == {"a", "b"}
    market.cancel("a")
    assert market.reason("b") == "Not replaced: the order is cancelled."
    market.trade(100)
    assert market.open() == {}
    assert market.status("a") is OrderStatus.CANCELLED


def test_a_split_leaves_what_was_filled_and_doubles_what_is_left():
    market = market_with(participation=Decimal("0.1"))
    market.trade(100, traded=40)
    market.submit("a", limit="101", tif=GTC)
    market.broker.apply_split(Split("AAPL", market.now + SECONDS, Decimal(2)))
    left = market.open()["a"]
    assert left.ticket.quantity == 4 + 12
    assert left.remaining == 12
    market.trade(50, traded=1000, spread="0.10")
    assert market.held() == {"AAPL": 20}
