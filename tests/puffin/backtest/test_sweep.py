from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from puffin import measures
from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.noise import parameter_noise
from puffin.backtest.search import GridSearch
from puffin.backtest.space import Space
from puffin.backtest.sweep import (
    BATCH_SECONDS,
    Objective,
    batch_size,
    estimate,
    leaderboard,
    probe,
    run_batch,
    sweep,
    trial_returns,
)
from puffin.errors import BarsError, CancelledError, NoDataError, ParameterError
from puffin.strategies.momentum import Momentum
from puffin.strategies.registry import ALONE
from puffin.strategies.specs import StrategySpec, build
from tests.puffin.backtest.market import bars, wandering

if TYPE_CHECKING:
    from puffin.backtest.engine import AnyStrategy
    from puffin.backtest.trials import Trial

SPEC = StrategySpec("builtin", "momentum", "Momentum")
ASSUMED = BacktestSettings()


def one_by_one(spec, prices, values):
    made = build(StrategySpec(spec.kind, spec.id, spec.title, values))
    return Backtester(cast("AnyStrategy", made), ASSUMED).run(prices)


@pytest.mark.parametrize("kind", ALONE, ids=lambda kind: kind.id)
def test_a_batch_has_the_figures_of_runs_one_by_one(kind):
    prices = wandering(500, volume=1_000.0)
    spec = StrategySpec("builtin", kind.id, kind.title)
    sets = [made.model_dump(mode="json") for made in Space.of(kind).sample(4, seed=1)]
    for values, trial in zip(sets, run_batch(spec, prices, ASSUMED, sets), strict=True):
        metrics = one_by_one(spec, prices, values).metrics
        assert trial.parameters == values
        assert trial.error == ""
        for name, value in trial.figures.items():
            wanted = metrics[name]
            if value is None or wanted is None:
                assert value is wanted, name
            else:
                assert value == pytest.approx(wanted, rel=1e-9, abs=1e-9), name


def test_a_set_that_cannot_run_has_its_reason_and_costs_the_others_nothing():
    prices = wandering(100)
    sets = [
        {"short": 5, "long": 20},
        {"short": 30, "long": 20},
        {"short": 5, "long": 200},
        {"short": 5, "nonsense": 1},
        {"short": 10, "long": 20},
    ]
    good, infeasible, longer, unknown, last = run_batch(SPEC, prices, ASSUMED, sets)
    assert good.figures["total_return"] is not None
    assert last.figures["total_return"] is not None
    assert "must be smaller" in infeasible.error
    assert longer.error == "Momentum needs more than 200 bars; TEST has 100."
    assert "nonsense" in unknown.error
    assert infeasible.figures == longer.figures == {}
    assert leaderboard([infeasible, longer, good], Objective.SHARPE)[0] is good


def test_what_was_set_of_the_strategy_holds_where_a_set_says_nothing():
    prices = wandering(300)
    spec = StrategySpec("builtin", "momentum", "Momentum", {"short": 7})
    (trial,) = run_batch(spec, prices, ASSUMED, [{"long": 30}])
    assert (trial.parameters["short"], trial.parameters["long"]) == (7, 30)


def test_a_batch_and_what_it_takes_can_go_to_another_process():
    given = (SPEC, wandering(60), ASSUMED, [{"short": 5, "long": 20}])
    spec, prices, assumed, sets = pickle.loads(pickle.dumps(given))
    trials = run_batch(spec, prices, assumed, sets)
    assert pickle.loads(pickle.dumps(trials)) == run_batch(*given)


def test_prices_that_cannot_be_trusted_are_refused():
    with pytest.raises(BarsError):
        run_batch(
            SPEC, bars([10.0] * 50 + [float("nan")] * 50), ASSUMED, [{"short": 5, "long": 20}]
        )


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ParameterError, match="no strategy"):
        run_batch(StrategySpec("builtin", "nobody", "Nobody"), wandering(60), ASSUMED, [{}])
    with pytest.raises(ParameterError, match="needs two symbols"):
        run_batch(StrategySpec("builtin", "stat_arb", "Pairs"), wandering(60), ASSUMED, [{}])


def test_a_batch_is_as_many_runs_as_fit():
    assert batch_size(BATCH_SECONDS / 10) == 10
    assert batch_size(1.0) == 1
    assert batch_size(0.0) == 2_000
    assert batch_size(1e-9, most=50) == 50


@pytest.mark.parametrize(
    ("times", "each"),
    [
        # Two runs took 0.8 seconds, after one that was not timed.
        ([10.0, 10.8], 0.4),
        # Two and eight were too quick to tell, so all 25 were timed.
        ([0.0, 0.001, 1.0, 1.002, 2.0, 2.05], 0.002),
        # However quick they are, there are no more.
        ([0.0, 0.001, 1.0, 1.002, 2.0, 2.005], 0.0002),
    ],
)
def test_the_time_of_a_search_is_estimated_from_runs_that_were_timed(monkeypatch, times, each):
    ticks = iter(times)
    monkeypatch.setattr("puffin.backtest.sweep.time.perf_counter", lambda: next(ticks))
    sets = [{"short": short, "long": 60} for short in range(5, 30)]
    assert estimate(SPEC, wandering(100), ASSUMED, 500, sets) == pytest.approx(500 * each)
    assert next(ticks, None) is None


