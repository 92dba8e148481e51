from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from puffin.backtest.sets import ABSENT, Sets

GIVEN: list[dict[str, Any]] = [
    {"short": 5, "ma": "sma", "levels": [1, 2]},
    {"short": 10, "ma": "sma"},
    {"short": 5, "ma": "ema", "levels": [1, 2]},
]


def test_sets_read_as_they_were_given():
    sets = Sets.of(GIVEN)
    assert sets == GIVEN
    assert (len(sets), sets[-1], list(sets[1:])) == (3, GIVEN[2], GIVEN[1:])
    assert not sets.possible
    assert sets.values[0] == (5, 10)
    assert sets.codes[1].tolist() == [1, 0, ABSENT]
    assert sets != GIVEN[:2]
    assert pickle.loads(pickle.dumps(sets)) == sets


def test_there_may_be_none():
    assert len(Sets.of([])) == 0
    assert Sets.of([]) == []


def test_one_and_one_point_zero_and_true_are_three_values():
    given: list[dict[str, Any]] = [{"a": 1}, {"a": 1.0}, {"a": True}]
    assert [type(each["a"]) for each in Sets.of(given)] == [int, float, bool]


def test_a_parameter_is_a_column():
    sets = Sets.of(GIVEN)
    np.testing.assert_array_equal(sets.column("short"), [5, 10, 5])
    np.testing.assert_array_equal(sets.column("ma") == "sma", [True, True, False])


def test_some_of_them_keep_what_is_known():
    sets = Sets.of(GIVEN)
    assert sets.rows(np.array([2, 0])) == [GIVEN[2], GIVEN[0]]
    assert sets.rows(np.array([True, False, True])).is_like(sets)


@pytest.mark.parametrize(
    "more",
    [
        [{"short": 7, "ma": "sma"}, {"short": 5, "ma": "ema"}],
        [{"long": 50, "short": 10}],
        [{"levels": [3], "ma": "wma"}, {}],
    ],
)
def test_room_is_made_for_others_and_no_code_changes(more):
    sets, others = Sets.of(GIVEN), Sets.of(more)
    wider, codes = sets.extended(others)
    assert wider == GIVEN
    np.testing.assert_array_equal(wider.codes[:, : len(sets.names)], sets.codes)
    assert Sets(wider.names, wider.values, codes) == more
    assert not wider.is_like(sets)
