"""What single checks say where they do not apply, or where something is odd."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.data.bars import Bars
from puffin.strategies.market_making import MarketMaking
from puffin.strategies.momentum import Momentum
from puffin.truth.check import Grade
from puffin.truth.decisions import Subject
from puffin.truth.degradation import degradation
from puffin.truth.futures import Future, altered
from puffin.truth.lookahead import look_ahead
from puffin.truth.memory import anonymous
from puffin.truth.overfitting import luck, overfitting
from puffin.truth.spikes import Spike, places, spiked
from puffin.truth.survivors import survivors
from puffin.truth.warm_up import warm_up
from tests.puffin.truth.corpus.rules import (
    Targets,
    ema,
    long_market,
    long_while,
    market,
    markets,
    rolling,
)
from tests.puffin.truth.looks import figure

ASSUMED = BacktestSettings()


def targets(decide, prices=None, need=1) -> Subject:
    return Subject.of(Targets(decide, need), market("GOOG") if prices is None else prices, ASSUMED)


def above(window):
    return lambda bars: long_while(bars.close > rolling(bars.close, window))


def test_of_too_few_bars_nothing_is_known():
    few = targets(above(20), market("GOOG").head(28), 20)
    assert look_ahead(few).grade is Grade.GREY
    assert look_ahead(few).sentence == "28 bars are too few to cut any off: 31 are needed."
    assert warm_up(few).grade is Grade.GREY


def test_a_strategy_that_needs_all_bars_cannot_be_checked():
    def decide(bars):
        if len(bars) != 2148:
            raise ValueError("The history must have 2,148 bars.")
        return long_while(bars.close > 0)

    def or_a_few(bars):
        if len(bars) < 1500:
            raise ValueError("The history is too short.")
        return long_while(bars.close > 0)

    whole = look_ahead(targets(decide), runs=40)
    assert whole.grade is Grade.AMBER
    assert "The history must have 2,148 bars." in whole.sentence
    part = look_ahead(targets(or_a_few), runs=40)
    assert part.grade is Grade.AMBER
    assert "stopped with an error: The history is too short." in part.sentence
    assert warm_up(targets(decide)).grade is Grade.AMBER


def test_more_runs_are_made_where_they_are_cheap():
    quick = look_ahead(targets(above(20), need=20))
    assert figure(quick, "runs") >= 100
    assert figure(look_ahead(targets(above(20), need=20), runs=16), "runs") < 60


@pytest.mark.parametrize("future", list(Future))
def test_another_future_leaves_the_past_and_possible_bars(future):
    bars = market("IBM")
    other = altered(bars, 1000, future, 1500)
    assert isinstance(other, Bars)
    other.validate()
    assert len(other) == 1500
    for name in ("open", "high", "low", "close", "volume"):
        assert list(getattr(other, name)[:1000]) == list(getattr(bars, name)[:1000])
    assert not np.isclose(other.close[1000:], bars.close[1000:1500]).all()
    many = altered(markets(), 1000, future, 1100)
    assert (np.isnan(many.close) == ~markets().mask[:1100]).all()


@pytest.mark.parametrize("spike", list(Spike))
def test_spikes_leave_every_other_bar_and_possible_ones(spike):
    bars = market("IBM")
    rows = places(targets(above(20), bars, 20), 16, 0)
    other = spiked(bars, rows, spike)
    assert isinstance(other, Bars)
    other.validate()
    changed = np.flatnonzero(other.close != bars.close)
    assert set(changed) <= set(rows)
    assert len(changed) > 0.95 * len(rows)
    assert np.diff(rows).min() >= 8


def test_an_average_that_forgets_quickly_enough_is_green():
    settled = targets(lambda bars: long_while(bars.close > ema(bars.close, 0.2)), need=60)
    assert warm_up(settled).grade is Grade.GREEN


def test_a_warm_up_that_is_too_short_says_how_long_it_takes():
    check = warm_up(targets(lambda bars: long_while(bars.close > ema(bars.close, 2 / 51))))
    assert check.grade is Grade.RED
    assert check.sentence.startswith("Its warm-up of 1 bar is too short: in the 60 bars after it")
    assert 20 < figure(check, "settles_after") < 300


def test_an_inventory_from_before_is_not_called_a_warm_up_that_is_too_short():
    check = warm_up(Subject.of(MarketMaking(), market("AAPL"), ASSUMED))
    assert check.grade is not Grade.RED
    assert "too short" not in check.sentence
    assert " 0.0% of" not in check.sentence


def test_a_rule_that_knows_a_date_or_a_name_is_told_so():
    crash = np.datetime64("2008-09-15", "ns").astype(np.int64)
    dates = anonymous(targets(lambda bars: long_while(bars.time < crash)))
    assert (dates.grade, dates.figures["knows"]) == (Grade.AMBER, "dates")
    name = anonymous(
        targets(lambda bars: np.full(len(bars), 1.0 if bars.symbol == "GOOG" else 0.0))
    )
    assert (name.grade, name.figures["knows"]) == (Grade.AMBER, "the symbol")
    minutes = long_market(300)
    now = int(minutes.time[150])
    assert (
        anonymous(targets(lambda bars: long_while(bars.time < now), minutes)).grade is Grade.GREEN
    )


def test_a_rule_that_stops_in_other_years_is_not_judged():
    def decide(bars):
        if bars.time[-1] > np.datetime64("2030-01-01", "ns").astype(np.int64):
            raise ValueError("The calendar ends in 2030.")
        return long_while(bars.close > 0)

    assert anonymous(targets(decide)).grade is Grade.GREY


@pytest.fixture
def result():
    return Backtester(Momentum(), ASSUMED).run(market("GOOG"))


def test_luck_is_less_likely_to_explain_the_only_trial_than_the_best_of_many(result):
    one = luck(result, 1, None)
    many = luck(result, 100, None)
    known = luck(result, 100, np.array([0.1, np.nan, 0.12, 0.09]))
    chances = [figure(each, "probability") for each in (many, known, one)]
    assert chances == sorted(chances)
    assert many.grade is Grade.RED
    assert "The best of 100 combinations reaches a Sharpe ratio of 0.8" in many.sentence


def test_a_loss_needs_no_luck(result):
    lost = replace(result, equity=result.equity[::-1].copy())
    assert luck(lost, 10, None).grade is Grade.GREY
    flat = replace(result, equity=np.full(len(result.equity), 1.0))
    assert luck(flat, 10, None).grade is Grade.GREY


def test_overfitting_needs_the_returns_of_the_others():
    assert overfitting(1, None).sentence.startswith("Only one combination was tried")
    assert overfitting(50, None).grade is Grade.GREY
    few = np.random.default_rng(1).normal(size=(6, 4))
    assert overfitting(4, few).grade is Grade.GREY
    returns = np.random.default_rng(1).normal(0, 0.01, (400, 12))
    returns[:, 0] += 0.005
    returns[3, 5] = np.nan
    check = overfitting(12, returns)
    assert check.grade is Grade.GREEN
    assert figure(check, "tried") == 11
    assert overfitting(12, returns - np.nanmean(returns, axis=0)).grade is Grade.RED


def test_combinations_that_are_all_the_same_are_no_choice():
    check = overfitting(3, np.zeros((400, 3)))
    assert check.grade is Grade.GREY
    assert check.sentence.startswith("All 3 combinations that were tried gave the same returns")
    assert overfitting(3, np.zeros((400, 1))).sentence.startswith("1 trials over 400 periods")


@pytest.mark.parametrize(
    ("pair", "grade"),
    [
        ((1.0, 0.6), Grade.GREEN),
        ((1.0, 0.4), Grade.AMBER),
        ((1.0, -0.4), Grade.RED),
        ((-0.2, 0.4), Grade.GREY),
        ((math.nan, 0.4), Grade.GREY),
    ],
)
def test_what_is_left_on_the_test_is_graded(result, pair, grade):
    assert degradation(result, pair).grade is grade


def test_without_a_test_the_early_part_is_compared_with_the_late_one(result):
    check = degradation(result, None)
    assert check.grade is Grade.AMBER
    assert figure(check, "early") > figure(check, "late")
    short = replace(result, equity=result.equity[:30])
    assert degradation(short, None).grade is Grade.GREY
    lost = replace(result, equity=result.equity[::-1].copy())
    assert degradation(lost, None).grade is Grade.GREY


def test_a_universe_that_lost_a_symbol_is_no_list_of_survivors():
    universe = markets()
    assert survivors(universe).grade is Grade.AMBER
    mask = universe.mask.copy()
    mask[-10:, 0] = False
    gone = survivors(replace(universe, mask=mask))
    assert (gone.grade, gone.sentence) == (
        Grade.GREEN,
        "1 of 4 symbols no longer trade at the end.",
    )
    assert survivors(universe.head(300)).grade is Grade.GREEN
