from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin import measures
from puffin.backtest.blocks import block_for_returns, block_length, draw
from puffin.backtest.monte_carlo import (
    LEVELS,
    Blocks,
    Fan,
    block_bootstrap,
    trade_returns,
    trade_shuffle,
)
from puffin.errors import CancelledError, ParameterError, PuffinError
from tests.puffin.backtest.market import REFERENCE, needs_reference


def returns(count=500, seed=1, size=0.01):
    return np.random.default_rng(seed).normal(0.0005, size, count)


def persistent(count, rho, seed=1):
    """A series in which each value is `rho` of the one before, and noise."""
    noise = np.random.default_rng(seed).normal(0, 1, count)
    return np.convolve(noise, rho ** np.arange(600))[:count]


@given(st.lists(st.floats(-400, 900), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_in_any_order_the_same_trades_end_at_the_same_equity(profits):
    earned = np.array(profits)
    capital = 20_000.0
    fan = trade_shuffle(trade_returns(earned, capital), capital=capital, runs=50)
    np.testing.assert_allclose(fan.final, capital + earned.sum(), rtol=1e-9)
    assert fan.original[-1] == pytest.approx(capital + earned.sum())
    assert np.all(fan.lowest <= np.minimum(capital, fan.final) * (1 + 1e-12))


def test_trade_returns_are_shares_of_what_the_account_was_before():
    np.testing.assert_allclose(
        trade_returns(np.array([100.0, -110.0, 99.0]), 1000), [0.1, -0.1, 0.1]
    )
    with pytest.raises(ParameterError, match="used the account up"):
        trade_returns(np.array([-500.0, -500.0, 2000.0]), 1000)


def test_every_order_of_a_few_trades_is_as_likely_as_its_count_says():
    # Of the 6 orders of -50 %, +20 % and +100 %, the lowest equity is 0.5 in the two that begin
    # with the loss, 0.6 in +20 % first, and 1 when +100 % comes before it.
    fan = trade_shuffle(np.array([-0.5, 0.2, 1.0]), capital=1.0, runs=30_000, seed=5)
    assert np.mean(np.isclose(fan.lowest, 0.5)) == pytest.approx(1 / 3, abs=0.01)
    assert np.mean(np.isclose(fan.lowest, 0.6)) == pytest.approx(1 / 6, abs=0.01)
    assert np.mean(np.isclose(fan.lowest, 1.0)) == pytest.approx(1 / 2, abs=0.01)
    np.testing.assert_allclose(fan.deepest, -0.5)
    assert fan.probability_of_ruin(0.5) == pytest.approx(1 / 3, abs=0.01)
    assert fan.probability_of_ruin(0.4) == 0
    assert fan.probability_of_drawdown(0.5) == 1
    assert fan.probability_of_drawdown(0.51) == 0


def test_with_repetition_the_end_differs_and_its_logarithm_has_the_moments_of_theory():
    some = returns(200)
    fan = trade_shuffle(some, capital=1.0, runs=20_000, replace=True)
    logs = np.log1p(some)
    ends = np.log(fan.final)
    assert ends.mean() == pytest.approx(logs.sum(), abs=4 * ends.std() / math.sqrt(20_000))
    assert ends.var() == pytest.approx(200 * logs.var(), rel=0.05)
    assert "with repetition" in fan.words


@pytest.mark.parametrize("kind", list(Blocks))
def test_drawn_blocks_leave_the_mean_alone(kind):
    logs = np.log1p(returns(300))
    ends = np.log(block_bootstrap(returns(300), 12, kind=kind, capital=1.0).final)
    assert ends.mean() == pytest.approx(logs.sum(), abs=4 * ends.std() / math.sqrt(10_000))


def test_the_spread_of_circular_blocks_is_that_of_the_sums_of_all_blocks():
    series = np.expm1(persistent(240, 0.6) / 200)
    logs = np.log1p(series)
    twice = np.concatenate((logs, logs))
    sums = np.array([twice[start : start + 12].sum() for start in range(240)])
    ends = np.log(block_bootstrap(series, 12, kind=Blocks.CIRCULAR, capital=1.0).final)
    assert ends.var() == pytest.approx(240 / 12 * sums.var(), rel=0.06)


def test_the_spread_of_stationary_blocks_is_that_of_politis_and_romano():
    # Their lemma 1: n [R(0) + 2 sum (1 - i/n) (1 - p)^i R(i)], with circular autocovariances.
    series = np.expm1(persistent(240, 0.6) / 200)
    logs = np.log1p(series)
    away = logs - logs.mean()
    count, keep = 240, 1 - 1 / 12
    theory = float(np.mean(away * away))
    for lag in range(1, count):
        covariance = float(np.mean(away * np.roll(away, -lag)))
        theory += 2 * (1 - lag / count) * keep**lag * covariance
    ends = np.log(block_bootstrap(series, 12, capital=1.0).final)
    assert ends.var() == pytest.approx(count * theory, rel=0.06)
    # Single returns would have hidden most of it.
    assert ends.var() > 1.4 * count * away.var()


@pytest.mark.parametrize("kind", list(Blocks))
def test_inside_a_block_the_order_stays_and_the_end_goes_on_at_the_beginning(kind):
    series = np.arange(50.0)
    drawn = draw(series, 200, 10, kind, np.random.default_rng(3))
    assert drawn.shape == (200, 50)
    follows = (drawn[:, :-1] + 1) % 50 == drawn[:, 1:]
    assert follows.mean() == pytest.approx(0.9, abs=0.02)
    assert set(np.unique(drawn)) == set(series)


@pytest.mark.parametrize("kind", list(Blocks))
@pytest.mark.parametrize("rho", [0.3, 0.6, 0.8])
def test_the_length_of_blocks_is_what_the_rule_comes_to_for_a_known_process(kind, rho):
    # For an AR(1) the sums have closed forms: G = 2 rho / (1 - rho)^2 and g = (1 + rho) / (1 - rho).
    count = 40_000
    moment, long_run = 2 * rho / (1 - rho) ** 2, (1 + rho) / (1 - rho)
    scale = 2.0 if kind is Blocks.STATIONARY else 4 / 3
    wanted = (2 * moment**2 / (scale * long_run**2) * count) ** (1 / 3)
    found = np.mean([block_length(persistent(count, rho, seed), kind) for seed in range(4)])
    assert found == pytest.approx(wanted, rel=0.12)


@needs_reference
@pytest.mark.parametrize(
    ("made", "stationary", "circular"),
    [
        # What arch 8.0.0's optimal_block_length gives for its own S&P 500 data.
        (lambda changes: changes, 9.08523876, 10.40000221),
        (lambda changes: (changes - changes.mean()) ** 2, 136.21646130, 155.92892332),
        (np.abs, 146.45830388, 167.65290640),
    ],
)
def test_the_length_of_blocks_is_that_of_another_program(made, stationary, circular):
    with (REFERENCE.parent / "numeric/sp500_adjclose_arch.csv").open() as file:
        close = np.array([float(row["Adj Close"]) for row in csv.DictReader(file)])
    series = made(measures.returns(close))
    assert block_length(series) == pytest.approx(stationary, abs=1e-7)
    assert block_length(series, Blocks.CIRCULAR) == pytest.approx(circular, abs=1e-7)


def test_what_does_not_hang_together_is_drawn_in_short_blocks():
    assert np.median([block_length(returns(2_000, seed)) for seed in range(9)]) < 5
    assert block_length(np.zeros(100)) == 1
    assert block_length(np.array([1.0, 2.0])) == 1


def test_turbulence_makes_the_blocks_longer():
    calm = np.random.default_rng(2).normal(0, 1, 2_000)
    swings = calm * np.exp(persistent(2_000, 0.97, seed=3) / 6) * 0.01
    assert block_for_returns(swings) > 3 * block_length(swings)


def test_a_block_as_long_as_the_series_is_the_series_from_another_day_on():
    series = returns(60)
    fan = block_bootstrap(series, 60, kind=Blocks.CIRCULAR, capital=1.0, runs=500)
    np.testing.assert_allclose(fan.final, np.prod(1 + series))


def test_the_fan_holds_the_percentiles_of_what_it_was_made_of():
    series = returns(100)
    fan = block_bootstrap(series, 5, capital=50_000, runs=400, seed=9)
    assert fan.curves.shape == (len(LEVELS), 101)
    assert fan.rows.tolist() == list(range(101))
    np.testing.assert_allclose(fan.curves[:, 0], 50_000)
    assert np.all(np.diff(fan.curves, axis=0) >= 0)
    # Percentiles of logarithms, taken back, lie between the same two runs.
    ends = np.sort(fan.final)
    assert ends[199] <= fan.curves[2, -1] <= ends[200]
    assert fan.quantile(50) == pytest.approx(np.median(fan.final))
    np.testing.assert_allclose(
        fan.original, 50_000 * np.cumprod(np.concatenate(([1.0], 1 + series)))
    )


def test_lowest_deepest_and_the_odds_agree_with_the_paths_one_by_one():
    series = returns(80, size=0.05)
    fan = block_bootstrap(series, 4, kind=Blocks.CIRCULAR, capital=100.0, runs=300, seed=6)
    drawn = np.random.default_rng(6)
    paths = draw(series, 300, 4, Blocks.CIRCULAR, drawn)
    lowest, deepest = [], []
    for path in paths:
        equity, peak, low, deep = 100.0, 100.0, 100.0, 0.0
        for change in path:
            equity *= 1 + change
            peak, low = max(peak, equity), min(low, equity)
            deep = min(deep, equity / peak - 1)
        lowest.append(low)
        deepest.append(deep)
    np.testing.assert_allclose(fan.lowest, lowest)
    np.testing.assert_allclose(fan.deepest, deepest)
    assert fan.probability_of_ruin(0.8) == np.mean(np.array(lowest) <= 80)
    assert fan.probability_of_drawdown(0.3) == np.mean(np.array(deepest) <= -0.3)
    assert fan.probability_of_loss() == np.mean(fan.final < 100)


def test_a_long_run_is_shown_at_252_places_from_first_to_last():
    fan = block_bootstrap(returns(2_000), 1, runs=50)
    assert len(fan.rows) == fan.curves.shape[1] == len(fan.original) == 252
    assert (fan.rows[0], fan.rows[-1]) == (0, 2_000)


def test_the_same_seed_draws_the_same_fan():
    one, same, other = (block_bootstrap(returns(), 5, runs=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.final, same.final)
    assert not np.array_equal(one.final, other.final)
    shuffled = trade_shuffle(returns(), runs=50, seed=3), trade_shuffle(returns(), runs=50, seed=3)
    np.testing.assert_array_equal(shuffled[0].lowest, shuffled[1].lowest)


def test_how_the_fan_was_made_is_said():
    assert "10,000 series of 500 returns" in block_bootstrap(returns()).words
    assert "rule of Politis and White" in block_bootstrap(returns(), runs=5).words
    assert "blocks of 7.0 bars on average, as set" in block_bootstrap(returns(), 7, runs=5).words
    circular = block_bootstrap(returns(), 7, kind=Blocks.CIRCULAR, runs=5)
    assert "blocks of 7 bars each, as set" in circular.words
    assert "each ends at the same equity" in trade_shuffle(returns(), runs=5).words


def test_the_number_of_runs_leaves_an_uncertainty():
    fan = trade_shuffle(returns(), runs=400)
    assert fan.uncertainty(0.5) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: trade_shuffle(np.array([0.1])), "1 trades; at least 2"),
        (lambda: block_bootstrap(np.empty(0)), "0 returns; at least 2"),
        (lambda: block_bootstrap(np.array([0.1, -1.0, 0.2])), "used up"),
        (lambda: block_bootstrap(np.array([0.1, np.nan, 0.2])), "used up"),
        (lambda: block_bootstrap(returns(), 0.5), "1 to 500 bars"),
        (lambda: block_bootstrap(returns(), 501), "1 to 500 bars"),
        (lambda: block_bootstrap(returns(), runs=0), "1 to 50,000 runs"),
        (lambda: block_bootstrap(returns(), runs=50_001), "1 to 50,000 runs"),
        (lambda: trade_shuffle(returns(), runs=5).probability_of_ruin(1.5), "level of ruin"),
        (lambda: trade_shuffle(returns(), runs=5).probability_of_drawdown(20), "0.2 is 20 %"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(act, said):
    with pytest.raises(ParameterError, match=said):
        act()


def test_it_can_be_stopped_on_the_way():
    def stop(done):
        if done > 0.2:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        block_bootstrap(returns(2_000), progress=stop)


def test_a_fan_survives_being_written_down():
    fan = block_bootstrap(returns(), runs=20)
    again = Fan.from_dict(json.loads(json.dumps(fan.to_dict())))
    assert again.words == fan.words
    np.testing.assert_array_equal(again.curves, fan.curves)
    assert again.probability_of_drawdown(0.1) == fan.probability_of_drawdown(0.1)
    with pytest.raises(PuffinError, match="damaged"):
        Fan.from_dict({"words": ""})
