from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from pydantic import Field, field_validator, model_validator

from puffin.backtest import space as module
from puffin.backtest.search import GridSearch, RandomSearch
from puffin.backtest.space import Space
from puffin.strategies.base import Parameters
from puffin.strategies.momentum import MomentumParameters
from puffin.strategies.registry import ALONE


class Side(StrEnum):
    LONG = "long"
    SHORT = "short"


class Checked(Parameters):
    first: int = Field(default=1, ge=0, le=100)
    second: int = Field(default=2, ge=0, le=100)
    side: Side = Side.LONG
    third: float = Field(default=0.5, ge=0, le=1)

    @field_validator("second")
    @classmethod
    def _after_the_first(cls, value, info):
        calls.append(value)
        if value <= info.data.get("first", 0):
            raise ValueError("The second must be after the first.")
        return value


class Whole(Checked):
    @model_validator(mode="after")
    def _fits(self):
        if self.side is Side.SHORT and self.third > 0.5:
            raise ValueError("Too much.")
        return self


class Changing(Parameters):
    window: int = Field(default=10, ge=1, le=100)
    half: int = Field(default=5, ge=0, le=100)

    @field_validator("window")
    @classmethod
    def _even(cls, value):
        return value - value % 2


calls: list[int] = []
RANGES: dict[str, Any] = {
    "first": [1, 2, 3],
    "second": [2, 3, 4],
    "side": list(Side),
    "third": [0.25, 0.5, 0.75],
}


def one_by_one(space):
    made = (space.make(space.at(place)) for place in range(space.raw))
    return list({space.key(each): each for each in made if each is not None}.values())


@pytest.mark.parametrize("kind", [Checked, Whole])
def test_what_is_possible_is_what_the_validators_accept(kind):
    space = Space.of(kind, RANGES)
    assert list(space.combinations()) == one_by_one(space)
    assert space.count == {Checked: 36, Whole: 30}[kind]
    assert space.exact


def test_what_comes_after_the_last_validator_is_not_asked_about():
    space = Space.of(Checked, RANGES)
    calls.clear()
    assert space.count == 36
    assert len(calls) == 9  # of 54


@pytest.mark.parametrize("kind", ALONE, ids=lambda kind: kind.id)
def test_sets_by_their_places_are_the_combinations_made_one_by_one(kind):
    space = Space.of(kind)
    asked = GridSearch(space, most=10_000).ask(10_000)
    assert asked.possible
    assert list(asked) == [made.model_dump(mode="json") for made in space.combinations()]
    assert list(space.combinations()) == one_by_one(space)


def test_those_that_a_strategy_reads_alike_count_once():
    space = Space.of(Changing, {"window": [4, 5, 6], "half": [1, 2]})
    pairs = [(4, 1), (4, 2), (6, 1), (6, 2)]
    assert space.count == 4
    assert [(each["window"], each["half"]) for each in GridSearch(space).ask(9)] == pairs
    drawn = RandomSearch(space, 9, seed=1).ask(9)
    assert sorted((each["window"], each["half"]) for each in drawn) == pairs


def test_what_is_drawn_is_the_same_with_and_without_a_survey(monkeypatch):
    quick = Space.of(MomentumParameters, {"short": "2:30:1", "long": "20:60:5"})
    slow = Space.of(MomentumParameters, {"short": "2:30:1", "long": "20:60:5"})
    monkeypatch.setattr(module, "COUNT_SECONDS", 1e-12)
    assert slow.surveyed is None
    monkeypatch.undo()
    assert quick.surveyed is not None
    some = [RandomSearch(each, 50, seed=4).ask(50) for each in (quick, slow)]
    assert some[0] == some[1]
    assert GridSearch(quick).ask(20) == GridSearch(slow, most=10_000).ask(20)


def test_places_are_looked_up_in_bulk():
    space = Space.of(Checked, RANGES)
    places = np.array([0, 53, 7])
    assert list(space.sets(places)) == [
        Checked.model_validate(space.at(place)).model_dump(mode="json")
        for place in places.tolist()
        if space.make(space.at(place))
    ]
