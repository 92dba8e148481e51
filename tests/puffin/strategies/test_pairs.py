from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from pydantic import ValidationError

from puffin.backtest.portfolio import PortfolioBacktester
from puffin.data.universe import align
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.mean_reversion import zscore
from puffin.strategies.pairs import Pairs, PairsParameters
from tests.puffin.backtest.basket import basket, named, without
from tests.puffin.backtest.market import bars, wandering


def tied(count=700, seed=4, hedge=1.0):
    """Two prices whose logarithms wander together and come apart for some days at a time."""
    draw = np.random.default_rng(seed)
    common = np.cumsum(draw.normal(0, 0.01, count))
    apart = np.zeros(count)
    for row in range(1, count):
        apart[row] = 0.85 * apart[row - 1] + draw.normal(0, 0.01)
    one, two = 100 * np.exp(hedge * common + apart), 50 * np.exp(common)
    return align([named(bars(one), "ONE"), named(bars(two), "TWO")])


def untested(**others) -> Pairs:
    return Pairs(PairsParameters(p_value=1.0, **others))


def sides(weights):
    return np.sign(np.nan_to_num(weights[:, 0]))


def test_it_buys_what_fell_behind_and_sells_the_other_until_they_are_together():
    universe = tied()
    weights = untested().weights(universe)
    z = zscore(universe.close[:, 0] / universe.close[:, 1], 60)
    state, expected = 0.0, []
    for each in z:
        if (state > 0 and each >= -0.5) or (state < 0 and each <= 0.5):
            state = 0.0
        if each <= -2:
            state = 1.0
        elif each >= 2:
            state = -1.0
        expected.append(state)
    assert sides(weights).tolist() == expected
    assert set(np.unique(np.abs(weights[60:]))) == {0.0, 0.5}
    assert (weights[60:, 0] == -weights[60:, 1]).all()
    assert np.isnan(weights[:59]).all()


def test_a_pair_that_belongs_together_is_traded_and_earns():
    universe = tied()
    found = PortfolioBacktester(Pairs()).run(universe)
    assert found.metrics["trades"]
    assert found.equity[-1] > 100_000
    assert "At the end they are cointegrated" in found.notes[-1]


def test_a_pair_that_does_not_belong_together_is_not_traded_and_said():
    universe = basket(700, 2, seed=8)
    found = PortfolioBacktester(Pairs(PairsParameters(p_value=0.001))).run(universe)
    assert not found.positions.any()
    assert "AAA and BBB are not cointegrated: none of 22 tests over 250 bars" in found.notes[-1]


@pytest.mark.parametrize("seed", range(4, 9))
def test_nothing_is_held_while_the_latest_test_says_no(seed):
    universe = tied(seed=seed)
    strategy = Pairs(PairsParameters(p_value=0.02, window=100))
    tested = strategy.cointegration(universe)
    passed = tested.p_values <= 0.02
    assert passed.any()
    assert not passed.all()
    weights = strategy.weights(universe)
    assert not weights[~tested.allowed & ~np.isnan(weights[:, 0])].any()
    assert sides(weights)[tested.allowed].any()


@pytest.mark.parametrize("p_value", [0.05, 1.0])
@pytest.mark.parametrize("distance", ["ratio", "spread"])
def test_cutting_the_future_off_never_changes_what_was_wanted_before(distance, p_value):
    universe = tied(420)
    strategy = Pairs(PairsParameters(p_value=p_value, window=100, distance=distance, entry=1.0))
    whole = strategy.weights(universe)
    assert sides(whole).any()
    for cut in range(100, 420) if p_value == 1 else (101, 142, 268, 400):
        part = Pairs(strategy.parameters).weights(universe.head(cut))
        np.testing.assert_allclose(part, whole[:cut])
    tests = strategy.cointegration(universe)
    again = strategy.cointegration(universe.head(300))
    assert again.p_values.tolist() == tests.p_values[: len(again.p_values)].tolist()


