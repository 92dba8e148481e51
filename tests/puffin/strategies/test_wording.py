"""Rules in words, and what changed between two versions of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from puffin.strategies.rules import RuleSet
from puffin.strategies.templates import TEMPLATES
from puffin.strategies.terms import (
    All,
    Any,
    Combined,
    Compare,
    Indicator,
    Not,
    Number,
    Price,
    TimeOf,
    Volume,
)
from puffin.strategies.wording import describe, diff, operand, words
from tests.puffin.strategies.documents import rule_sets

RSI = Indicator(id="rsi", parameters={"window": 7})
LOW = Compare(left=RSI, op="<", right=Number(value=30))
HIGH = Compare(left=RSI, op=">", right=Number(value=70))
MORE = Compare(left=Price(), op=">", right=Number(value=1))
LESS = Compare(left=Price(), op="<", right=Number(value=1))
UP = Compare(left=Price(), op=">", right=Price(field="open", ago=1))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Number(value=2.5), "2.5"),
        (Price(field="high", ago=1), "the high 1 bar ago"),
        (Volume(ago=3), "the volume 3 bars ago"),
        (RSI, "Relative strength index 7"),
        (Indicator(id="macd", output="signal"), "MACD 12/26/9 (Signal)"),
        (Indicator(id="obv", ago=2), "On-balance volume 2 bars ago"),
        (TimeOf(part="hour"), "the hour in New York"),
        (Combined(sum="*", left=Volume(), right=Number(value=2)), "the volume times 2"),
        (
            Combined(
                sum="/",
                left=Combined(sum="-", left=Price(field="high"), right=Price(field="low")),
                right=Price(),
            ),
            "(the high less the low) divided by the close",
        ),
    ],
)
def test_operands_in_words(value, said):
    assert operand(value) == said


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (LOW, "Relative strength index 7 is below 30"),
        (UP, "the close is above the open 1 bar ago"),
        (
            Compare(left=Price(), op="crosses above", right=Number(value=5)),
            "the close crosses above 5",
        ),
        (
            Compare(left=TimeOf(part="weekday"), op="is", right=Number(value=1)),
            "the weekday is Monday",
        ),
        (
            Compare(left=TimeOf(part="month"), op=">=", right=Number(value=11)),
            "the month is at or after November",
        ),
        (
            Compare(left=TimeOf(part="hour"), op="<", right=Number(value=10)),
            "the hour in New York is before 10",
        ),
        (
            All(terms=(MORE, Any(terms=(LOW, LESS)))),
            "the close is above 1 and (Relative strength index 7 is below 30 or the close is below 1)",
        ),
        (
            Not(term=LOW),
            "it is known not to be so that Relative strength index 7 is below 30",
        ),
        (All(terms=(UP,)), "the close is above the open 1 bar ago"),
    ],
)
def test_terms_in_words(term, said):
    assert words(term) == said


def test_a_whole_strategy_is_told_sentence_by_sentence():
    rules = RuleSet(
        name="Mine",
        entry_long=LOW,
        exit_long=HIGH,
        stop_loss=2.0,
        take_profit=5.5,
        trailing=3.0,
        hold=1,
        share=50.0,
    )
    assert describe(rules) == [
        "Buys when Relative strength index 7 is below 30.",
        "Sells what it bought when Relative strength index 7 is above 70.",
        "Closes at a loss of 2 % from the close that decided.",
        "Closes at a gain of 5.5 % from the close that decided.",
        "Closes 3 % of the deciding close away from the best price since the entry.",
        "Closes after 1 bar.",
        "Takes 50 % of the size that a backtest gives it.",
    ]


def test_a_position_that_nothing_ends_is_said():
    assert describe(RuleSet(name="Mine", entry_long=LOW))[-1] == "Nothing ends a long position."
    turns = RuleSet(name="Mine", entry_long=LOW, entry_short=HIGH)
    assert not any("Nothing" in each for each in describe(turns))


def test_a_diff_says_what_became_of_each_part():
    old = RuleSet(name="Mine", entry_long=All(terms=(LOW, UP)), stop_loss=2.0)
    new = RuleSet(name="Yours", entry_long=All(terms=(LESS, UP)), exit_long=HIGH, hold=5)
    assert diff(old, new) == [
        "Entry long: “Relative strength index 7 is below 30” became “the close is below 1”.",
        "Exit long: “Relative strength index 7 is above 70” is new.",
        "Stop loss: 2 became nothing.",
        "Longest hold: 0 became 5.",
        "Name: “Mine” became “Yours”.",
    ]
    assert diff(old, old) == []


def test_a_diff_tells_parts_that_came_and_went_and_other_brackets():
    one = RuleSet(name="Mine", entry_long=LOW)
    two = RuleSet(name="Mine", entry_long=All(terms=(LOW, UP)))
    either = RuleSet(name="Mine", entry_long=Any(terms=(LOW, UP)))
    assert diff(one, two) == [
        "Entry long: “the close is above the open 1 bar ago” is new.",
        "Entry long: its parts are joined in another way.",
    ]
    assert diff(two, either) == ["Entry long: its parts are joined in another way."]
    gone = RuleSet(name="Mine", entry_long=LOW, exit_long=HIGH)
    assert diff(gone, one) == ["Exit long: this rule is gone."]
    swapped = RuleSet(name="Mine", entry_long=All(terms=(UP, LOW)))
    assert diff(two, swapped) == ["Entry long: its parts are joined in another way."]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(rule_sets(), rule_sets())
def test_any_rules_can_be_told_and_compared(one, other):
    assert all(each.endswith(".") for each in describe(one))
    found = diff(one, other)
    assert bool(found) == (one != other)
    assert diff(one, one) == []


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.id)
def test_every_template_is_told(each):
    assert len(describe(each.rules)) >= 2