def test_there_is_an_estimate_without_sets_and_nothing_costs_nothing():
    assert estimate(SPEC, wandering(100), ASSUMED, 500) > 0
    assert probe(SPEC, wandering(100), ASSUMED, []) == 0


def test_a_sweep_over_a_grid_finds_what_a_loop_by_hand_finds():
    prices, space = (
        wandering(500, seed=3),
        Space.of(Momentum, {"short": "5:25:5", "long": "30:60:10"}),
    )
    trials: list[Trial] = []
    for batch in sweep(GridSearch(space), lambda sets: run_batch(SPEC, prices, ASSUMED, sets)):
        trials += batch
    assert len(trials) == space.count == 20
    by_hand = {
        (short, long): one_by_one(SPEC, prices, {"short": short, "long": long}).metrics["sharpe"]
        for short in range(5, 30, 5)
        for long in range(30, 70, 10)
    }
    best = leaderboard(trials, Objective.SHARPE, 1)[0]
    highest = max(by_hand, key=lambda pair: by_hand[pair] or -99.0)
    assert (best.parameters["short"], best.parameters["long"]) == highest


def test_trials_keep_their_returns_bar_by_bar():
    prices = wandering(300)
    sets = [{"short": short, "long": 60} for short in range(5, 35, 5)]
    trials = run_batch(SPEC, prices, ASSUMED, [*sets, {"short": 80, "long": 60}])
    found = trial_returns(SPEC, prices, ASSUMED, trials, Objective.SHARPE)
    assert found.shape == (299, 6)
    ranked = leaderboard(trials, Objective.SHARPE, None)
    for column, trial in enumerate(ranked[:6]):
        equity = one_by_one(SPEC, prices, trial.parameters).equity
        np.testing.assert_allclose(found[:, column], measures.returns(equity), atol=1e-12)
    # Of many, the best half and some of the rest, the last of all among them.
    some = trial_returns(SPEC, prices, ASSUMED, trials, Objective.SHARPE, most=4)
    np.testing.assert_array_equal(some, found[:, [0, 1, 2, 5]])
    assert trial_returns(SPEC, prices, ASSUMED, [], Objective.SHARPE).shape == (299, 0)


def test_noise_moves_every_number_a_little_and_keeps_what_the_parameters_allow(monkeypatch):
    prices, seen = wandering(300), []

    def spy(strategy, prices, assumed):
        seen.append(strategy.parameters)
        return Backtester(strategy, assumed).run(prices).equity

    monkeypatch.setattr("puffin.backtest.noise.equity_curve", spy)
    spec = StrategySpec("builtin", "momentum", "Momentum", {"short": 20, "long": 22, "ma": "ema"})
    fan = parameter_noise(spec, prices, ASSUMED, noise=0.1, runs=60, seed=2)
    first, *rest = seen
    assert (first.short, first.long) == (20, 22)
    assert {each.short for each in rest} == {18, 19, 20, 21, 22}
    assert all(20 <= each.long <= 24 and each.short < each.long for each in rest)
    # Zero has no tenth, so the threshold moves by up to its step, and never below its bound.
    assert all(0 <= each.threshold <= 0.005 for each in rest)
    assert len({each.threshold for each in rest}) > 30
    assert all(each.ma == "ema" and each.long_only for each in rest)
    assert fan.runs == len(fan.final) == 60


def test_the_fan_of_noise_is_made_of_runs_with_those_parameters():
    prices = wandering(300)
    fan = parameter_noise(SPEC, prices, ASSUMED, runs=20, seed=2)
    usual = one_by_one(SPEC, prices, {}).equity
    np.testing.assert_allclose(fan.original, usual[fan.rows])
    assert np.all(fan.lowest <= fan.final)
    assert np.all(fan.deepest <= 0)
    assert fan.curves.shape == (5, len(fan.rows))
    again = parameter_noise(SPEC, prices, ASSUMED, runs=20, seed=2)
    np.testing.assert_array_equal(again.final, fan.final)
    other = parameter_noise(SPEC, prices, ASSUMED, runs=20, seed=3)
    assert not np.array_equal(other.final, fan.final)


def test_noise_that_makes_no_sense_is_refused():
    prices = wandering(300)
    with pytest.raises(ParameterError, match="noise must lie"):
        parameter_noise(SPEC, prices, ASSUMED, noise=1.5)
    with pytest.raises(ParameterError, match="1 to 2,000 runs"):
        parameter_noise(SPEC, prices, ASSUMED, runs=0)
    with pytest.raises(ParameterError, match="no number"):
        parameter_noise(StrategySpec("builtin", "buy_and_hold", "Hold"), prices, ASSUMED)
    with pytest.raises(NoDataError, match="more than 50 bars"):
        parameter_noise(SPEC, wandering(40), ASSUMED)

    def stop(done):
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        parameter_noise(SPEC, prices, ASSUMED, progress=stop)