def test_the_tests_are_statsmodels_own_on_the_bars_before_each():
    from statsmodels.tsa.stattools import coint

    universe = tied(420)
    found = Pairs(PairsParameters(window=200)).cointegration(universe)
    assert found.rows.tolist() == list(range(199, 420, 21))
    logs = np.log(universe.close)
    for row, p in zip(found.rows, found.p_values, strict=True):
        part = logs[row - 199 : row + 1]
        assert p == coint(part[:, 0], part[:, 1], maxlag=1, autolag=None)[1]


def test_a_spread_is_hedged_by_what_the_past_says():
    universe = tied(hedge=2.0)
    weights = untested(distance="spread").weights(universe)
    held = weights[np.nan_to_num(weights[:, 0]) != 0]
    ratio = -held[:, 1] / held[:, 0]
    assert ratio.min() > 1.5
    assert ratio.max() < 2.5
    assert np.abs(held).sum(axis=1) == pytest.approx(np.ones(len(held)))
    changes = np.flatnonzero(np.diff(np.nan_to_num(weights[:, 0])) != 0)
    turns = np.flatnonzero(np.diff(sides(weights)) != 0)
    assert changes.tolist() == turns.tolist()


def test_bars_that_one_of_the_two_has_not_are_left_out():
    one, two = named(wandering(300, 1), "ONE"), named(wandering(300, 2), "TWO")
    holed = align([one, without(two, 150, 151, 200)])
    weights = untested(lookback=20, entry=1.0).weights(holed)
    assert np.isnan(weights[[150, 151, 200]]).all()
    rows = np.delete(np.arange(300), [150, 151, 200])
    closed = align([without(one, 150, 151, 200), without(two, 150, 151, 200)])
    np.testing.assert_allclose(weights[rows], untested(lookback=20, entry=1.0).weights(closed))


def test_it_needs_two_symbols():
    with pytest.raises(ParameterError, match="trades two symbols; there are 3"):
        Pairs().weights(basket(300, 3))
    with pytest.raises(ParameterError, match="trades two symbols; there is 1"):
        Pairs().weights(basket(300, 1))
    assert Pairs.needs == "two symbols"


def test_too_little_history_says_what_there_is_and_is_needed():
    with pytest.raises(
        NoDataError, match="more than 250 rows of prices; there are 200 of AAA and BBB"
    ):
        PortfolioBacktester(Pairs()).run(basket(200, 2))
    young = align([named(wandering(400, 1), "OLD"), named(wandering(400, 2).tail(9), "NEW")])
    with pytest.raises(NoDataError, match="OLD and NEW have 9 in common"):
        PortfolioBacktester(Pairs()).run(young)
    few = Pairs(PairsParameters(window=200)).cointegration(basket(150, 2))
    assert (
        few.sentence
        == "AAA and BBB have too few common bars to test for cointegration over 200 bars."
    )
    assert not few.allowed.any()


def test_prices_that_never_moved_are_not_cointegrated():
    universe = align([named(bars(np.full(300, 10.0)), "ONE"), named(wandering(300), "TWO")])
    found = Pairs().cointegration(universe)
    assert np.isnan(found.p_values).all()
    assert not found.allowed.any()


def test_an_exit_beyond_the_entry_is_refused():
    with pytest.raises(ValidationError, match="must be below the entry"):
        PairsParameters(entry=1.0, exit=1.5)


def test_every_combination_of_the_default_grid_is_possible():
    from itertools import product

    made = [
        PairsParameters(**dict(zip(Pairs.grid, each, strict=True)))
        for each in product(*Pairs.grid.values())
    ]
    assert len(made) == 27


def test_without_a_test_statsmodels_is_not_imported():
    code = (
        "import sys; from tests.puffin.strategies.test_pairs import tied, untested;"
        "found = untested().notes(tied()); assert 'was not tested' in found[0];"
        "print('statsmodels' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_ten_years_of_tests_take_little_processor_time():
    universe = tied(2520)
    Pairs().weights(tied(300))
    began = time.process_time()
    Pairs().weights(universe)
    assert time.process_time() - began < 3
