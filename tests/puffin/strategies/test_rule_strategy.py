"""Rules that run: what they order, what they look at, and their numbers as parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.errors import ParameterError
from puffin.strategies.logic import Logic
from puffin.strategies.parts import settling_wilder
from puffin.strategies.rule_strategy import rule_class
from puffin.strategies.rules import RuleSet
from puffin.strategies.templates import TEMPLATES
from puffin.strategies.terms import All, Combined, Compare, Indicator, Number, Price
from puffin.strategies.tuning import knobs
from tests.puffin.backtest.market import both
from tests.puffin.factors.market import walk
from tests.puffin.strategies.documents import rule_sets

if TYPE_CHECKING:
    from puffin.strategies.rule_strategy import RuleStrategy

BARS = walk(400, seed=8)
FEW = walk(90, seed=9)
RSI = Indicator(id="rsi", parameters={"window": 14})
random = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def close(op, value) -> Compare:
    return Compare(left=Price(), op=op, right=Number(value=value))


def made(**more) -> RuleStrategy:
    return rule_class(RuleSet(**({"name": "Mine", "entry_long": close(">", 100.0)} | more)))()


@random
@given(rule_sets())
def test_any_rules_order_what_a_plain_look_at_each_bar_orders(rules):
    strategy = rule_class(rules)()
    orders, logic = strategy.orders(FEW), Logic(FEW)
    holds = {
        name: logic.truth(term).yes.tolist() if (term := getattr(rules, name)) else [False] * 90
        for name in ("entry_long", "exit_long", "entry_short", "exit_short")
    }
    side = 0
    for row in range(90):
        ready = row >= strategy.warm_up - 1
        long = ready and holds["entry_long"][row] and not holds["exit_long"][row]
        short = ready and holds["entry_short"][row] and not holds["exit_short"][row]
        if long and short:
            long = short = False
        closes = ready and (
            (side > 0 and holds["exit_long"][row]) or (side < 0 and holds["exit_short"][row])
        )
        assert orders.exits is not None
        assert bool(orders.exits[row]) == closes
        for entries, placed, sign in ((orders.buy, long, 1), (orders.sell, short, -1)):
            if entries is None:
                assert not placed
                continue
            assert entries.weight[row] == (rules.share / 100 if placed else None) or (
                not placed and math.isnan(entries.weight[row])
            )
            price = FEW.close[row]
            for name, percent, away in (
                ("stop_loss", rules.stop_loss, -sign),
                ("take_profit", rules.take_profit, sign),
            ):
                wanted = math.nan if percent is None else price * (1 + away * percent / 100)
                assert entries.column(name)[row] == pytest.approx(wanted, nan_ok=True)
            if placed:
                side = sign


@random
@given(rule_sets(), st.integers(20, 89))
def test_no_rule_sees_the_future(rules, cut):
    strategy = rule_class(rules)()
    whole, part = strategy.orders(FEW), strategy.orders(FEW.head(cut))
    assert whole.exits is not None
    assert part.exits is not None
    assert part.exits.tolist() == whole.exits[:cut].tolist()
    for one, other in ((part.buy, whole.buy), (part.sell, whole.sell)):
        if one is not None and other is not None:
            np.testing.assert_array_equal(one.weight, other.weight[:cut])


def test_an_exit_leaves_only_its_own_side():
    """The rule for leaving long positions does not buy back what was sold short."""
    rules = {
        "entry_long": close("crosses above", 101.0),
        "exit_long": close("<", 101.0),
        "entry_short": close("crosses below", 99.0),
        "exit_short": close(">", 99.0),
    }
    strategy = made(**rules)
    result = both(strategy, BacktestSettings(), BARS)
    assert {1.0, -1.0} <= set(np.sign(result.position).tolist())
    for row in range(2, 400):
        was = result.position[row - 1]
        if was < 0 and result.position[row] == 0:
            assert BARS.close[row - 1] > 99


def test_stops_and_the_longest_hold_end_positions():
    for more in ({"stop_loss": 2.0}, {"take_profit": 2.0}, {"trailing": 2.0}, {"hold": 3}):
        result = Backtester(made(entry_long=close("crosses above", 100.0), **more)).run(BARS)
        closed = [trade for trade in result.trades if trade.exit_time is not None]
        assert closed, more


def test_it_needs_as_many_bars_as_its_slowest_part():
    assert made().warm_up == 1
    assert made(entry_long=close("crosses above", 1.0)).warm_up == 2
    ago = Compare(left=Price(ago=7), op=">", right=Price())
    assert made(entry_long=ago).warm_up == 8
    slow = Compare(left=RSI.model_copy(update={"ago": 2}), op="<", right=Number(value=30))
    assert made(entry_long=All(terms=(ago, slow))).warm_up == 15 + settling_wilder(14) + 2
    assert made(exit_long=slow).warm_up == 15 + settling_wilder(14) + 2


def test_nothing_is_ordered_while_one_of_the_rules_is_not_ready():
    strategy = made(exit_long=Compare(left=RSI, op=">", right=Number(value=70)))
    orders = strategy.orders(BARS)
    assert orders.buy is not None
    assert np.isnan(orders.buy.weight[: strategy.warm_up - 1]).all()


def test_it_shows_what_it_looks_at_and_every_part_of_its_rules():
    wide = Indicator(id="bollinger", output="upper")
    entry = All(terms=(Compare(left=RSI, op="<", right=Number(value=30)), close(">", 5.0)))
    strategy = made(entry_long=entry, exit_long=Compare(left=Price(), op=">", right=wide))
    assert [(each.title, each.pane) for each in strategy.readings(BARS)] == [
        ("Relative strength index 14", "own"),
        ("Bollinger bands 20/2 (Upper)", "price"),
    ]
    assert [(each.title, each.side) for each in strategy.conditions(BARS)] == [
        ("Relative strength index 14 is below 30", ""),
        ("The close is above 5", ""),
        ("Relative strength index 14 is below 30 and the close is above 5", "entry long"),
        ("The close is above Bollinger bands 20/2 (Upper)", "exit long"),
    ]
    assert strategy.strength(BARS)[-1] == 0.5  # one of the two parts holds


def test_the_numbers_of_rules_are_parameters():
    average = Indicator(id="sma", parameters={"window": 20})
    strategy = made(
        entry_long=Compare(left=Price(), op=">", right=average),
        exit_long=All(
            terms=(
                Compare(left=Price(), op="<", right=average),
                Compare(left=RSI, op="<", right=Number(value=40.0)),
                Compare(
                    left=Combined(sum="*", left=Price(), right=Number(value=2.0)),
                    op=">",
                    right=Indicator(id="sma", parameters={"window": 5}),
                ),
            )
        ),
        stop_loss=4.0,
    )
    fields = strategy.Parameters.model_fields
    assert {name: field.default for name, field in fields.items()} == {
        "sma_1_window": 20,
        "rsi_window": 14,
        "sma_2_window": 5,
        "exit_long_2_right": 40.0,
        "exit_long_3_left_right": 2.0,
        "stop_loss": 4.0,
    }
    assert type(fields["sma_1_window"].default) is int
    values = {"sma_1_window": 30, "exit_long_2_right": 44.0}
    turned = type(strategy)(strategy.Parameters.model_validate(values)).in_use
    assert turned.entry_long == Compare(
        left=Price(), op=">", right=Indicator(id="sma", parameters={"window": 30})
    )
    assert isinstance(turned.exit_long, All)
    assert isinstance(turned.exit_long.terms[1], Compare)
    assert turned.exit_long.terms[1].right == Number(value=44.0)
    assert "window" in repr(turned.exit_long.terms[0])
    assert "30" in repr(turned.exit_long.terms[0])  # the same indicator turns everywhere


def test_numbers_that_make_no_sense_together_are_refused():
    """An optimiser leaves such a combination out."""
    fast = Indicator(id="sma", parameters={"window": 20})
    slow = Indicator(id="sma", parameters={"window": 50})
    strategy = made(entry_long=Compare(left=fast, op=">", right=slow))
    with pytest.raises(ValidationError, match="compares something with itself"):
        strategy.Parameters.model_validate({"sma_1_window": 50})


def test_zero_is_a_line_and_not_a_level():
    line = Compare(left=Indicator(id="macd"), op=">", right=Number(value=0))
    assert [each.name for each in knobs(made(entry_long=line)._rules)] == [
        "macd_fast",
        "macd_slow",
        "macd_signal",
    ]


@random
@given(rule_sets())
def test_every_set_of_rules_has_parameters_whose_defaults_change_nothing(rules):
    found = rule_class(rules)
    strategy = found()
    assert strategy.in_use == rules
    names = [each.name for each in knobs(rules)]
    assert len(set(names)) == len(names)
    for name, schema in found.Parameters.model_json_schema().get("properties", {}).items():
        assert schema["minimum"] <= schema["default"] <= schema["maximum"], name
        assert schema["step"] > 0, name


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.id)
def test_every_template_runs_and_can_be_copied(each):
    found = rule_class(each.rules, each.id)
    assert RuleSet.from_json(each.rules.to_json()) == each.rules
    result = both(found(), BacktestSettings(), BARS)
    assert len(result.equity) == len(BARS)
    assert found.title == each.title
    assert found.summary


def test_templates_promise_nothing():
    said = " ".join(each.rules.note for each in TEMPLATES).lower()
    for word in ("win rate", "sharpe", "profit factor", "expected", "return of", "per year"):
        assert word not in said
    assert len({each.id for each in TEMPLATES}) == len(TEMPLATES) >= 8


def test_a_template_that_sells_short_does():
    short = next(each for each in TEMPLATES if each.id == "rsi_overbought")
    orders = rule_class(short.rules)().orders(walk(2_000, seed=3))
    assert orders.buy is None
    assert orders.sell is not None
    placed = orders.sell.weight > 0
    assert placed.any()
    stops, targets = orders.sell.column("stop_loss"), orders.sell.column("take_profit")
    assert (stops[placed] > targets[placed]).all()


def test_other_parameters_are_refused():
    with pytest.raises(ParameterError, match="not the parameters of Mine"):
        type(made())(rule_class(TEMPLATES[0].rules).Parameters())
