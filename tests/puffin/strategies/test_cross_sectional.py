from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from puffin.backtest.portfolio import PortfolioBacktester
from puffin.backtest.schedule import Every, Schedule
from puffin.data.universe import align
from puffin.strategies.cross_sectional import CrossSectionalMomentum, CrossSectionalParameters
from puffin.strategies.universe import EqualWeight
from tests.puffin.backtest.basket import basket, named, without
from tests.puffin.backtest.market import wandering


def ranked(**parameters) -> CrossSectionalMomentum:
    chosen = {"lookback": 20, "skip": 5, "top": 2} | parameters
    return CrossSectionalMomentum(CrossSectionalParameters(**chosen))


def test_it_holds_the_best_by_the_return_up_to_the_skipped_bars():
    universe = basket(80, 5)
    weights = ranked().weights(universe)
    for row in range(20, 80):
        score = universe.close[row - 5] / universe.close[row - 20] - 1
        best = np.argsort(-score)[:2]
        assert np.flatnonzero(weights[row]).tolist() == sorted(best.tolist())
        assert weights[row].sum() == 1
    assert np.isnan(weights[:20]).all()


def test_long_and_short_takes_the_worst_against_the_best_with_half_the_money_each():
    universe = basket(80, 5)
    weights = ranked(long_short=True).weights(universe)[20:]
    assert (weights.sum(axis=1) == 0).all()
    assert (np.abs(weights).sum(axis=1) == 1).all()
    score = ranked().scores(universe)[20:]
    assert (weights[np.arange(60), score.argmax(axis=1)] == 0.25).all()
    assert (weights[np.arange(60), score.argmin(axis=1)] == -0.25).all()


def test_with_too_few_for_both_sides_nobody_is_bought_and_sold_at_once():
    universe = basket(60, 3)
    weights = ranked(long_short=True).weights(universe)[20:]
    assert ((weights > 0).sum(axis=1) == 2).all()
    assert ((weights < 0).sum(axis=1) == 1).all()
    assert ranked(long_short=True).notes(universe) == (
        "3 symbols are too few to hold 4: some money stays cash.",
    )


def test_what_fell_itself_is_left_as_cash_if_so_asked():
    universe = basket(120, 4)
    weights, score = ranked(only_rising=True).weights(universe), ranked().scores(universe)
    assert not weights[20:][score[20:] <= 0].any()
    assert (weights[20:].sum(axis=1) < 1).any()


def test_cutting_the_future_off_never_changes_what_was_wanted_before():
    universe = basket(120, 4, holes=0.1)
    whole = ranked().weights(universe)
    for cut in (25, 60, 119):
        np.testing.assert_array_equal(ranked().weights(universe.head(cut)), whole[:cut])


def test_a_symbol_that_is_too_young_or_stopped_trading_is_not_ranked():
    old = [named(wandering(100, seed), f"S{seed}") for seed in range(3)]
    young, gone = named(wandering(100, 8).tail(40), "NEW"), named(wandering(100, 9).head(50), "OLD")
    universe = align([*old, young, gone])
    score = ranked().scores(universe)
    assert np.isnan(score[:80, 3]).all()
    assert not np.isnan(score[80:, 3]).any()
    assert np.isnan(score[59:, 4]).all()
    assert not np.isnan(score[20:59, 4]).any()


def test_equal_scores_keep_the_order_of_the_symbols():
    same = wandering(60)
    weights = ranked(top=1).weights(align([named(same, "ONE"), named(same, "TWO")]))
    assert weights[30].tolist() == [1, 0]


def test_a_choice_that_is_none_is_told():
    assert "All 2 symbols are held whatever their ranks" in ranked().notes(basket(60, 2))[0]
    assert ranked().notes(basket(60, 5)) == ()


def test_a_symbol_that_is_never_ranked_is_told():
    old = [named(wandering(100, seed), f"S{seed}") for seed in range(3)]
    told = ranked().notes(align([*old, named(wandering(100, 8).tail(9), "NEW")]))
    assert told == ("NEW has 9 bars, and more than 20 are needed to rank it: it is never held.",)
    told = ranked(top=3).notes(align([*old, named(wandering(100, 8).tail(9), "NEW")]))
    assert "All 3 symbols are held whatever their ranks" in told[1]


def test_it_runs_monthly_over_many():
    found = PortfolioBacktester(ranked(), schedule=Schedule(Every.MONTH)).run(basket(200, 6))
    assert found.strategy_id == "cross_sectional"
    assert ((found.positions != 0).sum(axis=1) <= 3).all()


def test_a_skip_as_long_as_the_lookback_is_refused():
    with pytest.raises(ValidationError, match="must be shorter than the lookback"):
        CrossSectionalParameters(lookback=10, skip=10)


def test_equal_weights_count_what_has_traded_until_then():
    one, two = named(wandering(10, 1), "ONE"), named(wandering(10, 2).tail(4), "TWO")
    weights = EqualWeight().weights(align([one, without(two, 2)]))
    assert weights[:6].tolist() == [[1, 0]] * 6
    assert weights[6:].tolist() == [[0.5, 0.5]] * 4
