from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from puffin.risk.facts import is_automated
from puffin.risk.limits import AccountFlags, AssetFlags, Limits
from puffin.types import Leg, OrderStatus, OrderType, TimeInForce
from tests.puffin.risk.orders import (
    BUY,
    CALL,
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

LIMIT = {"type": OrderType.LIMIT}


def limit(price: str, **more):
    return LIMIT | {"limit_price": Decimal(price)} | more


# Size


def test_held_shares_are_worth_the_market_even_when_the_order_names_a_limit():
    given = facts(ticket(quantity="10", **limit("111")), position=held("50"))
    assert verdict("position share", given).used == Decimal(50 * 101 + 10 * 111) / 100_000


def test_an_amount_is_what_the_order_is_worth():
    given = facts(ticket(quantity="9.900990", notional=Decimal(1_000)))
    assert verdict("order value", given).used == 1_000
    assert verdict("cash", given).used == 1_000
    assert verdict("position share", given).used == Decimal("0.01")
    assert refused(given) == []


def test_an_amount_may_buy_less_than_the_smallest_quantity():
    assert refused(facts(ticket(quantity="0.001", notional=Decimal(1)))) == []


def test_an_option_counts_a_hundred_times_its_price():
    given = facts(ticket(CALL, quantity="2"), quote=quote(CALL, "4.9", "5.1", "5"))
    assert verdict("order value", given).used == Decimal("1020.0")
    assert verdict("cash", given).used == Decimal("1020.0")
    assert verdict("position share", given).used == Decimal("0.0102")
    assert "2 contracts of at most" in verdict("quantity", given).text


def test_a_large_order_of_automation_needs_a_person():
    ten = ticket(quantity="10")  # worth 1,010
    assert verdict("large order", facts(ten)).text == "A person asks for the order."
    asked = facts(ten, asked_by="strategy momentum")
    assert verdict("large order", asked).warning
    assert refused(replace(asked, approved_by="desk")) == []
    assert refused(replace(asked, approved_by="mandate 7")) == ["large order"]
    small = facts(ticket(quantity="9"), asked_by="agent", approved_by="mandate 7")
    assert refused(small) == []


@pytest.mark.parametrize(
    ("name", "automated"),
    [("strategy:sma", True), ("Agent", True), ("desk", False), ("", False), ("stranger", False)],
)
def test_automation_is_known_by_its_name(name, automated):
    assert is_automated(name) is automated


def test_a_trailing_stop_to_buy_is_worth_its_first_stop():
    trailing = ticket(type=OrderType.TRAILING, trail_price=Decimal(5))
    assert verdict("order value", facts(trailing)).used == 1_060
    percent = ticket(type=OrderType.TRAILING, trail_percent=Decimal(10))
    assert verdict("order value", facts(percent)).used == Decimal("1111.0")
    selling = ticket(side=SELL, type=OrderType.TRAILING, trail_price=Decimal(5))
    assert verdict("order value", facts(selling, position=held("10"))).used == 990


def test_a_fraction_of_a_trailing_stop_is_refused():
    trailing = ticket(quantity="0.5", type=OrderType.TRAILING, trail_price=Decimal(5))
    assert "quantity" in refused(facts(trailing))


# Several legs

SPREAD = (Leg(CALL, BUY), Leg("AAPL250117C00105000", SELL))
QUOTES = {
    CALL: quote(CALL, "4.8", "5.0", "4.9"),
    "AAPL250117C00105000": quote("AAPL250117C00105000", "2.0", "2.2", "2.1"),
}


def spread(**more):
    return ticket(quantity="3", legs=SPREAD, **(limit("3") | more))


def test_a_spread_needs_its_net_price_a_hundred_times():
    given = facts(spread(), leg_quotes=QUOTES)
    assert verdict("price", given).used == 3
    assert verdict("order value", given).used == 900
    assert verdict("cash", given).used == 900
    assert refused(given) == []


def test_a_credit_needs_what_it_can_lose():
    legs = tuple(Leg(each.symbol, each.side.opposite) for each in SPREAD)
    given = facts(ticket(quantity="1", legs=legs, **limit("-2.5")), leg_quotes=QUOTES)
    assert given.market == Decimal("-2.6")
    assert verdict("cash", given).used == 250  # five dollars wide, two and a half come in
    assert verdict("price collar", given).allowed


def test_without_quotes_of_its_legs_a_limit_is_what_it_costs_and_a_market_order_has_no_price():
    assert "no quotes" in verdict("price", facts(spread())).text
    market = ticket(quantity="1", legs=SPREAD)
    assert refused(facts(market)) == ["price"]
    unsound = {**QUOTES, CALL: quote(CALL, "0", "5", "5")}
    assert refused(facts(market, leg_quotes=unsound)) == ["price"]
    assert "price" not in refused(facts(market, leg_quotes=QUOTES))


def test_legs_that_can_lose_without_end_are_refused():
    legs = (Leg(CALL, SELL), Leg(PUT, SELL))
    given = facts(ticket(quantity="1", legs=legs, **limit("-5")))
    assert "no bound" in verdict("cash", given).text
    assert verdict("margin", given).allowed


def test_legs_that_close_need_what_they_cost_and_pass_the_rules_on_size():
    legs = tuple(Leg(each.symbol, each.side.opposite, opens=False) for each in SPREAD)
    holdings = {CALL: Decimal(3), "AAPL250117C00105000": Decimal(-3)}
    closing = facts(ticket(quantity="3", legs=legs, **limit("-2")), holdings=holdings)
    assert closing.reduces
    assert verdict("cash", closing).used == 0
    assert not replace(closing, holdings={CALL: Decimal(2)}).reduces


def test_each_leg_that_is_not_held_is_a_position_of_its_own():
    limits = Limits(most_positions=1)
    assert "positions" in refused(facts(spread(), limits=limits))
    both = {each.symbol: Decimal(1) for each in SPREAD}
    assert "positions" not in refused(facts(spread(), limits=limits, holdings=both))


def test_a_net_limit_is_compared_with_what_the_legs_cost_now():
    assert "price collar" in refused(facts(spread(limit_price=Decimal("3.4")), leg_quotes=QUOTES))
    assert "too fine" in verdict("price collar", facts(spread(limit_price=Decimal("3.001")))).text
    even = {**QUOTES, CALL: quote(CALL, "1.9", "2.0", "2.0")}
    assert "nothing to compare" in verdict("price collar", facts(spread(), leg_quotes=even)).text


# Prices of exits


def test_a_stop_loss_that_would_go_off_at_once_is_refused():
    above = ticket(stop_loss=Decimal(101))
    assert refused(facts(above)) == ["stop"]
    assert refused(facts(ticket(stop_loss=Decimal(95)))) == []
    oco = ticket(side=SELL, stop_loss=Decimal(101), one_cancels_other=True, **limit("110"))
    assert refused(facts(oco, position=held("10"))) == ["stop"]
    limited = ticket(stop_loss=Decimal(85), **limit("90"))
    assert refused(facts(limited)) == []


def test_a_target_that_is_reached_already_is_refused():
    assert refused(facts(ticket(take_profit=Decimal(100)))) == ["target"]
    assert refused(facts(ticket(take_profit=Decimal(110)))) == []
    short = facts(ticket(side=SELL, take_profit=Decimal(99)), allow_short=True)
    assert refused(short) == ["target"]


@pytest.mark.parametrize("exits", [{"take_profit": "110.001"}, {"stop_loss": "90.001"}])
def test_exits_between_two_steps_are_refused(exits):
    priced: dict[str, Any] = {name: Decimal(value) for name, value in exits.items()}
    assert refused(facts(ticket(**priced))) == ["stop"]


def test_a_stop_has_nothing_to_be_compared_with_before_there_is_a_price():
    legs = facts(spread(), quote=None)
    assert verdict("stop", legs).allowed


# The broker


def test_the_brokers_buying_power_is_what_may_be_spent():
    rich = facts(cash=Decimal(0), account=AccountFlags(Decimal(1_010)), asset=AssetFlags())
    assert refused(rich) == []
    assert "1,010.00 of it would be borrowed" in verdict("margin", rich).text
    poor = replace(rich, account=AccountFlags(Decimal(1_009)))
    assert refused(poor) == ["cash"]
    assert "Not enough buying power" in verdict("cash", poor).text


@pytest.mark.parametrize("account", [None, AccountFlags(Decimal(500))])
def test_an_account_that_lends_nothing_is_short_of_cash_and_borrows_none(account):
    short = facts(cash=Decimal(500), account=account, asset=AssetFlags())
    assert refused(short) == ["cash"]
    assert verdict("margin", short).text == "The order borrows no money."


def test_orders_that_the_broker_has_seen_are_in_its_buying_power_already():
    order = waiting(ticket(quantity="1", **limit("90")))
    account = AccountFlags(Decimal(1_050), at=order.updated_at)
    given = facts(cash=Decimal(0), account=account, asset=AssetFlags(), open_orders=[order])
    assert refused(given) == []
    later = replace(order, updated_at=order.updated_at + timedelta(seconds=1))
    assert refused(replace(given, open_orders=[later])) == ["cash"]
    unknown = replace(given, account=AccountFlags(Decimal(1_050)))
    assert refused(unknown) == ["cash"]


def test_a_blocked_account_only_closes():
    blocked = AccountFlags(Decimal(50_000), blocked="It is under review.")
    given = facts(account=blocked, asset=AssetFlags())
    assert refused(given) == ["account"]
    closing = replace(given, ticket=ticket(side=SELL), position=held("10"))
    assert refused(closing) == []
    assert verdict("account", closing).warning


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"asset": None, "asset_asked": True}, "does not list AAPL"),
        ({"asset": None}, "is being asked about AAPL"),
        ({"asset": AssetFlags(tradable=False)}, "does not trade AAPL now"),
        ({"asset": AssetFlags(fractionable=False)}, "in whole shares only"),
    ],
)
def test_what_the_broker_says_of_a_symbol_holds(known, words):
    given = facts(ticket(quantity="0.5"), account=AccountFlags(), **known)
    assert refused(given) == ["asset"]
    assert words in verdict("asset", given).text


