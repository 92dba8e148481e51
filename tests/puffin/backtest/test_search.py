from __future__ import annotations

import logging

import pytest

from puffin.backtest.search import GridSearch, RandomSearch, TPESearch
from puffin.backtest.space import Space
from puffin.backtest.sweep import sweep
from puffin.backtest.trials import Objective, Trial, Trials
from puffin.errors import ParameterError
from puffin.strategies.momentum import Momentum

WIDE = {"short": "2:60:2", "long": "4:120:4", "ma": ["sma", "ema"]}


def hill(asked):
    """A made-up result with one peak, at 30 and 80 with ema."""
    away = (asked["short"] - 30) ** 2 + (asked["long"] - 80) ** 2 / 4 + 300 * (asked["ma"] == "sma")
    return Trial(asked, {"sharpe": -float(away), "max_drawdown": -0.1})


def everything(search, size):
    found = []
    while asked := search.ask(size):
        trials = Trials.of(hill(each) for each in asked)
        search.tell(trials)
        found += trials
    return found


def best(trials):
    return max(trial.figures["sharpe"] for trial in trials)


def key(asked):
    return tuple(asked.items())


def test_a_grid_tries_every_possible_combination_once_and_in_order():
    space = Space.of(Momentum, {"short": [5, 10], "long": [8, 20, 30]})
    search = GridSearch(space)
    assert search.total == 5
    first, rest = search.ask(2), search.ask(100)
    assert [(each["short"], each["long"]) for each in (*first, *rest)] == [
        (5, 8),
        (5, 20),
        (5, 30),
        (10, 20),
        (10, 30),
    ]
    assert len(search.ask(1)) == 0


def test_more_than_the_maximum_is_refused_unless_it_is_raised_on_purpose():
    space = Space.of(Momentum, WIDE)
    with pytest.raises(ParameterError, match="exceed the maximum of 500") as caught:
        GridSearch(space)
    assert f"{space.count:,}" in str(caught.value)
    assert "on purpose" in caught.value.hint
    assert GridSearch(space, most=5_000).total == space.count
    for search in (RandomSearch, TPESearch):
        with pytest.raises(ParameterError, match="exceed the maximum of 500"):
            search(space, 501)
        with pytest.raises(ParameterError, match="one run or more"):
            search(space, 0)


def test_an_estimate_below_the_maximum_does_not_let_a_larger_grid_through(monkeypatch):
    space = Space.of(Momentum, WIDE)
    monkeypatch.setattr(Space, "_counted", (400, False))
    with pytest.raises(ParameterError, match="exceed the maximum of 500"):
        GridSearch(space)
    assert GridSearch(space, most=5_000).total == 400


@pytest.mark.parametrize("kind", [RandomSearch, TPESearch])
def test_what_is_drawn_is_possible_and_never_twice(kind):
    space = Space.of(Momentum, WIDE)
    search = kind(space, 120, seed=1)
    asked = [trial.parameters for trial in everything(search, 7)]
    assert len(asked) == search.total == 120
    assert len({key(each) for each in asked}) == 120
    assert all(each["short"] < each["long"] for each in asked)


@pytest.mark.parametrize("kind", [RandomSearch, TPESearch])
def test_a_search_of_more_runs_than_there_are_combinations_tries_them_all(kind):
    space = Space.of(Momentum, {"short": [5, 10, 15], "long": [8, 12, 20]})
    search = kind(space, 400, seed=1)
    assert search.total == space.count == 6
    assert {key(trial.parameters) for trial in everything(search, 3)} == {
        key(made.model_dump(mode="json")) for made in space.combinations()
    }


@pytest.mark.parametrize("kind", [RandomSearch, TPESearch])
def test_the_same_seed_tries_the_same_whatever_the_size_of_the_batches(kind):
    space = Space.of(Momentum, WIDE)
    one = everything(kind(space, 60, seed=3), 1)
    assert everything(kind(space, 60, seed=3), 9) == one
    assert everything(kind(space, 60, seed=4), 9) != one


def test_tpe_comes_closer_to_a_peak_than_chance():
    space = Space.of(Momentum, WIDE)
    chance = [best(everything(RandomSearch(space, 80, seed=seed), 4)) for seed in range(5)]
    learned = [best(everything(TPESearch(space, 80, seed=seed), 4)) for seed in range(5)]
    assert sum(learned) > sum(chance) / 2
    assert min(learned) > min(chance)


def test_tpe_goes_on_past_trials_without_a_figure():
    space = Space.of(Momentum, WIDE)
    search = TPESearch(space, 60, seed=2, objective=Objective.SORTINO)
    found = []
    while asked := search.ask(4):
        trials = [
            Trial(each, {"sortino": float(each["short"]) if each["ma"] == "ema" else None})
            for each in asked
        ]
        search.tell(trials)
        found += trials
    assert len(found) == 60


def test_tpe_says_nothing_on_the_way(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        everything(TPESearch(Space.of(Momentum, WIDE), 20, seed=2), 4)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_a_sweep_goes_batch_by_batch_and_can_be_left_between_two():
    space = Space.of(Momentum, WIDE)
    ran = []

    def run(asked):
        ran.append(len(asked))
        return Trials.of(hill(each) for each in asked)

    batches = sweep(GridSearch(space, most=5_000), run, most_at_once=50)
    first, second = next(batches), next(batches)
    assert ran == [len(first), len(second)] == [1, 4]
    rest = list(sweep(GridSearch(space, most=5_000), run, most_at_once=50))
    assert max(map(len, rest)) == 50
    assert sum(map(len, rest)) == space.count
