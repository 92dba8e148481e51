from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.data.sessions import Calendar
from puffin.errors import OrderRejectedError
from puffin.types import Leg, OrderStatus, Split, TimeInForce
from tests.puffin.broker.paper_stage import BUY, CLOSE, GTC, OPEN, SELL, Market, done

CALL, HIGHER = "AAPL120616C00570000", "AAPL120616C00580000"
IOC, FOK, OPG, CLS = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.OPG, TimeInForce.CLS
WORKING, FILLED = OrderStatus.WORKING, OrderStatus.FILLED
HELD, CANCELLED = OrderStatus.HELD, OrderStatus.CANCELLED


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def held(market: Market) -> Market:
    """A market at 100 in which ten shares are held."""
    market.trade(100)
    market.submit("held")
    market.heard()
    return market


# Stop limits and trailing stops.


def test_a_stop_limit_waits_for_its_stop_and_then_for_its_limit(held):
    held.submit("a", SELL, stop="95", limit="93")
    held.trade(94)  # the bid of 93 is within the limit
    assert held.fill("a").price == 93


def test_a_gap_through_both_prices_of_a_stop_limit_leaves_a_limit_order(held):
    held.submit("a", SELL, stop="95", limit="93")
    held.trade(80)
    assert held.status("a") is WORKING
    held.trade(96)  # back above the stop, which was set off for good
    assert held.fill("a").price == 95


def test_a_trailing_stop_follows_the_best_price_and_never_goes_back(held):
    held.submit("a", SELL, trail="5")
    held.trade(110)
    held.trade(106)
    assert held.status("a") is WORKING
    held.trade(105)
    assert held.fill("a").price == 104


def test_a_trailing_stop_in_percent_to_buy_follows_downwards(market):
    market.trade(100)
    market.submit("a", percent="10")
    market.trade(50)
    market.trade("54.99")
    assert market.status("a") is WORKING
    market.trade("55")
    assert market.fill("a").price == 56


def test_a_split_restates_a_trailing_stop_and_what_it_follows(held):
    held.submit("a", SELL, trail="5", tif=GTC)
    held.trade(120)
    held.broker.apply_split(Split("AAPL", held.now + timedelta(hours=1), Decimal(2)))
    held.now += timedelta(hours=2)
    held.trade(58, spread="0.01")
    assert held.status("a") is WORKING
    held.trade("57.50", spread="0.01")
    assert held.fill("a").quantity == 20


# Times in force.


def test_an_ioc_fills_now_or_is_cancelled(market):
    market.trade(100)
    assert market.submit("a", tif=IOC).status is FILLED
    update = market.submit("b", limit="100", tif=IOC)
    assert update.status is CANCELLED
    assert update.reason.endswith("nothing filled, and the rest is cancelled.")


def test_where_there_is_no_price_an_ioc_is_cancelled_too(market):
    assert market.submit("a", tif=FOK).status is CANCELLED


def test_the_opening_auction_trades_at_the_open_and_only_there(market):
    market.submit("market", tif=OPG)
    market.submit("limit", limit="99.50", tif=OPG)
    market.submit("too low", limit="99", tif=OPG)
    market.trade(104, open=Decimal("99.50"))
    assert market.fills() == [(10, 99.5), (10, 99.5)]
    assert market.status("too low") is OrderStatus.EXPIRED
    late = market.submit("late", tif=OPG)
    assert late.reason == "Today's opening auction is over; place the order after the close."
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    market.submit("tomorrow", quantity="1", tif=OPG)
    market.trade(90, after=17.5 * 3600)
    assert market.fill("tomorrow").price == 90  # without an official open, the first price


def test_the_closing_auction_trades_at_the_last_price(market):
    market.submit("market", tif=CLS)
    market.submit("limit", limit="100", tif=CLS)
    market.submit("too low", limit="99.99", tif=CLS)
    market.submit("elsewhere", symbol="IBM", tif=CLS)
    market.trade(90)
    market.trade(100)
    assert market.fills() == []
    market.now = CLOSE
    market.submit("for tomorrow", tif=CLS)
    market.broker.end_session(CLOSE)
    assert market.fills() == [(10, 100), (10, 100)]
    assert market.status("too low") is OrderStatus.EXPIRED
    assert market.reason("elsewhere") == "It did not trade in the closing auction."
    assert market.status("for tomorrow") is WORKING


def test_outside_regular_hours_only_orders_for_it_fill():
    market = Market(calendar=Calendar.load())
    market.now = OPEN - timedelta(hours=1)
    market.trade(100)
    market.submit("regular", limit="120")
    market.submit("early", limit="120", extended_hours=True)
    assert market.fills() == [(10, 101)]
    assert market.status("regular") is WORKING
    market.submit("day", limit="50")
    market.submit("evening", limit="50", extended_hours=True)
    market.now = OPEN
    market.trade(110)
    assert market.fill("regular").price == 111
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.status("day") is OrderStatus.EXPIRED
    market.trade(60)
    assert market.status("evening") is WORKING
    market.trade(40, after=5 * 3600)
    assert market.status("evening") is OrderStatus.EXPIRED


