from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, field_validator

from puffin.backtest import space as module
from puffin.backtest.ranges import read_range
from puffin.backtest.settings import BacktestSettings
from puffin.backtest.space import Space
from puffin.errors import ParameterError
from puffin.strategies.base import Parameters
from puffin.strategies.momentum import Average, Momentum, MomentumParameters

if TYPE_CHECKING:
    from collections.abc import Mapping


class Exit(StrEnum):
    NEVER = "never"
    TRAIL = "trail"


class Demanding(Parameters):
    """Parameters of which some have no effect beside others."""

    window: int = Field(default=10, ge=2, le=50, title="Window", json_schema_extra={"step": 5})
    exit: Exit = Field(default=Exit.TRAIL)
    trail: float = Field(
        default=0.1,
        gt=0,
        le=1,
        title="Trail",
        json_schema_extra={"step": 0.1, "used_if": {"exit": ["trail"]}},
    )
    short: bool = Field(default=True, json_schema_extra={"used_if": {"allow_short": [True]}})

    @field_validator("trail")
    @classmethod
    def _rounded(cls, value: float) -> float:
        if value == pytest.approx(0.7):
            raise ValueError("Not seven tenths.")
        return value


def pairs(space: Space) -> list[tuple[int, int]]:
    found = []
    for made in space.combinations():
        assert isinstance(made, MomentumParameters)
        found.append((made.short, made.long))
    return found


@given(
    st.lists(st.integers(2, 40), min_size=1, max_size=6),
    st.lists(st.integers(3, 40), min_size=1, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_exactly_the_pairs_that_the_strategy_accepts_are_counted_and_given_once(short, long):
    wanted = {(a, b) for a, b in product(short, long) if a < b}
    if not wanted:
        with pytest.raises(ParameterError, match="possible"):
            Space.of(Momentum, {"short": short, "long": long})
        return
    space = Space.of(Momentum, {"short": short, "long": long})
    found = pairs(space)
    assert set(found) == wanted
    assert len(found) == len(wanted) == space.count


def test_nothing_possible_says_how_many_there_were_and_why():
    with pytest.raises(
        ParameterError, match=r"None of the 2 combinations is possible\. long: The short window"
    ):
        Space.of(Momentum, {"short": [60, 50], "long": [20]})
    with pytest.raises(ParameterError, match="This is not possible"):
        Space.of(Momentum, {}, fixed={"short": 60, "long": 20})


def test_an_unknown_name_offers_the_nearest_one():
    with pytest.raises(ParameterError, match="no parameter called 'shrt'") as caught:
        Space.of(Momentum, {"shrt": [5]})
    assert caught.value.hint == "Did you mean short?"
    with pytest.raises(ParameterError, match="'zzz'"):
        Space.of(Momentum, {}, fixed={"zzz": 1})


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("5:20:5", (5, 10, 15, 20)),
        ("5:19:5", (5, 10, 15)),
        ("5:15", (5, 10, 15)),
        ("20:5:-5", (20, 15, 10, 5)),
        ("5, 10,10 ,20", (5, 10, 20)),
        ([5, 5.0, "10"], (5, 10)),
        ("7", (7,)),
    ],
)
def test_a_range_is_a_list_or_text(given, values):
    assert read_range(MomentumParameters, "short", given).values == values


