from __future__ import annotations

import numpy as np
import pytest

from puffin.backtest.ranking import best, convergence, heat_map, leaderboard
from puffin.backtest.trials import Objective, Trial
from puffin.errors import ParameterError

SHARPE = Objective.SHARPE


def trial(a, b, c, sharpe, drawdown=-0.1) -> Trial:
    return Trial({"a": a, "b": b, "c": c}, {"sharpe": sharpe, "max_drawdown": drawdown})


def test_the_best_comes_first_and_what_is_not_defined_last_even_after_losses():
    lost, nothing, won = trial(1, 1, 1, -2.0), trial(2, 1, 1, None), trial(3, 1, 1, 1.0)
    failed = Trial({"a": 4, "b": 1, "c": 1}, error="It did not run.")
    assert leaderboard([nothing, failed, lost, won], SHARPE) == [won, lost, nothing, failed]
    assert leaderboard([nothing, lost, won], SHARPE, 1) == [won]


def test_of_equals_the_smaller_drawdown_comes_first():
    deep, shallow = trial(1, 1, 1, 1.0, -0.4), trial(2, 1, 1, 1.0, -0.2)
    assert leaderboard([deep, shallow], SHARPE) == [shallow, deep]


def test_a_smaller_drawdown_is_better_when_that_is_the_objective():
    deep, shallow = trial(1, 1, 1, 3.0, -0.4), trial(2, 1, 1, 1.0, -0.2)
    assert leaderboard([deep, shallow], Objective.MAX_DRAWDOWN) == [shallow, deep]


def test_there_is_no_best_where_nothing_is_defined():
    assert best([], SHARPE) is None
    assert best([trial(1, 1, 1, None)], SHARPE) is None


def test_the_best_so_far_never_falls_and_is_unknown_until_something_is_defined():
    values = [None, -1.0, -2.0, None, 0.5, 0.1]
    found = convergence([trial(1, 1, 1, value) for value in values], SHARPE)
    np.testing.assert_array_equal(found, [np.nan, -1, -1, -1, 0.5, 0.5])
    assert len(convergence([], SHARPE)) == 0


def test_a_heat_map_has_the_best_or_the_mean_over_what_is_not_on_its_axes():
    trials = [
        trial(10, 1, "x", 1.0),
        trial(10, 1, "y", 3.0),
        trial(5, 1, "x", -1.0),
        trial(5, 2, "x", None),
    ]
    found = heat_map(trials, "a", "b", SHARPE)
    assert (found.xs, found.ys) == ((5, 10), (1, 2))
    np.testing.assert_array_equal(found.values, [[-1, 3], [np.nan, np.nan]])
    np.testing.assert_array_equal(found.counts, [[1, 2], [0, 0]])
    assert found.words == "Best Sharpe over c"
    mean = heat_map(trials, "a", "b", SHARPE, "mean")
    np.testing.assert_array_equal(mean.values, [[-1, 2], [np.nan, np.nan]])
    assert mean.words == "Mean Sharpe over c"


def test_without_other_parameters_a_heat_map_says_so():
    assert heat_map([trial(1, 1, 1, 1.0), trial(2, 2, 1, 1.0)], "a", "b", SHARPE).words == (
        "Sharpe of each pair"
    )


def test_a_heat_map_needs_two_parameters_of_the_search():
    with pytest.raises(ParameterError, match="two different"):
        heat_map([trial(1, 1, 1, 1.0)], "a", "a", SHARPE)
    with pytest.raises(ParameterError, match="d is not a parameter"):
        heat_map([trial(1, 1, 1, 1.0)], "a", "d", SHARPE)


def test_a_trial_survives_being_written_down():
    for each in (trial(1, 2, "x", None), Trial({"a": 1}, error="It did not run.")):
        assert Trial.from_dict(each.to_dict()) == each