def test_crypto_trades_round_the_clock_in_fractions_and_is_never_short():
    market = Market(calendar=Calendar.load())
    market.now = CLOSE + timedelta(hours=8)
    market.trade(5000, symbol="BTC/USD")
    market.submit("a", symbol="BTC/USD", quantity="0.5", tif=GTC)
    assert market.fills() == [(0.5, 5001)]
    market.broker.end_session(CLOSE + timedelta(days=1))
    market.submit("b", SELL, symbol="BTC/USD", quantity="0.75", tif=GTC)
    assert market.reason("b") == "Crypto cannot be sold short: 0.5 is held."
    assert market.submit("c", symbol="BTC/USD").reason == "DAY orders in crypto are not taken here."


# Amounts.


def test_an_amount_buys_what_it_pays_for_and_never_spends_more():
    market = Market(per_order="1")
    market.trade(29, spread="1")
    update = market.submit("a", quantity="3", notional="100")
    assert update.status is FILLED
    fill = market.fill("a")
    assert fill.quantity == Decimal("3.300000")
    assert -fill.cash_change == 100
    assert update.ticket is not None
    assert update.ticket.quantity == fill.quantity
    market.submit("b", quantity="3", notional="50.37")
    assert Decimal("50.36") < -market.fill("b").cash_change <= Decimal("50.37")


def test_an_amount_that_buys_nothing_waits():
    market = Market(per_order="1")
    market.trade(29)
    assert market.submit("a", notional="0.50").status is WORKING


# Brackets.


def test_a_bracket_enters_then_its_target_and_stop_work_and_one_ends_the_other(market):
    market.trade(100)
    accepted = market.submit("e", take_profit="120", stop_loss="90", tif=GTC)
    assert accepted.status is WORKING  # the fill comes after word of the exits
    said = [(each.order_id, each.status) for each in market.heard()]
    assert said == [
        ("e", WORKING),
        ("e-target", HELD),
        ("e-stop", HELD),
        ("e", FILLED),
        ("e-target", WORKING),
        ("e-stop", WORKING),
    ]
    target, stop = market.open().values()
    assert (target.parent, target.ticket.side, target.ticket.limit_price) == ("e", SELL, 120)
    assert (stop.parent, stop.ticket.stop_price, stop.ticket.time_in_force) == ("e", 90, GTC)
    market.trade(121)
    assert market.fills("e-target") == [(10, 120)]
    assert market.reason("e-stop") == "The other exit filled."
    assert market.open() == {}
    assert market.held() == {}


def test_exits_do_nothing_before_their_entry_filled(market):
    market.trade(100)
    market.submit("e", limit="95", take_profit="97", stop_loss="90")
    market.trade(99)
    assert {each.status for each in market.open().values()} == {WORKING, HELD}
    market.trade(92)
    assert market.held() == {"AAPL": 10}
    market.trade(85)
    assert market.fills("e-stop") == [(10, 84)]
    assert market.status("e-target") is CANCELLED


def test_cancelling_an_entry_cancels_its_exits(market):
    market.trade(100)
    market.submit("e", limit="95", take_profit="97", stop_loss="90")
    market.cancel("e")
    assert market.open() == {}
    assert market.reason("e-stop") == "Its entry ended unfilled."


def test_cancelling_one_exit_cancels_the_other(market):
    market.trade(100)
    market.submit("e", take_profit="120", stop_loss="90")
    market.cancel("e-target")
    assert market.open() == {}
    assert market.held() == {"AAPL": 10}


def test_an_entry_with_one_exit_brings_that_one(market):
    market.trade(100)
    market.submit("e", stop_loss="90", stop_loss_limit="85")
    (stop,) = market.open().values()
    assert (stop.id, stop.ticket.limit_price) == ("e-stop", 85)
    market.trade(60)
    assert market.held() == {"AAPL": 10}
    market.trade(95)
    assert market.fills("e-stop") == [(10, 94)]


def test_a_short_entry_brings_exits_that_buy(market):
    market.trade(100)
    market.submit("e", SELL, take_profit="90", stop_loss="110")
    market.trade(112)
    assert market.fills("e-stop") == [(10, 113)]
    assert market.held() == {}


def test_an_oco_is_a_target_and_a_stop_for_what_is_held(held):
    held.submit("o", SELL, limit="120", stop_loss="90", one_cancels_other=True)
    assert {each.status for each in held.open().values()} == {WORKING}
    held.trade(80)
    assert held.fills("o-stop") == [(10, 79)]
    assert held.status("o") is CANCELLED
    assert held.held() == {}


