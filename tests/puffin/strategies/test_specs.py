"""Strategies named, stored as plain values, and built again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from puffin.errors import ParameterError
from puffin.strategies.base import OrderStrategy, Strategy
from puffin.strategies.example import EXAMPLE
from puffin.strategies.registry import STRATEGIES
from puffin.strategies.rules import RuleSet
from puffin.strategies.specs import StrategySpec, build, parameters_type
from puffin.strategies.templates import TEMPLATES
from tests.puffin.factors.market import walk

BARS = walk(200)
RULES = TEMPLATES[0].rules.to_json()
SPECS = [
    *(StrategySpec("builtin", each.id, each.title) for each in STRATEGIES),
    StrategySpec("builtin", "momentum", "Fast", {"short": 3, "long": 9, "ma": "ema"}),
    StrategySpec("rules", "dip", "Dip", {"stop_loss": 3.0}, RULES),
    StrategySpec("file", "falling", "Falling", {"days": 2}, EXAMPLE),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.kind} {spec.id}")
def test_a_strategy_survives_being_stored(spec):
    again = StrategySpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert again == spec
    one, other = build(spec), build(again)
    assert one.id == spec.id
    assert one.parameters == other.parameters
    assert isinstance(one.parameters, parameters_type(spec))
    for name, value in spec.parameters.items():
        assert getattr(one.parameters, name) == value


def test_rules_are_built_with_the_parameters_that_were_set():
    chosen = build(SPECS[-2])
    assert isinstance(chosen, OrderStrategy)
    buy = chosen.orders(BARS).buy
    assert buy is not None
    np.testing.assert_allclose(buy.column("stop_loss"), BARS.close * 0.97)


def test_a_file_is_built_with_the_parameters_that_were_set():
    chosen = build(SPECS[-1])
    assert isinstance(chosen, Strategy)
    assert chosen.warm_up == 3


def test_the_class_is_made_once():
    assert type(build(SPECS[-1])) is type(build(SPECS[-1]))
    assert parameters_type(SPECS[-2]) is parameters_type(SPECS[-2])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "magic"}, "kind: Input should be 'builtin', 'rules' or 'file'"),
        ({"id": 3}, "id: Input should be a valid string"),
        ({"parameters": []}, "parameters: Input should be an object"),
        ({"more": 1}, "more is not known"),
    ],
)
def test_what_is_no_strategy_is_refused(change, said):
    with pytest.raises(ParameterError, match=f"This is not a strategy: {said}"):
        StrategySpec.from_dict(SPECS[0].to_dict() | change)


def test_what_is_missing_is_said():
    with pytest.raises(ParameterError, match="This is not a strategy: title: Field required"):
        StrategySpec.from_dict({"kind": "builtin", "id": "momentum"})


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (StrategySpec("builtin", "momentun", "x"), "no strategy called 'momentun'"),
        (StrategySpec("builtin", "momentum", "x", {"short": 1}), "Momentum, short: Input should be"),
        (StrategySpec("builtin", "momentum", "x", {"shrt": 5}), "Momentum, shrt is not known"),
        (StrategySpec("builtin", "momentum", "x", {"short": 80}), r"Momentum, long: The short window \(80\)"),
        (StrategySpec("rules", "x", "x", {}, "{"), "These rules are not readable"),
        (StrategySpec("rules", "x", "x", {"rsi_window": 1}, RULES), "RSI oversold, rsi window: Input"),
        (StrategySpec("file", "mine", "x", {}, "1 / 0"), "mine.py, line 1: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused_in_a_sentence(spec, said):
    with pytest.raises(ParameterError, match=said):
        build(spec)


def test_rules_that_are_stored_are_read_strictly_again():
    text = RULES.replace('"rsi"', '"rssi"')
    with pytest.raises(ParameterError, match="Did you mean rsi"):
        build(StrategySpec("rules", "x", "x", {}, text))
    assert RuleSet.from_json(RULES) == TEMPLATES[0].rules