def test_closing_passes_when_nothing_is_known_of_the_symbol():
    given = facts(ticket(side=SELL), position=held("10"), account=AccountFlags())
    assert refused(given) == []


def test_what_the_broker_would_not_take_is_refused_with_its_reason():
    given = facts(refusal="Opg orders in stocks are not taken here.")
    assert refused(given) == ["venue"]
    assert "Opg orders" in verdict("venue", given).text


def test_a_symbol_that_the_broker_does_not_lend_is_not_sold_short():
    given = facts(
        ticket(side=SELL),
        allow_short=True,
        account=AccountFlags(Decimal(50_000)),
        asset=AssetFlags(shortable=False),
    )
    assert refused(given) == ["short selling"]


# Lists, automation, hours, day trades


def test_lists_of_symbols_hold_for_opening_only():
    denied = Limits(denied=frozenset({"AAPL"}))
    assert refused(facts(limits=denied)) == ["symbols"]
    assert refused(facts(ticket(side=SELL), position=held("10"), limits=denied)) == []
    others = Limits(allowed=frozenset({"IBM"}))
    assert refused(facts(limits=others)) == ["symbols"]
    assert refused(facts(limits=Limits(allowed=frozenset({"AAPL"})))) == []


def test_an_option_follows_the_lists_of_its_underlying():
    option = facts(
        ticket(CALL, quantity="1"),
        quote=quote(CALL, "4.9", "5.1", "5"),
        limits=Limits(denied=frozenset({"AAPL"})),
    )
    assert "symbols" in refused(option)