def test_exits_split_with_their_position(market):
    market.trade(100)
    market.submit("e", take_profit="120", stop_loss="90", tif=GTC)
    market.broker.apply_split(Split("AAPL", CLOSE, Decimal(2)))
    market.now = CLOSE
    market.trade(61, spread="0.01", after=3600)
    assert market.fills("e-target") == [(20, 60.99)]
    assert market.status("e-stop") is CANCELLED
    assert market.held() == {}


def test_the_exits_of_a_day_entry_end_with_the_day(market):
    market.trade(100)
    market.submit("e", take_profit="120", stop_loss="90")
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.open() == {}
    assert market.status("e-target") is market.status("e-stop") is OrderStatus.EXPIRED


# Replacing.


def test_a_replaced_order_ends_and_the_new_one_takes_its_place(market):
    market.trade(100)
    market.submit("old", limit="90")
    update = market.replace("old", "new", limit="95", quantity="4")
    assert update.status is WORKING
    assert market.status("old") is OrderStatus.REPLACED
    assert market.replace("old", "new", limit="95", quantity="4") == update
    (left,) = market.open().values()
    assert (left.id, left.replaces, left.ticket.quantity) == ("new", "old", 4)
    market.trade(80)
    assert market.fills() == [(4, 81)]


def test_a_new_price_that_the_market_takes_fills_at_once(market):
    market.trade(100)
    market.submit("old", limit="90")
    assert market.replace("old", "new", limit="110").status is FILLED


def test_what_has_ended_or_is_another_order_cannot_be_replaced(held):
    with pytest.raises(OrderRejectedError, match="Too late to replace: the order is filled"):
        held.replace("held", "new", limit="95")
    with pytest.raises(OrderRejectedError, match="no order nobody"):
        held.replace("nobody", "new", limit="95")
    held.submit("a", limit="90")
    with pytest.raises(OrderRejectedError, match="Symbol, side and legs"):
        held.replace("a", "new", SELL, limit="95")
    with pytest.raises(OrderRejectedError, match="Not enough cash"):
        held.replace("a", "new", limit="95", quantity="1000")
    assert held.status("a") is WORKING
    assert held.lookup("new") is None


def test_a_moved_stop_stays_the_exit_of_its_entry(market):
    market.trade(100)
    market.submit("e", take_profit="120", stop_loss="90")
    market.replace("e-stop", "moved", SELL, stop="95", quantity="3")
    moved = market.open()["moved"]
    assert (moved.parent, moved.replaces, moved.ticket.quantity) == ("e", "e-stop", 10)
    market.trade(94)
    assert market.fills("moved") == [(10, 93)]
    assert market.status("e-target") is CANCELLED


def test_a_changed_entry_moves_its_exits(market):
    market.trade(100)
    market.submit("e", limit="80", take_profit="120", stop_loss="70")
    market.replace("e", "f", limit="85", quantity="6", take_profit="110", stop_loss="70")
    exits = [each for each in market.open().values() if each.parent]
    assert [(each.id, each.ticket.quantity) for each in exits] == [("e-target", 6), ("e-stop", 6)]
    assert exits[0].ticket.limit_price == 110
    market.trade(83)
    market.trade(111)
    assert market.held() == {}


def test_a_moved_trail_keeps_the_best_price_so_far(held):
    held.submit("a", SELL, trail="5")
    held.trade(120)
    held.replace("a", "b", SELL, trail="10")
    held.trade(111)
    assert held.status("b") is WORKING
    held.trade(110)
    assert held.status("b") is FILLED


# Options.


def test_an_option_costs_a_hundred_times_its_price(market):
    market.trade(5, symbol=CALL)
    market.submit("a", symbol=CALL, quantity="2", limit="6")
    assert market.cash() == 10_000 - 1200
    market.trade(8, symbol=CALL)
    market.submit("b", SELL, symbol=CALL, quantity="2")
    assert market.cash() == 10_000 - 1200 + 1400


def test_an_option_that_nobody_quotes_is_refused_with_a_sentence(market):
    update = market.submit("a", symbol=CALL, quantity="1")
    assert update.status is OrderStatus.REJECTED
    assert update.reason == f"There is no price for {CALL}, so the paper broker cannot fill it."


SPREAD = (Leg(CALL, BUY), Leg(HIGHER, SELL, 2))


def test_several_legs_fill_together_at_a_net_price_or_wait(market):
    market.trade(10, symbol=CALL)
    market.trade(4, symbol=HIGHER)
    market.submit("a", quantity="3", limit="4", legs=SPREAD)  # pays 11, gets twice 3
    assert market.status("a") is WORKING
    assert market.fills() == []
    market.trade(5, symbol=HIGHER)
    assert market.fills() == [(3, 11), (6, 4)]
    updates = [each for each in market.heard() if each.fill is not None]
    assert [each.status for each in updates] == [OrderStatus.PARTIAL, FILLED]
    assert market.held() == {CALL: 3, HIGHER: -6}
    assert market.cash() == 10_000 - 100 * (3 * 11 - 6 * 4)


