"""The arithmetic of luck, beside the examples its authors published and beside simulations."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from puffin.backtest.luck import (
    Shape,
    deflated_sharpe,
    expected_best,
    fewest_years,
    probabilistic_sharpe,
    probability_of_overfitting,
)
from puffin.errors import ParameterError

DAILY = math.sqrt(250)


# Bailey and López de Prado 2014, "A numerical example": an annual Sharpe ratio of 2.5 over five
# years of days, the ratios of the trials vary by one half.
@pytest.mark.parametrize(
    ("tried", "skew", "kurtosis", "published"),
    [(100, -3, 10, 0.9004), (46, -3, 10, 0.9505), (88, 0, 3, 0.9505)],
)
def test_the_deflated_ratio_is_the_published_one(tried, skew, kurtosis, published):
    shape = Shape(1250, 2.5 / DAILY, skew, kurtosis)
    found = deflated_sharpe(shape, tried, math.sqrt(0.5 / 250))
    assert found == pytest.approx(published, abs=5e-5)


def test_the_ratio_to_beat_is_the_published_one():
    assert expected_best(100, math.sqrt(0.5 / 250)) == pytest.approx(0.1132, abs=5e-5)


# Bailey and López de Prado 2012, "A numerical example": two years of months with a ratio of 0.458.
@pytest.mark.parametrize(
    ("skew", "kurtosis", "published"), [(-2.448, 10.164, 0.913), (0, 3, 0.982)]
)
def test_the_probabilistic_ratio_is_the_published_one(skew, kurtosis, published):
    found = probabilistic_sharpe(Shape(24, 0.458, skew, kurtosis))
    assert found == pytest.approx(published, abs=5e-4)


def test_forty_five_trials_take_five_years_as_published():
    # Bailey, Borwein, López de Prado and Zhu 2014: no more than 45 for five years of data.
    assert fewest_years(45, 1.0) == pytest.approx(5, abs=0.01)
    assert fewest_years(45, 0.0) is None
    assert fewest_years(1, 1.0) == 0


def test_the_best_of_many_is_as_good_as_simulated():
    best = np.random.default_rng(5).normal(0, 2, (4000, 200)).max(axis=1).mean()
    assert expected_best(200, 2.0) == pytest.approx(best, rel=0.01)


def test_one_trial_has_nothing_to_beat():
    assert expected_best(1, 3.0) == 0
    with pytest.raises(ParameterError, match="At least one"):
        expected_best(0, 1.0)


def test_of_worthless_strategies_as_many_pass_as_should():
    draw = np.random.default_rng(8)
    passed = []
    for _ in range(300):
        returns = draw.normal(0, 0.01, (500, 20))
        ratios = returns.mean(axis=0) / returns.std(axis=0, ddof=1)
        shape = Shape.of(returns[:, ratios.argmax()])
        assert shape is not None
        chance = deflated_sharpe(shape, 20, ratios.std(ddof=1))
        passed.append(chance is not None and chance > 0.95)
    assert np.mean(passed) < 0.05


def test_the_shape_is_that_of_scipy():
    from scipy import stats

    returns = np.random.default_rng(2).standard_t(4, 800) / 100
    shape = Shape.of(returns)
    assert shape is not None
    assert shape.skew == pytest.approx(stats.skew(returns))
    assert shape.kurtosis == pytest.approx(stats.kurtosis(returns, fisher=False))
    assert shape.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1))


@pytest.mark.parametrize("returns", [[], [0.1, 0.2], [0.01] * 50, [0.1, math.nan, 0.2, 0.1]])
def test_returns_that_say_nothing_have_no_shape(returns):
    assert Shape.of(np.array(returns)) is None


def test_moments_that_contradict_each_other_have_no_error():
    assert Shape(100, 2.0, 5.0, 3.0).deviation is None
    assert probabilistic_sharpe(Shape(100, 2.0, 5.0, 3.0)) is None


def by_hand(returns, blocks):
    """The probability of overfitting as the paper tells it, one halving at a time."""
    parts = np.array_split(np.arange(len(returns)), blocks)
    below, lost = [], []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[each] for each in chosen])
        outside = np.setdiff1d(np.arange(len(returns)), inside)
        seen, unseen = (
            returns[rows].mean(axis=0) / returns[rows].std(axis=0, ddof=1)
            for rows in (inside, outside)
        )
        best = seen.argmax()
        rank = (unseen <= unseen[best]).sum() / (returns.shape[1] + 1)
        below.append(math.log(rank / (1 - rank)) <= 0)
        lost.append(unseen[best] < 0)
    return np.mean(below), np.mean(lost)


@pytest.mark.parametrize(("rows", "tried", "blocks"), [(120, 7, 6), (203, 12, 8), (64, 2, 4)])
def test_the_probability_of_overfitting_is_that_of_the_paper(rows, tried, blocks):
    returns = np.random.default_rng(rows).normal(0.0003, 0.01, (rows, tried))
    found = probability_of_overfitting(returns, blocks)
    below, lost = by_hand(returns, blocks)
    assert found.probability == pytest.approx(below)
    assert found.loss == pytest.approx(lost)
    assert len(found.logits) == math.comb(blocks, blocks // 2)


def test_choosing_among_worthless_trials_is_a_coin():
    draw = np.random.default_rng(4)
    found = [
        probability_of_overfitting(draw.normal(0, 0.01, (400, 30)), 8).probability
        for _ in range(60)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


def test_a_trial_that_is_really_better_is_no_overfitting():
    returns = np.random.default_rng(4).normal(0, 0.01, (400, 30))
    returns[:, 11] += 0.004
    assert probability_of_overfitting(returns, 8).probability == 0


def test_what_must_turn_round_always_disappoints():
    # Every trial earns nothing in total, so what was best in one half is worst in the other.
    returns = np.random.default_rng(4).normal(0, 0.01, (400, 30))
    assert probability_of_overfitting(returns - returns.mean(axis=0), 8).probability == 1


def test_trials_that_are_equal_are_in_the_middle():
    returns = np.random.default_rng(4).normal(0.001, 0.01, (100, 1)).repeat(5, axis=1)
    assert np.abs(probability_of_overfitting(returns, 6).logits).max() == 0


def test_many_trials_come_to_the_same_in_portions(monkeypatch):
    returns = np.random.default_rng(6).normal(0, 0.01, (160, 9))
    whole = probability_of_overfitting(returns, 8)
    monkeypatch.setattr("puffin.backtest.luck.CELLS_AT_ONCE", 90)
    assert list(probability_of_overfitting(returns, 8).logits) == list(whole.logits)


def test_too_little_is_refused():
    with pytest.raises(ParameterError, match="1 trials over 100 periods are too few"):
        probability_of_overfitting(np.zeros((100, 1)))
    with pytest.raises(ParameterError, match="5 trials over 7 periods are too few"):
        probability_of_overfitting(np.zeros((7, 5)))
    with pytest.raises(ParameterError, match="even number"):
        probability_of_overfitting(np.random.default_rng(1).normal(size=(900, 4)), 21)
