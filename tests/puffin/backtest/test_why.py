"""Why a run did what it did on one bar."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from puffin.backtest.engine import Backtester, BacktestSettings, FillAt
from puffin.backtest.sizing import FixedQuantity, RiskPerTrade, VolatilityTarget
from puffin.backtest.why import explain
from puffin.errors import ParameterError
from puffin.execution.costs import Costs
from puffin.strategies.momentum import Momentum, MomentumParameters
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.universe import EqualWeight
from puffin.types import Side
from tests.puffin.backtest.market import AsEvents, Says, bars, wandering
from tests.puffin.backtest.market import Orders as OrdersSay
from tests.puffin.backtest.test_orders import at, flat
from tests.puffin.backtest.test_paths import ASSUMED, ordered, stopped
from tests.puffin.truth.corpus.rules import Events

if TYPE_CHECKING:
    from puffin.backtest.why import Why

NAN = math.nan
TEN = BacktestSettings(capital=100_000.0, sizing=FixedQuantity(10))


def told(prices, row, buy=None, sell=None, exits=None, **changes) -> Why:
    """What one bar of a run of these orders says; bar by bar it must say the same."""
    strategy, assumed = OrdersSay(Orders(buy, sell, exits)), replace(TEN, **changes)
    why = explain(strategy, prices, assumed, row)
    by_bar = explain(AsEvents(strategy), prices, assumed, row)
    assert why.events == by_bar.events
    assert why.fills == by_bar.fills
    return why


def test_an_order_is_placed_waits_and_fills():
    order = Entries(at(5, r0=1.0), limit=at(5, r0=97.0), stop_loss=at(5, r0=90.0))
    prices = flat(5, r2=(98, 99, 95, 96))
    placed, missed, filled, held = (told(prices, row, order) for row in range(4))
    assert placed.events == ("The buy limit at 97.00 was placed.",)
    assert [each.limit for each in placed.placed] == [97]
    assert missed.events == ("The buy limit at 97.00 was not reached: the low was 99.00.",)
    waiting = missed.waiting[0]
    assert (waiting.side, waiting.kind, waiting.limit, waiting.stop_loss) == (
        Side.BUY,
        "Limit order",
        97,
        90,
    )
    assert (waiting.stop, waiting.until, waiting.left) == (None, None, None)
    assert waiting.placed == prices.when(0)
    assert filled.events == (
        "The buy limit at 97.00 filled, 10 shares at its price, which the bar reached, 97.00.",
    )
    fill = filled.fills[0]
    assert (fill.side, fill.quantity, fill.price, fill.reason) == (Side.BUY, 10, 97, "Limit order")
    assert filled.position == 10
    assert held.events == ("The stop at 90.00 was not reached: the low was 99.00.",)


@pytest.mark.parametrize(
    ("order", "bar", "says"),
    [
        (
            {"limit": 97.0},
            (95, 96, 94, 95),
            (
                "The buy limit at 97.00 filled, 10 shares at the open, which had gone through its "
                "price, 95.00."
            ),
        ),
        (
            {"stop": 103.0},
            (100, 102, 99, 101),
            "The buy stop at 103.00 was not set off: the high was 102.00.",
        ),
        (
            {"stop": 103.0, "limit": 99.0},
            (102, 104, 101, 103),
            (
                "The buy stop-limit (stop 103.00, limit 99.00) was set off, but its limit was not "
                "reached: the low was 101.00."
            ),
        ),
        (
            {"stop": 103.0, "limit": 101.0},
            (100, 104, 99.5, 103),
            (
                "The buy stop-limit (stop 103.00, limit 101.00) was set off, but beyond its limit; "
                "from now on only the limit counts."
            ),
        ),
    ],
)
def test_the_price_says_why_an_order_filled_or_not(order, bar, says):
    limit, stop = (at(3, r0=order.get(name, NAN)) for name in ("limit", "stop"))
    why = told(flat(3, r1=bar), 1, Entries(at(3, r0=1.0), limit=limit, stop=stop))
    assert why.events == (says,)


def test_a_stop_limit_that_was_set_off_is_a_limit_from_then_on():
    order = Entries(at(4, r0=1.0), stop=at(4, r0=103.0), limit=at(4, r0=98.0))
    why = told(flat(4, r1=(100, 104, 99, 103)), 2, order)
    assert why.events == (
        "The buy limit at 98.00 (set off before) was not reached: the low was 99.00.",
    )


def test_an_order_expires():
    order = Entries(at(6, r0=1.0), limit=at(6, r0=90.0), life=2)
    assert told(flat(6), 2, order).waiting[0].until == flat(6).when(2)
    assert told(flat(6), 3, order).events == (
        "The buy limit at 90.00 had expired with the bar before.",
    )
    assert told(flat(6), 3, order).placed == ()


def test_an_order_is_replaced_or_withdrawn():
    order = Entries(at(5, r0=1.0, r1=1.0, r2=0.0, r3=0.0), limit=at(5, r0=90.0, r1=91.0))
    prices = flat(5)
    assert told(prices, 1, order).events[-1] == (
        "The buy limit at 91.00 was placed, in the place of the buy limit at 90.00."
    )
    assert told(prices, 2, order).events[-1] == (
        "What waits for buying is withdrawn: the buy limit at 91.00."
    )
    assert told(prices, 3, order).events == ("What waits for buying is withdrawn: nothing.",)


def test_the_order_opposite_is_withdrawn_by_a_fill():
    buy = Entries(at(3, r0=1.0), stop=at(3, r0=103.0))
    sell = Entries(at(3, r0=1.0), stop=at(3, r0=97.0))
    why = told(flat(3, r1=(100, 104, 99, 104)), 1, buy, sell)
    assert why.events == (
        "The buy stop at 103.00 filled, 10 shares at its price, which the bar reached, 103.00.",
        "The sell stop at 97.00 was withdrawn, because the order opposite filled.",
    )


def test_the_volume_fills_an_order_in_part():
    order = Entries(at(4, r0=1.0))
    why = told(flat(4), 1, order, participation=0.04)
    assert why.events == (
        (
            "The buy market order filled in part, 4 shares at the open, 100.00: at most 4% of the "
            "bar's volume of 100 may be traded, 4. 6 shares go on with the next bar."
        ),
    )
    assert why.placed[0].left == 6
    none = told(bars([100.0] * 3, volume=0.0), 1, Entries(at(3, r0=1.0)), participation=0.5)
    assert none.fills == ()
    assert "at most 50% of the bar's volume of 0 may be traded, 0" in none.events[0]


def test_a_limit_does_not_fill_where_the_volume_is_used_up():
    order = Entries(at(3, r0=1.0), limit=at(3, r0=99.5))
    why = told(bars([100.0] * 3, lows=[99.0] * 3, volume=0.0), 1, order, participation=0.5)
    assert why.events == (
        (
            "The buy limit at 99.50 did not fill: at most 50% of the bar's volume of 0 may be "
            "traded, 0."
        ),
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"capital": 50.0, "sizing": 1.0},
            "50.00 can be spent, and one share costs 100.00 and its commission.",
        ),
        (
            {"sizing": 0.0005},
            "its size, 0% of equity at the fill, comes to less than one share at 100.00.",
        ),
    ],
)
def test_money_says_why_nothing_was_bought(changes, says):
    why = told(flat(3), 1, Entries(at(3, r0=1.0)), **changes)
    assert why.events == (f"The buy market order was reached but did not fill: {says}",)
    targets = explain(Says(1.0, 1.0, 1.0), flat(3), replace(TEN, **changes), 1)
    assert targets.events == (f"Nothing was traded for the target of +100%: {says}",)
    assert targets.fills == ()


def test_a_stop_on_the_wrong_side_leaves_no_size():
    order = Entries(at(3, r0=1.0), stop_loss=at(3, r0=105.0))
    why = told(flat(3), 1, order, sizing=RiskPerTrade(0.01))
    assert why.events == (
        (
            "The buy market order was reached but did not fill: its stop at 105.00 is on the wrong "
            "side of the price, 100.00, so that no size risks anything."
        ),
    )


def test_a_volatility_that_is_not_known_leaves_no_size():
    order = Entries(at(4, r0=1.0))
    why = told(flat(4), 1, order, sizing=VolatilityTarget(0.2, 3))
    assert "the volatility that its size needs is not known yet" in why.events[0]


def test_selling_short_that_is_off_sells_nothing():
    why = told(flat(3), 1, None, Entries(at(3, r0=1.0)), allow_short=False)
    assert why.events == (
        "The sell market order was reached but did not fill: selling short is off.",
    )


def test_a_position_takes_no_more_entries_than_allowed():
    order = Entries(at(4, r0=1.0, r2=1.0))
    assert told(flat(4), 2, order).events == (
        "The buy market order was not placed: the position has its 1 entry already.",
    )
    twice = Entries(at(4, r0=1.0, r1=1.0, r2=1.0))
    assert told(flat(4), 2, twice, pyramiding=2).events[-1] == (
        "The buy market order was not placed: the position has its 2 entries already."
    )


def test_stops_and_targets_say_when_they_are_reached_and_when_not():
    order = Entries(at(5, r0=1.0), stop_loss=at(5, r0=95.0), take_profit=at(5, r0=105.0))
    prices = flat(5, r3=(100, 106, 99, 105))
    assert told(prices, 2, order).events == (
        "The stop at 95.00 was not reached: the low was 99.00.",
        "The target at 105.00 was not reached: the high was 101.00.",
    )
    assert told(prices, 3, order).events == ("The target was reached: 10 shares sold at 105.00.",)
    assert told(prices, 3, order).fills[0].reason == "Take profit"
    short = Entries(at(5, r0=1.0), trail=at(5, r0=4.0))
    gone = told(flat(5, r2=(100, 107, 99, 105)), 2, None, short)
    assert gone.events == ("The trailing stop was reached: 10 shares bought back at 103.00.",)


def test_exits_are_decided_and_carried_out():
    order = Entries(at(5, r0=1.0))
    exits = np.array([0.0, 0.0, 0.5, 0.0, 0.0])
    assert told(flat(5), 2, order, None, exits).events == (
        "An exit was decided: 50% of the position is closed at the next open.",
    )
    why = told(flat(5), 3, order, None, exits)
    assert why.events == ("The exit was carried out: sold 5 shares at 100.00, the open.",)
    assert why.fills[0].reason == "Exit signal"
    idle = told(flat(5), 2, None, Entries(at(5, r4=1.0)), np.array([0, 0, 1.0, 0, 0]))
    assert idle.events == ("The exit signal has nothing to close.",)


def test_a_position_is_held_for_as_long_as_it_should():
    order = Entries(at(6, r0=1.0), hold=2)
    assert told(flat(6), 3, order).events == (
        "It was held long enough: all of the position is closed at the next open.",
    )
    assert told(flat(6), 4, order).fills[0].reason == "Held for as long as it should be"


def test_an_exit_goes_on_where_the_volume_is_too_small():
    exits = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    why = told(flat(7), 5, Entries(at(7, r0=1.0)), None, exits, participation=0.04)
    assert why.events[-1] == (
        "6 shares of the exit go on with the next bar: at most 4% of the bar's volume of 100 may "
        "be traded, 4."
    )


def test_targets_are_decided_and_followed():
    says, prices = Says(0.0, 1.0, 1.0, -1.0, NAN, NAN), flat(6)
    decided = explain(says, prices, TEN, 1)
    assert decided.events == (
        "At the close it was decided to hold +100%; that is done at the next open.",
    )
    assert decided.wanted == 1
    done = explain(says, prices, TEN, 2)
    assert done.events == ("For the target of +100%: bought 10 shares at 100.00, the open.",)
    turned = explain(says, prices, TEN, 4)
    assert [each.side for each in turned.fills] == [Side.SELL, Side.SELL]
    assert {each.reason for each in turned.fills} == {"Target from +100% to -100%"}
    assert (turned.wanted, turned.position) == (-1, -10)
    assert explain(says, prices, TEN, 0).events == ()


def test_slippage_is_named():
    assumed = replace(TEN, costs=Costs(slippage_bps=Decimal(100), per_order=Decimal(2)))
    why = explain(Says(1.0, 1.0), flat(2), assumed, 1)
    assert why.events == (
        (
            "For the target of +100%: bought 10 shares at 101.00, with slippage from the open at "
            "100.00."
        ),
    )
    assert why.fills[0].commission == 2


def test_a_fill_at_the_close_that_decides_is_told_so():
    assumed = replace(TEN, fill_at=FillAt.THIS_CLOSE)
    why = explain(Says(0.0, 1.0, 1.0), flat(3, r1=(100, 103, 99, 102)), assumed, 1)
    assert why.events == (
        "At the close it was decided to hold +100%; that is done at this close.",
        "For the target of +100%: bought 10 shares at 102.00, the close.",
    )
    assert why.position == 10


def test_a_margin_call_is_told_twice():
    prices = flat(5, r2=(100, 101, 50, 55), r3=(54, 56, 50, 52))
    assumed = replace(TEN, sizing=1.0, capital=10_000.0, leverage=2.0)
    called = explain(Says(1.0, 1.0, 1.0, 1.0, 1.0), prices, assumed, 2)
    assert called.events[-1] == (
        "At the close equity of 1,000.00 no longer covers the position: it is closed at the next "
        "open."
    )
    closed = explain(Says(1.0, 1.0, 1.0, 1.0, 1.0), prices, assumed, 3)
    assert closed.events == (
        (
            "Equity no longer covered the position at the close before: it was closed at the open, "
            "54.00."
        ),
    )
    assert closed.position == 0
    dead = explain(Says(*[1.0] * 5), flat(5, r2=(100, 101, 10, 20)), assumed, 4)
    assert dead.events == ("The account was used up before; nothing is done any more.",)


def test_what_is_borrowed_costs_something_overnight():
    assumed = replace(TEN, sizing=1.0, capital=10_000.0, borrow_rate=0.365)
    why = explain(Says(-1.0, -1.0, -1.0, -1.0), flat(4), assumed, 2)
    assert why.events == ("Borrowing cost 10.00 overnight.",)


def test_orders_withdrawn_bar_by_bar_are_told_of():
    def decide(context, _bars) -> None:
        if context.row == 0:
            context.buy(limit=95.0, reason="Cheap enough")
        if context.row == 1:
            context.cancel()

    why = explain(Events(decide, 1), flat(3), TEN, 1)
    assert why.events[-1] == "The buy limit at 95.00 is withdrawn."
    assert why.placed == ()
    bought = explain(Events(decide, 1), flat(3, r1=(94, 96, 94, 95)), TEN, 1)
    assert bought.fills[0].reason == "Cheap enough"


def test_what_the_strategy_looks_at_stands_beside():
    rule = Momentum(MomentumParameters(short=2, long=4))
    prices = wandering(40)
    why = explain(rule, prices, TEN, 20)
    values = dict(why.values)
    assert values["SMA 2"] == pytest.approx(prices.close[19:21].mean())
    assert values["SMA 4"] == pytest.approx(prices.close[17:21].mean())
    holds = dict(why.conditions)["SMA 2 above SMA 4"]
    fast, slow = values["SMA 2"], values["SMA 4"]
    assert fast is not None
    assert slow is not None
    assert holds is bool(fast > slow)
    early = explain(rule, prices, TEN, 2)
    assert dict(early.values)["SMA 4"] is None
    assert set(dict(early.conditions).values()) == {None}
    assert early.time == prices.when(2)


def test_rows_are_counted_from_the_end_too_and_must_exist():
    says = Says(1.0, 1.0, 1.0)
    assert explain(says, flat(3), TEN, -1) == explain(says, flat(3), TEN, 2)
    for row in (3, -4):
        with pytest.raises(ParameterError, match="TEST has 3"):
            explain(says, flat(3), TEN, row)
    with pytest.raises(ParameterError, match="cannot be explained"):
        explain(EqualWeight(), flat(3), TEN, 1)


@settings(deadline=None, max_examples=60)
@given(ordered(), ASSUMED)
def test_every_bar_of_every_run_is_explained_and_adds_up(given_orders, assumed):
    orders, prices = given_orders
    assumed = stopped(assumed, orders)
    result = Backtester(OrdersSay(orders), assumed, compiled=True).run(prices)
    held = 0.0
    for row in range(len(prices)):
        why = explain(OrdersSay(orders), prices, assumed, row)
        assert why.equity == pytest.approx(result.equity[row], rel=1e-9, abs=1e-9)
        assert why.position == pytest.approx(result.position[row], rel=1e-9, abs=1e-9)
        held += sum(each.quantity * each.side.sign for each in why.fills)
        assert held == pytest.approx(why.position, abs=1e-6)
        # An order that waited either filled, or something says why not.
        for each in why.waiting:
            side = "buy" if each.side is Side.BUY else "sell"
            called = any("no longer covered" in event for event in why.events)
            dead = any("used up" in event for event in why.events)
            assert called or dead or any(f"The {side} " in event for event in why.events)
        kinds = ("Limit order", "Stop order", "Stop-limit order", "Market order")
        by_order = sum(each.quantity for each in why.fills if each.reason in kinds)
        assert (by_order > 0) is any(" filled" in event for event in why.events)
        for event in why.events:
            assert event.endswith(".")
            assert "nan" not in event