def test_automation_stops_when_its_fills_of_the_day_are_used_up():
    asked = facts(asked_by="strategy sma", automated_fills=9)
    assert refused(asked) == []
    assert refused(replace(asked, automated_fills=10)) == ["automated fills"]
    closing = replace(asked, automated_fills=10, ticket=ticket(side=SELL), position=held("10"))
    assert refused(closing) == []


def test_a_persons_fills_are_counted_and_warned_of_but_never_refused():
    many = facts(asked_by="desk", manual_fills=10, automated_fills=99)
    assert refused(many) == []
    assert verdict("automated fills", many).warning
    assert not verdict("automated fills", replace(many, manual_fills=9)).warning


def test_a_closed_market_says_when_it_opens():
    closed = facts(is_open=False, hours="opens Mon 9 Jan 09:30")
    assert verdict("market hours", closed).text.endswith("It opens Mon 9 Jan 09:30.")
    early = facts(ticket(extended_hours=True, **limit("100")), is_open=False)
    assert "before the open" in verdict("market hours", early).text
    crypto = facts(ticket("BTC/USD", quantity="0.01"), quote=quote("BTC/USD"), is_open=False)
    assert not verdict("market hours", crypto).warning
    assert "0.01 units of at most" in verdict("quantity", crypto).text


