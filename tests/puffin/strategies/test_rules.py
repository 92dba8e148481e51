"""The document that rules are: strict, limited, and refused in words that say where."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.strategies.rules import DEEPEST, LONGEST, MOST_COMPARISONS, MOST_LEVELS, RuleSet, nested
from puffin.strategies.terms import MOST_AGO, MOST_PARTS
from tests.puffin.strategies.documents import rule_sets

THIRTY = {"kind": "number", "value": 30}
CLOSE = {"kind": "price"}


def study(name="rsi", **more):
    return {"kind": "indicator", "id": name, **more}


def compare(left, op="<", right=None):
    return {"kind": "compare", "left": left, "op": op, "right": right or THIRTY}


def both(*terms):
    return {"kind": "all", "terms": list(terms)}


def time(part):
    return {"kind": "time", "part": part}


def number(value):
    return {"kind": "number", "value": value}


def rules(**more) -> RuleSet:
    return RuleSet.read({"name": "Mine", "entry_long": compare(study()), **more})


def deep(levels):
    term = compare(study())
    for _ in range(levels):
        term = {"kind": "not", "term": term}
    return term


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(rule_sets())
def test_rules_survive_being_written_and_read(made):
    assert RuleSet.from_json(made.to_json()) == made
    assert RuleSet.from_json(made.to_json()).to_json() == made.to_json()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (compare(study("rssi")), "Entry long, left, id: There is no indicator called rssi. Did you mean rsi?"),
        (compare(study("qqqq")), "Entry long, left, id: There is no indicator called qqqq."),
        (compare(study(parameters={"windw": 3})), "Entry long, left: Relative strength index has no windw; it has: window."),
        (compare(study(parameters={"window": "14"})), "Entry long, left: window of Relative strength index: this should be a valid integer."),
        (compare(study(parameters={"window": 14.5})), "Entry long, left: window of Relative strength index: this should be a valid integer."),
        (compare(study(parameters={"window": 1})), "Entry long, left: window of Relative strength index: this should be greater than or equal to 2."),
        (compare(study(output="upper")), "Entry long, left: Relative strength index has no upper; it has: value."),
        (compare(study(ago=-1)), "Entry long, left, ago: this should be greater than or equal to 0."),
        (compare(study(ago=MOST_AGO + 1)), f"Entry long, left, ago: this should be less than or equal to {MOST_AGO}."),
        (compare(study(ago=True)), "Entry long, left, ago: this should be a valid integer."),
        (compare({"kind": "prise"}), "Entry long, left: there is nothing called prise."),
        (compare({"field": "close"}), "Entry long, left: it does not say of what kind it is."),
        (compare({"kind": "price", "field": "clsoe"}), "Entry long, left, field: this should be 'open', 'high', 'low' or 'close'."),
        (compare({"kind": "price", "sort": 1}), "Entry long, left, sort: there is no such word."),
        (compare(CLOSE, "=="), "Entry long, op: this should be '>', '<', '>=', '<=', 'crosses above', 'crosses below' or 'is'."),
        ({"kind": "compare", "left": CLOSE, "op": "<"}, "Entry long, right: this is missing."),
        (compare(number("30")), "Entry long, left, value: this should be a valid number."),
        (compare(CLOSE, "<", number(float("nan"))), "Entry long, right, value: this should be a finite number."),
        (compare(number(1)), "Entry long: this compares two numbers, which is always the same."),
        (compare(CLOSE, "<", CLOSE), "Entry long: this compares something with itself."),
        (compare(CLOSE, "is"), "Entry long: only a weekday, an hour, a day or a month can be asked with 'is'."),
        (compare(time("weekday"), "is"), "Entry long: the weekday is a whole number from 1 to 7."),
        (compare(time("hour"), "is", number(9.5)), "Entry long: the hour is a whole number from 0 to 23."),
        (compare(time("hour"), "crosses above", number(9)), "Entry long: the hour does not cross anything; ask with 'is', > or <."),
        (compare(time("day"), "<", CLOSE), "Entry long: the day can be compared with a number only."),
        (compare(CLOSE, "<", time("day")), "Entry long: a time stands on the left, and a number on the right."),
        (compare(time("year"), "is"), "Entry long, left, part: this should be 'weekday', 'hour', 'day' or 'month'."),
        (compare(study("obv"), ">", number(5)), "Entry long: On-balance volume counts from the first bar there is, so its level says nothing; compare it with itself some bars ago."),
        (compare(study("anchored_vwap")), "Entry long, left: Anchored volume-weighted price needs its anchor, a day such as 2024-01-02."),
        (compare({"kind": "combined", "sum": "*", "left": THIRTY, "right": THIRTY}), "Entry long, left: this combines two numbers; write the result."),
        (compare({"kind": "combined", "sum": "^", "left": CLOSE, "right": THIRTY}), "Entry long, left, sum: this should be '+', '-', '*' or '/'."),
        (both(), "Entry long: this is empty."),
        (both(compare(CLOSE), {"kind": "compare", "left": CLOSE, "op": "<", "right": {"kind": "volum"}}), "Entry long, part 2, right: there is nothing called volum."),
        (both(compare(CLOSE), {"kind": "any", "terms": [compare(study("x"))]}), "Entry long, part 2, part 1, left, id: There is no indicator called x."),
        ({"kind": "xor", "terms": []}, "Entry long: there is nothing called xor."),
        ("RSI < 30", "Entry long: this should be an object."),
        (deep(MOST_LEVELS), f"brackets can be {MOST_LEVELS} deep at most."),
        (both(*[compare(CLOSE, "<", number(n)) for n in range(MOST_PARTS + 1)]), f"Entry long: these are too many; {MOST_PARTS} fit."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_where_it_stands(entry, said):
    with pytest.raises(ParameterError) as refused:
        rules(entry_long=entry)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"entry_long": None}, "there is no rule for entering, neither long nor short."),
        ({"exit_short": compare(CLOSE)}, "there is a rule for leaving short positions, none for entering."),
        ({"entry_lng": compare(CLOSE)}, "entry lng: there is no such word."),
        ({"name": ""}, "Name: String should have at least 1 character."),
        ({"name": "   "}, "the strategy needs a name."),
        ({"stop_loss": 0}, "Stop loss: this should be greater than 0."),
        ({"stop_loss": "2"}, "Stop loss: this should be a valid number."),
        ({"stop_loss": 100}, "Stop loss: this should be less than 100."),
        ({"hold": 2.5}, "Longest hold: this should be a valid integer."),
        ({"share": 101}, "Share: this should be less than or equal to 100."),
        ({"entry_short": compare(CLOSE), "take_profit": 100}, "a short position cannot gain 100 percent: take profit earlier."),
    ],
)  # fmt: skip
def test_a_strategy_that_does_not_make_sense_is_refused(more, said):
    with pytest.raises(ParameterError) as refused:
        rules(**more)
    assert str(refused.value) == said


def test_more_than_one_mistake_is_told():
    with pytest.raises(ParameterError, match=r"id: There is no .* Stop loss: this should be less"):
        rules(entry_long=compare(study("x")), stop_loss=100)


def test_too_many_comparisons_are_refused():
    many = both(*[both(*[compare(CLOSE, "<", number(n)) for n in range(16)]) for _ in range(4)])
    with pytest.raises(ParameterError, match=f"{MOST_COMPARISONS} are the most"):
        rules(entry_long=many)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not readable"),
        ("[]", "this should be an object"),
        ("", "not readable"),
        ('"' + "x" * LONGEST, f"{LONGEST:,} fit"),
        ("[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), "nested too deeply"),
    ],
)
def test_a_text_that_is_no_document_is_refused(text, said):
    with pytest.raises(ParameterError, match=said):
        RuleSet.from_json(text)


@given(
    st.recursive(
        st.none() | st.text("ab"),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner),
    )
)
def test_brackets_are_counted(value):  # fmt: skip
    def depth(each) -> int:
        if isinstance(each, dict):
            return 1 + max(map(depth, each.values()), default=0)
        return 1 + max(map(depth, each), default=0) if isinstance(each, list) else 0

    assert nested(json.dumps(value)) == depth(value)


def test_rules_cannot_be_changed_by_accident():
    made = rules()
    with pytest.raises(ValueError, match="frozen"):
        made.hold = 3


def test_a_settings_name_that_is_a_choice_is_read_strictly():
    fine = compare(study("realised_volatility", parameters={"estimator": "parkinson"}))
    assert rules(entry_long=fine).entry_long is not None
    with pytest.raises(ParameterError, match="estimator of Realised volatility"):
        rules(entry_long=compare(study("realised_volatility", parameters={"estimator": "x"})))