def test_legs_that_nobody_quotes_are_refused(market):
    market.trade(10, symbol=CALL)
    update = market.submit("a", quantity="3", limit="4", legs=SPREAD)
    assert update.reason.startswith(f"There is no price for {HIGHER}")


def test_a_leg_that_a_stop_left_undone_is_made_up_for(market):
    market.trade(10, symbol=CALL)
    market.trade(4, symbol=HIGHER)
    order = market.order("a", quantity="3", limit="1", legs=SPREAD)
    half = replace(order, status=OrderStatus.PARTIAL)
    other = Market()
    other.trade(10, symbol=CALL)
    other.submit("x", symbol=CALL, quantity="3")
    fill = replace(other.fill("x"), id="a-1", order_id="a")
    market.broker.restore([fill], [], [half])
    market.trade(4, symbol=HIGHER)
    assert market.held() == {CALL: 3, HIGHER: -6}
    assert market.status("a") is FILLED


def test_an_option_that_expires_is_settled_by_what_it_is_worth(market):
    put = "AAPL120601P00570000"  # its last day is this one
    for symbol in (put, CALL, "AAPL120601C00570000"):
        market.trade(5, symbol=symbol)
        market.submit(symbol, symbol=symbol, quantity="1", tif=GTC)
    market.submit("waits", symbol=put, quantity="1", limit="1", tif=GTC)
    cash = market.cash()
    market.trade(562, symbol="AAPL")
    market.heard()
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.held() == {CALL: 1}
    assert market.reason("waits") == "The option expired."
    assert market.cash() == cash + 800  # the put is worth eight, the call nothing
    told = [each for each in market.heard() if each.order is not None]
    assert [each.order.external for each in told if each.order] == [True, True]
    assert sorted(price for _, price in market.fills()[-2:]) == [0, 8]


def test_an_option_whose_underlying_has_no_price_waits_for_one(market):
    call = "AAPL120601C00570000"
    market.trade(5, symbol=call)
    market.submit("a", symbol=call, quantity="1")
    market.now = CLOSE
    market.broker.end_session(CLOSE)
    assert market.held() == {call: 1}
    market.trade(600, symbol="AAPL", after=86_400)
    market.now += timedelta(hours=8)
    market.broker.end_session(market.now)
    assert market.held() == {}
    assert market.fills()[-1] == (1, 30)


# What it says of itself.


def test_it_says_what_it_takes_and_what_a_symbol_is(market):
    assert market.broker.venue.local
    asset = done(market.broker.asset("AAPL"))
    assert asset is not None
    assert asset.fractionable
    option = done(market.broker.asset(CALL))
    assert option is not None
    assert not option.shortable
    assert done(market.broker.asset("no such thing")) is None


def test_its_clock_knows_the_hours(market):
    clock = done(market.broker.clock())
    assert clock.is_open
    assert clock.next_close == CLOSE
    market.now = CLOSE
    clock = done(market.broker.clock())
    assert not clock.is_open
    assert clock.next_open == OPEN + timedelta(days=3)  # after a weekend
    assert clock.next_close == CLOSE + timedelta(days=3)


def test_its_account_knows_equity_and_day_trades(held):
    account = done(held.broker.account())
    assert (account.cash, account.buying_power, account.day_trades) == (8990, 8990, 0)
    assert account.equity == 9990
    assert account.number == "…demo"
    held.submit("sold", SELL)
    assert done(held.broker.account()).day_trades == 1
    held.now += timedelta(days=10)
    assert done(held.broker.account()).day_trades == 0


def test_what_was_held_overnight_is_no_day_trade(held):
    held.now += timedelta(days=1)
    held.submit("sold", SELL)
    assert done(held.broker.account()).day_trades == 0


def test_fills_and_activities_are_asked_from_a_moment_on(held):
    held.now += timedelta(days=1)
    held.broker.pay_dividend("AAPL", held.now, Decimal("0.265"))
    held.broker.pay_dividend("AAPL", held.now, Decimal("0.265"))
    held.broker.pay_dividend("IBM", held.now, Decimal("0.265"))
    assert done(held.broker.fills(held.now)) == []
    (paid,) = done(held.broker.activities(held.now))
    assert (paid.kind, paid.symbol, paid.amount) == ("dividend", "AAPL", Decimal("2.65"))
    assert done(held.broker.activities(held.now + timedelta(seconds=1))) == []
    assert held.cash() == 8990 + Decimal("2.65")