def test_a_day_trade_is_said_and_the_fourth_one_is_said_louder():
    account = AccountFlags(Decimal(50_000), day_trades=2)
    selling = facts(
        ticket(side=SELL),
        position=held("10"),
        account=account,
        traded_today=True,
        equity=Decimal(10_000),
    )
    assert "2 in the last five" in verdict("day trades", selling).text
    assert verdict("day trades", selling).warning
    fourth = replace(selling, account=replace(account, day_trades=3))
    assert "Day trade number 4" in verdict("day trades", fourth).text
    rich = replace(fourth, equity=Decimal(30_000))
    assert not verdict("day trades", rich).warning
    assert "no day trade" in verdict("day trades", replace(fourth, traded_today=False)).text
    assert refused(fourth) == []


# Options


def option(side=BUY, symbol=CALL, quantity="1", **more):
    given = {"quote": quote(symbol, "4.9", "5.1", "5")} | more
    return facts(ticket(symbol, side, quantity), **given)


def test_money_in_options_has_a_limit_of_its_own():
    limits = Limits(options_premium=Decimal("0.01"))
    assert refused(option(quantity="1", limits=limits)) == []
    assert refused(option(quantity="2", limits=limits)) == ["options premium"]
    with_more = option(limits=limits, holdings={PUT: Decimal(1)}, lasts={PUT: Decimal(5)})
    assert refused(with_more) == ["options premium"]
    assert "no price for" in verdict("options premium", replace(with_more, lasts={})).text
    ordered = [waiting(ticket(PUT, quantity="1", **limit("5")))]
    assert "options premium" in refused(option(limits=limits, open_orders=ordered))
    shares = option(limits=limits, holdings={"AAPL": Decimal(5)})
    assert refused(shares) == []


def test_shares_behind_options_have_a_limit_of_their_own():
    limits = Limits(options_notional=Decimal("0.1"))
    assert refused(option(quantity="1", limits=limits)) == []  # a strike of 100, a hundred times
    assert refused(option(quantity="2", limits=limits)) == ["options notional"]
    put = {"holdings": {PUT: Decimal(1)}, "lasts": {PUT: Decimal(5)}}
    assert refused(option(limits=limits, **put)) == ["options notional"]
    assert refused(option(limits=limits, open_orders=[waiting(spread())])) == ["options notional"]


def test_without_equity_no_option_is_opened():
    broke = option(equity=Decimal(0))
    assert {"options premium", "options notional"} <= set(refused(broke))
    closing = option(SELL, position=held("1", CALL), equity=Decimal(0))
    assert refused(closing) == []


def test_a_call_that_is_sold_needs_its_shares():
    naked = option(SELL)
    assert refused(naked) == ["option cover"]
    covered = option(SELL, holdings={"AAPL": Decimal(100)})
    assert refused(covered) == []
    assert verdict("option cover", covered).warning
    assert refused(replace(covered, holdings={"AAPL": Decimal(99)})) == ["option cover"]


def test_a_put_that_is_sold_needs_its_strike_in_cash():
    put = option(SELL, PUT)
    assert refused(put) == []
    assert "have to buy 100 AAPL for 9,000.00" in verdict("option cover", put).text
    assert refused(replace(put, cash=Decimal(8_999))) == ["option cover"]
    unknown = replace(put, open_orders=[waiting(ticket("IBM"))])
    assert "there is not known" in verdict("option cover", unknown).text


# Orders that wait


def test_a_target_and_a_stop_of_one_entry_sell_the_same_shares():
    target = waiting(ticket(side=SELL, **limit("110")), "t", parent="e")
    stop = waiting(ticket(side=SELL, type=OrderType.STOP, stop_price=Decimal(90)), "s", parent="e")
    given = facts(ticket(side=SELL, quantity="5"), position=held("15"), open_orders=[target, stop])
    assert given.promised == 10
    assert given.reduces
    resting = replace(target, status=OrderStatus.HELD)
    assert replace(given, open_orders=[resting]).promised == 0


def test_what_ends_a_position_keeps_no_cash():
    exits = [
        waiting(ticket(**limit("90")), "t", parent="e"),
        waiting(ticket(stop_loss=Decimal(120), one_cancels_other=True, **limit("90")), "o"),
    ]
    assert verdict("cash", facts(open_orders=exits)).limit == 100_000


def test_a_waiting_amount_keeps_what_is_left_of_it():
    order = waiting(ticket(quantity="10", notional=Decimal(1_000)), filled_quantity=Decimal(4))
    assert verdict("cash", facts(open_orders=[order])).limit == 99_400
    done = replace(order, filled_quantity=Decimal(10))
    assert verdict("cash", facts(open_orders=[done])).limit == 100_000


