"""How far the account is from a goal, and the basket that would meet it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from puffin.types import Side, Ticket
from puffling.core.errors import BadValueError, NoPriceError
from puffling.core.events import GoalsChanged, NoticePosted
from puffling.services.goal_targets import check_targets, exact_targets
from puffling.store.goals import Foreign, Manner

HALVES = {"AAPL": Decimal("0.5"), "IBM": Decimal("0.3")}


@pytest.fixture
def context(puffling):
    puffling.context.settings.change(
        "trading", largest_position="1", largest_order="1000000", duplicate_seconds=0
    )
    return puffling.context


@pytest.fixture
def goals(context):
    return context.goals


@pytest.fixture
def buy(context, gate):
    async def go(symbol, quantity):
        proposal = context.orders.propose(Ticket(symbol, Side.BUY, Decimal(quantity)), "test")
        return await context.orders.submit(proposal, gate.yes(proposal))

    return go


def drifts(state):
    return {each.symbol: each.drift for each in state.rows}


def test_an_account_of_cash_is_off_by_every_target(goals):
    goals.save("core", HALVES)
    state = goals.state("core")
    assert drifts(state) == {
        "AAPL": Decimal("-0.5"),
        "IBM": Decimal("-0.3"),
        "CASH": Decimal("0.8"),
    }
    assert goals.largest_drift("core") == Decimal("0.8")
    assert goals.largest_drift("none") is None
    assert state.is_missed


async def test_what_is_held_besides_is_counted_and_left_alone_unless_it_is_to_be_sold(goals, buy):
    await buy("GOOG", 10)
    goals.save("keep", HALVES)
    goals.save("sell", HALVES, foreign=Foreign.SELL)
    kept, sold = goals.state("keep"), goals.state("sell")
    (outside,) = [each for each in kept.rows if each.foreign]
    assert (outside.symbol, outside.drift) == ("GOOG", 0)
    (outside,) = [each for each in sold.rows if each.foreign]
    assert outside.drift == outside.weight > 0
    trades = {each.symbol: each for each in goals.preview("keep").trades}
    assert trades["GOOG"].quantity == 0
    assert trades["GOOG"].why == "Left alone"
    assert next(t for t in goals.preview("sell").trades if t.symbol == "GOOG").quantity == -10


async def test_shares_sum_to_one_with_cash(goals, buy):
    await buy("GOOG", 7)
    goals.save("core", HALVES, foreign=Foreign.SELL)
    rows = goals.state("core").rows
    assert sum(each.weight for each in rows) == 1
    assert sum(each.target for each in rows) == 1


async def test_what_is_left_alone_shrinks_the_rest_so_that_it_can_be_paid(goals, buy, context):
    await buy("GOOG", 60)
    goals.save("all", {"AAPL": Decimal("0.5"), "IBM": Decimal("0.5")})
    preview = goals.preview("all")
    assert preview.cash_after >= 0
    assert "What is left alone is" in preview.notes[-1]


def test_a_preview_names_costs_of_a_tenth_of_a_percent_and_slippage(goals, context):
    goals.save("core", {"IBM": Decimal("0.1")})
    (trade,) = goals.preview("core").trades
    value = trade.quantity * trade.price
    assert trade.cost == pytest.approx(value * Decimal("0.0015"), abs=Decimal("0.02"))
    assert trade.quantity == trade.quantity.to_integral_value()
    goals.save("parts", {"IBM": Decimal("0.1")}, whole=False)
    (fine,) = goals.preview("parts").trades
    assert fine.quantity != fine.quantity.to_integral_value()


def test_a_basket_goes_to_the_inbox_and_nothing_is_ordered(goals, context):
    goals.save("core", HALVES)
    item = context.inbox.get(goals.propose("core"))
    assert (item.source, item.title) == ("rebalance", "Rebalance to core")
    assert [each.symbol for each in item.tickets] == ["AAPL", "IBM"]
    assert "Cash is 100.0 % of the account instead of 20.0 %." in item.reason
    assert context.orders.all() == []
    left = context.inbox.get(goals.propose("core", leave=["IBM"]))
    assert [each.symbol for each in left.tickets] == ["AAPL"]


async def test_an_approved_basket_meets_the_goal(goals, context, gate):
    goals.save("core", HALVES)
    await context.inbox.approve(goals.propose("core"), gate, "desk")
    assert goals.largest_drift("core") < Decimal("0.01")
    goals.save("same", goals.as_held())
    with pytest.raises(BadValueError, match="nothing to trade"):
        goals.propose("same")


def test_a_goal_that_is_missed_is_told_of_once_also_after_a_restart(goals, context, puffling):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    goals.save("core", HALVES)
    goals.watch()
    goals.watch()
    assert [each.title for each in notices] == ["core: the goal is missed"]
    assert goals.get("core").told
    assert context.inbox.waiting() == []


async def test_one_that_proposes_puts_one_basket_into_the_inbox(goals, context, gate):
    goals.save("core", HALVES, manner=Manner.PROPOSE)
    goals.watch()
    goals.watch()
    (item,) = context.inbox.waiting()
    await context.inbox.approve(item.id, gate, "desk")
    goals.watch()
    assert not goals.get("core").told
    assert context.inbox.waiting() == []


async def test_nothing_is_proposed_while_trading_is_halted(goals, context):
    goals.save("core", HALVES, manner=Manner.PROPOSE)
    await context.risk.halt("test", "enough")
    goals.watch()
    assert context.inbox.waiting() == []


async def test_targets_come_from_holdings_equal_shares_or_kept_weights(goals, context, buy):
    with pytest.raises(BadValueError, match="Nothing is held"):
        goals.as_held()
    await buy("GOOG", 5)
    assert list(goals.as_held()) == ["GOOG"]
    thirds = goals.as_equal(["aapl", "IBM", "GOOG"])
    assert sum(thirds.values()) == 1
    context.allocation.save("best", {"AAPL": 0.7, "CASH": 0.3})
    assert goals.as_kept("best") == {"AAPL": Decimal("0.7")}
    with pytest.raises(BadValueError, match="No weights were kept"):
        goals.as_kept("none")
    with pytest.raises(BadValueError, match="at least one"):
        goals.as_equal([""])


def test_a_symbol_without_a_price_is_named(goals):
    goals.save("odd", {"NONE": Decimal("0.5")})
    with pytest.raises(NoPriceError, match="NONE"):
        goals.preview("odd")


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({}, "at least one"),
        ({"CASH": "1"}, "at least one"),
        ({"AAPL": "0.7", "IBM": "0.4"}, "more than 100 %"),
        ({"AAPL": "0.7", "CASH": "0.2"}, "With cash"),
        ({"AAPL": "-0.1", "IBM": "0.4"}, "between 0 % and 100 %"),
        ({"AAPL": "0.1", "aapl": "0.4"}, "named twice"),
        ({"AAPL": "NaN"}, "between 0 % and 100 %"),
    ],
)
def test_targets_that_make_no_sense_are_refused(targets, words):
    with pytest.raises(BadValueError, match=words):
        check_targets({symbol: Decimal(each) for symbol, each in targets.items()})


def test_what_rounding_adds_is_taken_from_the_largest():
    shares = exact_targets({"AAPL": 1 / 3, "IBM": 1 / 3, "GOOG": 1 / 3})
    assert sum(shares.values()) == 1


def test_names_and_bands_that_make_no_sense_are_refused_and_changes_are_announced(goals, puffling):
    heard: list[GoalsChanged] = []
    puffling.bus.subscribe(GoalsChanged, heard.append)
    with pytest.raises(BadValueError, match="name"):
        goals.save(" ", HALVES)
    with pytest.raises(BadValueError, match="band"):
        goals.save("core", HALVES, band=Decimal(0))
    goals.save("core", HALVES)
    goals.remove("core")
    assert [each.name for each in heard] == ["core", "core"]
    with pytest.raises(BadValueError, match="no goal"):
        goals.remove("core")
