from __future__ import annotations

from typing import Any

import pytest

from puffin.backtest import axes as module
from puffin.backtest import space as spaces
from puffin.backtest.axes import Axes
from puffin.backtest.search import TPESearch
from puffin.backtest.space import Space
from puffin.backtest.trials import Trial
from puffin.strategies.momentum import Momentum, MomentumParameters

RANGES: dict[str, list[Any]] = {"short": [30, 5, 10, 20], "long": [8, 15, 40], "ma": ["sma", "ema"]}


def named(made):
    assert isinstance(made, MomentumParameters)
    return made.short, made.long, made.ma.value


def anything(made):
    return True


@pytest.fixture
def axes() -> Axes:
    return Axes(Space.of(Momentum, RANGES))


def test_numbers_stand_in_their_order_whatever_order_they_came_in(axes):
    made = MomentumParameters.model_validate({"short": 20, "long": 40, "ma": "ema"})
    assert axes.place(made) == {"short": 2, "long": 2, "ma": 1}


def test_a_place_that_is_possible_and_free_is_the_nearest_to_itself(axes):
    assert named(axes.nearest({"short": 2, "long": 2, "ma": 1}, anything)) == (20, 40, "ema")


def test_what_is_not_possible_gives_way_to_the_nearest_that_is(axes):
    # 30 is not below 15: one step along the short axis does not help, one along the long one does.
    assert named(axes.nearest({"short": 3, "long": 1, "ma": 0}, anything)) == (30, 40, "sma")
    # Of 20 and 8, sideways 5 and 8 is two thirds of an axis away and upwards 20 and 40 a whole one.
    assert named(axes.nearest({"short": 2, "long": 0, "ma": 0}, anything)) == (5, 8, "sma")
    # A choice is as far from another one as an axis is long.
    assert named(axes.nearest({"short": 0, "long": 0, "ma": 1}, anything)) == (5, 8, "ema")


def test_what_is_not_accepted_gives_way_too(axes):
    there = {"short": 2, "long": 2, "ma": 1}
    assert named(axes.nearest(there, lambda made: made.short < 20)) == (10, 40, "ema")


def test_what_is_taken_is_not_given_again_until_nothing_is_left(axes):
    found = []
    while (made := axes.nearest({"short": 0, "long": 0, "ma": 0}, anything)) is not None:
        found.append(named(made))
    assert found[:2] == [(5, 8, "sma"), (5, 15, "sma")]
    assert len(found) == len(set(found)) == Space.of(Momentum, RANGES).count


def test_a_space_too_large_to_look_through_gives_what_stands_there(monkeypatch):
    monkeypatch.setattr(module, "SURVEYED", 3)
    axes = Axes(Space.of(Momentum, RANGES))
    assert named(axes.nearest({"short": 2, "long": 2, "ma": 1}, anything)) == (20, 40, "ema")
    assert axes.nearest({"short": 3, "long": 0, "ma": 0}, anything) is None


@pytest.mark.parametrize("counted", [10, 200_000])
def test_tpe_finds_its_way_in_a_space_too_large_to_look_through(monkeypatch, counted):
    monkeypatch.setattr(module, "SURVEYED", 10)
    monkeypatch.setattr(spaces, "COUNTED", counted)
    space = Space.of(Momentum, {"short": "2:100:1", "long": "4:200:1"})
    search = TPESearch(space, 60, seed=1)
    found = []
    while asked := search.ask(4):
        trials = [
            Trial(each, {"sharpe": -abs(each["short"] - 30.0) - abs(each["long"] - 90)})
            for each in asked
        ]
        search.tell(trials)
        found += trials
    assert len({(each.parameters["short"], each.parameters["long"]) for each in found}) == 60
    assert all(each.parameters["short"] < each.parameters["long"] for each in found)
    assert max(each.figures["sharpe"] or -999 for each in found[30:]) > -20