def test_legs_that_wait_without_a_limit_cannot_be_valued():
    order = waiting(ticket(quantity="1", legs=SPREAD))
    assert refused(facts(open_orders=[order])) == ["cash"]


def test_a_fraction_until_cancelled_is_refused():
    lasting = ticket(quantity="0.5", time_in_force=TimeInForce.GTC, **limit("100"))
    assert refused(facts(lasting)) == ["quantity"]
    assert facts().now == NOW


# Options that wait


TIGHT = Limits(options_premium=Decimal("0.01"))  # 1,000; the order itself is worth 510


def test_a_market_order_for_options_that_waits_counts_at_what_the_market_asks():
    same = [waiting(ticket(CALL, quantity="1"))]
    assert verdict("options premium", option(open_orders=same)).used == Decimal("0.0102")
    other = [waiting(ticket(PUT, quantity="2"))]
    given = option(limits=TIGHT, open_orders=other, prices={PUT: Decimal("2.5")})
    assert verdict("options premium", given).used == Decimal("0.0101")
    assert refused(given) == ["options premium"]
    unknown = option(limits=TIGHT, open_orders=other)
    assert "options premium" in refused(unknown)
    assert "may cost is not known" in verdict("options premium", unknown).text


def test_a_stop_for_options_that_waits_counts_at_its_stop_while_nobody_asks():
    stop = ticket(PUT, quantity="1", type=OrderType.STOP, stop_price=Decimal(3))
    given = option(open_orders=[waiting(stop)])
    assert verdict("options premium", given).used == Decimal("0.0081")


def test_legs_that_wait_count_what_is_bought_of_them():
    spread = [waiting(ticket(quantity="1", legs=SPREAD))]
    assert verdict("options premium", option(open_orders=spread)).used == Decimal("0.0102")
    priced = option(symbol=PUT, open_orders=spread, prices={CALL: Decimal(2)})
    assert verdict("options premium", priced).used == Decimal("0.0071")
    assert "options premium" in refused(replace(priced, prices={}))


def test_beside_legs_without_quotes_what_waits_is_valued_all_the_same():
    legs = ticket(quantity="1", legs=SPREAD, **limit("3"))
    given = facts(legs, quote=None, open_orders=[waiting(ticket(PUT))], prices={PUT: Decimal(1)})
    assert verdict("options premium", given).used == Decimal("0.013")


def test_what_ends_an_option_that_is_held_is_counted_once():
    target = [waiting(ticket(CALL, SELL, "1", **limit("9")))]
    given = option(open_orders=target, holdings={CALL: Decimal(1)}, lasts={CALL: Decimal(5)})
    assert verdict("options premium", given).used == Decimal("0.0101")


# How old a price is


def test_a_market_order_needs_a_price_of_now():
    assert verdict("price age", facts(quote_age=Decimal(60))).text == (
        "The price is 60 s old, of at most 60 s."
    )
    old = facts(quote_age=Decimal("75.4"))
    assert refused(old) == ["price age"]
    assert "AAPL is 75 s old; at most 60 s are allowed" in verdict("price age", old).text
    assert verdict("price age", old).used == Decimal("75.4")
    assert refused(replace(old, limits=Limits(oldest_quote=80))) == []
    unknown = facts(quote_age=None)
    assert refused(unknown) == ["price age"]
    assert "is not known" in verdict("price age", unknown).text


def test_an_old_price_stops_neither_closing_nor_a_limit_nor_what_waits_for_the_open():
    old = Decimal(3_600)
    closing = facts(ticket(side=SELL), position=held("10"), quote_age=old)
    assert refused(closing) == []
    assert verdict("price age", closing).warning
    assert refused(facts(ticket(**limit("101")), quote_age=old)) == []
    assert refused(facts(is_open=False, quote_age=old)) == []
    crypto = facts(ticket("BTC/USD"), quote=quote("BTC/USD"), is_open=False, quote_age=old)
    assert "price age" in refused(crypto)


# Closing everything


def test_closing_everything_is_no_duplicate_as_long_as_it_only_closes():
    selling = ticket(side=SELL)
    before = [waiting(selling, created_at=NOW, status=OrderStatus.FILLED)]
    given = facts(selling, position=held("10"), recent_orders=before)
    assert refused(given) == ["duplicate"]
    every = replace(given, flattens=True)
    assert refused(every) == []
    assert "what is still held is closed" in verdict("duplicate", every).text
    assert "duplicate" in refused(replace(every, position=held("9")))
