from __future__ import annotations

import json

import pytest

from puffin.errors import ParameterError
from puffin.monitor.conditions import KINDS, describe, read_condition, write_condition

RSI = {
    "kind": "compare",
    "left": {"kind": "indicator", "id": "rsi"},
    "op": "<",
    "right": {"kind": "number", "value": 30.0},
}
EXAMPLES: dict[str, tuple[dict[str, object], str]] = {
    "price": ({"when": "above", "price": "200.5"}, "AAPL rises above 200.5"),
    "drawing": (
        {"when": "below", "drawing": "d1", "line": "lower", "name": "the channel's lower edge"},
        "AAPL falls below the channel's lower edge",
    ),
    "move": ({"percent": "5"}, "AAPL moves 5 % in a day"),
    "extreme": ({"when": "low", "sessions": 50}, "AAPL makes a new 50-session low"),
    "study": ({"rule": RSI}, "AAPL, 1 day: Relative strength index 14 is below 30"),
    "order": ({"what": "rejected"}, "An order in AAPL is rejected"),
    "position": ({"when": "below", "amount": "-2500"}, "Profit on AAPL falls below -2,500 dollars"),
    "day loss": ({"percent": "1.5"}, "The day's loss reaches 1.5 % of equity"),
    "drawdown": ({"percent": "10"}, "The account is 10 % below its peak"),
    "drift": ({"goal": "core", "points": "5"}, "A weight drifts 5 points from the goal core"),
    "silence": ({"seconds": 90}, "No price of AAPL for 90 seconds of an open market"),
    "job": ({"how": "failed", "words": "Backtest"}, "A job called “Backtest” fails"),
}


def test_every_kind_has_an_example_here():
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_kept_as_json_and_said_in_words(kind: str):
    values, said = EXAMPLES[kind]
    condition = read_condition({"kind": kind, **values})
    kept = json.loads(json.dumps(write_condition(condition)))
    assert read_condition(kept) == condition
    assert describe(condition, "AAPL") == said


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "weather"},
        {"kind": "price", "when": "above"},
        {"kind": "price", "when": "above", "price": "0"},
        {"kind": "price", "when": "above", "price": "nan"},
        {"kind": "price", "when": "sideways", "price": "5"},
        {"kind": "price", "when": "above", "price": "5", "volume": 3},
        {"kind": "move", "percent": "-1"},
        {"kind": "extreme", "when": "high", "sessions": 1},
        {"kind": "study", "rule": {"kind": "compare"}},
        {"kind": "silence", "seconds": 0},
        "price",
        None,
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(document):
    with pytest.raises(ParameterError) as caught:
        read_condition(document)
    assert str(caught.value).endswith(".")
