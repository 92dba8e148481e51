from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.execution.costs import Costs
from puffin.risk.limits import RULES, Facts, Limits, check, order_value, refusals
from puffin.types import (
    Order,
    OrderStatus,
    OrderType,
    Position,
    Quote,
    Side,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from puffin.risk.limits import Verdict

NOW = datetime(2025, 1, 2, 12, tzinfo=UTC)
MARKET = datetime(2012, 6, 1, 15, tzinfo=UTC)
BUY, SELL = Side.BUY, Side.SELL


def ticket(
    side=BUY, quantity="10", symbol="AAPL", *, limit=None, stop=None, tif=TimeInForce.DAY
) -> Ticket:
    kind = OrderType.LIMIT if limit else OrderType.STOP if stop else OrderType.MARKET
    return Ticket(
        symbol,
        side,
        Decimal(quantity),
        kind,
        Decimal(limit) if limit else None,
        Decimal(stop) if stop else None,
        tif,
    )


def order(for_ticket, status=OrderStatus.WORKING, *, age=100, filled="0") -> Order:
    at = NOW - timedelta(seconds=age)
    return Order("o", "demo", for_ticket, status, at, MARKET, at, filled_quantity=Decimal(filled))


def quote(bid="99", ask="101", last="100") -> Quote:
    return Quote("AAPL", Decimal(bid), Decimal(ask), Decimal(last), MARKET)


def held(quantity) -> Position:
    return Position("AAPL", Decimal(quantity), Decimal(100))


def facts(for_ticket=None, **changes) -> Facts:
    """An order for 1 % of an account that is allowed everything it asks for."""
    usual = Facts(
        ticket=for_ticket or ticket(),
        quote=quote(),
        equity=Decimal(100_000),
        cash=Decimal(100_000),
        position=None,
        positions_count=0,
        day_profit=Decimal(0),
        session_start_equity=Decimal(100_000),
        open_orders=(),
        recent_orders=(),
        is_open=True,
        allow_short=False,
        now=NOW,
        limits=Limits(),
        quote_age=Decimal(1),
    )
    return replace(usual, **changes)


def verdict(rule, given_facts) -> Verdict:
    return next(each for each in check(given_facts) if each.rule == rule)


def refused(given_facts) -> list[str]:
    return [each.rule for each in refusals(check(given_facts))]


def test_an_ordinary_order_passes_every_rule_and_each_says_so():
    verdicts = check(facts())
    assert [each.rule for each in verdicts] == [rule.id for rule in RULES]
    assert all(each.allowed and not each.warning and each.text.endswith(".") for each in verdicts)


def test_every_rule_has_a_title_and_an_id_of_its_own():
    assert len({rule.id for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "bad", [None, quote(bid="0"), quote(ask="NaN"), quote(last="Infinity"), quote(last="-1")]
)
def test_without_a_sound_price_the_order_is_refused(bad):
    given_facts = facts(quote=bad)
    assert refused(given_facts) == ["price"]
    assert verdict("price", given_facts).text.startswith("There is no price for AAPL")


def test_a_rule_that_needs_a_price_cannot_run_without_one():
    with pytest.raises(ValueError, match="price"):
        order_value(facts(quote=None))


def test_a_huge_quantity_is_refused_with_the_number_allowed():
    given_facts = facts(ticket(quantity="10001"))
    assert "quantity" in refused(given_facts)
    assert "10,000 shares" in verdict("quantity", given_facts).text


def test_the_largest_quantity_itself_is_allowed():
    assert verdict("quantity", facts(ticket(quantity="10000"))).allowed


def test_a_speck_of_a_share_is_refused():
    assert refused(facts(ticket(quantity="0.009"))) == ["quantity"]


@pytest.mark.parametrize(
    ("fraction", "allowed"),
    [
        (ticket(quantity="0.5"), True),
        (ticket(quantity="0.5", limit="100"), True),
        (ticket(quantity="0.5", stop="110"), False),
        (ticket(quantity="0.5", limit="100", tif=TimeInForce.GTC), False),
    ],
)
def test_a_fraction_of_a_share_is_only_for_market_and_limit_orders_of_the_day(fraction, allowed):
    assert verdict("quantity", facts(fraction)).allowed is allowed


def test_an_order_of_too_much_money_is_refused():
    limits = Limits(largest_order=Decimal(1010), largest_position=Decimal(1))
    assert refused(facts(ticket(quantity="10"), limits=limits)) == []
    assert refused(facts(ticket(quantity="11"), limits=limits)) == ["order value"]


@pytest.mark.parametrize(
    ("priced", "expected"),
    [
        (ticket(BUY), "101"),
        (ticket(SELL), "99"),
        (ticket(BUY, limit="90"), "90"),
        (ticket(SELL, limit="90"), "99"),
        (ticket(SELL, limit="110"), "110"),
        (ticket(BUY, stop="120"), "120"),
        (ticket(BUY, stop="90"), "101"),
        (ticket(SELL, stop="90"), "90"),
        (ticket(SELL, stop="120"), "99"),
    ],
)
def test_an_order_is_valued_at_what_it_may_cost_or_fetch(priced, expected):
    assert verdict("order value", facts(priced)).used == 10 * Decimal(expected)


def test_slippage_is_part_of_what_a_market_order_may_cost_but_not_of_a_limit():
    costs = Costs(slippage_bps=Decimal(100))
    assert verdict("order value", facts(costs=costs)).used == Decimal("1020.10")
    limited = facts(ticket(limit="101"), costs=costs)
    assert verdict("order value", limited).used == 1010


def test_a_position_may_reach_its_share_of_equity_but_not_pass_it():
    assert refused(facts(ticket(quantity="99"))) == []
    assert refused(facts(ticket(quantity="100"))) == ["position share"]


def test_what_is_held_and_what_waits_count_towards_the_share():
    waiting = [order(ticket(quantity="50"), filled="10"), order(ticket(SELL, "80"))]
    given_facts = facts(ticket(quantity="20"), position=held(40), open_orders=waiting)
    assert verdict("position share", given_facts).used == Decimal(100 * 101) / 100_000
    assert refused(given_facts) == ["position share"]


@pytest.mark.parametrize("equity", [None, Decimal(0), Decimal(-5)])
def test_without_known_equity_only_closing_is_allowed(equity):
    assert refused(facts(equity=equity)) == ["position share"]
    assert refused(facts(ticket(SELL), position=held(10), equity=equity)) == []


def test_one_position_more_than_allowed_is_refused_but_adding_to_one_is_not():
    assert refused(facts(positions_count=4)) == []
    assert refused(facts(positions_count=5)) == ["positions"]
    assert refused(facts(positions_count=5, position=held(1))) == []


def test_a_waiting_order_that_may_open_a_position_counts_as_one():
    waiting = [order(ticket(symbol="IBM")), order(ticket(SELL, symbol="MSFT", limit="40"))]
    prices = {"IBM": Decimal(50)}
    usual = facts(positions_count=4, open_orders=waiting, prices=prices)
    assert refused(usual) == []
    assert refused(replace(usual, held=frozenset({"IBM", "MSFT"}))) == []
    assert refused(replace(usual, held=frozenset({"MSFT"}))) == ["positions"]


def test_at_half_the_daily_loss_it_warns_and_at_the_whole_it_refuses():
    assert not verdict("daily loss", facts(day_profit=Decimal("-999.99"))).warning
    assert verdict("daily loss", facts(day_profit=Decimal(-1000))).warning
    assert refused(facts(day_profit=Decimal("-1999.99"))) == []
    assert refused(facts(day_profit=Decimal(-2000))) == ["daily loss"]
    assert verdict("daily loss", facts(day_profit=Decimal(5000))).used == 0


@pytest.mark.parametrize(
    "unknown",
    [{"day_profit": None}, {"session_start_equity": None}, {"session_start_equity": Decimal(0)}],
)
def test_when_the_days_profit_is_unknown_only_closing_is_allowed(unknown):
    assert refused(facts(**unknown)) == ["daily loss"]
    assert refused(facts(ticket(SELL), position=held(10), **unknown)) == []


@pytest.mark.parametrize(
    ("through", "allowed", "warning"),
    [
        (ticket(BUY, limit="100"), True, False),
        (ticket(BUY, limit="101"), True, True),
        (ticket(BUY, limit="111.10"), True, True),
        (ticket(BUY, limit="111.11"), False, False),
        (ticket(SELL, limit="100"), True, False),
        (ticket(SELL, limit="99"), True, True),
        (ticket(SELL, limit="89.10"), True, True),
        (ticket(SELL, limit="89.09"), False, False),
    ],
)
def test_a_limit_through_the_market_is_said_and_too_far_through_is_refused(
    through, allowed, warning
):
    found = verdict("price collar", facts(through, position=held(10)))
    assert (found.allowed, found.warning) == (allowed, warning)


@pytest.mark.parametrize(
    ("stop", "allowed"),
    [
        (ticket(BUY, stop="100.01"), True),
        (ticket(BUY, stop="100"), False),
        (ticket(SELL, stop="99.99"), True),
        (ticket(SELL, stop="100"), False),
    ],
)
def test_a_stop_on_the_wrong_side_of_the_market_is_refused(stop, allowed):
    assert verdict("stop", facts(stop, position=held(10))).allowed is allowed


def test_the_same_order_within_seconds_is_refused():
    assert refused(facts(recent_orders=[order(ticket(), OrderStatus.FILLED, age=9.9)])) == [
        "duplicate"
    ]
    assert refused(facts(recent_orders=[order(ticket(), age=10)])) == []
    assert refused(facts(recent_orders=[order(ticket(quantity="11"), age=1)])) == []


def test_a_clock_that_was_set_back_does_not_open_the_duplicate_guard():
    assert refused(facts(recent_orders=[order(ticket(), age=-3)])) == ["duplicate"]


@pytest.mark.parametrize(
    "status", [OrderStatus.REJECTED, OrderStatus.CANCELLED, OrderStatus.EXPIRED]
)
def test_an_order_that_came_to_nothing_may_be_repeated_at_once(status):
    assert refused(facts(recent_orders=[order(ticket(), status, age=1)])) == []


def test_the_duplicate_guard_can_be_turned_off():
    recent = [order(ticket(), age=0)]
    assert refused(facts(recent_orders=recent, limits=Limits(duplicate_seconds=0))) == []


def test_a_buy_needs_cash_for_its_commission_too():
    costs = Costs(per_order=Decimal(1))
    assert refused(facts(cash=Decimal(1011), costs=costs)) == []
    assert refused(facts(cash=Decimal("1010.99"), costs=costs)) == ["cash"]
    assert refused(facts(ticket(SELL), position=held(10), cash=Decimal(0))) == []


def test_waiting_buys_keep_their_cash():
    waiting = [
        order(ticket(quantity="10", limit="90"), OrderStatus.PARTIAL, filled="5"),  # 450 + 1
        order(ticket(symbol="IBM", quantity="2")),  # 2 x 50 + 1
        order(ticket(symbol="MSFT", quantity="1", stop="30")),  # 30 + 1
        order(ticket(quantity="1")),  # 101 + 1
        order(ticket(SELL, symbol="MSFT", limit="40")),
    ]
    needed = Decimal(451 + 101 + 31 + 102 + 1011)
    costs, prices = Costs(per_order=Decimal(1)), {"IBM": Decimal(50)}
    usual = facts(cash=needed, open_orders=waiting, prices=prices, costs=costs)
    assert refused(usual) == []
    assert refused(replace(usual, cash=needed - 1)) == ["cash"]


def test_when_a_waiting_buy_cannot_be_valued_cash_is_not_known_to_suffice():
    assert refused(facts(open_orders=[order(ticket(symbol="IBM"))])) == ["cash"]


def test_the_proceeds_of_short_sales_cannot_be_spent():
    usual = facts(cash=Decimal(11_010), short_value=Decimal(5_000))
    assert refused(usual) == []
    assert refused(replace(usual, cash=Decimal(11_009))) == ["cash"]


def test_selling_more_than_is_held_is_refused_unless_shorts_are_allowed():
    assert refused(facts(ticket(SELL, "11"), position=held(10))) == ["short selling"]
    short = facts(ticket(SELL, "11"), position=held(10), allow_short=True)
    assert refused(short) == []
    assert verdict("short selling", short).warning


def test_shares_that_wait_to_be_sold_cannot_be_sold_twice():
    waiting = [order(ticket(SELL, "6", limit="120"))]
    twice = facts(ticket(SELL, "5"), position=held(10), open_orders=waiting)
    assert refused(twice) == ["short selling"]
    assert "already sell 6 shares" in verdict("short selling", twice).text
    assert refused(replace(twice, ticket=ticket(SELL, "4"))) == []


def test_a_short_sale_needs_cash_as_security():
    usual = facts(ticket(SELL), allow_short=True)
    assert refused(replace(usual, cash=Decimal(990))) == []
    assert refused(replace(usual, cash=Decimal(989))) == ["short selling"]
    unknown = replace(usual, open_orders=[order(ticket(symbol="IBM"))])
    assert refused(unknown) == ["short selling"]
    assert "not known" in verdict("short selling", unknown).text


def test_a_closed_market_is_a_notice_not_a_refusal():
    closed = facts(is_open=False)
    assert refused(closed) == []
    assert verdict("market hours", closed).warning


def test_closing_passes_every_size_and_loss_rule():
    hard = Limits(largest_order=Decimal(1), largest_quantity=Decimal(1), most_positions=1)
    for side, position in ((SELL, held(5000)), (BUY, held(-5000))):
        closing = facts(
            ticket(side, "5000"),
            position=position,
            positions_count=9,
            limits=hard,
            day_profit=Decimal(-90_000),
            equity=Decimal(10),
            cash=Decimal(0),
        )
        assert refused(closing) == []


def test_turning_a_position_around_is_not_closing():
    turning = facts(
        ticket(SELL, "20"), position=held(10), allow_short=True, day_profit=Decimal(-5000)
    )
    assert refused(turning) == ["daily loss"]


def test_a_second_close_is_not_closing_while_the_first_one_waits():
    waiting = [order(ticket(SELL, "10", limit="120"))]
    given_facts = facts(
        ticket(SELL, "10"),
        position=held(10),
        open_orders=waiting,
        allow_short=True,
        day_profit=Decimal(-5000),
    )
    assert refused(given_facts) == ["daily loss"]


SIZE_AND_LOSS = {"quantity", "order value", "position share", "positions", "daily loss", "cash"}
AMOUNTS = st.decimals("-100000", "100000", places=2)


@given(
    holding=st.decimals("-5000", "5000", places=2).filter(bool),
    share=st.decimals("0.01", 1, places=2),
    money=st.tuples(AMOUNTS, AMOUNTS, st.none() | AMOUNTS, st.none() | AMOUNTS),
    limits=st.builds(
        Limits,
        largest_position=st.decimals("0.01", 1, places=2),
        most_positions=st.integers(1, 5),
        largest_order=st.decimals(1, 50_000, places=2),
        daily_loss=st.decimals("0.01", 1, places=2),
        largest_quantity=st.decimals(1, 10_000, places=0),
    ),
    count=st.integers(1, 20),
)
def test_no_size_or_loss_rule_ever_refuses_an_order_that_reduces_risk(
    holding, share, money, limits, count
):
    size = (abs(holding) * share).quantize(Decimal("0.000001"))
    cash, equity, profit, start = money
    given_facts = facts(
        ticket(SELL if holding > 0 else BUY, size),
        position=held(holding),
        positions_count=count,
        cash=cash,
        equity=equity,
        day_profit=profit,
        session_start_equity=start,
        limits=limits,
    )
    assert given_facts.reduces
    assert not SIZE_AND_LOSS & set(refused(given_facts))


@given(
    st.sampled_from(Side),
    st.decimals("0.01", 20_000, places=2),
    st.decimals(-500, 500, places=2),
    st.decimals(0, 100_000, places=2),
)
def test_an_allowed_order_that_adds_risk_keeps_within_every_number_shown(side, size, holding, cash):
    given_facts = facts(ticket(side, size), position=held(holding), cash=cash, allow_short=True)
    if refused(given_facts) or given_facts.reduces:
        return
    for found in check(given_facts):
        if found.rule in SIZE_AND_LOSS and found.limit is not None and found.used is not None:
            assert found.used <= found.limit


@pytest.mark.parametrize(
    ("prices", "rule"),
    [
        ({"limit": "98.005"}, "price collar"),
        ({"limit": "0.12345"}, "price collar"),
        ({"stop": "101.001"}, "stop"),
    ],
)
def test_a_price_between_two_steps_is_refused_and_never_rounded(prices, rule):
    given_facts = facts(ticket(**prices))
    assert rule in refused(given_facts)
    assert "too fine" in verdict(rule, given_facts).text


@pytest.mark.parametrize("prices", [{"limit": "98.50"}, {"limit": "0.1234"}, {"stop": "101.5"}])
def test_a_price_on_a_step_is_not(prices):
    assert not {"price collar", "stop"} & set(refused(facts(ticket(**prices))))


@pytest.mark.parametrize("position", [None, held("-10")])
def test_a_quantity_of_more_than_six_places_is_refused_even_to_close(position):
    assert "quantity" in refused(facts(ticket(quantity="1.0000001"), position=position))
    assert "quantity" not in refused(facts(ticket(quantity="1.000001"), position=position))