def test_steps_of_a_decimal_range_are_exact():
    read = read_range(MomentumParameters, "threshold", "0:0.05:0.01")
    assert read.values == tuple(float(Decimal(n) / 100) for n in range(6))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("5:20:0", "do not lead"),
        ("5:20:-1", "do not lead"),
        ("5:20:5:5", "not a range"),
        ("a:b", "not a range"),
        ("nan:5:1", "not a range"),
        ("", "no values"),
        ([], "no values"),
        ("2:200:0.0001", "more than 10,000"),
        (list(range(20_000)), "more than 10,000"),
        ([1], "Short window: 1 is not possible"),
        ("5, 201", "Short window: 201 is not possible"),
        (["x"], "Short window: x is not possible"),
        ([5.5], "Short window: 5.5 is not possible"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_in_a_sentence(given, said):
    with pytest.raises(ParameterError, match=said):
        read_range(MomentumParameters, "short", given)


def test_choices_may_be_varied_too():
    space = Space.of(Momentum, {"short": [5], "long": [20], "ma": ["sma", "ema"]})
    found = [made.model_dump()["ma"] for made in space.combinations()]
    assert found == [Average.SMA, Average.EMA]


def test_without_ranges_a_strategys_own_grid_is_used():
    class Own(Momentum):
        grid: ClassVar[Mapping[str, tuple[object, ...]]] = {"short": (5, 10), "long": (8, 20)}

    space = Space.of(Own)
    assert space.names == ("short", "long")
    assert pairs(space) == [(5, 8), (5, 20), (10, 20)]


def test_without_a_grid_each_number_is_moved_by_its_step_inside_its_bounds():
    space = Space.of(Demanding)
    assert {each.name: each.values for each in space.ranges} == {
        "window": (5, 10, 15),
        "exit": (Exit.NEVER, Exit.TRAIL),
        "trail": (0.1, 0.2),
    }


def test_a_parameter_without_effect_beside_the_others_is_not_tried_again():
    space = Space.of(Demanding, {"exit": ["never", "trail"], "trail": [0.1, 0.2, 0.7]})
    found = [
        (made.model_dump()["exit"], made.model_dump()["trail"]) for made in space.combinations()
    ]
    # Without a trail its width says nothing, so one stands for all; 0.7 is never possible.
    assert found == [(Exit.NEVER, 0.1), (Exit.TRAIL, 0.1), (Exit.TRAIL, 0.2)]
    assert space.count == 3


def test_a_parameter_that_never_has_an_effect_is_dropped_with_the_reason():
    space = Space.of(Demanding, {"trail": [0.1, 0.2], "window": [5]}, fixed={"exit": "never"})
    assert space.names == ("window",)
    assert space.dropped == (("trail", "changes nothing unless exit is trail"),)
    assert space.count == 1


def test_a_setting_of_the_backtest_may_leave_a_parameter_without_effect():
    ranges = {"short": [True, False]}
    assert Space.of(Demanding, ranges).count == 2
    assert Space.of(Demanding, ranges, settings=BacktestSettings()).count == 2
    space = Space.of(Demanding, ranges, settings=BacktestSettings(allow_short=False))
    assert space.count == 1
    assert space.dropped == (("short", "changes nothing unless allow short is on"),)


def test_a_sample_is_possible_different_and_repeatable():
    space = Space.of(Momentum, {"short": "2:30:1", "long": "3:30:1"})
    some = space.sample(50, seed=4)
    assert len({space.key(made) for made in some}) == 50
    assert {space.key(made) for made in some} <= {space.key(made) for made in space.combinations()}
    assert space.sample(50, seed=4) == some
    assert space.sample(50, seed=5) != some
    everything = {space.key(made) for made in space.combinations()}
    assert {space.key(made) for made in space.sample(10_000, seed=0)} == everything


def test_a_space_too_large_to_count_is_estimated_and_still_sampled(monkeypatch):
    ranges = {"short": "2:60:1", "long": "3:60:1"}
    counted = Space.of(Momentum, ranges).count
    monkeypatch.setattr(module, "COUNTED", 100)
    space = Space.of(Momentum, ranges)
    assert not space.exact
    assert space.count == pytest.approx(counted, rel=0.1)
    some = space.sample(200, seed=1)
    assert len({space.key(made) for made in some}) == 200
    assert len(list(space.combinations())) == counted
    assert space.sample(200, seed=1) == some


def test_a_space_that_takes_long_to_check_is_estimated_and_drawn_from_all_the_same(monkeypatch):
    ranges = {"short": "2:60:1", "long": "3:60:1"}
    usual, slow = Space.of(Momentum, ranges), Space.of(Momentum, ranges)
    monkeypatch.setattr(module, "COUNT_SECONDS", 60)
    assert usual.exact
    monkeypatch.setattr(module, "COUNT_SECONDS", 1e-9)
    assert not slow.exact
    assert 0 < slow.count <= slow.raw
    # What is drawn does not depend on how fast the computer is.
    assert slow.sample(100, seed=2) == usual.sample(100, seed=2)


def test_draws_of_a_large_space_end_when_nothing_new_turns_up(monkeypatch):
    monkeypatch.setattr(module, "COUNTED", 3)
    monkeypatch.setattr(module, "PATIENCE", 200)
    space = Space.of(Momentum, {"short": [5, 10], "long": [8, 20]})
    assert len(list(space.draws(0))) == 3


def test_only_a_varied_parameter_has_values():
    space = Space.of(Momentum, {"short": [5, 10]}, fixed={"long": 30})
    assert space.raw == 2
    assert [made.model_dump()["long"] for made in space.combinations()] == [30, 30]
